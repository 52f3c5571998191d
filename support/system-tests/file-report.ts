/** Prints the results of test files, as node:test does, and counts their tests. */
import { spec } from 'node:test/reporters';
import { inspect } from 'node:util';
import type { Tally } from '../evidence/scenario-count.ts';
import type { FileOutcome, TestEvent } from './file-process.ts';

export interface FileReport {
  add(outcome: FileOutcome): void;
  /** Prints all failures again, and returns the count. */
  end(): Promise<Tally>;
}

interface Ended {
  skip?: string | boolean;
  todo?: string | boolean;
  details?: { type?: string; error?: { failureType: string; text: string } };
}

export function openReport(write: (text: string) => void): FileReport {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const printer = new spec();
  printer.setEncoding('utf8').on('data', write);
  const tell = (event: TestEvent): void => {
    count(tally, event);
    printer.write(printable(event));
  };
  return {
    add({ file, events, problems }) {
      for (const event of events) tell(event);
      if (problems.length > 0) tell(failureOf(file, problems));
    },
    async end() {
      const { passed, failed, skipped } = tally;
      const sums = { tests: passed + failed + skipped, pass: passed, fail: failed, skipped };
      for (const [name, sum] of Object.entries(sums))
        printer.write({ type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${sum}` } });
      printer.end();
      await new Promise((resolve) => printer.once('end', resolve));
      return tally;
    },
  };
}

const failureOf = (file: string, problems: readonly string[]): TestEvent => ({
  type: 'test:fail',
  data: {
    name: file,
    nesting: 0,
    details: { duration_ms: 0, error: { failureType: 'testCodeFailure', text: problems.join('\n') } },
  },
});

/** Suites are not counted. */
function count(tally: Tally, { type, data }: TestEvent): void {
  const { skip, todo, details } = data as Ended;
  if ((type !== 'test:pass' && type !== 'test:fail') || details?.type === 'suite') return;
  if (skip !== undefined || todo !== undefined) tally.skipped++;
  else if (type === 'test:pass') tally.passed++;
  else tally.failed++;
}

/** The error is printed already. */
function printable({ type, data }: TestEvent): TestEvent {
  const { details } = data as Ended;
  if (details?.error === undefined) return { type, data };
  const { failureType, text } = details.error;
  return { type, data: { ...data, details: { ...details, error: { failureType, [inspect.custom]: () => text } } } };
}
