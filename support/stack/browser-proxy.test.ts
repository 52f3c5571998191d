/** The proxy between a browser and https pages, seen by a client that accepts any certificate. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { createServer, get, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { type Authority, createAuthority, serveHttps } from './authority.fixture.ts';
import { type BrowserProxy, type BrowserProxyOptions, startBrowserProxy } from './browser-proxy.ts';
import { trustAuthority } from './trust.ts';

const host = 'staging.product.test';
let own: Authority;
const plain = createServer(async (asked, reply) => {
  reply.setHeader('set-cookie', ['a=1', 'b=2']);
  reply.end(`${asked.method} ${asked.headers.host?.split(':')[0]} ${await text(asked)}`);
});
const plainPort = (): number => (plain.address() as AddressInfo).port;
before(async () => {
  process.env.HOSTS = '*.product.test=127.0.0.1';
  own = await createAuthority('Acme CA');
  trustAuthority(own.pem);
  await new Promise<void>((listening) => void plain.listen(0, '127.0.0.1', listening));
});
after(() => {
  plain.closeAllConnections();
  plain.close();
});

/** A tunnel to this place, or the status with which the proxy rejected it. */
function tunnel({ url }: BrowserProxy, place: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const { hostname, port } = new URL(url);
  request({ hostname, port, method: 'CONNECT', path: place })
    .on('connect', ({ statusCode }, socket) => (statusCode === 200 ? resolve(socket) : reject(new Error('rejected'))))
    .on('error', reject)
    .end();
  return promise;
}

interface Received {
  /** The reply, or nothing. */
  reply: string;
  /** True if the certificate was the proxy's. */
  isProxy: boolean;
  problem: string | undefined;
}

/** The reply that a browser which accepts any certificate receives from this port. */
async function open(options: BrowserProxyOptions, port: number): Promise<Received> {
  await using proxy = await startBrowserProxy(options);
  const { promise, resolve } = Promise.withResolvers<Pick<Received, 'reply' | 'isProxy'>>();
  const nothing = (): void => resolve({ reply: '', isProxy: false });
  const socket = await tunnel(proxy, `${host}:${port}`).catch(nothing);
  if (socket) {
    const secure = tls.connect({ socket, servername: host, rejectUnauthorized: false });
    secure.on('error', nothing).on('close', nothing);
    secure.once('secureConnect', async () => {
      const { publicKey } = new X509Certificate(secure.getPeerCertificate().raw);
      const hash = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }));
      const isProxy = hash.digest('base64') === proxy.keyHash;
      secure.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      const reply = await text(secure).catch(() => '');
      resolve({ reply: /Hello/.exec(reply)?.[0] ?? '', isProxy });
    });
  }
  const received = await promise;
  return { ...received, problem: proxy.problemOf(`https://${host}:${port}/some/page`) };
}

const serve = (credentials: { cert: string; key: string }) =>
  serveHttps(credentials, (_request, response) => void response.end('Hello'));

test('a checked connection ends at the proxy’s own key', async () => {
  await using server = await serve(await own.issue({ host }));
  assert.deepEqual(await open({ checks: true }, server.port), { reply: 'Hello', isProxy: true, problem: undefined });
});

test('a rejected certificate ends the connection before any request, and its reason is kept', async () => {
  await using server = await serve(await own.issue({ host: 'elsewhere.product.test' }));
  assert.deepEqual(await open({ checks: true }, server.port), {
    reply: '',
    isProxy: false,
    problem: 'has a TLS certificate for another host',
  });
});

test('an unchecked connection reaches the server as it is', async () => {
  await using server = await serve(await own.issue({ host }));
  assert.deepEqual(await open({ checks: false }, server.port), { reply: 'Hello', isProxy: false, problem: undefined });
});

test('a host that may not be reached, or that does not listen, is not connected', async () => {
  await using server = await serve(await own.issue({ host }));
  const { problem, ...rest } = await open({ checks: true, only: ['*.localhost', 'other.test'] }, server.port);
  assert.deepEqual(rest, { reply: '', isProxy: false });
  assert.equal(problem, 'may not be reached in this run');
  assert.equal((await open({ checks: true, only: ['*.product.test'] }, server.port)).reply, 'Hello');
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const closed = await open({ checks: true }, port);
  assert.equal(closed.problem, 'refused the connection: no server is listening');
});

/** A plain request through the proxy. */
async function send(proxy: BrowserProxy, path: string, body: string): Promise<{ status: number; reply: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; reply: string }>();
  const { hostname, port } = new URL(proxy.url);
  request({ hostname, port, method: 'POST', path, headers: { host: new URL(path).host } }, async (response) =>
    resolve({
      status: response.statusCode!,
      reply: `${await text(response)} ${response.headers['set-cookie']?.join() ?? ''}`,
    }),
  )
    .on('error', reject)
    .end(body);
  return promise;
}

test('a plain request is passed on with its body, to allowed hosts', async () => {
  await using proxy = await startBrowserProxy({ checks: true, only: ['*.product.test'] });
  const url = `http://${host}:${plainPort()}/x`;
  assert.deepEqual(await send(proxy, url, 'sent'), { status: 200, reply: `POST ${host} sent a=1,b=2` });
  assert.equal((await send(proxy, `http://127.0.0.1:${plainPort()}/x`, '')).status, 403);
});

test('a request for the proxy itself is rejected', async () => {
  await using proxy = await startBrowserProxy({ checks: true });
  const status = await new Promise((resolve) => get(proxy.url, (reply) => resolve(reply.resume().statusCode)));
  assert.equal(status, 403);
});
