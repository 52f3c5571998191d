/** `npm run mutants`: makes thousands of small changes to our code and lists those that no test catches. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  filesToMutate,
  keptScores,
  leastKilled,
  mostTimedOut,
  mutate,
  percentKilled,
  percentTimedOut,
  type Score,
  sumOf,
} from '../system-tests/mutants.ts';
import { mutantsPage } from '../system-tests/mutants-page.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('mutants', { args: '[PATH …] [--again] [--table]' })}

  PATH      files or folders of sp/ or mock-idp/
  --again   run all; by default only the changes to files edited since the last run
  --table   run nothing, and write the last results of all files to docs/mutants.md
  --help    this text

Exit: 0 at least ${leastKilled} % of the changes in each file were caught, 1 fewer, 2 it could not run.`;

const { values, positionals } = readOptions(help, {
  allowPositionals: true,
  options: { again: { type: 'boolean' }, table: { type: 'boolean' } },
});

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const paths = values.table ? ['sp', 'mock-idp'] : positionals.filter((path) => /^(sp|mock-idp)\b/.test(path));
const files = filesToMutate(paths);
if (files.length === 0) stop('Name files or folders with code in sp/ or mock-idp/.', help);

process.exitCode = await (values.table ? writeTable() : run()).catch((error: Error) => {
  console.error(error.message);
  return 2;
});

async function run(): Promise<number> {
  const scores: Score[] = [];
  for await (const score of mutate(root, files, { again: values.again ?? false })) {
    const { file } = score;
    scores.push(score);
    for (const { line, original, replacement, mutator } of score.survived)
      console.log(`  ${file}:${line}  ${original}\n      ${mutator}: ${replacement || '(nothing)'}`);
    console.log(`${file}: ${summaryOf(score)}`);
  }
  const sum = sumOf(scores);
  console.log(`\n${files.length === 1 ? '1 file' : `${files.length} files`}: ${summaryOf(sum)}`);
  if (percentTimedOut(sum) > mostTimedOut)
    console.error(`More than ${mostTimedOut} % timed out: try again on an idle machine.`);
  return scores.every((score) => percentKilled(score) >= leastKilled) ? 0 : 1;
}

async function writeTable(): Promise<number> {
  const { scores, unmeasured } = await keptScores(root, files);
  writeFileSync('docs/mutants.md', mutantsPage(scores, unmeasured));
  console.log(`docs/mutants.md: ${scores.length} files.${unmeasured.length === 0 ? '' : ' Not measured:'}`);
  for (const file of unmeasured) console.log(`  ${file}`);
  return unmeasured.length === 0 ? 0 : 1;
}

function summaryOf(score: Omit<Score, 'file'>): string {
  const { killed, timedOut, survived, explained } = score;
  return (
    `${percentKilled(score).toFixed(1)} % (${killed} caught, ${survived.length} not caught, ` +
    `${explained} explained; ${timedOut} timed out)`
  );
}
