/** Runs the sections of a test command one after the other and ends with one line of totals. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Tally } from '../evidence/scenario-count.ts';
import { onInterruption } from '../terminal/interruption.ts';

/** Prints each tally below its name; returns the exit code. A section without a passed test is a failure. */
export async function runSections(sections: Readonly<Record<string, () => Promise<Tally>>>): Promise<number> {
  const tallies: Tally[] = [];
  for (const [name, run] of Object.entries(sections)) {
    const tally = await run();
    const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
    console.log(`\n── ${name}: ${tally.passed} passed, ${tally.failed} failed${skipped}\n`);
    tallies.push(tally);
  }
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  if (sum('skipped') > 0) console.log(`\n${sum('skipped')} skipped, each with its reason above`);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 && tallies.every(({ passed }) => passed > 0) ? 0 : 1;
}

/** A check in its own process: passed if it exits with 0. A signal ends it and this process. */
export async function runCheck(program: string, args: readonly string[]): Promise<Tally> {
  const child = spawn(program, args, { stdio: 'inherit' });
  using _interruption = onInterruption(async () => void child.kill());
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}
