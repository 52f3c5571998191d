/** Waits for emails: one loop for all waits of a mailbox, which ends with the last of them. */
import type { Message } from './message.ts';

export interface WaitOptions {
  count?: number;
  withinMs?: number;
}

export interface Waits {
  waitFor(address: string, options?: WaitOptions): Promise<Message>;
  /** Looks again at once: an email may have arrived. */
  wake(): void;
}

interface Wait {
  address: string;
  count: number;
  resolve(message: Message): void;
  reject(error: unknown): void;
  /** Looks that failed, one after another, and why the last one did. */
  failures: number;
  failure?: Error;
}

/** So many looks may fail in a row, as when a server restarts. */
const toleratedFailures = 2;

/** Milliseconds before the next look after one that failed. */
const retryMs = 500;

export interface WaitsOptions {
  /** Emails to this address, oldest first. */
  messagesTo(address: string): Promise<readonly Message[]>;
  /** Milliseconds between two looks. */
  everyMs: number;
  /** The emails that arrived instead, as the end of a sentence. */
  describe(address: string): string;
}

export function openWaits({ messagesTo, everyMs, describe }: WaitsOptions): Waits {
  const waits = new Set<Wait>();
  let isRunning = false;
  /** An email may have arrived since the last look began. */
  let isAwake = false;
  let wakeUp = (): void => undefined;

  function wake(): void {
    isAwake = true;
    wakeUp();
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waits.size > 0) {
      isAwake = false;
      await Promise.all([...Map.groupBy(waits, ({ address }) => address)].map(([to, same]) => serve(to, same)));
      if (waits.size > 0 && !isAwake) await untilWoken();
    }
    isRunning = false;
  }

  async function untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      const hasFailed = [...waits].some(({ failures }) => failures > 0);
      const timer = setTimeout(resolve, hasFailed ? Math.min(everyMs, retryMs) : everyMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = () => undefined;
  }

  async function serve(address: string, same: readonly Wait[]): Promise<void> {
    try {
      const messages = await messagesTo(address);
      for (const wait of same) {
        wait.failures = 0;
        delete wait.failure;
        const message = messages[wait.count - 1];
        if (message !== undefined) wait.resolve(message);
      }
    } catch (error) {
      for (const wait of same) {
        wait.failure = error as Error;
        if (++wait.failures > toleratedFailures) wait.reject(error);
      }
    }
  }

  return {
    wake,
    async waitFor(address, { count = 1, withinMs = 20_000 } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<Message>();
      const wait: Wait = { address, count, resolve, reject, failures: 0 };
      const tooLate = (): void =>
        reject(new Error(`Email ${count} to ${address} did not arrive within ${withinMs / 1000} s${ending(wait)}`));
      const deadline = setTimeout(tooLate, withinMs);
      waits.add(wait);
      if (isRunning) wake();
      else void run();
      try {
        return await promise;
      } finally {
        clearTimeout(deadline);
        waits.delete(wait);
        wake();
      }
    },
  };

  function ending({ address, failure }: Wait): string {
    return failure === undefined ? describe(address) : `: ${failure.message}`;
  }
}
