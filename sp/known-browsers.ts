/** Browsers that have signed in with an email before. A stranger's wrong passwords do not count against them. */
import type { Store } from './store.ts';

/** The maximum number of browsers per email. The least recently used is deleted first. Only signing in adds one. */
const most = 20;

export const isKnownBrowser = (store: Store, address: string, browser: string): boolean =>
  store.get`SELECT 1 FROM known_browsers WHERE address = ${address} AND browser = ${browser}` !== undefined;

/** True if any browser has signed in with this email. */
export const hasKnownBrowser = (store: Store, address: string): boolean =>
  store.get`SELECT 1 FROM known_browsers WHERE address = ${address} LIMIT 1` !== undefined;

/** `browser` is the SHA-256 of its secret. */
export function rememberBrowser(store: Store, address: string, browser: string, now: number): void {
  store.run`
    INSERT INTO known_browsers (address, browser, used_at)
    SELECT address, ${browser}, ${now} FROM users WHERE address = ${address}
    ON CONFLICT (address, browser) DO UPDATE SET used_at = ${now}`;
  store.run`
    DELETE FROM known_browsers WHERE address = ${address} AND browser NOT IN (
      SELECT browser FROM known_browsers WHERE address = ${address} ORDER BY used_at DESC, browser LIMIT ${most}
    )`;
}
