/** The start options: the effect of each, and invalid values. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type MockIdpOptions, startMockIdp, UnusableOption } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'idp-options-'));
after(() => rmSync(folder, { recursive: true }));

interface Sent {
  host?: string;
  path?: string;
  token?: string;
}

function statusAt(port: number, { host = '127.0.0.1', path = '/x', token = '' }: Sent = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port, path, headers }, (reply) => {
      reply.resume().on('end', () => resolve(reply.statusCode!));
    });
    sent.on('error', reject).end();
  });
}

for (const [rule, options, sentence] of [
  ['a public address without a scheme', { publicUrl: 'idp.example' }, 'not “idp.example”'],
  ['an empty public address', { publicUrl: '' }, 'not “”'],
  ['a public address of another scheme', { publicUrl: 'ftp://idp.example' }, 'not “ftp://idp.example”'],
  ['a public address with a semicolon in its host', { publicUrl: 'http://a;b' }, 'not “http://a;b”'],
  ['a public address with white space', { publicUrl: 'http://idp.example/ ' }, 'not “http://idp.example/ ”'],
  ['an allowed host with a path', { allowedHosts: ['a/b'] }, '“a/b” in allowedHosts is not a host name such as'],
  ['an empty allowed host', { allowedHosts: [''] }, '“” in allowedHosts is not a host name such as'],
  [
    'a second allowed host that is a wildcard',
    { allowedHosts: ['a', '*'] },
    '“*” in allowedHosts is not a host name such as',
  ],
  ['a port beyond the last', { port: 65_536 }, 'Mock IdP: port must be a port from 0 to 65535, not “65536”'],
  ['half a port', { port: 0.5 }, 'Mock IdP: port must be a port from 0 to 65535, not “0.5”'],
  ['an empty host name', { hostname: '' }, 'hostname must be a host name such as idp.localhost or [::1], not “”'],
  ['a host name with a port', { hostname: 'a:80' }, 'not “a:80”'],
  ['a host name with white space', { hostname: 'a b' }, 'not “a b”'],
  ['an IPv6 address without brackets', { hostname: '::1' }, 'not “::1”'],
  ['a host name that is a number', { hostname: 5 as never }, 'Mock IdP: hostname must be text, not “5”'],
  ['a token that is a number', { controlToken: 5 as never }, 'Mock IdP: controlToken must be text, not “5”'],
  ['one allowed host', { allowedHosts: 'mock' as never }, 'Mock IdP: allowedHosts must be a list of host names'],
  [
    'a control token that clients send in different encodings',
    { controlToken: 'tö' },
    'controlToken must be ASCII characters, without a blank at its start or end',
  ],
  ['a control token that ends with a line', { controlToken: 'x\n' }, 'controlToken must be ASCII characters'],
  ['an option that does not exist', { portt: 1 } as MockIdpOptions, 'Mock IdP: unknown option “portt”'],
] as const satisfies readonly [string, MockIdpOptions, string][])
  test(`it does not start with ${rule}`, async () => {
    await assert.rejects(
      startMockIdp(options).then((idp) => idp[Symbol.asyncDispose]()),
      ({ message }: Error) => message.startsWith('Mock IdP: ') && message.includes(sentence),
    );
  });

test('it accepts its own and allowed host names, and control routes require the token', async () => {
  const options = { publicUrl: 'http://idp.example:81/a/', allowedHosts: ['proxy:99'], controlToken: 'a secret' };
  await using server = await listening(options);
  const { idp, port } = server;
  assert.equal(idp.url, 'http://idp.example:81/a', 'the public address, without a slash at its end');
  for (const host of ['idp.example', 'proxy', 'proxy:1', 'localhost', 'a.localhost:7', '127.0.0.1', '[::1]'])
    assert.equal(await statusAt(port, { host }), 404, host);
  for (const host of ['evil.example', 'idp.example.evil.example', 'sub.proxy'])
    assert.equal(await statusAt(port, { host }), 421, host);
  assert.equal(await statusAt(port, { path: '/control/errors', token: 'a secret' }), 200);
  for (const token of ['', 'a secre', 'a secrets', 'A SECRET', 'another'])
    assert.equal(await statusAt(port, { path: '/control/errors', token }), 401, token);
});

test('without a token there are no control routes', async () => {
  await using server = await listening({ controlToken: '', hostname: '127.0.0.1' });
  assert.equal(server.idp.url, `http://127.0.0.1:${server.port}`);
  for (const token of ['', 'undefined', 'a secret'])
    assert.equal(await statusAt(server.port, { path: '/control/errors', token }), 404, token);
});

/** With its port, which the public URL hides. */
async function listening(options: MockIdpOptions) {
  const port = await freePort();
  const idp = await startMockIdp({ port, ...options });
  return { port, idp, [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose]() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('the error names a port in use, and an unavailable host has its own error', async () => {
  await using first = await startMockIdp();
  assert.match(first.url, /^http:\/\/idp\.localhost:\d+$/);
  const { port } = new URL(first.url);
  const taken = await startMockIdp({ port: Number(port) }).catch((error: Error) => error);
  assert.ok(taken instanceof Error);
  assert.equal(
    taken.message,
    `Mock IdP: 127.0.0.1:${port} is already in use. Stop the other program, or choose another port.`,
  );
  assert.ok(taken instanceof UnusableOption);
  const names = { port: '--port', host: '--host', publicUrl: '--url', allowedHosts: '--allow-host' };
  assert.match(taken.named(names), /^Mock IdP: 127\.0\.0\.1:\d+ is already in use\..* or choose another --port\.$/);
  assert.equal((taken.cause as NodeJS.ErrnoException).code, 'EADDRINUSE');
  await assert.rejects(startMockIdp({ host: '192.0.2.1' }), {
    message: 'Mock IdP: 192.0.2.1 is not an interface of this machine. Choose another host, such as 127.0.0.1.',
  });
});

test('closing ends open connections, frees the port, and saves the state', async () => {
  const stateFile = join(folder, 'state.json');
  const { idp, port } = await listening({ stateFile });
  await idp.createTenant({ name: 'acme', signingAlgorithm: 'ecdsa-p256' });
  const headers = {
    'content-length': '9',
    expect: '100-continue',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const open = request({ host: '127.0.0.1', port, path: '/acme/login', method: 'POST', headers });
  open.flushHeaders();
  const cut = once(open, 'error');
  await once(open, 'continue');
  rmSync(stateFile);
  await idp[Symbol.asyncDispose]();
  assert.equal(((await cut) as [NodeJS.ErrnoException])[0].code, 'ECONNRESET');
  const { tenants } = JSON.parse(readFileSync(stateFile, 'utf8')) as { tenants: { name: string }[] };
  assert.deepEqual(
    tenants.map(({ name }) => name),
    ['acme'],
  );
  await using again = await startMockIdp({ port, stateFile });
  assert.deepEqual(again.tenants(), ['acme']);
  assert.deepEqual(again.errors(), []);
});
