/**
 * Runs test files one after the other in this process, as named by its parent, and reports to it. Modules that many
 * files import are loaded once. A file has ended when nothing is left to do in the process.
 */
import { resolve } from 'node:path';
import { run } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { changesSince, processState } from './process-state.ts';

export interface FileToRun {
  file: string;
  /** No other file runs in this process, so this one may leave it in any state. */
  isAlone: boolean;
}

/** A report to the parent; an event is one of node:test's, with its errors as text. */
export type Report = { event: { type: string; data: object } } | { problems: readonly string[] };

const send = (report: Report): void => void process.send!(report);

process.env.NODE_TEST_WORKER_ID = '1'; // as node:test itself sets it

process.on('message', (work: FileToRun) => {
  process.channel!.unref(); // waiting for the next file must not keep this one from ending
  void runFile(work).then((problems) => {
    process.channel!.ref();
    send({ problems });
  });
});

/** Counts of a whole file; the parent counts by itself. */
const totals = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

async function runFile({ file, isAlone }: FileToRun): Promise<string[]> {
  const before = processState();
  for await (const { type, data } of run({ files: [file], isolation: 'none' })) {
    if (type === 'test:dequeue' || type === 'test:start' || type === 'test:pass' || type === 'test:fail')
      send({ event: { type, data: inWords(data) } });
    if (type === 'test:diagnostic' && !totals.test(data.message)) send({ event: { type, data } });
  }
  const changes = changesSince(before).filter((change) => !isAlone || change.includes('process.exitCode'));
  return [...changes, ...(await whyNotLoaded(file))];
}

/** node:test does not report a file that stops after its first tests. It is not loaded again here. */
const whyNotLoaded = (file: string): Promise<string[]> =>
  import(pathToFileURL(resolve(file)).href).then(
    () => [],
    (error: unknown) => [`It broke off: ${inspect(error)}`],
  );

/** An error would arrive without the properties of its class. */
function inWords(data: object): object {
  const { details } = data as { details?: { error?: { cause: unknown; failureType: string } } };
  if (details?.error === undefined) return data;
  const { cause, failureType } = details.error;
  return { ...data, details: { ...details, error: { failureType, text: inspect(cause, { breakLength: Infinity }) } } };
}
