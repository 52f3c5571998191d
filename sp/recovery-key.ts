/**
 * Recovery keys: with a key and the password, an administrator can sign in from a new browser even while a stranger
 * tries passwords for the email. A key does not work without the password, and is valid until a new one is created.
 */
import { hashOf, newRecoveryKey } from './secret.ts';
import type { Store } from './store.ts';

/** When this email's key was created, on the organization's clock; undefined if there is none. */
export const recoveryKeyMadeAt = (store: Store, address: string): number | undefined =>
  store.get<{ made_at: number }>`SELECT made_at FROM recovery_keys WHERE address = ${address}`?.made_at;

/** Creates a key, which replaces an older one. Only its hash is stored. */
export function makeRecoveryKey(store: Store, address: string, now: number): string {
  const key = newRecoveryKey();
  store.run`
    INSERT INTO recovery_keys (address, hash, made_at) VALUES (${address}, ${hashOf(key)}, ${now})
    ON CONFLICT (address) DO UPDATE SET hash = ${hashOf(key)}, made_at = ${now}`;
  return key;
}

/** Ignores case and surrounding spaces, because users copy keys from paper. */
export const isRecoveryKey = (store: Store, address: string, written: string): boolean =>
  store.get`
    SELECT 1 FROM recovery_keys
    WHERE address = ${address} AND hash = ${hashOf(written.trim().toUpperCase())}` !== undefined;
