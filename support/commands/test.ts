/** `npm test`: what CI runs: the type check, the unit tests and the scenarios, then one line that counts them. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runScenarios, type Tally } from '../evidence/run-scenarios.ts';

const help = `npm test [-- --no-scenarios]

  --no-scenarios   only the type check and the unit tests, where npm run bdd plays the scenarios by itself
  --help           this text`;

const { 'no-scenarios': noScenarios, help: wantsHelp } = readOptions();
if (wantsHelp) {
  console.log(help);
  process.exit();
}

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
tallies.push(section('Type check', typeCheck()));
tallies.push(section('Unit tests', await unitTests()));
if (!noScenarios) tallies.push(section('Scenarios', await runScenarios({ reports: 'reports' })));

const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
if (sum('skipped') > 0) console.log(`\n${sum('skipped')} skipped, each with its reason above`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 && tallies.every(({ passed }) => passed > 0) ? 0 : 1;

function readOptions() {
  try {
    return parseArgs({ options: { 'no-scenarios': { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

function typeCheck(): Tally {
  const { status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { stdio: 'inherit' });
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function unitTests(): Promise<Tally> {
  const files = globSync('{mock-idp,sp,support,steps}/**/*.test.ts').toSorted(
    (one, other) => Number(longest.includes(other)) - Number(longest.includes(one)) || (one < other ? -1 : 1),
  );
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const results = run({ files, concurrency: availableParallelism() });
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
  console.log(
    `\n── ${name}: ${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''}\n`,
  );
  return tally;
}
