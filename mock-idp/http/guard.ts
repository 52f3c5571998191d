/** Who may use the identity provider: requests to its own names, forms of its own pages, and pages that are opened. */
import type { Request, RequestHandler } from 'express';
import { Notice } from './notice.ts';

/** The part of a visit that says where it comes from. */
interface Arriving {
  site: { url: string };
  request: Request;
}

/** The host name in `name` or `name:port`; undefined if that is neither. */
export function hostnameIn(host: string): string | undefined {
  const url = URL.parse(`http://${host}`);
  return url !== null && !/[\s/\\?#@*]/.test(host) ? url.hostname : undefined;
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || /^127(\.\d+){3}$|^\[::1\]$/.test(hostname);

/**
 * Any other name may be a stranger's domain that was pointed here (DNS rebinding): its pages could read everything.
 * Ports may differ, since containers map them.
 */
export function ownHostOnly({ url, allowedHosts }: { url: string; allowedHosts: readonly string[] }): RequestHandler {
  const names = [new URL(url).hostname, ...allowedHosts.map((one) => hostnameIn(one) ?? one)];
  return (request, response, next) => {
    const hostname = hostnameIn(request.headers.host ?? '');
    if (hostname !== undefined && (isLoopback(hostname) || names.includes(hostname))) return next();
    response
      .status(421)
      .type('text')
      .send(
        `The mock identity provider answers only to ${names.join(', ')} and names of this machine such as localhost. ` +
          'If it should answer to another name, add that to IDP_ALLOWED_HOSTS (or the option allowedHosts).\n',
      );
  };
}

/**
 * Another site must not sign users in or out here. Current browsers say where a form comes from: by Sec-Fetch-Site, or
 * at least by Origin. Programs send neither, such as curl and the HTTP clients of test suites; they may post forms.
 */
export function refuseCrossSite({ site, request }: Arriving): void {
  const from = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const own = from === undefined ? isOwnOrigin({ site, request }, origin) : from === 'same-origin' || from === 'none';
  if (!own)
    throw new Notice({
      title: 'Request refused',
      status: 403,
      sentences: ['This form came from another site.', 'Please begin again.'],
    });
}

/** Our names are many (see ownHostOnly), and the one that this request uses is one of them. */
function isOwnOrigin({ site, request }: Arriving, origin: string | undefined): boolean {
  const { origin: own, protocol } = new URL(site.url);
  return origin === undefined || origin === own || origin === `${protocol}//${request.headers.host ?? ''}`;
}

/**
 * Images, frames, scripts and prefetches of any site could start or end sign-ins with the user's cookie. Our pages
 * cannot be framed anyway, so nothing is lost.
 */
export function refuseSubresource({ request }: Arriving): void {
  const isPage = ['document', undefined].includes(request.get('sec-fetch-dest'));
  if (isPage && request.get('sec-purpose') === undefined) return;
  throw new Notice({
    title: 'Request refused',
    status: 403,
    sentences: [
      'This page was loaded as a part of another page, or ahead of time, so nothing was done.',
      'Please open it in a window of its own.',
    ],
  });
}

/**
 * Whether a program posted this, and no page of another site can have: browsers tell the Origin of what they post, and
 * where addresses are trustworthy (https, and loopback names), most send Sec-Fetch headers, too. A GET tells no Origin,
 * and where Sec-Fetch is missing, an image cannot be told from a program.
 */
export function isProgram({ site, request }: Arriving): boolean {
  if (request.method !== 'POST') return false;
  const isTrustworthy = site.url.startsWith('https:') || isLoopback(hostnameIn(request.headers.host ?? '') ?? '');
  return isTrustworthy && ['sec-fetch-site', 'sec-fetch-dest', 'origin'].every((name) => !(name in request.headers));
}
