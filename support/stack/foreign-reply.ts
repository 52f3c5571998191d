/**
 * Fetches from a foreign server, with limits on time and on length, compressed and decompressed.
 * Every failure becomes a sentence with the URL.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions, zstdDecompress } from 'node:zlib';
import { rawRequest } from './http.ts';
import { explainNetworkError } from './network-errors.ts';

/** A reply that is missing or unusable. The message is a sentence for people. */
export class UnusableReply extends Error {
  /** The URL of the request that failed, which may come after redirects. */
  url?: string;
  /** True if the time limit was over. */
  isLate?: boolean;
}

export interface ForeignRequest {
  method?: 'GET' | 'POST' | 'HEAD';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
  /** Time limit for the whole exchange, from the first byte of the request to the last of the reply. */
  timeoutMs?: number;
  /** Size limit of the body in bytes, before and after decompression. */
  largest?: number;
}

export interface ForeignReply {
  status: number;
  headers: Headers;
  /** Reads the body as UTF-8, or discards it if it is not needed. Throws UnusableReply. */
  text(): Promise<string>;
  /** The body as it is, otherwise like text(). */
  octets(): Promise<Buffer>;
  drop(): void;
}

const megabyte = 1024 * 1024;

/** Enough for any ordinary page, and small enough to read hundreds of them. */
export const largestForeignReply = 10 * megabyte;

/** Our own IdP is trusted, and sends responses of many megabytes. */
export const largestOwnReply = 64 * megabyte;

/** A body up to this length is read although it is not needed: otherwise the connection would have to be closed. */
const longestDropped = 64 * 1024;

/** Does not follow redirects. Throws UnusableReply. */
export async function fetchForeign(
  url: URL,
  { method = 'GET', headers = {}, body, timeoutMs = 30_000, largest = largestForeignReply }: ForeignRequest = {},
): Promise<ForeignReply> {
  const where = shortened(url.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UnusableReply(`${where} is not a web URL: it must start with http: or https:`);
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const reply = await rawRequest({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'user-agent': 'sso-rehearsal', 'accept-encoding': 'gzip, deflate, br', ...headers },
      body: body ?? null,
      signal,
      // One limit for the whole reply, instead of the client's limit between packets.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const received = headersOf(reply.headers);
    const octets = (): Promise<Buffer> =>
      octetsOf(reply.body, received.get('content-encoding') ?? '', { where, largest }).catch((error: Error) => {
        throw inWords(error, { where, timeoutMs });
      });
    return {
      status: reply.statusCode,
      headers: received,
      drop: () => void reply.body.dump({ limit: longestDropped, signal }).catch(() => undefined),
      octets,
      text: async () => new TextDecoder().decode(await octets()),
    };
  } catch (error) {
    throw inWords(error as Error, { where, timeoutMs });
  }
}

/** Fetches the text at a URL. Throws UnusableReply, also for a status other than 2xx. */
export async function fetchForeignText(url: URL, options: ForeignRequest = {}): Promise<string> {
  const reply = await fetchForeign(url, options);
  if (reply.status >= 200 && reply.status < 300) return reply.text();
  reply.drop();
  throw new UnusableReply(`${shortened(url.href)} replied with status ${reply.status}`);
}

/** Shortens a URL for a sentence: it may be as long as a page. */
export const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** Header names and values of any bytes; those that Headers does not accept are dropped. */
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

async function octetsOf(body: AsyncIterable<Buffer>, encoding: string, limit: Limit): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > limit.largest) throw new UnusableReply(`${limit.where} sent more than ${inMegabytes(limit.largest)}`);
    pieces.push(piece);
  }
  let octets: Buffer = Buffer.concat(pieces);
  for (const packing of packingsOf(encoding, limit)) octets = await unpacked(octets, packing, limit);
  return octets;
}

type Unpack = (octets: Buffer, options: ZlibOptions) => Promise<Buffer>;

const packings: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  'x-gzip': promisify(gunzip) as Unpack,
  // Some servers send DEFLATE without the zlib header, and browsers accept it (RFC 9110, 8.4.1.2).
  deflate: (octets, options) =>
    ((octets[0] ?? 0) & 0x0f) === 8
      ? (promisify(inflate) as Unpack)(octets, options)
      : (promisify(inflateRaw) as Unpack)(octets, options),
  br: promisify(brotliDecompress) as Unpack,
  zstd: promisify(zstdDecompress) as Unpack,
};

/** The encoding that was applied last comes first. */
function packingsOf(encoding: string, { where }: Limit): string[] {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const unknown = names.find((name) => !Object.hasOwn(packings, name));
  if (unknown !== undefined)
    throw new UnusableReply(`${where} sent a page with an unknown Content-Encoding (${shortened(unknown)})`);
  if (names.length > 2) throw new UnusableReply(`${where} sent a page that is compressed ${names.length} times`);
  return names.toReversed();
}

async function unpacked(octets: Buffer, packing: string, { where, largest }: Limit): Promise<Buffer> {
  if (octets.length === 0) return octets;
  try {
    return await packings[packing]!(octets, { maxOutputLength: largest });
  } catch (error) {
    throw new UnusableReply(
      (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? `${where} sent more than ${inMegabytes(largest)}, compressed to ${octets.length} bytes`
        : `${where} sent a page that cannot be decompressed (${packing})`,
      { cause: error },
    );
  }
}

const inMegabytes = (octets: number): string => `${Math.round(octets / megabyte)} MB`;

/** Explains the code of the network's or client's error. */
function inWords(error: Error, { where, timeoutMs }: { where: string; timeoutMs: number }): UnusableReply {
  if (error instanceof UnusableReply) return error;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    const sentence = `${where} did not finish its reply within ${timeoutMs / 1000} s`;
    return Object.assign(new UnusableReply(sentence, { cause: error }), { isLate: true });
  }
  return new UnusableReply(`${where} ${networkProblem(error)}`, { cause: error });
}

/** The failure of a connection, to go after the server's address in a sentence. */
export function networkProblem(error: Error): string {
  const code = codeOf(error) || error.name;
  return explainNetworkError(code) ?? `could not be reached (${code})`;
}

/** The first of several errors, one for each address of a host. */
export function codeOf(error: Error): string {
  const { code, errors } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  return code ?? errors?.[0]?.code ?? '';
}
