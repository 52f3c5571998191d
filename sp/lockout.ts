/**
 * Limits wrong passwords by email and browser.
 *
 * An attempt is counted before its password is checked and given back if the password is right, so that parallel
 * guesses count like sequential ones. A counter allows ten attempts at once, then one every 90 seconds: 970 guesses a
 * day. Further attempts are rejected unchecked. Every email has a counter, even without an account.
 *
 * Strangers must not be able to lock an administrator out. So all unknown browsers share one counter per email, and
 * these have counters of their own, which no stranger can use up (OWASP: device cookies):
 * - each browser that has signed in with this email before (`known-browsers.ts`);
 * - the recovery key of this email (`recovery-key.ts`), for use in any other browser.
 * Both work while the IdP and the mail server are down.
 */
import { isPruningDue } from './pruning.ts';
import type { Store } from './store.ts';

/** The maximum number of attempts at once, and the milliseconds until one is forgiven. */
const budget = { most: 10, forgiveAfterMs: 90_000 };

export interface Counter {
  /** Normalized; empty for a malformed email. */
  address: string;
  /** SHA-256 of a known browser's secret, or `recovery-key`; empty for unknown browsers. */
  browser: string;
}

/** Counts an attempt. Returns false if there were too many, so the password must not be checked. */
export const countAttempt = (store: Store, counter: Counter, now: number): boolean =>
  store.transaction(() => {
    const failures = failuresOf(store, counter, now);
    if (failures > budget.most - 1) return false;
    write(store, counter, { failures: failures + 1, now });
    if (isPruningDue(store, 'wrong_passwords', '', { every: 200 })) pruneWrongPasswords(store, now);
    return true;
  });

/** Uncounts an attempt whose password was right or was not checked. */
export const giveBackAttempt = (store: Store, counter: Counter, now: number): void =>
  store.transaction(() => write(store, counter, { failures: Math.max(0, failuresOf(store, counter, now) - 1), now }));

/** The maximum number of counters. */
const keptCounters = 10_000;

/** Deletes the counters with the fewest failures first, so that attempts on many emails do not end a lockout. */
export function pruneWrongPasswords(store: Store, now: number): void {
  store.run`DELETE FROM wrong_passwords WHERE since <= ${now - budget.most * budget.forgiveAfterMs}`;
  store.run`
    DELETE FROM wrong_passwords WHERE rowid IN (
      SELECT rowid FROM wrong_passwords ORDER BY failures DESC, since DESC LIMIT -1 OFFSET ${keptCounters}
    )`;
}

/** The number of attempts not yet forgiven, which may be a fraction. */
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
