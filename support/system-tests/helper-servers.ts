/** Attacks by a foreign page on servers without routes: the mail server and the mail scanner. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server that no victim may be redirected to. */
export async function startElsewhere(visited: (path: string) => void): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    visited(`${request.method} ${request.url}`);
    response.end('elsewhere');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The body of a text/plain form, which a mail server could take for commands. */
const email = `EHLO evil.example\r
MAIL FROM:<mallory@evil.example>\r
RCPT TO:<sam@acme.example>\r
DATA\r
Subject: from a foreign page\r
\r
Open http://evil.example/\r
.\r
QUIT\r
`;

/** A reply may say anything, unless it redirects or hands something over. */
export async function attackHelper(port: number, elsewhere: string): Promise<string[]> {
  const targets = [
    `/${elsewhere}/admin?delete=1`,
    `/${elsewhere}/try/a-token`,
    '/javascript:alert(1)',
    `${elsewhere}/`,
  ];
  const hosts = [`127.0.0.1:${port}`, `evil.example:${port}`];
  const requests = targets.flatMap((target) =>
    hosts.flatMap((host) => ['GET', 'HEAD', 'POST'].map((method) => ({ method, target, host }))),
  );
  const wrong: string[] = [];
  for (const { method, target, host } of requests) {
    const reply = await send(port, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n${email}`);
    if (/^HTTP\/1.1 [235]|^location:|elsewhere$/im.test(reply))
      wrong.push(`${method} ${target} at port ${port} under ${host}: ${reply.split('\r\n', 1)[0]}`);
  }
  return wrong;
}

const headers = `Origin: http://evil.example\r
Connection: close\r
Content-Type: text/plain\r
Content-Length: ${email.length}\r
`;

/** Everything received until the server hangs up. */
async function send(port: number, octets: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write(octets);
  return text(socket).catch(() => '');
}
