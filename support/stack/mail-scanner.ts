/** A mail scanner that puts its own address before every link: it looks at the link itself, then sends the reader on. It keeps no cookies. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './http.ts';

/** `{url}/{link}` looks at the link and redirects to it. */
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
