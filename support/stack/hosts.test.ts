/** HOSTS, for HTTP requests and for Chromium. */
import assert from 'node:assert/strict';
import dns from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { fetchForeign } from './foreign-reply.ts';
import { fitsHost, hostRules, resolverRules, useHostsInPlaywright } from './hosts.ts';
import { request } from './http.ts';

const server = createServer((asked, reply) => void reply.end(asked.headers.host));
before(() => new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening)));
after(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  delete process.env.HOSTS;
  delete process.env.HOST_RESOLVER_RULES;
});

const read = async (host: string): Promise<string> =>
  (await request(`http://${host}:${(server.address() as AddressInfo).port}/`)).text();

test('an HTTP request goes to the address in HOSTS, under the name of the host', async () => {
  process.env.HOSTS = 'staging.product.test=127.0.0.1, *.wild.test = localhost';
  for (const host of ['staging.product.test', 'Staging.product.test', 'a.b.wild.test'])
    assert.match(await read(host), new RegExp(`^${host}:\\d+$`, 'i'));
});

test('HOST_RESOLVER_RULES apply to HTTP requests, too', async () => {
  process.env.HOST_RESOLVER_RULES = 'MAP *.old.test 127.0.0.1, EXCLUDE public.old.test, MAP x:80 y:81, MAP z ~NOTFOUND';
  assert.match(await read('staging.old.test'), /^staging\.old\.test:/);
  assert.deepEqual(hostRules(), [
    { pattern: '*.old.test', to: '127.0.0.1' },
    { pattern: 'public.old.test', to: undefined },
  ]);
});

test('names below localhost are this machine without HOSTS', async () => {
  assert.match(await read('sp.localhost'), /^sp\.localhost:/);
});

test('Chromium receives HOSTS before HOST_RESOLVER_RULES', () => {
  assert.equal(resolverRules({ env: {} }), undefined);
  const env = { HOSTS: 'a.test=10.0.0.1,b.test=[::1]', HOST_RESOLVER_RULES: 'MAP * ~NOTFOUND' };
  assert.equal(resolverRules({ env }), 'MAP a.test 10.0.0.1, MAP b.test [::1], MAP * ~NOTFOUND');
});

test('a browser that may reach some hosts only finds them in HOSTS, too', () => {
  const env = { HOSTS: 'a.test=10.0.0.1,b.test=[::1]' };
  assert.equal(
    resolverRules({ only: ['a.test', '*.localhost'], env }),
    'MAP a.test 10.0.0.1, MAP * ~NOTFOUND, EXCLUDE *.localhost',
  );
});

test('a malformed entry in HOSTS is quoted', () => {
  for (const entry of ['staging.test', 'a.test=', '=127.0.0.1', 'a.test=127.0.0.1:443', 'https://a.test=127.0.0.1'])
    assert.throws(() => hostRules({ HOSTS: `ok.test=127.0.0.1, ${entry}` }), {
      message: `HOSTS must be like staging.acme.test=127.0.0.1, without ports, not “${entry}”`,
    });
});

test('a star in a pattern stands for any text', () => {
  const fits = ['*', 'a*', '*.test', 'a.*.test', '*b*'].filter((pattern) => fitsHost(pattern, 'a.b.test'));
  assert.deepEqual(fits, ['*', 'a*', '*.test', 'a.*.test', '*b*']);
  const others = ['b*', '*.tes', 'a.b.test.*', 'a.b.*b.test', 'b.test'].filter((one) => fitsHost(one, 'a.b.test'));
  assert.deepEqual(others, []);
});

test('a malformed HOSTS fails a request with a sentence', async () => {
  process.env.HOSTS = 'staging.test';
  await assert.rejects(fetchForeign(new URL('http://staging.test/')), {
    message: 'http://staging.test/ cannot be reached: HOSTS must be like staging.acme.test=127.0.0.1, without ports',
  });
});

test('Playwright can use HOSTS and names below localhost, too', async () => {
  process.env.HOSTS = 'staging.product.test=127.0.0.1';
  const usual = dns.promises.lookup;
  const four = { address: '127.0.0.1', family: 4 };
  try {
    useHostsInPlaywright();
    for (const host of ['staging.product.test', 'idp.localhost', '127.0.0.1']) {
      assert.deepEqual(await dns.promises.lookup(host, { all: true, family: 4 }), [four]);
      await assert.rejects(dns.promises.lookup(host, { all: true, family: 6 }), { code: 'ENOTFOUND' });
      assert.deepEqual(await dns.promises.lookup(host), four);
    }
  } finally {
    dns.promises.lookup = usual;
  }
});
