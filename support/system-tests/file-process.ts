/** A process that runs test files one after the other; see file-worker.ts. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { FileToRun, Report } from './file-worker.ts';

export interface TestEvent {
  type: string;
  data: object;
}

export interface FileOutcome {
  file: string;
  events: readonly TestEvent[];
  /** Problems of the whole file, in sentences; then no other file may run in that process. */
  problems: readonly string[];
}

export interface FileProcess {
  /** The file that is running. */
  readonly file: string | undefined;
  run(work: FileToRun): Promise<FileOutcome>;
  /** Resolves when the process has ended, which it does by itself when it gets no more files. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

const worker = fileURLToPath(new URL('file-worker.ts', import.meta.url));
const preloaded = new URL('../terminal/end-with-parent.ts', import.meta.url).href;

/** Time without a result after which a file counts as endless, in milliseconds. The longest tests take half of it. */
const patience = 30 * 60_000;

export function startFileProcess({ patienceMs = patience } = {}): FileProcess {
  const child = fork(worker, {
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', preloaded],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // There is no close event after a disconnect.
  const closed = Promise.all([once(child, 'exit'), finished(child.stdout!), finished(child.stderr!)]).then(
    ([[code, signal]]) => (signal as string | null) ?? `exit code ${code}`,
  );
  let file: string | undefined;
  let events: TestEvent[] = [];
  let ended = Promise.withResolvers<readonly string[]>();
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (message: string) => events.push({ type: 'test:stdout', data: { message } }));
  /** A server left open by a file would keep this waiting forever. */
  function killWhenSilent(): { stop(): void } {
    const timer = setTimeout(() => child.kill('SIGABRT'), patienceMs);
    const restart = (): unknown => timer.refresh();
    child.on('message', restart);
    return {
      stop() {
        clearTimeout(timer);
        child.off('message', restart);
      },
    };
  }
  child.on('message', (report: Report) => {
    if ('event' in report) events.push(report.event);
    else ended.resolve(report.problems);
  });
  return {
    get file() {
      return file;
    },
    async run(work) {
      file = work.file;
      events = [];
      ended = Promise.withResolvers();
      child.send(work, () => undefined); // if the process is gone, `closed` reports it
      const tooSoon = closed.then((how) => failWhatBegan(events, how));
      const silence = killWhenSilent();
      const problems = await Promise.race([ended.promise, tooSoon]);
      silence.stop();
      file = undefined;
      return { file: work.file, events, problems };
    },
    async end() {
      if (child.connected) child.disconnect();
      await closed;
    },
    async kill() {
      child.kill();
      await closed;
    },
  };
}

/** Returns the problems of the file. */
function failWhatBegan(events: TestEvent[], how: string): string[] {
  const open: object[] = [];
  const running: string[] = [];
  for (const { type, data } of events) {
    const { name } = data as { name: string };
    if (type === 'test:dequeue') running.push(name);
    if (type === 'test:start') open.push(data);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    open.pop();
    running.splice(running.lastIndexOf(name), 1);
  }
  const last = running.length === 0 ? '' : `, during “${running.at(-1)}”`;
  const sentence = `The process ended (${how}) before the file had ended${last}.`;
  const details = { duration_ms: 0, error: { failureType: 'testCodeFailure', text: sentence } };
  for (const data of open.toReversed()) events.push({ type: 'test:fail', data: { ...data, details } });
  return [sentence];
}
