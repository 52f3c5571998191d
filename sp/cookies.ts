/** The two cookies: one for the session, and one to identify the browser, which ties a response to its request. */
import type { Request, RequestHandler, Response } from 'express';
import { hashOf, newSecret, secretLength } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';

const session = 'sp_session';
const browser = 'sp_browser';

/** The value of the first cookie with this name, if it looks like one of our secrets. */
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

/** SHA-256 of this browser's secret; undefined if it has none yet. */
export function browserOf(request: Request): string | undefined {
  const secret = read(request, browser);
  return secret && hashOf(secret);
}

/**
 * Like browserOf, but sets the cookie if the browser has none. The IdP's page posts the response from another site, so
 * the cookie needs SameSite=None, which requires Secure. Browsers accept Secure cookies from *.localhost.
 */
export function markBrowser(request: Request, response: Response): string {
  const known = read(request, browser);
  const secret = known ?? newSecret();
  // Renewed each time, or a browser in daily use would lose it one day. Browsers keep no cookie longer than 400 days.
  response.cookie(browser, secret, {
    httpOnly: true,
    sameSite: 'none',
    secure: true,
    path: '/',
    maxAge: 400 * 24 * 3_600_000,
  });
  return hashOf(secret);
}

/** Secure if the public URL is https: behind a proxy, the last hop to this process usually is not. */
export const cookiesOf =
  ({ url }: Pick<ServiceProvider, 'url'>): RequestHandler =>
  (_request, response, next) => {
    response.locals.isHttps = url.startsWith('https:');
    next();
  };

const isSecure = (response: Response): boolean => response.locals.isHttps === true;
