/** Ends a command cleanly on Ctrl+C, SIGTERM or SIGHUP: clean-up first, then the exit code of the signal. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Signal = (typeof signals)[number];

/** Time limit for the clean-up. A command whose parent has ended is killed sooner: see end-with-parent.ts. */
const cleanUpLimitMs = 15_000;

let interrupted = false;

/** True after a signal, so that what ends because of it is not reported as a failure. */
export const isInterrupted = (): boolean => interrupted;

export interface InterruptionOptions {
  /** Signals that are handled elsewhere. */
  except?: readonly Signal[];
}

/**
 * Until disposed, the first signal starts `cleanUp`, and the process ends when that is done, at the latest after
 * fifteen seconds. Later signals are ignored: a process group gets each of them, and its parents pass it on.
 */
export function onInterruption(
  cleanUp: (signal: Signal) => Promise<void>,
  { except = [] }: InterruptionOptions = {},
): Disposable {
  const end = (signal: Signal): void => {
    if (interrupted) return;
    interrupted = true;
    const exit = (): never => process.exit(128 + constants.signals[signal]);
    setTimeout(exit, cleanUpLimitMs);
    cleanUp(signal).then(exit, (error: Error) => {
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
