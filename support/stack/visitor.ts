/** A visitor without a browser: keeps cookies as a browser does, follows redirects, submits forms, runs no script. */
import { randomBytes } from 'node:crypto';
import { CookieJar } from 'tough-cookie';
import { type ForeignReply, fetchForeign, largestForeignReply, shortened, UnusableReply } from './foreign-reply.ts';
import { type Form, readVisit, type Visit } from './visit.ts';

type Fields = readonly (readonly [name: string, value: string])[];

interface Body {
  type: string;
  octets: string | Uint8Array;
}

export interface Sending {
  method?: 'GET' | 'POST' | 'HEAD';
  /** Form fields, or a whole body with its content type. */
  fields?: Fields;
  body?: Body | undefined;
  headers?: Record<string, string>;
  /** The page that the visitor comes from; by default none, as for a typed URL. */
  from?: URL | undefined;
  /** URLs to which redirects may lead this time; a redirect elsewhere is itself the result. */
  follow?: ((next: URL) => boolean) | undefined;
}

export interface Visitor {
  readonly jar: CookieJar;
  /** Visits the URL and follows redirects. Throws UnusableReply, also for endless redirects. */
  visit(url: string | URL, sending?: Sending): Promise<Visit>;
  /** Submits the form with these values instead of its own. */
  submit(form: Form, fill?: Record<string, string>, options?: Submission): Promise<Visit>;
}

export interface Submission {
  from?: URL;
  /** Label of the button to press. */
  button?: string;
  /** By field name. Only multipart forms send files. */
  files?: Readonly<Record<string, UploadedFile>>;
}

export interface UploadedFile {
  name: string;
  type: string;
  content: string;
}

export interface VisitorOptions {
  maxRedirects?: number;
  /** Initial cookies; none by default. */
  jar?: CookieJar | undefined;
  /** Time limit for each request and its whole reply. */
  timeoutMs?: number;
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
      timeoutMs,
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

/** One request in a chain of redirects. */
interface Hop {
  method: 'GET' | 'POST' | 'HEAD';
  target: URL;
  fields: Fields;
  body: Body | undefined;
  headers: Record<string, string>;
  from: URL | undefined;
  /** True if any step of the chain led to another site. */
  isCrossSite: boolean;
}

function firstHop(target: URL, { method = 'GET', fields = [], body, headers = {}, from }: Sending): Hop {
  return {
    method,
    target,
    fields,
    body: body ?? (method === 'POST' ? urlEncoded(fields) : undefined),
    headers,
    from,
    isCrossSite: from !== undefined && site(from) !== site(target),
  };
}

/** Unless the method is kept, the next request is a GET without a body, as in browsers. */
function redirected(hop: Hop, { next, keepsMethod }: { next: URL; keepsMethod: boolean }): Hop {
  return {
    ...hop,
    method: keepsMethod || hop.method === 'HEAD' ? hop.method : 'GET',
    target: next,
    fields: [],
    body: keepsMethod ? hop.body : undefined,
    from: hop.from ?? hop.target,
    isCrossSite: hop.isCrossSite || site(next) !== site(hop.target),
  };
}

/** The target of a redirect. Throws UnusableReply if it is not a URL. */
function redirectOf({ headers, status }: ForeignReply, target: URL): URL | undefined {
  const location = headers.get('location');
  if (location === null || status < 300 || status > 399) return undefined;
  const next = URL.parse(location, target);
  if (next === null)
    throw new UnusableReply(`${shortened(target.href)} redirected to “${shortened(location)}”, which is not a URL`);
  return next;
}

/** The cookies to send: all, those that are not strict, or only those for any site. */
function sameSiteContext({ method, from, isCrossSite }: Hop): 'strict' | 'lax' | 'none' {
  if (from === undefined || !isCrossSite) return 'strict';
  return method === 'GET' ? 'lax' : 'none';
}

const navigationHeaders = (hop: Hop): Record<string, string> => ({
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
  'sec-fetch-site': fetchSite(hop),
  ...(hop.method === 'POST' && hop.from ? { origin: hop.from.origin } : {}),
  ...(hop.body ? { 'content-type': hop.body.type } : {}),
});

function fetchSite({ from, target, isCrossSite }: Hop): string {
  if (from === undefined) return 'none';
  if (isCrossSite) return 'cross-site';
  return from.origin === target.origin ? 'same-origin' : 'same-site';
}

/** Scheme and registrable domain; below localhost every name is its own site, as in browsers. */
function site(url: URL): string {
  const labels = url.hostname.split('.');
  return /^[\d.]+$|:/.test(url.hostname) ? url.hostname : `${url.protocol}//${labels.slice(-2).join('.')}`;
}

/** The fields that a form sends when the button with this label is pressed, or by default its first named button. */
function submission(
  form: Form,
  fill: Record<string, string> = {},
  { from = form.action, button, files = {} }: Submission = {},
): Sending & { url: URL } {
  const pressed =
    form.buttons.find(({ label }) => label === button) ?? form.buttons.find(({ name }) => name !== undefined);
  const known = new Set(form.fields.map(({ name }) => name));
  const fields: [string, string][] = [
    ...form.fields.map(({ name, value }): [string, string] => [name, fill[name] ?? value]),
    ...Object.entries(fill).filter(([name]) => !known.has(name)),
  ];
  if (pressed?.name !== undefined) fields.push([pressed.name, pressed.value]);
  if (form.method === 'POST')
    return { url: form.action, method: 'POST', fields, body: encoded(form.enctype, fields, files), from };
  const url = new URL(form.action);
  url.search = new URLSearchParams(fields).toString();
  return { url, from };
}

const urlEncoded = (fields: Fields): Body => ({
  type: 'application/x-www-form-urlencoded',
  octets: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString(),
});

/** Unknown encodings are treated as URL encoding, as in browsers. */
function encoded(enctype: string, fields: Fields, files: NonNullable<Submission['files']>): Body {
  if (enctype === 'text/plain')
    return { type: enctype, octets: fields.map(([name, value]) => `${name}=${value}\r\n`).join('') };
  if (enctype !== 'multipart/form-data') return urlEncoded(fields);
  const boundary = `----visitor${randomBytes(12).toString('hex')}`;
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const attached = Object.entries(files).map(
    ([name, { name: filename, type, content }]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n` +
      `Content-Type: ${type}\r\n\r\n${content}\r\n`,
  );
  const octets = `${[...parts, ...attached].join('')}--${boundary}--\r\n`;
  return { type: `${enctype}; boundary=${boundary}`, octets };
}
