/** A mail scanner behind rewritten links: it opens the link itself, without cookies, then redirects to it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './http.ts';

/** A link is rewritten to `{url}/{link}`. */
export async function startMailScanner(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((incoming, response) => {
    const link = incoming.url?.slice(1) ?? '';
    if (!URL.canParse(link)) return void response.writeHead(404).end();
    request(link, { headers: { 'user-agent': 'mail scanner' } })
      .then(
        (answer) => answer.body?.cancel(),
        () => undefined,
      )
      .then(() => response.writeHead(302, { location: link }).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://scanner.localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
