/** Calls the control routes of an identity provider in another process. */
import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, validateHeaderValue } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { type RequestFault, RequestRefused } from '../sign-in/incoming.ts';
import { Refused } from '../tenants/read-input.ts';

export type ConnectionProblem =
  | 'no-server'
  | 'no-reply'
  | 'untrusted-certificate'
  | 'wrong-token'
  | 'not-the-mock'
  | 'reply-too-large';

/** A mock IdP was not reached. The message says what to check. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
  readonly code: ConnectionProblem;
  constructor(code: ConnectionProblem, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.code = code;
  }
}

export interface ControlClientOptions {
  url: URL;
  controlToken: string;
  /** PEM. */
  ca: string | undefined;
  /** In bytes. */
  largestReply: number;
  timeoutMs: number;
}

/** Returns the JSON of the reply; undefined if it has none. Throws Refused, RequestRefused and NotConnected. */
export type Send = <Reply>(method: string, path: string, body?: unknown) => Promise<Reply>;

export function controlClient(options: ControlClientOptions): Send {
  checkToken(options);
  return async <Reply>(method: string, path: string, body?: unknown) => {
    const { status, text } = await exchange(options, { method, path, body });
    const json = jsonIn(text);
    if (status === 401) throw wrongToken(options);
    if (status >= 200 && status < 300 && (text === '' || json !== undefined)) return json as Reply;
    throw rejectionIn(json, status) ?? notTheMock(options, { method, path, status });
  };
}

function checkToken({ controlToken }: ControlClientOptions): void {
  try {
    validateHeaderValue('authorization', `Bearer ${controlToken}`);
  } catch (error) {
    throw new NotConnected(
      'wrong-token',
      'The control token has characters that HTTP cannot send. Use the one with which the mock IdP was started.',
      error,
    );
  }
}

interface Exchange {
  method: string;
  path: string;
  body: unknown;
}

/** The path is sent as it is: fetch would change one of a user named “..”. */
async function exchange(options: ControlClientOptions, { method, path, body }: Exchange) {
  const { url, controlToken, ca, timeoutMs } = options;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(url, {
        method,
        path: `${url.pathname.replace(/\/$/, '')}/control${path}`,
        headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
        // A new connection for each call: the identity provider may have been restarted.
        agent: false,
        lookup: findLocalhost,
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
        signal,
      });
      request.once('response', resolve).once('error', reject);
      request.end(body === undefined ? '' : JSON.stringify(body));
    });
    return { status: reply.statusCode!, text: await textOf(reply, options) };
  } catch (error) {
    if (error instanceof NotConnected) throw error;
    if (signal.aborted) throw noReply(options, error);
    if (isOtherProtocol(error)) throw otherProtocol(options, error);
    throw isUntrusted(error) ? untrusted(options, error) : noServer(options, error);
  }
}

async function textOf(reply: IncomingMessage, options: ControlClientOptions): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of reply as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > options.largestReply) {
      reply.destroy();
      throw tooLarge(options);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Names that end in .localhost are this machine, as in browsers; Node does not resolve them. */
const findLocalhost: LookupFunction = (hostname, options, found) =>
  lookup(hostname.endsWith('.localhost') ? 'localhost' : hostname, options, found);

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that the identity provider threw; undefined if the reply is not one of its own. */
function rejectionIn(json: unknown, status: number): Error | undefined {
  const { error, code, allowed } = (json ?? {}) as { error?: unknown; code?: unknown; allowed?: unknown };
  if (typeof error !== 'string') return undefined;
  if (status >= 500) return new Error(error);
  if (typeof code === 'string') return new RequestRefused(code as RequestFault, error);
  return new Refused(status, error, Array.isArray(allowed) ? allowed.map(String) : undefined);
}

type Where = Pick<ControlClientOptions, 'url'>;

const placeOf = ({ url }: Where): string => url.href.replace(/\/$/, '');

export const notTheMock = (where: Where, { method, path, status }: { method: string; path: string; status: number }) =>
  new NotConnected(
    'not-the-mock',
    `${placeOf(where)} is not a mock IdP with a control token: ${method} /control${path} returned ${status}. ` +
      'Check the URL, and that it was started with a control token.',
  );

const wrongToken = (where: Where): NotConnected =>
  new NotConnected(
    'wrong-token',
    `The mock IdP at ${placeOf(where)} rejects this control token. Use the one with which it was started.`,
  );

const noServer = (where: Where, cause: unknown): NotConnected =>
  new NotConnected('no-server', `No server replies at ${placeOf(where)} (${reasonOf(cause)}). Is it running?`, cause);

/** Codes of Node's HTTP parser and of OpenSSL, as for https at a port of http. */
const isOtherProtocol = (error: unknown): boolean => /^(HPE_|EPROTO)/.test(reasonOf(error));

const otherProtocol = (where: Where, cause: unknown): NotConnected =>
  new NotConnected(
    'not-the-mock',
    `${placeOf(where)} does not reply over ${where.url.protocol.replace(':', '')} (${reasonOf(cause)}). ` +
      'Check the scheme and the port of the URL.',
    cause,
  );

/** OpenSSL's codes of a certificate that is not trusted, expired, or for another host name. */
const isUntrusted = (error: unknown): boolean => /CERT|LEAF_SIGNATURE/.test(reasonOf(error));

const untrusted = (where: Where, cause: unknown): NotConnected =>
  new NotConnected(
    'untrusted-certificate',
    `The certificate of ${placeOf(where)} is not trusted (${reasonOf(cause)}). Pass its authority as ca.`,
    cause,
  );

const noReply = (where: ControlClientOptions, cause: unknown): NotConnected =>
  new NotConnected('no-reply', `${placeOf(where)} has not replied within ${where.timeoutMs / 1000} seconds.`, cause);

const tooLarge = (where: ControlClientOptions): NotConnected =>
  new NotConnected('reply-too-large', `${placeOf(where)} sent more than ${where.largestReply} bytes.`);

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
