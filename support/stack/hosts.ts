/**
 * Addresses of host names: HOSTS="staging.acme.test=10.0.0.7, *.acme.test=10.0.0.8", for HTTP requests and browsers
 * alike. Names that end in .localhost are this machine, as in browsers; Node does not resolve them.
 */
import dns, { type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

interface HostRule {
  /** A host name in which `*` stands for any text. */
  pattern: string;
  /** An IP address or another host name; undefined to resolve the name as usual. */
  to: string | undefined;
}

/** The rules in HOSTS, then those in HOST_RESOLVER_RULES. Throws with what is malformed. */
export const hostRules = ({ HOSTS, HOST_RESOLVER_RULES }: NodeJS.ProcessEnv = process.env): readonly HostRule[] => [
  ...listed(HOSTS).map(readHost),
  ...listed(HOST_RESOLVER_RULES).flatMap(readResolverRule),
];

const listed = (text = ''): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function readHost(text: string): HostRule {
  const [, pattern, to] = /^([^\s=:/]+)\s*=\s*\[?([^\s=/[\]]+)\]?$/.exec(text) ?? [];
  if (pattern === undefined || to === undefined || (to.includes(':') && isIP(to) === 0))
    throw new Error(`HOSTS must be like staging.acme.test=127.0.0.1, without ports, not “${text}”`);
  return { pattern: pattern.toLowerCase(), to };
}

/** Chromium's own format. Rules for ports and for unknown names are left to Chromium. */
function readResolverRule(text: string): HostRule[] {
  const [kind = '', pattern = '', to] = text.split(/\s+/);
  if (pattern.includes(':') || (to !== undefined && !/^[^~:]+$/.test(to))) return [];
  if (/^map$/i.test(kind) && to !== undefined) return [{ pattern: pattern.toLowerCase(), to }];
  return /^exclude$/i.test(kind) ? [{ pattern: pattern.toLowerCase(), to: undefined }] : [];
}

/** The rules in HOST_RESOLVER_RULES with a port that concern this host: only a browser follows them. */
export const browserOnlyRules = (hostname: string, { HOST_RESOLVER_RULES }: NodeJS.ProcessEnv): string[] =>
  listed(HOST_RESOLVER_RULES).filter((rule) => {
    const [, pattern = '', port, to = ''] = /^map\s+([^\s:]+)(:\d+)?\s+(\S+)$/i.exec(rule) ?? [];
    return fitsHost(pattern.toLowerCase(), hostname) && (port !== undefined || /:\d+$/.test(to));
  });

/**
 * HOSTS in Chromium's format, then what HOST_RESOLVER_RULES says; undefined if there are none. With `only`, patterns of
 * names, all others are unknown.
 */
export function resolverRules({
  only,
  env = process.env,
}: {
  only?: readonly string[] | undefined;
  env?: NodeJS.ProcessEnv;
} = {}): string | undefined {
  const placed = hostRules({ HOSTS: env.HOSTS }).filter(({ pattern }) => only?.includes(pattern) ?? true);
  const rules = placed.map(({ pattern, to }) => `MAP ${pattern} ${isIP(to!) === 6 ? `[${to}]` : to}`);
  if (only === undefined) return [...rules, ...listed(env.HOST_RESOLVER_RULES)].join(', ') || undefined;
  // Chromium looks at exclusions first.
  const asUsual = only.filter((host) => !placed.some(({ pattern }) => pattern === host));
  return [...rules, 'MAP * ~NOTFOUND', ...asUsual.map((host) => `EXCLUDE ${host}`)].join(', ');
}

/** True if the name fits the pattern, in which `*` stands for any text. */
export function fitsHost(pattern: string, hostname: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return hostname === pattern;
  const last = rest.pop()!;
  if (!hostname.startsWith(first) || !hostname.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = hostname.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + last.length <= hostname.length;
}

/** The name or address in place of this name. */
function mapped(hostname: string): string {
  const name = hostname.toLowerCase();
  const rules = hostRules();
  const isExcluded = rules.some(({ pattern, to }) => to === undefined && fitsHost(pattern, name));
  const rule = isExcluded ? undefined : rules.find(({ pattern }) => fitsHost(pattern, name));
  if (rule?.to !== undefined) return rule.to;
  return name === 'localhost' || name.endsWith('.localhost') ? '127.0.0.1' : hostname;
}

/** For connections of Node. */
export const lookup: LookupFunction = (hostname, options, callback) => {
  let to: string;
  try {
    to = mapped(hostname);
  } catch (error) {
    return callback(Object.assign(error as Error, { code: 'MALFORMED_HOSTS' }), '');
  }
  const family = isIP(to);
  if (family === 0) return dns.lookup(to, options, callback);
  return options.all ? callback(null, [{ address: to, family }]) : callback(null, to, family);
};

/**
 * Lets Playwright's connections in this thread use HOSTS and names below localhost: those that it opens for a browser
 * elsewhere. It takes no function for that; it resolves names by dns.promises.
 */
export function useHostsInPlaywright(): void {
  dns.promises.lookup = lookUpLater as typeof dns.promises.lookup;
}

const resolveLater = dns.promises.lookup;

async function lookUpLater(
  hostname: string,
  options: LookupOptions = {},
): Promise<LookupAddress | readonly LookupAddress[]> {
  const address = mapped(hostname);
  const family = isIP(address);
  if (family === 0) return resolveLater(address, options);
  if (options.family && options.family !== family)
    throw Object.assign(new Error(`no such address of ${hostname}`), { code: 'ENOTFOUND' });
  return options.all ? [{ address, family }] : { address, family };
}

/** Patterns of the hosts in HOSTS. */
export const hostsPlaced = (): string[] =>
  hostRules().flatMap(({ pattern, to }) => (to === undefined ? [] : [pattern]));
