/** Runs files of tests in processes of their own and counts how they ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import type { Tally } from '../evidence/scenario-count.ts';
import { onInterruption } from '../terminal/interruption.ts';

/** Which files: of every machine, of other people's software (needs packages), or those that take long by nature. */
export type Kind = 'test' | 'peer' | 'long';

/** Begun first: what takes long and comes last would run alone. */
const longest = [
  'support/system-tests/pages.test.ts',
  'support/system-tests/random-walk.test.ts',
  'support/lab/lab-pages.test.ts',
  'mock-idp/response/signatures.test.ts',
  'support/evidence/merge-runs.test.ts',
  'support/evidence/report-files.test.ts',
  'support/conformance/stand.test.ts',
  'support/package/package.test.ts',
  'support/system-tests/fault-table.test.ts',
  'support/lab/staging.test.ts',
];

/** The files of one kind below the current folder, the longest first. */
export function testFiles(kind: Kind): string[] {
  const rank = (file: string): number => (longest.includes(file) ? longest.indexOf(file) : longest.length);
  return globSync(`{mock-idp,sp,support,steps}/**/*.${kind}.ts`)
    .toSorted()
    .toSorted((one, other) => rank(one) - rank(other));
}

export interface RunFilesOptions {
  /** Files at a time; by default one for each processor. */
  concurrency?: number;
}

/** Prints what happens. A signal to this process ends the files that run, too. */
export async function runFiles(files: readonly string[], { concurrency }: RunFilesOptions = {}): Promise<Tally> {
  const stopping = new AbortController();
  using _interruption = onInterruption(async () => stopping.abort());
  const results = run({
    files: [...files],
    concurrency: concurrency ?? availableParallelism(),
    signal: stopping.signal,
    execArgv: ['--import', endWithParent],
  });
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  results.on('test:summary', ({ file, counts }) => {
    if (file !== undefined) return; // one summary for each file comes before the one of the whole run
    tally.passed = counts.passed;
    tally.failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    tally.skipped = counts.skipped + counts.todo;
  });
  for await (const line of results.compose(new spec())) process.stdout.write(line);
  return tally;
}

/** Preloaded by processes that must not outlive this one. */
const endWithParent = new URL('../terminal/end-with-parent.ts', import.meta.url).href;

/**
 * Plays the scenarios beside other tests, so that one has the processors while the other waits. What the returned
 * function gives is the tally, once they have ended; it prints what they said.
 */
export function startScenarios(): () => Promise<Tally> {
  const script = fileURLToPath(new URL('scenarios-run.ts', import.meta.url));
  const options = ['--disable-warning=ExperimentalWarning', '--import', endWithParent];
  const child = spawn(process.execPath, [...options, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  return async () => {
    const lines = (await output).trimEnd().split('\n');
    console.log(lines.slice(0, -1).join('\n'));
    if (child.exitCode === null) await once(child, 'exit');
    if (child.exitCode === 0) return JSON.parse(lines.at(-1)!) as Tally;
    console.log(lines.at(-1));
    return { passed: 0, failed: 1, skipped: 0 };
  };
}
