/** A visitor without a browser: keeps cookies as a browser would, follows redirects, fills in forms. It runs no script and judges nothing. */
import { randomBytes } from 'node:crypto';
import { type CheerioAPI, load } from 'cheerio';
import { CookieJar } from 'tough-cookie';
import { request } from './http.ts';

export interface Visit {
  url: URL;
  status: number;
  contentType: string;
  body: string;
  headers: Headers;
  forms: readonly Form[];
  /** The text that a person would read, white space folded. */
  text: string;
}

export interface Form {
  action: URL;
  method: 'GET' | 'POST';
  enctype: string;
  fields: readonly { name: string; value: string; type: string }[];
  /** What the buttons say. */
  buttons: readonly { name: string | undefined; value: string; label: string }[];
}

export interface Sending {
  method?: 'GET' | 'POST' | 'HEAD';
  /** Fields of a form, or a whole body with its content type. */
  fields?: readonly (readonly [string, string])[];
  body?: { type: string; octets: string | Uint8Array };
  headers?: Record<string, string>;
  /** The page that the visitor comes from; without it the address was typed. */
  from?: URL | undefined;
  /** Where redirects may lead this time; the redirect itself is the answer when it leads elsewhere. */
  follow?: ((next: URL) => boolean) | undefined;
}

export interface Visitor {
  readonly jar: CookieJar;
  /** Goes there and follows redirects. Throws when the connection fails or the redirects do not end. */
  visit(url: string | URL, sending?: Sending): Promise<Visit>;
  /** Submits the form with these values in place of its own. */
  submit(form: Form, fill?: Record<string, string>, options?: { from?: URL; button?: string }): Promise<Visit>;
}

export interface VisitorOptions {
  maxRedirects?: number;
  /** The cookies to begin with; none by default. */
  jar?: CookieJar | undefined;
  /** Gives up on a single answer after so many milliseconds. */
  timeoutMs?: number;
  /** Where the visitor may go at all: a redirect elsewhere is the answer itself, and going there directly throws. */
  mayGo?: (url: URL) => boolean;
  /** Called for every request, before redirects are followed; `at` is when it was sent, in milliseconds. */
  onExchange?: (exchange: {
    at: number;
    method: string;
    url: URL;
    status: number;
    fields: readonly (readonly [string, string])[];
  }) => void;
}

export function createVisitor({
  jar = new CookieJar(undefined, { looseMode: true }),
  maxRedirects = 12,
  timeoutMs = 30_000,
  mayGo = () => true,
  onExchange = () => undefined,
}: VisitorOptions = {}): Visitor {
  async function visit(
    url: string | URL,
    { method = 'GET', fields = [], body, headers = {}, from, follow = () => true }: Sending = {},
  ): Promise<Visit> {
    let target = new URL(url);
    if (!mayGo(target)) throw new Error(`this visitor does not go to ${target.href}`);
    let verb = method;
    let payload =
      body ??
      (verb === 'POST'
        ? {
            type: 'application/x-www-form-urlencoded',
            octets: new URLSearchParams(fields.map(([name, value]) => [name, value] as [string, string])).toString(),
          }
        : undefined);
    let crossSite = from !== undefined && site(from) !== site(target);
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const sameSiteContext = from === undefined || !crossSite ? 'strict' : verb === 'GET' ? 'lax' : 'none';
      const cookie = await jar.getCookieString(target.href, { sameSiteContext });
      const at = Date.now();
      const response = await request(target, {
        method: verb,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
          'sec-fetch-user': '?1',
          'sec-fetch-site':
            from === undefined
              ? 'none'
              : crossSite
                ? 'cross-site'
                : from.origin === target.origin
                  ? 'same-origin'
                  : 'same-site',
          ...(verb === 'POST' && from ? { origin: from.origin } : {}),
          ...(payload ? { 'content-type': payload.type } : {}),
          ...(cookie ? { cookie } : {}),
          ...headers,
        },
        ...(payload ? { body: payload.octets } : {}),
      });
      for (const line of response.headers.getSetCookie())
        await jar.setCookie(line, target.href, {
          ignoreError: true,
          sameSiteContext: verb === 'GET' || !crossSite ? 'strict' : 'lax',
        });
      onExchange({ at, method: verb, url: target, status: response.status, fields: redirects === 0 ? fields : [] });
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399)
        return read(target, response.status, response.headers as unknown as Headers, await response.text());
      const next = new URL(location, target);
      if (!mayGo(next) || !follow(next))
        return read(target, response.status, response.headers as unknown as Headers, await response.text());
      await response.body?.cancel();
      crossSite ||= site(next) !== site(target);
      from ??= target;
      if (response.status !== 307 && response.status !== 308) {
        if (verb !== 'HEAD') verb = 'GET';
        payload = undefined;
      }
      target = next;
    }
    throw new Error(`more than ${maxRedirects} redirects, the last to ${target.href}`);
  }

  return {
    jar,
    visit,
    submit(form, fill = {}, { from, button } = {}) {
      const pressed =
        form.buttons.find(({ label }) => label === button) ?? form.buttons.find(({ name }) => name !== undefined);
      const known = new Set(form.fields.map(({ name }) => name));
      const fields: [string, string][] = [
        ...form.fields.map(({ name, value }) => [name, fill[name] ?? value] as [string, string]),
        ...Object.entries(fill).filter(([name]) => !known.has(name)),
        ...(pressed?.name === undefined ? [] : [[pressed.name, pressed.value] as [string, string]]),
      ];
      if (form.method === 'POST')
        return visit(form.action, {
          method: 'POST',
          fields,
          ...encoded(form.enctype, fields),
          from: from ?? form.action,
        });
      const target = new URL(form.action);
      target.search = new URLSearchParams(fields).toString();
      return visit(target, { from: from ?? form.action });
    },
  };
}

/** The body of a form that is not URL-encoded. */
function encoded(enctype: string, fields: readonly (readonly [string, string])[]): Pick<Sending, 'body'> {
  if (enctype === 'text/plain')
    return { body: { type: enctype, octets: fields.map(([name, value]) => `${name}=${value}\r\n`).join('') } };
  if (enctype !== 'multipart/form-data') return {};
  const boundary = `----visitor${randomBytes(12).toString('hex')}`;
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { body: { type: `${enctype}; boundary=${boundary}`, octets: `${parts.join('')}--${boundary}--\r\n` } };
}

/** Scheme and registrable domain; below localhost every name is a site of its own, as in browsers. */
function site(url: URL): string {
  const labels = url.hostname.split('.');
  return /^[\d.]+$|:/.test(url.hostname) ? url.hostname : `${url.protocol}//${labels.slice(-2).join('.')}`;
}

/** Forms and text are read only when somebody looks at them: most pages on the way are passed by for one of the two, or for neither. */
function read(url: URL, status: number, headers: Headers, body: string): Visit {
  const contentType = headers.get('content-type') ?? '';
  const isPage = /html/.test(contentType);
  // The parser that does as browsers do takes one character at a time: for a page of megabytes there is a quicker one.
  const parsed = once(() =>
    load(isPage ? body : '', body.length > 1_000_000 ? { xml: { xmlMode: false } } : undefined),
  );
  const forms = once(() => formsOf(parsed(), url));
  const text = once(() => (isPage ? textOf(parsed()) : body.trim()));
  return {
    url,
    status,
    contentType,
    body,
    headers,
    get forms() {
      return forms();
    },
    get text() {
      return text();
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function textOf($: CheerioAPI): string {
  const body = $('body').clone();
  body.find('script, style, template').remove();
  return body.text().replace(/\s+/g, ' ').trim();
}

function formsOf($: CheerioAPI, url: URL): Form[] {
  return $('form')
    .get()
    .map((form) => {
      const fields = $(form)
        .find('input, select, textarea')
        .get()
        .flatMap((field) => {
          const name = $(field).attr('name');
          const type = ($(field).attr('type') ?? field.tagName).toLowerCase();
          if (
            !name ||
            $(field).attr('disabled') !== undefined ||
            ['submit', 'button', 'image', 'reset', 'file'].includes(type)
          )
            return [];
          if (['checkbox', 'radio'].includes(type) && $(field).attr('checked') === undefined) return [];
          const value = $(field).val() ?? (['checkbox', 'radio'].includes(type) ? 'on' : '');
          return (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: one, type }));
        });
      const buttons = $(form)
        .find('button, input[type=submit]')
        .get()
        .filter((button) => !['button', 'reset'].includes($(button).attr('type') ?? ''))
        .map((button) => ({
          name: $(button).attr('name'),
          value: $(button).attr('value') ?? '',
          label: ($(button).text() || $(button).attr('value') || '').trim(),
        }));
      return {
        action: new URL($(form).attr('action') ?? '', url),
        method: ($(form).attr('method') ?? 'get').toUpperCase() === 'POST' ? ('POST' as const) : ('GET' as const),
        enctype: $(form).attr('enctype') ?? 'application/x-www-form-urlencoded',
        fields,
        buttons,
      };
    });
}
