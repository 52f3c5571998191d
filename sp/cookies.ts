/** The two cookies: one carries the session, the other tells browsers apart, so that a response counts in one only. */
import type { Request, RequestHandler, Response } from 'express';
import { hashOf, newSecret, secretLength } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';

const session = 'sp_session';
const browser = 'sp_browser';

/** The value of a cookie that has the form of one of our secrets; the first one counts. */
function read(request: Request, name: string): string | undefined {
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  const value = found?.slice(name.length + 1);
  return value !== undefined && value.length === secretLength && /^[\w-]+$/.test(value) ? value : undefined;
}

export const sessionCookie = (request: Request): string | undefined => read(request, session);

export const setSessionCookie = (response: Response, secret: string): void =>
  void response.cookie(session, secret, { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure(response) });

export const clearSessionCookie = (response: Response): void =>
  void response.clearCookie(session, { httpOnly: true, sameSite: 'lax', path: '/', secure: isSecure(response) });

/** SHA-256 of the secret that this browser carries; undefined before it was given one. */
export function browserOf(request: Request): string | undefined {
  const secret = read(request, browser);
  return secret && hashOf(secret);
}

/**
 * Like browserOf, but gives a browser without the cookie one. The identity provider's page posts the response from
 * another site, and only a SameSite=None cookie comes along; *.localhost is trustworthy, so Secure does no harm.
 */
export function markBrowser(request: Request, response: Response): string {
  const known = read(request, browser);
  const secret = known ?? newSecret();
  // Set anew each time, or a browser that signs in every day would become a stranger's; browsers keep no cookie longer.
  response.cookie(browser, secret, {
    httpOnly: true,
    sameSite: 'none',
    secure: true,
    path: '/',
    maxAge: 400 * 24 * 3_600_000,
  });
  return hashOf(secret);
}

/** By the address that browsers see: behind a proxy, the last hop to this process is seldom https. */
export const cookiesOf =
  ({ url }: Pick<ServiceProvider, 'url'>): RequestHandler =>
  (_request, response, next) => {
    response.locals.isHttps = url.startsWith('https:');
    next();
  };

const isSecure = (response: Response): boolean => response.locals.isHttps === true;
