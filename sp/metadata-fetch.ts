/**
 * Fetches an IdP's metadata from an address that an administrator entered. Such a request comes from this server, so it
 * must not reach what the administrator could not reach: only https, only public addresses (the one that was checked is
 * the one that is used), few redirects, and limits on size and time.
 */
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { textOfFile } from './saml/file-text.ts';

/** Why the metadata could not be fetched, in a sentence for the administrator. */
export class FetchError extends Error {}

export interface FetchOptions {
  /** Host names, with or without a port, that may be private and be reached over http. None by default. */
  hosts?: readonly string[];
  /** The IP addresses of a host name. */
  resolve?: (host: string) => Promise<readonly string[]>;
  limits?: { ms: number; octets: number; redirects: number };
}

export const fetchLimits = { ms: 10_000, octets: 2 * 1024 * 1024, redirects: 3 };

/** Throws FetchError. */
export async function fetchMetadata(
  address: string,
  { hosts = [], resolve = addressesOf, limits = fetchLimits }: FetchOptions = {},
): Promise<string> {
  const signal = AbortSignal.timeout(limits.ms);
  let url = parsed(address);
  const failed = (error: unknown): never => fail(error, url, signal.aborted ? limits.ms : undefined);
  for (let redirects = 0; ; redirects++) {
    const reply = await ask(url, { hosts, resolve, signal }).catch((error: unknown) => failed(error));
    const { statusCode: status = 0, headers } = reply;
    if ([301, 302, 303, 307, 308].includes(status) && headers.location !== undefined) {
      reply.destroy();
      if (redirects === limits.redirects)
        throw new FetchError(`${url.href} redirects more than ${limits.redirects} times.`);
      url = parsed(headers.location, url);
      continue;
    }
    if (status !== 200) {
      reply.destroy();
      throw new FetchError(`${url.href} returned the status ${status} instead of metadata.`);
    }
    return textOfFile(await bodyOf(reply, url, limits).catch((error: unknown) => failed(error)));
  }
}

function parsed(address: string, base?: URL): URL {
  const url = URL.parse(address.trim(), base);
  if (url === null) throw new FetchError('This is not a URL. Enter one like https://idp.example/metadata.');
  if (url.username !== '' || url.password !== '') throw new FetchError('The URL must not contain a user or password.');
  return url;
}

type Access = Required<Pick<FetchOptions, 'hosts' | 'resolve'>> & { signal: AbortSignal };

/** Sends the request to the address that was checked, even if the name resolves to another one later. */
async function ask(url: URL, { hosts, resolve, signal }: Access): Promise<IncomingMessage> {
  const isConfigured = hosts.includes(url.host) || hosts.includes(url.hostname);
  if (url.protocol !== 'https:' && !(isConfigured && url.protocol === 'http:'))
    throw new FetchError(`${url.href} is not https, so anyone on the way could change the metadata.`);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(name) === 0 ? await resolve(name) : [name];
  if (addresses.length === 0) throw new FetchError(`${name} has no address.`);
  if (!isConfigured && !addresses.every(isPublic))
    throw new FetchError(
      `${name} is in a private network, which this service provider does not reach. Upload the metadata as a file, ` +
        'or allow the host in SP_METADATA_HOSTS.',
    );
  const pinned = addresses[0]!;
  const only: LookupFunction = (_name, options, callback) =>
    options.all ? callback(null, [{ address: pinned, family: isIP(pinned) }]) : callback(null, pinned, isIP(pinned));
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { accept: 'application/samlmetadata+xml, application/xml, text/xml', 'accept-encoding': 'identity' };
  return new Promise((resolved, rejected) => {
    send(url, { lookup: only, agent: false, signal, headers }, resolved).on('error', rejected).end();
  });
}

async function bodyOf(reply: IncomingMessage, url: URL, { octets }: { octets: number }): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  if ((reply.headers['content-encoding'] ?? 'identity') !== 'identity') {
    reply.destroy();
    throw new FetchError(`${url.href} returned compressed metadata, although it was asked not to.`);
  }
  for await (const chunk of reply) {
    length += (chunk as Buffer).length;
    if (length > octets) {
      reply.destroy();
      throw new FetchError(`${url.href} returned more than ${octets / 1024} kB.`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** `ms` is the time limit if it is over. */
function fail(error: unknown, { href, hostname }: URL, ms: number | undefined): never {
  if (error instanceof FetchError) throw error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (ms !== undefined) throw new FetchError(`${href} did not answer within ${ms / 1000} seconds.`, { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    throw new FetchError(`The host name ${hostname} is unknown.`, { cause: error });
  const why = /certificate|CERT_|SELF_SIGNED|ALTNAME/.test(`${code} ${message}`)
    ? 'its certificate is not valid'
    : `the connection failed (${code ?? 'no reason given'})`;
  throw new FetchError(`${href} could not be reached: ${why}.`, { cause: error });
}

/** Names below localhost are this machine (RFC 6761). */
async function addressesOf(host: string): Promise<string[]> {
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1'];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Special-purpose networks: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-. */
const special = new BlockList();
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
])
  special.addSubnet(network.split('/')[0]!, Number(network.split('/')[1]), 'ipv4');
for (const network of ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])
  special.addSubnet(network.split('/')[0]!, Number(network.split('/')[1]), 'ipv6');
/** All other public addresses of IPv6 begin like this: no loopback, mapped, translated, local or multicast ones. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4');
  return isIP(address) === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
