/** Rejects requests to foreign host names, cross-site forms, and pages loaded as subresources. */
import type { Request, RequestHandler } from 'express';
import { Notice } from './notice.ts';

/** The part of a visit that shows its origin. */
interface Arriving {
  site: { url: string };
  request: Request;
}

/** The host name of `name` or `name:port`; undefined if malformed. */
export function hostnameIn(host: string): string | undefined {
  const url = URL.parse(`http://${host}`);
  return url !== null && !/[\s/\\?#@*]/.test(host) ? url.hostname : undefined;
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || /^127(\.\d+){3}$|^\[::1\]$/.test(hostname);

/** The host name in the Host header if it is one of this machine or of these; undefined if not. */
export function acceptedHostname(host: string | undefined, allowed: readonly string[]): string | undefined {
  const hostname = hostnameIn(host ?? '');
  if (hostname === undefined || isLoopback(hostname)) return hostname;
  return allowed.some((one) => (hostnameIn(one) ?? one) === hostname) ? hostname : undefined;
}

/**
 * Rejects other host names: through DNS rebinding, pages of a foreign domain could read everything.
 * Ports may differ, because containers map them.
 */
export function ownHostOnly({ url, allowedHosts }: { url: string; allowedHosts: readonly string[] }): RequestHandler {
  const names = [new URL(url).hostname, ...allowedHosts.map((one) => hostnameIn(one) ?? one)];
  let accepted: string | undefined;
  return (request, response, next) => {
    const { host } = request.headers;
    if (host !== undefined && host === accepted) return next();
    if (acceptedHostname(host, names) !== undefined) {
      accepted = host;
      return next();
    }
    response
      .status(421)
      .type('text')
      .send(
        `The mock identity provider accepts only the host ${inWords(names)}. ` +
          'To accept another, start it with allowedHosts, --allow-host or IDP_ALLOWED_HOSTS.\n',
      );
  };
}

function inWords(names: readonly string[]): string {
  const others = names.filter((name) => name !== 'localhost');
  return others.length === 0 ? 'name localhost' : `names ${others.join(', ')} and localhost`;
}

/**
 * Rejects forms of other sites, which must not sign users in or out. Browsers send Sec-Fetch-Site, or at least Origin.
 * Programs such as curl and the HTTP clients of test suites send neither; they may post forms.
 */
export function rejectCrossSite({ site, request }: Arriving): void {
  const from = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const own = from === undefined ? isOwnOrigin({ site, request }, origin) : from === 'same-origin' || from === 'none';
  if (!own)
    throw new Notice({
      title: 'Request rejected',
      status: 403,
      sentences: ['This form came from another site.', 'Start again from the app.'],
    });
}

/** The server has several names (see ownHostOnly); the one in this request counts as its own. */
function isOwnOrigin({ site, request }: Arriving, origin: string | undefined): boolean {
  if (origin === undefined) return true;
  const { origin: own, protocol } = new URL(site.url);
  return origin === own || origin === `${protocol}//${request.headers.host ?? ''}`;
}

/**
 * Rejects images, frames, scripts and prefetches: they could start or end sign-ins with the user's cookie.
 * The pages cannot be framed anyway.
 */
export function rejectSubresource({ request }: Arriving): void {
  const isPage = ['document', undefined].includes(request.get('sec-fetch-dest'));
  if (isPage && request.get('sec-purpose') === undefined) return;
  throw new Notice({
    title: 'Request rejected',
    status: 403,
    sentences: [
      'This page was loaded inside another page or prefetched, so it did nothing.',
      'Open it in its own tab.',
    ],
  });
}

/**
 * True if a program posted this, not a page of another site: browsers send Origin with a POST, and for trustworthy
 * URLs (https and loopback names) most send Sec-Fetch headers, too. A GET has no Origin, so without Sec-Fetch headers
 * an image looks like a program.
 */
export function isProgram({ site, request }: Arriving): boolean {
  if (request.method !== 'POST') return false;
  const isTrustworthy = site.url.startsWith('https:') || isLoopback(hostnameIn(request.headers.host ?? '') ?? '');
  return isTrustworthy && ['sec-fetch-site', 'sec-fetch-dest', 'origin'].every((name) => !(name in request.headers));
}
