/** `npm test`: lint, type check, unit tests and scenarios, then one line that counts them. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { runScenarios, type Tally } from '../evidence/run-scenarios.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm test [-- --no-scenarios]

  --no-scenarios   no scenarios, where npm run bdd plays them by itself
  --help           this text`;

const { values } = readOptions(help, { options: { 'no-scenarios': { type: 'boolean' } } });

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);

/** Begun first: what takes long and comes last would run alone. */
const longest = [
  'support/system-tests/random-walk.test.ts',
  'support/lab/lab-pages.test.ts',
  'mock-idp/faults.test.ts',
  'support/system-tests/pages.test.ts',
  'support/lab/staging.test.ts',
];

const tallies: Tally[] = [];
tallies.push(section('Lint', run(process.execPath, ['support/commands/lint.ts'])));
tallies.push(section('Type check', run('node_modules/.bin/tsc', ['--noEmit', '-p', '.'])));
tallies.push(section('Unit tests', await unitTests()));
if (!values['no-scenarios']) tallies.push(section('Scenarios', await runScenarios({ reports: 'reports' })));

const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
if (sum('skipped') > 0) console.log(`\n${sum('skipped')} skipped, each with its reason above`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 && tallies.every(({ passed }) => passed > 0) ? 0 : 1;

/** A check that is a process of its own. */
function run(program: string, args: readonly string[]): Tally {
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function unitTests(): Promise<Tally> {
  const rank = (file: string): number => (longest.includes(file) ? longest.indexOf(file) : longest.length);
  const files = globSync('{mock-idp,sp,support,steps}/**/*.test.ts')
    .toSorted()
    .toSorted((one, other) => rank(one) - rank(other));
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const results = runTests({ files, concurrency: availableParallelism() });
  results.on('test:summary', ({ file, counts }) => {
    if (file !== undefined) return; // one summary for each file comes before the one of the whole run
    tally.passed = counts.passed;
    tally.failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    tally.skipped = counts.skipped + counts.todo;
  });
  for await (const line of results.compose(new spec())) process.stdout.write(line);
  return tally;
}

function section(name: string, tally: Tally): Tally {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  console.log(`\n── ${name}: ${tally.passed} passed, ${tally.failed} failed${skipped}\n`);
  return tally;
}
