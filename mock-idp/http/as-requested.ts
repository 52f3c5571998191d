/**
 * Takes the address of the identity provider from each request, for containers: which port of the host leads to theirs
 * is decided outside of them, often at random.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { acceptedHostname, hostnameIn } from './guard.ts';

/** Addresses that are served without being set up again; more are in use only if someone tries ports. */
const mostKept = 8;

export interface AsRequested {
  allowedHosts: readonly string[];
  /** The app under this base URL. All of them share the state. */
  open: (url: string) => RequestListener;
  /** Rejects a request under a host name that is not accepted. */
  reject: RequestListener;
}

/**
 * Only accepted names become part of a URL, so a foreign domain that points here gains nothing (DNS rebinding). No
 * domain is an IP address, so those are accepted, too: an engine on another machine or in a container has one.
 */
export function asRequested({ allowedHosts, open, reject }: AsRequested): RequestListener {
  const apps = new Map<string, RequestListener>();
  const appAt = (url: string): RequestListener => {
    const app = apps.get(url) ?? open(url);
    // The last of the map is the one that was used last.
    apps.delete(url);
    apps.set(url, app);
    if (apps.size > mostKept) apps.delete(apps.keys().next().value!);
    return app;
  };
  return (request, response) => {
    const { host = '' } = request.headers;
    const isAccepted = acceptedHostname(host, allowedHosts) !== undefined || isAddress(hostnameIn(host) ?? '');
    return (isAccepted ? appAt(originOf(request)) : reject)(request, response);
  };
}

const isAddress = (hostname: string): boolean => isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;

function originOf({ headers, socket }: IncomingMessage): string {
  const scheme = (socket as TLSSocket).encrypted ? 'https' : 'http';
  return new URL(`${scheme}://${headers.host}`).origin;
}
