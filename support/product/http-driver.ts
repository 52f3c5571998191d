/** Acts for a person by scripted HTTP: fills in and sends the forms of parsed pages. */
import { type CookieJar, Cookie as JarCookie } from 'tough-cookie';
import type { Form, Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import type { Cookie, Driver, DriverLog } from './driver.ts';
import { createFormDriver, type FormDriver } from './form-driver.ts';

export interface HttpDriverOptions {
  who: string;
  /** Initial cookies; none by default. */
  jar?: CookieJar;
  /** Time limit for each request and its whole reply. */
  timeoutMs?: number;
  log?: DriverLog;
  /** True to pass this message on to its receiver, as a browser does; false to stay on the page. */
  passesOn?: (form: Form) => boolean;
  /** Sends the requests; by default one with `jar`, `timeoutMs` and `log`. */
  visitor?: Visitor;
  /** The page that is open at the beginning; by default none. */
  page?: Visit | undefined;
}

export interface HttpDriver extends Driver, Pick<FormDriver, 'page'> {
  readonly kind: 'http';
  /** For requests that open no page. */
  readonly visitor: Visitor;
}

export function createHttpDriver({
  who,
  passesOn = () => true,
  page,
  visitor: given,
  ...options
}: HttpDriverOptions): HttpDriver {
  const { log: _, ...withoutLog } = options;
  const visitor = given ?? visitorWith(options);
  const driver = createFormDriver({ who, visitor, passesOn, page });
  return {
    ...driver,
    get page() {
      return driver.page;
    },
    visitor,
    aside: async () => createHttpDriver({ ...withoutLog, who, passesOn, jar: visitor.jar }),
    cookies: () => cookiesIn(visitor.jar),
    takeCookies: (cookies) => keepCookies(visitor.jar, cookies),
    forgetCookies: (name) => forgetCookies(visitor.jar, name),
  };
}

function visitorWith({ jar, timeoutMs, log }: Pick<HttpDriverOptions, 'jar' | 'timeoutMs' | 'log'>): Visitor {
  return createVisitor({
    jar,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onExchange: ({ at, method, url, status, fields, headers }) => {
      log?.exchange({ at, method, url: url.href, status, fields: [...new Set(fields.map(([name]) => name))] });
      log?.setCookies(Promise.resolve(headers.getSetCookie()));
    },
  });
}

async function cookiesIn(jar: CookieJar): Promise<Cookie[]> {
  const kept = (await jar.serialize()).cookies.map((one) => JarCookie.fromJSON(one)!);
  return kept.filter((one) => one.TTL() > 0).map(asInBrowsers);
}

const sameSites = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

const asInBrowsers = ({ key, value, domain, path, httpOnly, secure, sameSite }: JarCookie): Cookie => ({
  name: key,
  value,
  domain: domain!,
  path: path ?? '/',
  httpOnly: httpOnly === true,
  secure: secure === true,
  sameSite: sameSites[sameSite as keyof typeof sameSites] ?? 'Lax',
});

async function keepCookies(jar: CookieJar, cookies: readonly Cookie[]): Promise<void> {
  for (const { name, value, domain, path, httpOnly, secure, sameSite } of cookies) {
    const attributes = `Path=${path}${httpOnly ? '; HttpOnly' : ''}${secure ? '; Secure' : ''}; SameSite=${sameSite}`;
    await jar.setCookie(`${name}=${value}; ${attributes}`, `http${secure ? 's' : ''}://${domain.replace(/^\./, '')}/`);
  }
}

async function forgetCookies(jar: CookieJar, name: string | undefined): Promise<void> {
  if (name === undefined) return jar.removeAllCookies();
  const { cookies } = await jar.serialize();
  for (const { key, domain, path } of cookies)
    if (key === name) await jar.store.removeCookie(domain as string, path as string, name);
}
