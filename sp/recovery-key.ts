/**
 * Recovery keys: what an administrator writes down to sign in with the password in a new browser, even while a stranger
 * tries passwords for the address. A key opens nothing without the password, and is good until a new one is made.
 */
import { hashOf, newRecoveryKey } from './secret.ts';
import type { Store } from './store.ts';

/** When the key of this address was made, on the organization's clock; undefined if there is none. */
export const recoveryKeyMadeAt = (store: Store, address: string): number | undefined =>
  store.get<{ made_at: number }>`SELECT made_at FROM recovery_keys WHERE address = ${address}`?.made_at;

/** A new key in place of an older one; the server keeps only its hash. */
export function makeRecoveryKey(store: Store, address: string, now: number): string {
  const key = newRecoveryKey();
  store.run`
    INSERT INTO recovery_keys (address, hash, made_at) VALUES (${address}, ${hashOf(key)}, ${now})
    ON CONFLICT (address) DO UPDATE SET hash = ${hashOf(key)}, made_at = ${now}`;
  return key;
}

/** Case and spaces at the ends do not matter: people copy keys from paper. */
export const isRecoveryKey = (store: Store, address: string, written: string): boolean =>
  store.get`
    SELECT 1 FROM recovery_keys
    WHERE address = ${address} AND hash = ${hashOf(written.trim().toUpperCase())}` !== undefined;
