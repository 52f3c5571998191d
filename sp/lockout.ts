/**
 * How many wrong passwords an address bears, and from where.
 *
 * An attempt is counted before its password is checked and given back when it was right, so that guesses sent at once
 * are as many as guesses sent one after the other. Ten may come at once; then one is forgiven every 90 seconds. A
 * counter thus lets through 970 guesses in a day, and a guess beyond them is turned away unchecked. Every address has a
 * counter, whether an account has it or not.
 *
 * Strangers must not be able to keep an administrator out, so they have one counter to each address among all of them,
 * and these have counters of their own, which no stranger can use up (OWASP: device cookies):
 * - each browser that has signed in as this address before (`known-browsers.ts`): the one in which Ada enforced SSO,
 *   or signed in at any time before or after that;
 * - the recovery key of this address (`recovery-key.ts`), written down beforehand and given in any other browser.
 * Both need nothing but this service provider: no identity provider and no mail.
 */
import { isPruningDue } from './pruning.ts';
import type { Store } from './store.ts';

/** Wrong passwords at once, and milliseconds until one of them is forgiven. */
const budget = { most: 10, forgiveAfterMs: 90_000 };

export interface Counter {
  /** Normalized; empty for what is not an address. */
  address: string;
  /** SHA-256 of a known browser's secret, or `recovery-key`; empty for strangers. */
  browser: string;
}

/** Counts an attempt, unless there were too many wrong ones already: then it must not be made. */
export const countAttempt = (store: Store, counter: Counter, now: number): boolean =>
  store.transaction(() => {
    const failures = failuresOf(store, counter, now);
    if (failures > budget.most - 1) return false;
    write(store, counter, { failures: failures + 1, now });
    if (isPruningDue(store, 'wrong_passwords', '', { every: 200 })) pruneWrongPasswords(store, now);
    return true;
  });

/** For an attempt whose password was right, or was never checked. */
export const giveBackAttempt = (store: Store, counter: Counter, now: number): void =>
  store.transaction(() => write(store, counter, { failures: Math.max(0, failuresOf(store, counter, now) - 1), now }));

/** Counters that are remembered. */
const keptCounters = 10_000;

/** Beyond the bound, those with the fewest failures go first: new addresses do not wash away a lock-out. */
export function pruneWrongPasswords(store: Store, now: number): void {
  store.run`DELETE FROM wrong_passwords WHERE since <= ${now - budget.most * budget.forgiveAfterMs}`;
  store.run`
    DELETE FROM wrong_passwords WHERE rowid IN (
      SELECT rowid FROM wrong_passwords ORDER BY failures DESC, since DESC LIMIT -1 OFFSET ${keptCounters}
    )`;
}

/** Wrong passwords that are not forgiven yet; a fraction while one is being forgiven. */
function failuresOf(store: Store, { address, browser }: Counter, now: number): number {
  const row = store.get<{ failures: number; since: number }>`
    SELECT failures, since FROM wrong_passwords WHERE address = ${address} AND browser = ${browser}`;
  if (row === undefined) return 0;
  return Math.max(0, row.failures - Math.max(0, now - row.since) / budget.forgiveAfterMs);
}

function write(
  store: Store,
  { address, browser }: Counter,
  { failures, now }: { failures: number; now: number },
): void {
  if (failures === 0) store.run`DELETE FROM wrong_passwords WHERE address = ${address} AND browser = ${browser}`;
  else
    store.run`INSERT INTO wrong_passwords (address, browser, failures, since)
      VALUES (${address}, ${browser}, ${failures}, ${now})
      ON CONFLICT (address, browser) DO UPDATE SET failures = ${failures}, since = ${now}`;
}
