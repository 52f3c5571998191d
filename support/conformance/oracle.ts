/** Who is signed in: what the page of the service provider shows, never a status code. */
import type { CookieJar } from 'tough-cookie';
import type { StandConfig } from './config.ts';

/** Undefined when nobody is; a name, or `null` where this service provider does not tell whose session it is. */
export type SignedIn = { as: string | null } | undefined;

export interface Look {
  url: URL;
  /** As a person reads it, white space folded. */
  text: string;
  body: string;
  /** Cookies that the browser would send there. */
  cookies: readonly string[];
}

export function whoIsSignedIn(
  { signedIn: { text, json, cookie, address } }: Pick<StandConfig, 'signedIn'>,
  { url, text: shown, body, cookies }: Look,
): SignedIn {
  if (cookie !== undefined) return cookies.includes(cookie) ? { as: null } : undefined;
  if (address !== undefined) return url.href.startsWith(address) ? { as: null } : undefined;
  if (json !== undefined) return named(valueAt(body, json.split('.')));
  return named(pattern(text!).exec(shown)?.[1]);
}

export const cookieNames = async (jar: CookieJar, url: URL): Promise<string[]> =>
  (await jar.getCookies(url.href)).map(({ key }) => key);

const named = (value: unknown): SignedIn => (typeof value === 'string' && value !== '' ? { as: value } : undefined);

/** White space matches any white space. {user} is one word, or everything up to the text that follows it. */
function pattern(text: string): RegExp {
  const [before = '', after = ''] = text
    .split('{user}')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'));
  return new RegExp(`${before}${after === '' ? '(\\S+)' : `(.+?)${after}`}`, 'u');
}

function valueAt(body: string, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | null | undefined)?.[step],
      JSON.parse(body),
    );
  } catch {
    return undefined;
  }
}
