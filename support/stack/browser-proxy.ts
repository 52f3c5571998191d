/**
 * A proxy in this process through which a browser reaches https pages. It ends the browser's TLS with a key of its own
 * and opens another connection, which Node checks with all authorities that the run trusts. So one rule decides for
 * every browser and for HTTP requests, and the reason for a rejected certificate is known. Also places the hosts in
 * HOSTS, for browsers other than Chromium.
 */
import 'reflect-metadata';
import { createHash, KeyObject, webcrypto } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import * as x509 from '@peculiar/x509';
import { codeOf } from './foreign-reply.ts';
import { fitsHost, lookup } from './hosts.ts';
import { explainNetworkError } from './network-errors.ts';

export interface BrowserProxy extends AsyncDisposable {
  /** Its URL, for the browser. */
  url: string;
  /** SHA-256 of its public key in base64: the only key that the browser must accept without an authority. */
  keyHash: string;
  /** Why the host of this URL could not be reached the last time, in words that follow the URL. */
  problemOf(url: string): string | undefined;
}

export interface BrowserProxyOptions {
  /** True to check certificates here, false to leave that to the browser. */
  checks: boolean;
  /** Patterns of the hosts that may be reached; by default all. */
  only?: readonly string[] | undefined;
}

interface Place {
  host: string;
  port: number;
}

const handshake = 22;

export async function startBrowserProxy({ checks, only }: BrowserProxyOptions): Promise<BrowserProxy> {
  const key = await createKey();
  const problems = new Map<string, string>();
  const sockets = new Set<Duplex>();
  const keep = <Kept extends Duplex>(socket: Kept): Kept => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const mayReach = ({ host }: Place): boolean => only?.some((pattern) => fitsHost(pattern, host.toLowerCase())) ?? true;

  /** Passes bytes on in both directions, with TLS ended here and checked, or as they are. */
  async function tunnel(place: Place, client: Socket, head: Buffer): Promise<void> {
    if (!mayReach(place)) throw Object.assign(new Error('not allowed'), { code: 'NOT_ALLOWED' });
    const server = keep(await open(place));
    client.write('HTTP/1.1 200 Connected\r\n\r\n');
    if (head.length > 0) client.unshift(head);
    const first = await firstByte(client);
    if (first !== handshake || !checks) return join(client, server);
    const checked = keep(await secure(server, place));
    join(keep(new tls.TLSSocket(client, { isServer: true, ...key.credentials, ALPNProtocols: ['http/1.1'] })), checked);
  }

  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '');
    if (url?.protocol !== 'http:' || !mayReach({ host: url.hostname, port: 80 })) response.writeHead(403).end();
    else passOn(url, request, response);
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    keep(client).on('error', () => client.destroy());
    const place = placeOf(request.url ?? '');
    const name = `${place.host}:${place.port}`;
    tunnel(place, client, head).then(
      () => problems.delete(name),
      (error: Error) => {
        problems.set(name, explainNetworkError(codeOf(error)) ?? `could not be reached (${codeOf(error)})`);
        client.destroy();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keyHash: key.hash,
    problemOf: (url) => (URL.canParse(url) ? problems.get(nameOf(new URL(url))) : undefined),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A key for this process, with a certificate that no authority has signed. */
async function createKey(): Promise<{ credentials: { key: string; cert: string }; hash: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    { name: [{ CN: ['sso-rehearsal'] }], keys: keys as CryptoKeyPair, signingAlgorithm: algorithm },
    webcrypto as unknown as Crypto,
  );
  const spki = KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'der' });
  return {
    credentials: {
      key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string,
      cert: certificate.toString('pem'),
    },
    hash: createHash('sha256').update(spki).digest('base64'),
  };
}

/** The host and port of a CONNECT request. */
function placeOf(authority: string): Place {
  const { hostname, port } = new URL(`https://${authority}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) };
}

const nameOf = ({ hostname, port, protocol }: URL): string =>
  `${hostname.replace(/^\[|\]$/g, '')}:${port || (protocol === 'http:' ? 80 : 443)}`;

function open({ host, port }: Place): Promise<Socket> {
  const socket = connect({ host, port, lookup });
  return settled(socket, 'connect');
}

/** TLS on this connection, with the certificate checked for the host. */
function secure(socket: Socket, { host }: Place): Promise<tls.TLSSocket> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return settled(tls.connect({ socket, host, ...servername, ALPNProtocols: ['http/1.1'] }), 'secureConnect');
}

function settled<Kept extends Socket>(socket: Kept, event: 'connect' | 'secureConnect'): Promise<Kept> {
  const { promise, resolve, reject } = Promise.withResolvers<Kept>();
  socket.once(event, () => resolve(socket));
  socket.once('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  return promise;
}

/** The first byte that the browser sends, which stays in its stream; undefined if it closes the connection. */
async function firstByte(client: Socket): Promise<number | undefined> {
  while (!client.destroyed && !client.readableEnded) {
    const chunk = client.read() as Buffer | null;
    if (chunk !== null) {
      client.unshift(chunk);
      return chunk[0];
    }
    await new Promise<void>((more) => {
      client.once('readable', more);
      client.once('close', more);
    });
  }
  return undefined;
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}

/** A plain request, from a browser that sends all its requests here. */
function passOn(url: URL, request: IncomingMessage, response: ServerResponse): void {
  const { method, rawHeaders: headers } = request;
  const onward = httpRequest(url, { method, headers, lookup }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.statusMessage, reply.rawHeaders);
    reply.on('error', () => response.destroy()).pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
