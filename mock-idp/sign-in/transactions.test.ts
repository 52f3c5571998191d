/** Pending sign-ins are limited, and one browser cannot displace those of others. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { KeyPair } from '../tenants/keys.ts';
import { type App, newTenant, note, type Tenant, type Transaction } from '../tenants/state.ts';
import {
  beginTransaction,
  beginUnsolicited,
  claimTransaction,
  endTransaction,
  findTransaction,
  requestKey,
  resumeTransaction,
} from './transactions.ts';

mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-01T12:00:00Z') });

const tenantOfTest = (): Tenant => newTenant({ name: 'acme', algorithm: 'rsa-2048', keys: {} as KeyPair });
const request = { id: '_1', forceAuthn: false, isPassive: false, nameIdFormat: undefined, authnContext: undefined };
const begin = (tenant: Tenant, relayState = '') =>
  beginTransaction(tenant, { app: {} as App, acsUrl: 'http://sp.example/acs', request, relayState });

test('sign-ins without a browser are dropped first, and each browser has its own limit', () => {
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

test('the total length of their texts is limited across all browsers', () => {
  const tenant = tenantOfTest();
  const relayState = 'r'.repeat(8 * 1024);
  for (let browser = 0; browser < 1_500; browser++) claimTransaction(tenant, begin(tenant, relayState), `${browser}`);
  const held = [...tenant.transactions.values()].reduce((sum, one) => sum + one.relayState!.length, 0);
  assert.ok(held <= 8 * 1024 * 1024, `${held} characters`);
  assert.ok(tenant.transactions.size > 1_000);
});

test('long texts from other browsers do not displace a pending sign-in', () => {
  const tenant = tenantOfTest();
  const sam = begin(tenant);
  claimTransaction(tenant, sam, 'the browser of Sam');
  const relayState = 'r'.repeat(9 * 1024);
  for (let count = 0; count < 1_000; count++) begin(tenant, relayState);
  assert.equal(findTransaction(tenant, sam.id), sam, 'unclaimed requests');
  for (let count = 0; count < 1_000; count++)
    claimTransaction(tenant, begin(tenant, relayState), `browser ${count % 25} of Mallory`);
  assert.equal(findTransaction(tenant, sam.id), sam, 'requests of many browsers');
  const grace = begin(tenant);
  assert.equal(findTransaction(tenant, grace.id), grace, 'a new sign-in can still start');
});

test('expired sign-ins are dropped with the next one', () => {
  const tenant = tenantOfTest();
  begin(tenant);
  tenant.clockOffsetMs = 60 * 60_000;
  begin(tenant);
  assert.equal(tenant.transactions.size, 1);
});

test('a full log drops entries of its most frequent kind, and long texts are cut', () => {
  const tenant = tenantOfTest();
  note(tenant, 'logout', { event: 'session-ended', username: 'ada', sessionIndex: '_1' });
  for (let count = 0; count < 600; count++)
    note(tenant, 'request-refused', { code: `${count}`, sentence: 's'.repeat(5_000) });
  assert.equal(tenant.log.length, 500);
  assert.equal(tenant.log[0]!.kind, 'logout');
  const last = tenant.log.at(-1)!;
  assert.ok(last.kind === 'request-refused' && last.code === '599' && last.sentence.length < 2_100);
});

/** Adds a transaction that is already pending in another browser. */
function fill(tenant: Tenant, count: number, texts: Partial<Transaction> = {}): void {
  for (let number = 0; number < count; number++) {
    const id = `${tenant.transactions.size}`;
    const one = { app: {} as App, acsUrl: '', since: Date.now(), request, relayState: undefined, ...texts };
    tenant.transactions.set(id, { ...one, id, browser: id });
  }
}
const oldest = (tenant: Tenant): string | undefined => tenant.transactions.keys().next().value;

test('limits of pending sign-ins: 1,000 without a browser, 50 per browser, 10,000 in total', () => {
  const unclaimed = tenantOfTest();
  const first = begin(unclaimed);
  for (let count = 1; count < 1_000; count++) begin(unclaimed);
  assert.equal(findTransaction(unclaimed, first.id), first);
  begin(unclaimed);
  assert.deepEqual([findTransaction(unclaimed, first.id), unclaimed.transactions.size], [undefined, 1_000]);

  const ofBrowser = tenantOfTest();
  const claimed = Array.from({ length: 51 }, () => begin(ofBrowser));
  for (const one of claimed.slice(0, 50)) claimTransaction(ofBrowser, one, 'browser');
  assert.equal(findTransaction(ofBrowser, claimed[0]!.id), claimed[0]);
  claimTransaction(ofBrowser, claimed[50]!, 'browser');
  assert.deepEqual([findTransaction(ofBrowser, claimed[0]!.id), ofBrowser.transactions.size], [undefined, 50]);

  const full = tenantOfTest();
  fill(full, 9_999);
  claimTransaction(full, begin(full), 'one browser');
  assert.deepEqual([full.transactions.size, oldest(full)], [10_000, '0']);
  claimTransaction(full, begin(full), 'another browser');
  assert.deepEqual([full.transactions.size, oldest(full)], [10_000, '1']);
});

const most = 8 * 1024 * 1024;
const big = 'x'.repeat(most - 1);
const context = (comparison: string, ...classes: string[]) => ({ comparison, classes, declarations: false });
/** Each text from the client, one character shorter than the total limit. */
const texts: [text: string, of: Partial<Transaction>][] = [
  ['RelayState', { relayState: big, request: undefined }],
  ['the ID', { request: { ...request, id: big } }],
  ['the NameID format', { request: { ...request, id: '', nameIdFormat: big } }],
  ['a context', { request: { ...request, id: '', authnContext: context('', big.slice(1), 'x') } }],
  ['the comparison', { request: { ...request, id: '', authnContext: context(big) } }],
];
for (const [text, of] of texts)
  test(`${text} counts toward the limit of eight million characters`, () => {
    const tenant = tenantOfTest();
    fill(tenant, 1, of);
    const blank = { ...request, id: 'x' };
    const small = beginTransaction(tenant, { app: {} as App, acsUrl: '', request: blank, relayState: undefined });
    claimTransaction(tenant, small, 'browser');
    assert.equal(tenant.transactions.size, 2);
    beginTransaction(tenant, { app: {} as App, acsUrl: '', request: blank, relayState: undefined });
    assert.deepEqual([tenant.transactions.size, tenant.transactions.has('0')], [2, false]);
  });

test("a sign-in is pending for one hour on its tenant's clock, under an unguessable ID", () => {
  const [tenant, other] = [tenantOfTest(), tenantOfTest()];
  const begun = begin(tenant);
  assert.match(begun.id, /^[\w-]{32}$/);
  assert.notEqual(begin(tenant).id, begun.id);
  tenant.clockOffsetMs = 60 * 60_000 - 1;
  assert.equal(findTransaction(tenant, begun.id), begun);
  tenant.clockOffsetMs++;
  assert.equal(findTransaction(tenant, begun.id), undefined);
  tenant.clockOffsetMs = 0;
  assert.equal(findTransaction(other, begun.id), undefined);
  for (const id of [undefined, '', [begun.id], `${begun.id}x`]) assert.equal(findTransaction(tenant, id), undefined);
});

test('the first browser that sends its cookie owns the sign-in; one from the portal is not stored', () => {
  const tenant = tenantOfTest();
  const begun = begin(tenant);
  assert.equal(begun.browser, undefined);
  claimTransaction(tenant, begun, 'first');
  claimTransaction(tenant, begun, 'second');
  assert.equal(begun.browser, 'first');
  const acs = [
    { url: 'http://sp/1', index: 1, isDefault: false },
    { url: 'http://sp/0', index: 0, isDefault: true },
  ];
  const unsolicited = beginUnsolicited(tenant, { acs } as App, 'state');
  claimTransaction(tenant, unsolicited, 'first');
  const { browser, acsUrl, request: asked, relayState } = unsolicited;
  assert.deepEqual([browser, acsUrl, asked, relayState], [undefined, 'http://sp/0', undefined, 'state']);
  assert.equal(tenant.transactions.size, 1);
});

test('the same ID from another app is a different request', () => {
  const key = (entityId: string, id: string) => requestKey({ entityId } as App, id);
  assert.equal(key('a', 'b'), key('a', 'b'));
  assert.equal(new Set([key('a', 'b'), key('b', 'b'), key('a', 'c'), key('ab', ''), key('', 'ab')]).size, 5);
});

test('a new sign-in looks at few of the pending ones, however many there are', () => {
  const tenant = tenantOfTest();
  let looks = 0;
  tenant.transactions = new (class extends Map<string, Transaction> {
    override *values(): MapIterator<Transaction> {
      for (const one of super.values()) {
        looks++;
        yield one;
      }
    }
  })();
  fill(tenant, 5_000);
  const first = begin(tenant);
  looks = 0;
  for (let count = 0; count < 100; count++) claimTransaction(tenant, begin(tenant), `browser ${count}`);
  assert.ok(looks <= 400, `${looks} looks`);
  assert.equal(findTransaction(tenant, first.id), first);
});

test('a sign-in that ends makes room, once, and may be resumed', () => {
  const tenant = tenantOfTest();
  const first = begin(tenant);
  const others = Array.from({ length: 999 }, () => begin(tenant));
  assert.deepEqual([endTransaction(tenant, others[0]!), endTransaction(tenant, others[0]!)], [true, false]);
  begin(tenant);
  assert.equal(findTransaction(tenant, first.id), first);
  resumeTransaction(tenant, others[0]!);
  assert.equal(findTransaction(tenant, others[0]!.id), others[0]);
  begin(tenant);
  assert.equal(findTransaction(tenant, first.id), undefined);
});

test('pending sign-ins may be removed from outside, as with their app', () => {
  const tenant = tenantOfTest();
  for (const one of Array.from({ length: 1_000 }, () => begin(tenant)).slice(1)) tenant.transactions.delete(one.id);
  const [oldest] = tenant.transactions.keys();
  for (let count = 0; count < 999; count++) begin(tenant);
  assert.ok(tenant.transactions.has(oldest!));
  begin(tenant);
  assert.deepEqual([tenant.transactions.size, tenant.transactions.has(oldest!)], [1_000, false]);
});
