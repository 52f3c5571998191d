/** HTTP requests that reach the hosts in HOSTS, and *.localhost, which Node, unlike browsers, does not resolve. */
import { Agent, type Dispatcher, errors, type RequestInit, type Response, fetch as undiciFetch } from 'undici';
import { lookup } from './hosts.ts';

/** Connections are kept alive, and end with the process. */
const openAgent = (): Agent => new Agent({ connect: { lookup }, keepAliveTimeout: 4_000, pipelining: 1 });
let agent = openAgent();

/** Call this after another server has started at the same address. */
export async function dropConnections(): Promise<void> {
  const old = agent;
  agent = openAgent();
  await old.destroy();
}

/** fetch that resolves *.localhost and follows no redirects by default. Only for replies of our own servers. */
export const request = (url: string | URL, init: RequestInit = {}): Promise<Response> =>
  undiciFetch(url, { redirect: 'manual', dispatcher: agent, ...init });

/**
 * The raw reply, neither decompressed nor limited: see foreign-reply.ts. As in a browser, a GET is sent again if the
 * server had closed the connection after an earlier reply (RFC 9112, 9.3.1).
 */
export const rawRequest = (options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> =>
  agent.request(options).catch((error: unknown) => {
    if (options.method === 'GET' && isOfUsedConnection(error)) return agent.request({ ...options, reset: true });
    throw error;
  });

/** Closed without a reply to this request, after a reply to another one. */
const isOfUsedConnection = (error: unknown): boolean =>
  error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0;
