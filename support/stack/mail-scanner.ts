/** A mail scanner behind rewritten links: it opens the link itself, without cookies, then redirects to it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './http.ts';
import { isTestLinkOf } from './test-link.ts';

export interface MailScanner extends AsyncDisposable {
  /** A link is rewritten to `{url}/{link}`. */
  url: string;
}

/** It opens only links to connection tests of this SP; otherwise it would be an open proxy. */
export async function startMailScanner(spUrl: string): Promise<MailScanner> {
  const server = createServer((incoming, response) => void scan(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `scanner.localhost:${(server.address() as AddressInfo).port}`;

  async function scan(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const link = incoming.url?.slice(1) ?? '';
    if (incoming.headers.host !== host) return reject(response, 421, `The mail scanner is only available at ${host}.`);
    if (incoming.method !== 'GET' || !isTestLinkOf(spUrl, link))
      return reject(response, 404, `The mail scanner opens only ${spUrl}/try/…, the link of a connection test.`);
    await request(link, { headers: { 'user-agent': 'mail scanner' } }).then(
      (reply) => reply.body?.cancel(),
      () => undefined,
    );
    response.writeHead(302, { location: link }).end();
  }
  return {
    url: `http://${host}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const reject = (response: ServerResponse, status: number, sentence: string): void =>
  void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
