/** Held responses: which one is held, when it is sent, and what can be edited meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../response/delivery.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { element, render } from '../response/xml.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { holdBack, holdNext, holdView, NoHeldResponse, release, takeReleased } from './held-response.ts';
import { InvalidXml } from './parse.ts';
import { stageOf } from './tenant.fixture.ts';

const span = { notBefore: new Date(0), notAfter: new Date(1e13), algorithm: 'ecdsa-p256' } as const;
const keys = await createKeyPair({ commonName: 'acme', ...span });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const delivery = (xml: string): Delivery => ({
  action: 'http://sp/acs',
  method: 'post',
  contentType: 'application/x-www-form-urlencoded',
  fields: [
    ['SAMLResponse', base64(xml)],
    ['RelayState', 'state'],
    ['Copy', base64(xml)],
  ],
  copies: 1,
  xml,
  struck: [],
  struckForm: [],
});
const held = (xml = '<a/>') => {
  const { tenant } = stageOf('acme', keys);
  holdNext(tenant, true);
  return { tenant, id: holdBack(tenant, delivery(xml))! };
};

test('a response is sent at once unless the next one is to be held', () => {
  const { tenant } = stageOf();
  assert.equal(holdBack(tenant, delivery('<a/>')), undefined);
  holdNext(tenant, true);
  holdNext(tenant, false);
  assert.equal(holdBack(tenant, delivery('<a/>')), undefined);
  assert.deepEqual(holdView(tenant), { hold: false, held: null });
});

test('only the next response of this tenant is held', () => {
  const [acme, globex] = [stageOf('acme').tenant, stageOf('globex').tenant];
  holdNext(acme, true);
  assert.deepEqual(holdView(acme), { hold: true, held: null });
  assert.equal(holdBack(globex, delivery('<a/>')), undefined);
  assert.match(holdBack(acme, delivery('<a/>'))!, /^_\w{40}$/);
  assert.equal(holdBack(acme, delivery('<b/>')), undefined);
  const since = '2026-03-01T12:00:00.000Z';
  assert.deepEqual(holdView(acme), { hold: false, held: { xml: '<a/>', action: 'http://sp/acs', since } });
});

test('the browser waits by ID until the response is released, and receives it once', () => {
  const { tenant, id } = held();
  assert.equal(takeReleased(tenant, id), 'waiting');
  assert.equal(takeReleased(tenant, 'other'), undefined);
  release(tenant);
  assert.deepEqual(holdView(tenant), { hold: false, held: null });
  assert.equal(takeReleased(tenant, 'other'), undefined);
  assert.deepEqual(takeReleased(tenant, id), delivery('<a/>'));
  assert.equal(takeReleased(tenant, id), undefined);
});

test('a response can be released once, and only while it is held', () => {
  assert.throws(() => release(stageOf().tenant), NoHeldResponse);
  const { tenant } = held();
  release(tenant);
  assert.throws(() => release(tenant, { xml: '<b/>' }), /no response is held; send PUT/);
});

test('a held response stays held while the next one is requested', () => {
  const { tenant, id } = held();
  holdNext(tenant, true);
  assert.equal(holdView(tenant).hold, true);
  assert.equal(takeReleased(tenant, id), 'waiting');
});

test('the edited text replaces the response everywhere in the form', () => {
  const { tenant, id } = held();
  release(tenant, { xml: '<b/>' });
  assert.deepEqual(takeReleased(tenant, id), delivery('<b/>'));
});

test('an empty text is sent as well', () => {
  const { tenant, id } = held();
  release(tenant, { xml: '' });
  assert.deepEqual(takeReleased(tenant, id), delivery(''));
});

test('the edited text replaces a message that a fault encoded differently', () => {
  const { tenant } = stageOf();
  holdNext(tenant, true);
  const fields = [
    ['SAMLResponse', 'odd'],
    ['RelayState', 'state'],
  ] as const;
  const id = holdBack(tenant, { ...delivery('<a/>'), fields })!;
  release(tenant, { xml: '<b/>' });
  const { fields: released } = takeReleased(tenant, id) as Delivery;
  assert.deepEqual(released, [
    ['SAMLResponse', base64('<b/>')],
    ['RelayState', 'state'],
  ]);
});

test('the text is signed again only on request', () => {
  const xml = render(sign(element('samlp:Response', { ID: '_r' }), honestSignature(keys)));
  const released = (options: Parameters<typeof release>[1]): string => {
    const { tenant, id } = held(xml);
    release(tenant, options);
    return (takeReleased(tenant, id) as Delivery).xml;
  };
  assert.equal(released({}), xml);
  assert.equal(released({ resign: false }), xml);
  assert.notEqual(released({ resign: true }), xml, 'each ECDSA signature differs');
  assert.match(released({ xml: xml.replace('_r', '_s').replace('#_r', '#_x'), resign: true }), /URI="#_s"/);
});

test('text that cannot be signed leaves the response held', () => {
  const { tenant, id } = held();
  assert.throws(() => release(tenant, { xml: '<b>', resign: true }), InvalidXml);
  assert.equal(takeReleased(tenant, id), 'waiting');
});
