/** A visitor without a browser: keeps cookies as a browser does, follows redirects, submits forms, runs no script. */
import { CookieJar } from 'tough-cookie';
import { type ForeignReply, fetchForeign, largestForeignReply, shortened, UnusableReply } from './foreign-reply.ts';
import {
  type Fields,
  firstHop,
  type Hop,
  navigationHeaders,
  redirected,
  type Sending,
  type Submission,
  sameSiteContext,
  submission,
} from './hop.ts';
import { type Form, readVisit, type Visit } from './visit.ts';

export type { Sending, Submission, UploadedFile } from './hop.ts';

export interface Visitor {
  readonly jar: CookieJar;
  /** Visits the URL and follows redirects. Throws UnusableReply, also for endless redirects. */
  visit(url: string | URL, sending?: Sending): Promise<Visit>;
  /** Submits the form with these values instead of its own. */
  submit(form: Form, fill?: Record<string, string>, options?: Submission): Promise<Visit>;
}

export interface VisitorOptions {
  maxRedirects?: number;
  /** Initial cookies; none by default. */
  jar?: CookieJar | undefined;
  /** Time limit for each request and its whole reply. */
  timeoutMs?: number | ((url: URL) => number);
  /** Size limit of a page in bytes, also after decompression. */
  largest?: (url: URL) => number;
  /** URLs that the visitor may reach at all: a redirect elsewhere is itself the result, and a direct visit throws. */
  mayGo?: (url: URL) => boolean;
  /** Called for every request, before redirects are followed; `at` is its time in milliseconds. */
  onExchange?: (exchange: VisitorExchange) => void;
}

export interface VisitorExchange {
  at: number;
  method: string;
  url: URL;
  status: number;
  fields: Fields;
  headers: Headers;
}

export function createVisitor({
  jar = new CookieJar(undefined, { looseMode: true }),
  maxRedirects = 12,
  timeoutMs = 30_000,
  largest = () => largestForeignReply,
  mayGo = () => true,
  onExchange = () => undefined,
}: VisitorOptions = {}): Visitor {
  async function visit(url: string | URL, sending: Sending = {}): Promise<Visit> {
    const { follow = () => true } = sending;
    let hop = firstHop(new URL(url), sending);
    if (!mayGo(hop.target)) throw new Error(`this visitor may not visit ${hop.target.href}`);
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const { target } = hop;
      const reply = await send(hop).catch(namesUrl(target));
      const next = redirectOf(reply, hop.target);
      if (next === undefined || !mayGo(next) || !follow(next)) {
        const { status, headers } = reply;
        return readVisit({ url: target, status, headers, body: await reply.text().catch(namesUrl(target)) });
      }
      reply.drop();
      hop = redirected(hop, { next, keepsMethod: reply.status === 307 || reply.status === 308 });
    }
    const last = shortened(hop.target.href);
    return namesUrl(hop.target)(
      new UnusableReply(`${shortened(url.toString())} led to more than ${maxRedirects} redirects, the last to ${last}`),
    );
  }

  async function send(hop: Hop): Promise<ForeignReply> {
    const { method, target, body, fields, isCrossSite } = hop;
    const cookie = await jar.getCookieString(target.href, { sameSiteContext: sameSiteContext(hop) });
    const at = Date.now();
    const reply = await fetchForeign(target, {
      method,
      timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : timeoutMs(target),
      largest: largest(target),
      headers: { ...navigationHeaders(hop), ...(cookie ? { cookie } : {}), ...hop.headers },
      body: body?.octets,
    });
    for (const line of reply.headers.getSetCookie())
      await jar.setCookie(line, target.href, {
        ignoreError: true,
        sameSiteContext: method === 'GET' || !isCrossSite ? 'strict' : 'lax',
      });
    onExchange({ at, method, url: target, status: reply.status, fields, headers: reply.headers });
    return reply;
  }

  return {
    jar,
    visit,
    submit(form, fill, options) {
      const { url, ...sending } = submission(form, fill, options);
      return visit(url, sending);
    },
  };
}

const namesUrl =
  ({ href }: URL) =>
  (error: Error): never => {
    if (error instanceof UnusableReply) error.url = href;
    throw error;
  };

/** The target of a redirect. Throws UnusableReply if it is not a URL. */
function redirectOf({ headers, status }: ForeignReply, target: URL): URL | undefined {
  const location = headers.get('location');
  if (location === null || status < 300 || status > 399) return undefined;
  const next = URL.parse(location, target);
  if (next === null)
    throw new UnusableReply(`${shortened(target.href)} redirected to “${shortened(location)}”, which is not a URL`);
  return next;
}
