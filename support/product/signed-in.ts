/** Detects who is signed in by the service provider's page, never by a status code. */
import type { CookieJar } from 'tough-cookie';
import { excerpt } from '../stack/excerpt.ts';
import type { Recipe } from './recipe.ts';

/**
 * Undefined if no user is signed in. `as` is null if the service provider does not show the name, and empty if it shows
 * an empty one in a session.
 */
export type SignedIn = { as: string | null } | undefined;

export interface Look {
  url: URL;
  /** The visible text. */
  text: string;
  body: string;
  /** Cookies that the browser would send to that page. */
  cookies: readonly string[];
}

/** A session without a name counts as none. */
export function whoIsSignedIn(config: Signs, look: Look): SignedIn {
  const shown = sessionShown(config, look);
  return shown?.as === '' ? undefined : shown;
}

type Signs = { signedIn: Omit<Recipe['signedIn'], 'page'> };

/** The session that the page shows, even without a name. */
export function sessionShown(
  { signedIn: { text, json, cookie, address } }: Signs,
  { url, text: shown, body, cookies }: Look,
): SignedIn {
  if (cookie !== undefined) return cookies.includes(cookie) ? { as: null } : undefined;
  if (address !== undefined) return url.href.startsWith(address) ? { as: null } : undefined;
  if (json !== undefined) return named(valueAt(body, json.split('.')));
  return named(nameIn(shown, text!));
}

export const cookieNames = async (jar: CookieJar, url: URL): Promise<string[]> =>
  (await jar.getCookies(url.href)).map(({ key }) => key);

/** A longer text is not a name; its start is enough for a report. */
const longestName = 300;

/** Values that templates show for a missing name. */
const missingNames: readonly unknown[] = [null, '', 'undefined', 'null', 'None', 'nil'];

function named(value: unknown): SignedIn {
  if (value === undefined) return undefined;
  const name = typeof value === 'string' ? value.trim() : value;
  if (missingNames.includes(name)) return { as: '' };
  return typeof name === 'string' ? { as: excerpt(name, longestName) } : undefined;
}

/**
 * The text in the place of {user}: one word, or everything up to the text that follows it. Whitespace matches any
 * whitespace. Searched piece by piece, so that the time stays linear.
 */
function nameIn(shown: string, text: string): string | undefined {
  const page = ` ${folded(shown).trim()} `;
  const [before = '', after = ''] = text.split('{user}').map(folded);
  let nameless: string | undefined;
  for (let at = page.indexOf(before); at !== -1 && at < page.length; at = page.indexOf(before, at + 1)) {
    const start = at + before.length;
    const end = after === '' ? endOfWord(page, start) : page.indexOf(after, start + 1);
    if (end === -1) return page.slice(start).trimStart().startsWith(after.trimStart()) ? '' : nameless;
    const name = page.slice(start, end).trim();
    if (name !== '') return name;
    nameless = name;
  }
  return nameless;
}

const folded = (text: string): string => text.replace(/\s+/g, ' ');

function endOfWord(page: string, start: number): number {
  const end = page.indexOf(' ', start);
  return end === -1 ? page.length : end;
}

/** The value in a JSON text; undefined if the text is not JSON, or has none there. */
export function valueAt(body: string, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
      JSON.parse(body),
    );
  } catch {
    return undefined;
  }
}
