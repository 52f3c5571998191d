/**
 * Fetches what a server sends that we did not write, within limits on its length, packed and unpacked, and on time.
 * Whatever goes wrong is told in a sentence that names the address.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions, zstdDecompress } from 'node:zlib';
import { rawRequest } from './http.ts';

/** Something came, or nothing, that cannot be used. The message is a sentence for people. */
export class UnusableReply extends Error {}

export interface ForeignRequest {
  method?: 'GET' | 'POST' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
  /** For the whole reply, from the first octet of the request to the last of the reply. */
  timeoutMs?: number;
  /** Octets of the body, before it is unpacked and afterwards. */
  largest?: number;
}

export interface ForeignReply {
  status: number;
  headers: Headers;
  /** Reads the body as UTF-8, or drops it where it is not asked for. Throws UnusableReply. */
  text(): Promise<string>;
  drop(): void;
}

const megabyte = 1024 * 1024;

/** Enough for any page for people, and small enough to read hundreds of them. */
export const largestForeignReply = 10 * megabyte;

/** Our own identity provider is trusted, and sends messages of many megabytes. */
export const largestOwnReply = 64 * megabyte;

/** Follows no redirect. Throws UnusableReply. */
export async function fetchForeign(
  url: URL,
  { method = 'GET', headers = {}, body, timeoutMs = 30_000, largest = largestForeignReply }: ForeignRequest = {},
): Promise<ForeignReply> {
  const where = shortened(url.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UnusableReply(`${where} is not the address of a web page: it begins with neither http: nor https:`);
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const reply = await rawRequest({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'user-agent': 'sso-rehearsal', 'accept-encoding': 'gzip, deflate, br', ...headers },
      body: body ?? null,
      signal,
      // One limit for the whole reply, in place of the client's own between octets.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const received = headersOf(reply.headers);
    return {
      status: reply.statusCode,
      headers: received,
      drop: () => void reply.body.on('error', () => undefined).destroy(),
      text: () =>
        textOf(reply.body, received.get('content-encoding') ?? '', { where, largest }).catch((error: Error) => {
          throw inWords(error, { where, timeoutMs });
        }),
    };
  } catch (error) {
    throw inWords(error as Error, { where, timeoutMs });
  }
}

/** The text at an address, in one go. Throws UnusableReply, also for a status other than 2xx. */
export async function fetchForeignText(url: URL, options: ForeignRequest = {}): Promise<string> {
  const reply = await fetchForeign(url, options);
  if (reply.status >= 200 && reply.status < 300) return reply.text();
  reply.drop();
  throw new UnusableReply(`${shortened(url.href)} replied with status ${reply.status}`);
}

/** For a sentence: an address may be as long as a page. */
export const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** Names and values of any octets; the few that Headers does not take are left out. */
function headersOf(received: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(received))
    for (const value of [values].flat())
      try {
        headers.append(name, Buffer.from(value).toString('latin1'));
      } catch {
        // A browser would not see it either.
      }
  return headers;
}

interface Limit {
  where: string;
  largest: number;
}

async function textOf(body: AsyncIterable<Buffer>, encoding: string, limit: Limit): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > limit.largest) throw new UnusableReply(`${limit.where} sent more than ${inMegabytes(limit.largest)}`);
    pieces.push(piece);
  }
  let octets: Buffer = Buffer.concat(pieces);
  for (const packing of packingsOf(encoding, limit)) octets = await unpacked(octets, packing, limit);
  return new TextDecoder().decode(octets);
}

type Unpack = (octets: Buffer, options: ZlibOptions) => Promise<Buffer>;

const packings: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  'x-gzip': promisify(gunzip) as Unpack,
  // Some servers send DEFLATE without the header of zlib around it, and browsers take it (RFC 9110, 8.4.1.2).
  deflate: (octets, options) =>
    ((octets[0] ?? 0) & 0x0f) === 8
      ? (promisify(inflate) as Unpack)(octets, options)
      : (promisify(inflateRaw) as Unpack)(octets, options),
  br: promisify(brotliDecompress) as Unpack,
  zstd: promisify(zstdDecompress) as Unpack,
};

/** The last that was applied comes first. */
function packingsOf(encoding: string, { where }: Limit): string[] {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const unknown = names.find((name) => !Object.hasOwn(packings, name));
  if (unknown !== undefined)
    throw new UnusableReply(`${where} sent a page that is packed in an unknown way (${shortened(unknown)})`);
  if (names.length > 2) throw new UnusableReply(`${where} sent a page that is packed ${names.length} times over`);
  return names.toReversed();
}

async function unpacked(octets: Buffer, packing: string, { where, largest }: Limit): Promise<Buffer> {
  if (octets.length === 0) return octets;
  try {
    return await packings[packing]!(octets, { maxOutputLength: largest });
  } catch (error) {
    throw new UnusableReply(
      (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? `${where} sent more than ${inMegabytes(largest)}, packed into ${octets.length} octets`
        : `${where} sent a page that is said to be packed (${packing}) and cannot be unpacked`,
      { cause: error },
    );
  }
}

const inMegabytes = (octets: number): string => `${Math.round(octets / megabyte)} MB`;

/** What happened, by the code of the network's or the client's error. */
function inWords(error: Error, { where, timeoutMs }: { where: string; timeoutMs: number }): UnusableReply {
  if (error instanceof UnusableReply) return error;
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return new UnusableReply(`${where} did not finish its reply within ${timeoutMs / 1000} s`, { cause: error });
  const code = codeOf(error) || error.name;
  const happened = Object.entries(happenings).find(([begins]) => code.startsWith(begins))?.[1];
  return new UnusableReply(`${where} ${happened ?? `could not be reached (${code})`}`, { cause: error });
}

/** Of an error that stands for several, one for each address of a host, the first. */
function codeOf(error: Error): string {
  const { code, errors } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  return code ?? errors?.[0]?.code ?? '';
}

/** How the code begins → what goes after the address. */
const happenings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: no server is listening',
  ECONNRESET: 'cut the connection before its reply was complete',
  EPIPE: 'cut the connection before its reply was complete',
  UND_ERR_SOCKET: 'cut the connection before its reply was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent another number of octets than it had said',
  UND_ERR_HEADERS_OVERFLOW: 'sent headers of more than 16 kB',
  UND_ERR_CONNECT_TIMEOUT: 'cannot be reached: the connection was never made',
  UND_ERR_INVALID_ARG: 'cannot be asked: the request that leads there is malformed',
  ENOTFOUND: 'has an unknown host name',
  EAI_AGAIN: 'has a host name that cannot be looked up now',
  EHOSTUNREACH: 'is on a host to which no network leads',
  ENETUNREACH: 'is on a host to which no network leads',
  HPE_: 'sent something that is not HTTP',
  HTTPParserError: 'sent something that is not HTTP',
  ERR_SSL: 'does not speak TLS, or not in a way that is understood here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another host',
  CERT_HAS_EXPIRED: 'has a TLS certificate that has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a TLS certificate that is not trusted here: set NODE_EXTRA_CA_CERTS to its issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a TLS certificate that is not trusted here: set NODE_EXTRA_CA_CERTS to its issuer',
  UNABLE_TO_: 'has a TLS certificate that is not trusted here: set NODE_EXTRA_CA_CERTS to its issuer',
};
