/** What waits is bounded, and nobody loses a sign-in to others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyPair } from '../tenants/keys.ts';
import { type App, newTenant, note, type Tenant } from '../tenants/state.ts';
import { beginTransaction, claimTransaction, findTransaction } from './transactions.ts';

const tenantOfTest = (): Tenant => newTenant({ name: 'acme', algorithm: 'rsa-2048', keys: {} as KeyPair });
const request = { id: '_1', forceAuthn: false, isPassive: false, nameIdFormat: undefined, authnContext: undefined };
const begin = (tenant: Tenant, relayState = '') =>
  beginTransaction(tenant, { app: {} as App, acsUrl: 'http://sp.example/acs', request, relayState });

test('those that nobody claimed go first, and each browser has its own bound', () => {
  const tenant = tenantOfTest();
  const [ada, mallory] = [begin(tenant), begin(tenant)];
  claimTransaction(tenant, ada, 'the browser of Ada');
  claimTransaction(tenant, mallory, 'the browser of Mallory');
  for (let count = 0; count < 1_100; count++) begin(tenant);
  assert.equal(tenant.transactions.size, 1_002);
  for (let count = 0; count < 60; count++) claimTransaction(tenant, begin(tenant), 'the browser of Mallory');
  assert.equal(findTransaction(tenant, ada.id), ada);
  assert.equal(findTransaction(tenant, mallory.id), undefined);
  claimTransaction(tenant, ada, 'the browser of Mallory');
  assert.equal(ada.browser, 'the browser of Ada');
});

test('what their texts take is bounded in total, over all browsers', () => {
  const tenant = tenantOfTest();
  const relayState = 'r'.repeat(8 * 1024);
  for (let browser = 0; browser < 1_500; browser++) claimTransaction(tenant, begin(tenant, relayState), `${browser}`);
  const held = [...tenant.transactions.values()].reduce((sum, one) => sum + one.relayState!.length, 0);
  assert.ok(held <= 8 * 1024 * 1024, `${held} characters`);
  assert.ok(tenant.transactions.size > 1_000);
});

test('what has waited for an hour is forgotten with the next one', () => {
  const tenant = tenantOfTest();
  begin(tenant);
  tenant.clockOffsetMs = 60 * 60_000;
  begin(tenant);
  assert.equal(tenant.transactions.size, 1);
});

test('a full log loses the kind that fills it, and long texts are cut', () => {
  const tenant = tenantOfTest();
  note(tenant, 'logout', { username: 'ada', sessionIndex: '_1' });
  for (let count = 0; count < 600; count++)
    note(tenant, 'request-refused', { code: `${count}`, sentence: 's'.repeat(5_000) });
  assert.equal(tenant.log.length, 500);
  assert.equal(tenant.log[0]!.kind, 'logout');
  const last = tenant.log.at(-1)!;
  assert.ok(last.kind === 'request-refused' && last.code === '599' && last.sentence.length < 2_100);
});
