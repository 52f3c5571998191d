/** A browser's visit to a tenant: its request, and its session. */
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import { randomText } from '../random.ts';
import type { Arrival } from '../sign-in/incoming.ts';
import { sessionOf } from '../sign-in/sessions.ts';
import { addressesOf } from '../tenants/addresses.ts';
import type { KeyPair } from '../tenants/keys.ts';
import { hashOf, type Session, type State, type Tenant } from '../tenants/state.ts';
import type { Tenants } from '../tenants/tenant.ts';
import { acceptedHostname } from './guard.ts';
import { Notice } from './notice.ts';
import { strikeTransport } from './transport.ts';

/** Shared by all visits. */
export interface Site {
  state: State;
  tenants: Tenants;
  /** Base URL without a trailing slash. */
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
  /** Host names, besides loopback names, at which a tenant may look like a product. */
  rehearsalHosts: readonly string[];
}

export interface Visit {
  site: Site;
  request: Request;
  response: Response;
  tenant: Tenant;
  /** Value of the session cookie. */
  cookie: string | undefined;
  session: Session | undefined;
}

export type Handler = (visit: Visit) => void | Promise<void>;

/** Finds the tenant and the session and calls the handler, unless a server fault strikes or the tenant is disabled. */
export const visiting =
  (site: Site, handle: Handler): RequestHandler =>
  async (request, response) => {
    const tenant = site.state.tenants.get(String(request.params.tenant));
    if (!tenant) throw unknownTenant();
    if (tenant.persona && !request.path.endsWith('/metadata')) checkRehearsalHost(site, request);
    response.locals.tenant = tenant;
    const next = tenant.faults.length === 0 ? 'go-on' : await strikeTransport(tenant, request, response);
    if (next === 'gone') return;
    if (next === 'server-error') throw serverFailure();
    checkOpen(site, tenant);
    const cookie = readCookie(request, cookieName('session', tenant));
    await handle({ site, request, response, tenant, cookie, session: sessionOf(tenant, cookie) });
  };

/** Pages that resemble those of a product are only at loopback names, and at those that the operator chose. */
function checkRehearsalHost({ rehearsalHosts }: Site, request: Request): void {
  if (acceptedHostname(request.headers.host, rehearsalHosts) !== undefined) return;
  throw new Notice({
    title: 'Only for rehearsals',
    status: 421,
    sentences: [
      'This identity provider plays a product, so its pages are only at loopback names and at names that were chosen.',
      'Start it with --allow-host for this name, or leave the persona out.',
    ],
  });
}

/** Checks again after waiting: the tenant may have been removed or disabled. */
export function checkOpen({ state }: Site, tenant: Tenant): void {
  if (state.tenants.get(tenant.name) !== tenant) throw unknownTenant();
  if (tenant.disabled) throw signInDisabled();
}

const unknownTenant = (): Notice =>
  new Notice({
    title: 'Not found',
    status: 404,
    sentences: ['This organization does not exist.', 'Check the address, or ask your administrator.'],
  });

const serverFailure = (): Notice =>
  new Notice({
    title: 'Something went wrong',
    status: 500,
    sentences: ['The identity provider is unavailable.', 'Try again later.'],
  });

const signInDisabled = (): Notice =>
  new Notice({
    title: 'Sign-in disabled',
    status: 403,
    sentences: ['Sign-in is disabled for this organization.', 'Contact your administrator.'],
  });

export const addressesAt = ({ site, tenant }: Visit): ReturnType<typeof addressesOf> => addressesOf(site.url, tenant);

/** The fields of the posted form. */
export const fieldsOf = ({ request }: Pick<Visit, 'request'>): Record<string, unknown> =>
  (request.body as Record<string, unknown> | undefined) ?? {};

/** The SAML message as received. */
export const arrivalOf = ({ request }: Visit): Arrival =>
  request.method === 'POST'
    ? { binding: 'post', fields: fieldsOf({ request }) }
    : { binding: 'redirect', query: request.originalUrl.split('?').slice(1).join('?') };

/** Sets the session cookie; undefined removes it. */
export function setCookie(visit: Visit, value: string | undefined): void {
  const { response, tenant } = visit;
  const options = value === undefined ? { ...cookieOptions(visit), maxAge: 0 } : cookieOptions(visit);
  response.cookie(cookieName('session', tenant), value ?? '', options);
}

/**
 * The hash of the cookie that identifies the browser, so that pending sign-ins are limited per browser. Sets the cookie
 * if it is missing; a form posted by another site does not send it.
 */
export function markBrowser(visit: Visit): string {
  const { request, response, tenant } = visit;
  const name = cookieName('browser', tenant);
  const known = readCookie(request, name);
  const value = known ?? randomText(16, 'base64url');
  if (known === undefined) response.cookie(name, value, cookieOptions(visit));
  return hashOf(value);
}

const cookieOptions = ({ site, tenant }: Visit): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  path: `/${tenant.name}`,
  secure: site.url.startsWith('https:'),
});

const cookieName = (kind: 'session' | 'browser', tenant: Tenant): string => `idp_${kind}_${cookieSuffix(tenant)}`;

const cookieSuffixes = new WeakMap<Tenant, string>();

function cookieSuffix(tenant: Tenant): string {
  const known = cookieSuffixes.get(tenant);
  if (known !== undefined) return known;
  const suffix = hashOf(tenant.name).slice(0, 12);
  cookieSuffixes.set(tenant, suffix);
  return suffix;
}

function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key = '', value] = pair.trim().split('=');
    if (key === name && value) return value;
  }
  return undefined;
}
