/** The outcomes of the last runs, kept next to the reports for the trend. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Envelope, type TestRunFinished, TimeConversion } from '@cucumber/messages';
import { z } from 'zod';
import { countScenarios } from './scenario-count.ts';

const pastRun = z.strictObject({
  /** ISO 8601. */
  at: z.iso.datetime(),
  passed: z.int().min(0),
  failed: z.int().min(0),
  skipped: z.int().min(0),
  seconds: z.number().min(0),
});
export type PastRun = z.infer<typeof pastRun>;

export const pastRunsFile = 'history.json';
const mostRuns = 20;

/** Oldest first. None if the file is missing or damaged: the report does not depend on it. */
export function readPastRuns(folder: string): PastRun[] {
  try {
    return z
      .array(pastRun)
      .parse(JSON.parse(readFileSync(join(folder, pastRunsFile), 'utf8')))
      .slice(-mostRuns);
  } catch {
    return [];
  }
}

export interface RunRecorder {
  see(message: Envelope): void;
  /** The run's ID, for its end. */
  run(): Pick<TestRunFinished, 'testRunStartedId'>;
  /** Adds the run to the file, and drops the oldest ones. Does not throw if it cannot be written. */
  keep(): void;
}

export function recordRun(folder: string): RunRecorder {
  const count = countScenarios();
  let start: Envelope['testRunStarted'];
  return {
    see(message) {
      start ??= message.testRunStarted;
      count.see(message);
    },
    run: () => (start?.id === undefined ? {} : { testRunStartedId: start.id }),
    keep() {
      const at = start === undefined ? Date.now() : TimeConversion.timestampToMillisecondsSinceEpoch(start.timestamp);
      const seconds = Math.max(0, Math.round((Date.now() - at) / 100) / 10);
      const runs = [...readPastRuns(folder), { at: new Date(at).toISOString(), ...count.tally(), seconds }];
      try {
        writeFileSync(join(folder, pastRunsFile), `${JSON.stringify(runs.slice(-mostRuns), undefined, 1)}\n`);
      } catch {}
    },
  };
}
