/** How many wrong passwords lock an account out, and for how long. */
import { isPruningDue } from './pruning.ts';
import type { Store } from './store.ts';

/** Wrong passwords that an account bears within the window, counted by address whether the account exists or not. */
const attempts = { most: 10, windowMs: 15 * 60_000 };

export function isLockedOut(store: Store, address: string, now: number): boolean {
  const row = store.get<{
    failures: number;
    since: number;
  }>`SELECT failures, since FROM wrong_passwords WHERE address = ${address}`;
  return row !== undefined && now < row.since + attempts.windowMs && row.failures >= attempts.most;
}

export function countWrongPassword(store: Store, address: string, now: number): void {
  store.run`INSERT INTO wrong_passwords (address, failures, since) VALUES (${address}, 1, ${now})
    ON CONFLICT (address) DO UPDATE SET
      failures = CASE WHEN ${now} < since + ${attempts.windowMs} THEN failures + 1 ELSE 1 END,
      since = CASE WHEN ${now} < since + ${attempts.windowMs} THEN since ELSE ${now} END`;
  if (isPruningDue(store, 'wrong_passwords', '', { every: 200 })) pruneWrongPasswords(store, now);
}

/** Addresses whose wrong passwords are remembered. */
const keptAddresses = 10_000;

/** Beyond the bound, those with the fewest failures go first: new addresses do not wash away a lock-out. */
export function pruneWrongPasswords(store: Store, now: number): void {
  store.run`DELETE FROM wrong_passwords WHERE since <= ${now - attempts.windowMs}`;
  store.run`
    DELETE FROM wrong_passwords WHERE rowid IN (
      SELECT rowid FROM wrong_passwords ORDER BY failures DESC, since DESC LIMIT -1 OFFSET ${keptAddresses}
    )`;
}

export const forgetWrongPasswords = (store: Store, address: string): void =>
  void store.run`DELETE FROM wrong_passwords WHERE address = ${address}`;
