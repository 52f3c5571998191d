/** `npm run mutants`: changes our own code in thousands of small ways and lists the changes that no test notices. */
import { fileURLToPath } from 'node:url';
import {
  filesToMutate,
  leastKilled,
  mostTimedOut,
  mutate,
  percentKilled,
  percentTimedOut,
  type Score,
  sumOf,
} from '../system-tests/mutants.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('mutants', { args: 'PATH … [--again]' })}

  PATH      files or folders of sp/ or mock-idp/
  --again   forgets what earlier runs found out; otherwise only what has changed since is tried again
  --help    this text

Exit: 0 at least ${leastKilled} % of the changes in each file were noticed, 1 not so, 2 it could not run.`;

const { values, positionals } = readOptions(help, {
  allowPositionals: true,
  options: { again: { type: 'boolean' } },
});

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const files = filesToMutate(positionals.filter((path) => /^(sp|mock-idp)\b/.test(path)));
if (files.length === 0) stop('Name files or folders of sp/ or mock-idp/ that hold code.', help);

process.exitCode = await run().catch((error: Error) => {
  console.error(error.message);
  return 2;
});

async function run(): Promise<number> {
  const scores: Score[] = [];
  for (const file of files) {
    const score = await mutate(root, file, { again: values.again ?? false });
    scores.push(score);
    for (const { line, original, replacement, mutator } of score.survived)
      console.log(`  ${file}:${line}  ${original}\n      ${mutator}: ${replacement || '(nothing)'}`);
    console.log(`${file}: ${inWords(score)}`);
  }
  const sum = sumOf(scores);
  console.log(`\n${files.length === 1 ? '1 file' : `${files.length} files`}: ${inWords(sum)}`);
  if (percentTimedOut(sum) > mostTimedOut)
    console.error(`More than ${mostTimedOut} % ran out of time: try again on a machine with nothing else to do.`);
  return scores.every((score) => percentKilled(score) >= leastKilled) ? 0 : 1;
}

function inWords(score: Omit<Score, 'file'>): string {
  const { killed, timedOut, survived, explained } = score;
  return (
    `${percentKilled(score).toFixed(1)} % (${killed} noticed, ${survived.length} not noticed, ` +
    `${explained} explained; ${timedOut} ran out of time)`
  );
}
