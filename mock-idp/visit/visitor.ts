/** A browser's requests without a browser: cookies, and one redirect after the other. */
import type { Cookies, VisitOptions } from '../api.ts';
import { Refused } from '../tenants/read-input.ts';
import { readVisitOptions } from './read-options.ts';

export interface Visitor {
  cookies: Cookies;
  /** Does not follow redirects. Throws Refused if nothing responds there. */
  visit(url: string | URL, init?: RequestInit): Promise<Response>;
  /** Follows redirects until `isEnd`, or to what is not http, such as an app. Throws Refused if there are too many. */
  follow(response: Response, isEnd?: (url: URL) => boolean): Promise<Response>;
}

const mostRedirects = 20;

/** Throws Refused for options that it cannot use. */
export async function openVisitor(options?: VisitOptions): Promise<Visitor> {
  const { fetch: send = fetch, cookies: given } = readVisitOptions(options);
  const cookies: Cookies = given ?? new (await import('tough-cookie')).CookieJar();
  async function visit(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const address = String(url);
    const headers = new Headers(init.headers);
    const cookie = await cookies.getCookieString(address);
    if (cookie !== '') headers.set('cookie', cookie);
    let response: Response;
    try {
      response = await send(address, { ...init, headers, redirect: 'manual' });
    } catch (error) {
      throw unreachable(address, error);
    }
    // A cookie that a browser would not keep either is ignored.
    for (const line of response.headers.getSetCookie()) await cookies.setCookie(line, address).catch(() => undefined);
    return response;
  }
  return {
    cookies,
    visit,
    async follow(response, isEnd = () => false) {
      let last = response;
      for (let count = 0; ; count++) {
        const next = redirectOf(last);
        if (next === undefined || !/^https?:$/.test(next.protocol) || isEnd(next)) return last;
        if (count === mostRedirects) throw tooMany(response.url, next.href);
        await last.body?.cancel();
        last = await visit(next);
      }
    },
  };
}

function tooMany(...ends: readonly [first: string, last: string]): Refused {
  const [first, last] = ends.map(withoutQuery);
  return new Refused(400, `${first} leads to more than ${mostRedirects} redirects, the last one to ${last}`);
}

/** The error of fetch, whose cause says what failed, as a sentence with the URL. Other errors are the caller's own. */
function unreachable(address: string, error: unknown): unknown {
  const { cause } = (error ?? {}) as { cause?: { code?: string; message?: string } };
  if (cause === undefined) return error;
  const reason = /^E[A-Z]+$/.test(cause.code ?? '') ? cause.code : (cause.message ?? 'no reason is known');
  return new Refused(502, `${withoutQuery(address)} did not respond: ${reason}`);
}

const withoutQuery = (address: string): string => address.replace(/\?.*/s, '');

/** As the response writes it, if it redirects. */
export const locationOf = ({ status, headers }: Response): string | undefined =>
  status < 300 || status > 399 ? undefined : (headers.get('location') ?? undefined);

/** Where a response redirects to. */
export function redirectOf(response: Response): URL | undefined {
  const location = locationOf(response);
  return location === undefined ? undefined : (URL.parse(location, response.url || undefined) ?? undefined);
}
