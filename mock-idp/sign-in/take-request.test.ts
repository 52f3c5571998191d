/** A request is accepted once, in its tenant, and leaves one log entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { element, render } from '../response/xml.ts';
import { takeRequest } from './take-request.ts';
import { entries, pass, stageOf } from './tenant.fixture.ts';

const ssoUrl = 'http://idp/acme/sso';

interface Asked {
  id?: string;
  of?: string;
  relayState?: string;
  attributes?: Record<string, string>;
  content?: string;
}

const arrival = ({
  id = '_of-16-letters-x',
  of = 'console',
  relayState = 'state',
  attributes,
  content = '',
}: Asked) => {
  const tree = element(
    'samlp:AuthnRequest',
    { ID: id, Version: '2.0', IssueInstant: new Date().toISOString(), Destination: ssoUrl, ...attributes },
    element('saml:Issuer', {}, `http://${of}.example/metadata`),
    element('samlp:Extensions', {}, content),
  );
  const fields = { SAMLRequest: Buffer.from(render(tree)).toString('base64'), RelayState: relayState };
  return { binding: 'post', fields } as const;
};
const taking = ({ tenant } = stageOf()) => ({
  tenant,
  take: (asked: Asked = {}) => takeRequest(tenant, arrival(asked), { ssoUrl }),
});

test('a request starts a pending sign-in, and leaves one log entry', () => {
  const { tenant, take } = taking();
  const attributes = { ForceAuthn: 'true', AssertionConsumerServiceIndex: '1' };
  const transaction = take({ attributes });
  const request = { forceAuthn: true, isPassive: false, nameIdFormat: undefined };
  assert.deepEqual(transaction, {
    id: transaction.id,
    since: Date.now(),
    browser: undefined,
    app: tenant.apps[0],
    acsUrl: 'http://console.example/second',
    relayState: 'state',
    request: { id: '_of-16-letters-x', ...request, authnContext: undefined },
  });
  assert.equal(tenant.transactions.get(transaction.id), transaction);
  const [{ xml, ...entry }] = entries(tenant) as [{ xml: string }];
  assert.match(xml, /^<samlp:AuthnRequest /);
  assert.deepEqual(entry, {
    kind: 'authn-request',
    id: '_of-16-letters-x',
    app: 'http://console.example/metadata',
    acsUrl: 'http://console.example/second',
    binding: 'post',
    signed: false,
    relayState: 'state',
    ...request,
  });
  assert.equal(tenant.log.length, 1);
});

test('repeating a request continues the pending sign-in without another log entry', () => {
  const { tenant, take } = taking();
  const transaction = take();
  pass(60_000);
  assert.equal(take(), transaction);
  assert.equal(tenant.transactions.size, 1);
  assert.equal(tenant.log.length, 1);
});

const reused: [rule: string, again: Asked, between?: (stage: ReturnType<typeof stageOf>) => void][] = [
  ['with another RelayState', { relayState: 'other' }],
  ['for another ACS URL', { attributes: { AssertionConsumerServiceIndex: '1' } }],
  ['after its response', {}, ({ tenant }) => tenant.transactions.clear()],
  ['after an hour', {}, () => pass(60 * 60_000)],
];
for (const [rule, again, between] of reused)
  test(`a request ID is accepted once: ${rule}`, () => {
    const stage = stageOf();
    const { tenant, take } = taking(stage);
    take();
    between?.(stage);
    const waiting = tenant.transactions.size;
    const sentence = /console has already sent a request with the ID “_of-16-letters-x”\. Start again from console\./;
    assert.throws(() => take(again), { code: 'request-id-reused', message: sentence });
    assert.deepEqual([tenant.transactions.size, tenant.log.length], [waiting, 1]);
  });

test('the same ID from another app or at another tenant is a different request', () => {
  const [acme, globex] = [taking(), taking(stageOf('globex'))];
  const first = acme.take();
  assert.notEqual(acme.take({ of: 'wiki' }).id, first.id);
  assert.notEqual(globex.take({ relayState: 'other' }).id, first.id);
  assert.equal(acme.take().id, first.id);
});

test('a weak ID adds a warning to the log', () => {
  const { tenant, take } = taking();
  take({ id: '_1' });
  assert.deepEqual(
    tenant.log.map(({ kind }) => kind),
    ['authn-request', 'warning'],
  );
  assert.match(JSON.stringify(entries(tenant)[1]), /"code":"request-id-weak","sentence":"The request ID “_1”/);
});

test('the log keeps 20,000 characters of the message', () => {
  const { tenant, take } = taking();
  take({ content: 'x'.repeat(30_000) });
  const [entry] = tenant.log;
  assert.equal(entry?.kind === 'authn-request' && entry.xml.length, 20_000);
});

test('the tenant decides whether requests must be signed, and its clock decides whether they have expired', () => {
  const { tenant, take } = taking();
  tenant.wantAuthnRequestsSigned = true;
  assert.throws(() => take(), { code: 'request-unsigned' });
  tenant.wantAuthnRequestsSigned = false;
  tenant.clockOffsetMs = 10 * 60_000 + 1;
  assert.throws(() => take(), { code: 'request-expired' });
  tenant.clockOffsetMs--;
  take();
  assert.equal(tenant.log.length, 1);
});

test('a tenant remembers the IDs of ten thousand requests; the next one replaces the oldest', () => {
  const { tenant, take } = taking();
  take({ id: '_the-first-of-all' });
  const [first] = [...tenant.requests.keys()] as [string];
  for (let count = 1; count < 9_999; count++) tenant.requests.set(`${count}`, undefined);
  take({ id: '_the-last-that-fits' });
  assert.deepEqual([tenant.requests.size, tenant.requests.has(first)], [10_000, true]);
  take({ id: '_one-more-than-that' });
  assert.deepEqual([tenant.requests.size, tenant.requests.has(first)], [10_000, false]);
});
