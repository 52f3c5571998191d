/** The pages outside of tenants: the health check, and the page at the root. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'cheerio';
import { startMockIdp } from '../start.ts';

test('it says that it accepts requests', async () => {
  await using idp = await startMockIdp({ hostname: '127.0.0.1' });
  const reply = await fetch(`${idp.url}/healthz`);
  assert.deepEqual([reply.status, await reply.json()], [200, { status: 'ok', url: idp.url }]);
});

test('the root says what this is, leads to each tenant, and says how tests drive it', async () => {
  await using idp = await startMockIdp({ hostname: '127.0.0.1', controlToken: 'x' });
  const root = async () => {
    const reply = await fetch(idp.url);
    assert.equal(reply.status, 200);
    return load(await reply.text());
  };
  assert.match((await root())('main').text(), /Mock identity provider[\s\S]*There is no tenant yet\./);
  await idp.createTenant({ name: 'acme', displayName: 'Acme <&> Co' });
  const $ = await root();
  const links = $('main a').get();
  assert.deepEqual(
    links.map((one) => [$(one).attr('href'), $(one).text()]),
    [
      ['/acme', 'Portal of Acme <&> Co'],
      ['/acme/metadata', 'metadata of acme'],
    ],
  );
  for (const link of links) assert.equal((await fetch(new URL($(link).attr('href')!, idp.url))).status, 200);
  assert.match($('main').text(), /with the control token that was set or printed at the start\./);
});

test('of many tenants the root shows twenty, and how many more there are', async () => {
  await using idp = await startMockIdp({ hostname: '127.0.0.1' });
  const root = async () => load(await (await fetch(idp.url)).text());
  const create = async (count: number) => {
    for (let made = 0; made < count; made++) await idp.createTenant({ signingAlgorithm: 'ecdsa-p256' });
  };
  await create(20);
  assert.doesNotMatch((await root())('main').text(), /more tenants/);
  await create(3);
  const $ = await root();
  assert.equal($('main li').length, 20);
  assert.match($('main').text(), /And 3 more tenants\.[\s\S]*The control routes are off\. Set CONTROL_TOKEN/);
});
