/** Faults of the server itself, over real HTTP. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createApp } from '../app.ts';
import type { Transport } from '../fault.ts';
import { createKeyPair, createKeyPool } from '../tenants/keys.ts';
import { newTenant } from '../tenants/state.ts';
import { openState } from '../tenants/state-file.ts';

async function withFault(transport: Transport, amount = 0) {
  const state = await openState();
  const keys = await createKeyPair({
    commonName: 'acme',
    algorithm: 'ecdsa-p256',
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 1e9),
  });
  const tenant = newTenant({ name: 'acme', keys, algorithm: 'ecdsa-p256' });
  tenant.faults.push({
    phrase: transport,
    amount,
    times: undefined,
    struck: 0,
    fault: { code: transport, sentence: '', rule: '', verdict: 'reject', strikes: {}, transport },
  });
  state.tenants.set('acme', tenant);
  const pool = createKeyPool({ ahead: 0 });
  const server = createServer(createApp({ state, pool, url: 'http://idp.localhost' })).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const visit = (signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/acme`, signal ? { signal } : {});
  return {
    visit,
    struck: () => tenant.faults[0]!.struck,
    errors: state.errors,
    [Symbol.dispose]: () => {
      pool.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

test('down: the connection is cut before any answer', async () => {
  using idp = await withFault('down');
  await assert.rejects(idp.visit());
  assert.equal(idp.struck(), 1);
});

test('cut: half of the page comes, and then no more', async () => {
  using idp = await withFault('cut');
  const response = await idp.visit();
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
});

test('server-error: a page says so, and it is no error of ours', async () => {
  using idp = await withFault('server-error');
  const response = await idp.visit();
  assert.equal(response.status, 500);
  assert.match(await response.text(), /try again later/);
  assert.deepEqual(idp.errors, []);
});

test('slow: the answer comes late, and it comes', async () => {
  using idp = await withFault('slow', 1);
  const begun = performance.now();
  assert.equal((await idp.visit()).status, 200);
  assert.ok(performance.now() - begun >= 990);
});

test('silent: no answer comes until the visitor gives up', async () => {
  using idp = await withFault('silent');
  await assert.rejects(idp.visit(AbortSignal.timeout(300)));
  assert.equal(idp.struck(), 1);
});
