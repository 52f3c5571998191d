/** A server with replies that no ordinary server sends, one for each path. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export type Reply = (response: ServerResponse, socket: Socket, request: IncomingMessage) => void;

const megabyteOfZeros = gzipSync(Buffer.alloc(1024 * 1024));
/** A gzip file may consist of several members (RFC 1952, 2.2). */
const packed = Buffer.concat(Array.from({ length: 400 }, () => megabyteOfZeros));

const html = { 'content-type': 'text/html' };

function endless(response: ServerResponse, piece: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 10);
  response.on('close', () => clearInterval(timer));
}

export const hostileReplies: Readonly<Record<string, Reply>> = {
  '/reset': (_response, socket) => void socket.resetAndDestroy(),
  '/half': (response, socket) => {
    response.writeHead(200, { ...html, 'content-length': 100 }).write('half of it', () => socket.destroy());
  },
  '/endless': (response) => endless(response.writeHead(200, html), Buffer.alloc(64 * 1024, 'x')),
  '/packed': (response) => void response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end(packed),
  '/packed-again': (response) =>
    void response.writeHead(200, { ...html, 'content-encoding': 'gzip, gzip' }).end(gzipSync(packed)),
  '/packed-ten-times': (response) =>
    void response.writeHead(200, { ...html, 'content-encoding': Array(10).fill('gzip').join() }).end(packed),
  '/packed-strangely': (response) =>
    void response.writeHead(200, { ...html, 'content-encoding': 'rot13' }).end('Uryyb'),
  '/not-packed': (response) => void response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end('Hello'),
  '/drip': (response) => drip(response.writeHead(200, html)),
  '/silent': () => undefined,
  '/loop': (response) => void response.writeHead(302, { location: '/loop' }).end(),
  '/nowhere': (response) => void response.writeHead(302, { location: 'http://[' }).end(),
  '/elsewhere': (response) => void response.writeHead(302, { location: 'ftp://127.0.0.1/' }).end(),
  '/not-http': (_response, socket) => void socket.end('Hello\r\n\r\n'),
  '/headers': (response) => void response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end(),
};

export interface HostileServer extends AsyncDisposable {
  url: string;
}

/** Unknown paths are handled by `others`, or get a 404. */
export async function startHostileServer(others?: Reply): Promise<HostileServer> {
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    const reply = hostileReplies[request.url ?? ''] ?? others;
    if (reply === undefined) response.writeHead(404).end();
    else reply(response, request.socket, request);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
