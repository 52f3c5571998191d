/** The names for which certificates are issued, in the form in which certificates have them. */
import { isIPv6 } from 'node:net';

/** Host names and IP addresses without brackets, each once. Throws if one is something else, such as a URL. */
export const certificateNames = (names: readonly string[]): string[] => [...new Set(names.map(canonical))];

function canonical(name: string): string {
  const host = isIPv6(name) ? `[${name}]` : name;
  const hostname =
    /^[^/?#@*\s]+$/.test(host) && !/:\d*$/.test(host) ? URL.parse(`https://${host}`)?.hostname : undefined;
  if (!hostname)
    throw new Error(
      `Mock IdP: “${name}” is not a host name such as idp.acme.test, so no certificate can be issued for it`,
    );
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** True if only this machine can have the name. */
export const isOfThisMachine = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || /^127(\.\d+){3}$/.test(name) || name === '::1';
