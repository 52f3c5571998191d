/** A browser of its own in k6: requests with cookies and redirects, each of them measured. */
import http from 'k6/http';
import {
  firstHop,
  type Hop,
  navigationHeaders,
  redirected,
  type Sending,
  type Submission,
  submission,
} from '../../stack/hop.ts';
import type { Form, Page } from '../../stack/page.ts';
import type { Visit } from '../../stack/visit.ts';
import type { Exchange } from './legs.ts';
import { notNamed } from './origins.ts';
import { quickPage } from './quick-page.ts';
import type { Client } from './sign-in.ts';

export interface ClientOptions {
  /** Origins that may be visited. */
  origins: readonly string[];
  /** An origin, and the one that takes its place for this browser. */
  instead?: { of: string; by: string } | undefined;
  timeoutMs: number;
}

const mostRedirects = 12;

type Jar = InstanceType<typeof http.CookieJar>;

export function openClient(options: ClientOptions, jar: Jar = new http.CookieJar()): Client {
  const exchanges: Exchange[] = [];

  function visit(given: string | URL, sending: Sending = {}): Visit {
    let hop = firstHop(new URL(given), sending);
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const reply = send(hop, jar, options);
      exchanges.push(reply.exchange);
      if (reply.exchange.failure !== undefined) throw unreachable(hop.target, reply.exchange.failure);
      const next = redirectOf(reply, hop.target);
      if (next === undefined) return visitOf(hop.target, reply);
      hop = redirected(hop, { next, keepsMethod: reply.status === 307 || reply.status === 308 });
    }
    throw unreachable(hop.target, `more than ${mostRedirects} redirects`);
  }

  return {
    exchanges,
    visitor: {
      visit: async (url, sending) => visit(url, sending),
      async submit(form: Form, fill?: Record<string, string>, how?: Submission) {
        const { url, ...sending } = submission(form, fill, how);
        return visit(url, sending);
      },
    },
    copy() {
      const other = new http.CookieJar();
      for (const origin of options.origins)
        for (const [name, values] of Object.entries(jar.cookiesForURL(origin)))
          for (const value of values) other.set(origin, name, value);
      return openClient(options, other);
    },
  };
}

const unreachable = ({ href }: URL, why: string): Error => Object.assign(new Error(why), { url: href });

interface Received {
  status: number;
  body: string;
  headers: Readonly<Record<string, string>>;
  exchange: Exchange;
}

function send(hop: Hop, jar: Jar, { origins, instead, timeoutMs }: ClientOptions): Received {
  const { method, target, body, headers, fields } = hop;
  const url = target.href;
  const exchange = { url, method, fields, status: 0, ms: 0 };
  if (!origins.includes(target.origin))
    return {
      status: 0,
      body: '',
      headers: {},
      exchange: { ...exchange, failure: notNamed(target.host) },
    };
  const isMoved = instead !== undefined && target.origin === instead.of;
  const params = {
    jar,
    redirects: 0,
    timeout: timeoutMs,
    headers: { ...navigationHeaders(hop), ...headers, ...(isMoved ? { Host: target.host } : {}) },
    tags: { name: target.pathname.length > 80 ? target.origin : `${target.origin}${pathName(target.pathname)}` },
  };
  const request = (): ReturnType<typeof http.request> =>
    http.request(method, isMoved ? instead.by + url.slice(instead.of.length) : url, textOf(body), params);
  // A server may close a connection that was idle; a browser then opens another one.
  const first = request();
  const reply = first.status === 0 && closed.test(first.error) ? request() : first;
  const { timings, status, error } = reply;
  const ms = timings.duration + timings.connecting + timings.tls_handshaking;
  const failure = status === 0 ? { failure: inWords(error) } : {};
  return {
    status,
    body: reply.body ?? '',
    headers: lowerCase(reply.headers),
    exchange: { ...exchange, status, ms, ...failure },
  };
}

const textOf = (body: Hop['body']): string | null => (body === undefined ? null : String(body.octets));

/** Without what differs from request to request: each name is a row of its own in k6. */
const pathName = (path: string): string => path.replace(/[0-9A-Za-z_-]{16,}|\d+/g, '…');

const closed = /broken pipe|reset by peer|closed network|EOF/;

/** Errors of k6, without addresses and ports: each cause is a row of its own. */
const failures: readonly (readonly [RegExp, string])[] = [
  [/timeout|deadline/i, 'no reply in time'],
  [/connection refused/, 'nothing listens there'],
  [closed, 'it closed the connection'],
  [/no such host|lookup/, 'its host name is unknown'],
  [/x509|certificate|tls/i, 'its certificate is not trusted'],
];

const inWords = (error: string): string => failures.find(([pattern]) => pattern.test(error))?.[1] ?? 'a network error';

const lowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function redirectOf({ status, headers }: Received, target: URL): URL | undefined {
  const { location } = headers;
  if (location === undefined || status < 300 || status > 399) return undefined;
  return URL.parse(location, target) ?? undefined;
}

/** The page is read when it is asked for. */
function visitOf(url: URL, { status, body, headers }: Received): Visit {
  const contentType = headers['content-type'] ?? '';
  let read: Page | undefined;
  const page = (): Page => {
    read ??= /html/.test(contentType) ? quickPage(body, url) : plainText(body.trim());
    return read;
  };
  const visit = { url, status, body, contentType, headers: undefined };
  for (const part of ['text', 'spacedText', 'heading', 'mainText', 'alerts', 'forms', 'controls', 'links'] as const)
    Object.defineProperty(visit, part, { get: () => page()[part], enumerable: true });
  return visit as unknown as Visit;
}

const plainText = (text: string): Page => ({
  text,
  spacedText: text,
  heading: '',
  mainText: '',
  alerts: [],
  forms: [],
  controls: [],
  links: [],
});
