/** Ends a command in order on Ctrl+C, SIGTERM or a hang-up: the last things first, then the exit code of the signal. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Signal = (typeof signals)[number];

/** For last things that never end. A command whose parent has ended is killed sooner: see end-with-parent.ts. */
const patienceMs = 15_000;

let interrupted = false;

/** Whether a signal has come, so that what ends because of it is not told as a failure. */
export const isInterrupted = (): boolean => interrupted;

export interface InterruptionOptions {
  /** Signals that somebody else waits for. */
  except?: readonly Signal[];
}

/**
 * Until it is disposed of, the first signal starts `lastThings`, and the process ends when they are done, at the latest
 * after fifteen seconds. Later signals change nothing: a process group hears each of them, and its parents pass it on.
 */
export function onInterruption(
  lastThings: (signal: Signal) => Promise<void>,
  { except = [] }: InterruptionOptions = {},
): Disposable {
  const end = (signal: Signal): void => {
    if (interrupted) return;
    interrupted = true;
    const exit = (): never => process.exit(128 + constants.signals[signal]);
    setTimeout(exit, patienceMs);
    lastThings(signal).then(exit, (error: Error) => {
      console.error(error.message);
      exit();
    });
  };
  const ours = signals.filter((signal) => !except.includes(signal));
  for (const signal of ours) process.on(signal, end);
  return {
    [Symbol.dispose]: () => {
      for (const signal of ours) process.off(signal, end);
    },
  };
}
