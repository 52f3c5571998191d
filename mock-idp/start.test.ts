/** The in-process API, as tests of other projects use it: without HTTP and without a token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import {
  faultExamples,
  faultPhrases,
  type IdpTenant,
  type MockIdpOptions,
  Refused,
  startMockIdp,
  type TenantWish,
} from './start.ts';

const entityId = 'http://sp.example/metadata';
const acs = 'http://sp.example/acs';
const other = { entityId: 'http://other.example', acs: ['http://other.example/acs'] };
const sam = { username: 'sam', password: 'open sesame', email: 'sam@acme.example' };
const nora = { username: 'nora', password: 'let me in' };
const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acs}" index="0"/>
  </SPSSODescriptor>
</EntityDescriptor>`;

async function setUp(settings: TenantWish = {}, options: MockIdpOptions = {}) {
  const idp = await startMockIdp(options);
  const acme = await idp.createTenant({ users: [sam, nora], apps: [{ metadata }], ...settings });
  return { idp, acme, [Symbol.asyncDispose]: () => idp[Symbol.asyncDispose]() };
}

/** The URL to which a service provider would redirect the browser. */
function requestTo(tenant: IdpTenant, { id = '_a-request-of-this-test' } = {}): URL {
  const at = tenant.now().toISOString();
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
    ID="${id}" Version="2.0" IssueInstant="${at}" Destination="${tenant.ssoUrl}"
  ><saml:Issuer>${entityId}</saml:Issuer></samlp:AuthnRequest>`;
  const query = { SAMLRequest: deflateRawSync(xml).toString('base64'), RelayState: 'where to' };
  return new URL(`${tenant.ssoUrl}?${new URLSearchParams(query)}`);
}

test('an in-process sign-in returns a response, and everything about it can be read', async () => {
  await using stage = await setUp();
  const { acme } = stage;
  const { action, fields, xml, struck } = await acme.signIn('Sam', { request: requestTo(acme) });
  assert.equal(action, acs);
  assert.deepEqual(new Map(fields).get('RelayState'), 'where to');
  assert.match(xml, /InResponseTo="_a-request-of-this-test"/);
  assert.match(xml, /sam@acme\.example/);
  assert.deepEqual(struck, []);
  assert.deepEqual(acme.lastAnswer()?.xml, xml);
  assert.deepEqual(
    acme.log().map(({ kind }) => kind),
    ['authn-request', 'login', 'response'],
  );
  assert.deepEqual(
    acme.log('authn-request').map(({ id, app, relayState }) => [id, app, relayState]),
    [['_a-request-of-this-test', entityId, 'where to']],
  );
  assert.deepEqual(
    acme.log('response').map(({ username, acsUrl }) => [username, acsUrl]),
    [['sam', acs]],
  );
  await assert.rejects(acme.signIn('sam', { request: requestTo(acme) }), {
    name: 'RequestRefused',
    code: 'request-id-reused',
  });
  assert.deepEqual(
    acme.log('request-refused').map(({ code }) => code),
    ['request-id-reused'],
  );
  assert.deepEqual(stage.idp.errors(), []);
});

test('the same tenant responds over HTTP', async () => {
  await using stage = await setUp({}, { hostname: '127.0.0.1' });
  const { acme } = stage;
  assert.equal(await (await fetch(acme.metadataUrl)).text(), acme.metadata());
  assert.ok(acme.metadata().includes(acme.certificates()[0]!.replace(/-----[^-]+-----|\s/g, '')));
  assert.match(await (await fetch(requestTo(acme))).text(), /to continue to/);
  assert.equal(acme.log('authn-request').length, 1);
});

test('faults strike together, as many times as arranged, and report it', async () => {
  await using stage = await setUp();
  const { acme } = stage;
  await acme.arrangeFaults(
    'an assertion with a different Audience',
    { phrase: 'a response without RelayState', times: 1 },
    { phrase: 'an assertion that expired {minutes} minutes ago', amount: 7 },
  );
  const response = await acme.signIn('sam', { unsolicited: true, relayState: 'r' });
  assert.deepEqual(response.struck.toSorted(), [
    'a response without RelayState',
    'an assertion that expired 7 minutes ago',
    'an assertion with a different Audience',
  ]);
  assert.equal(new Map(response.fields).has('RelayState'), false);
  assert.ok(!response.xml.includes(`<saml:Audience>${entityId}<`));
  assert.equal(
    new Map((await acme.signIn('sam', { unsolicited: true, relayState: 'r' })).fields).get('RelayState'),
    'r',
  );
  assert.deepEqual(
    acme.faults().map(({ phrase, amount, times, struck }) => [phrase, amount, times, struck]),
    [
      ['an assertion with a different Audience', 0, null, 2],
      ['a response without RelayState', 0, 0, 1],
      ['an assertion that expired 7 minutes ago', 7, null, 2],
    ],
  );
  await acme.arrangeFaults('an assertion that expired 2 minutes ago', 'no response: the IdP is down');
  assert.deepEqual(acme.struckFaults(), []);
  await acme.arrangeFaults();
  assert.deepEqual((await acme.signIn('sam', { unsolicited: true })).struck, []);
});

const openServers = (): number => process.getActiveResourcesInfo().filter((one) => one === 'TCPServerWrap').length;

test('a test that forgets to dispose of it still ends, a program that keeps it does not', async () => {
  const before = openServers();
  await using _forgotten = await startMockIdp();
  assert.equal(openServers(), before);
  await using _kept = await startMockIdp({ keepsProcess: true });
  assert.equal(openServers(), before + 1);
});

test('a user without an email has a NameID of unspecified format', async () => {
  await using stage = await setUp();
  const formatFor = async (username: string) =>
    /<saml:NameID Format="[^"]+:([^":]+)">/.exec((await stage.acme.signIn(username, { unsolicited: true })).xml)?.[1];
  assert.equal(await formatFor('sam'), 'emailAddress');
  assert.equal(await formatFor('nora'), 'unspecified');
});

test('the portal is where users see their apps', async () => {
  await using stage = await setUp({}, { hostname: '127.0.0.1' });
  assert.match(await (await fetch(stage.acme.portalUrl)).text(), /Sign in/);
});

test('the examples of faults can be arranged one after the other', async () => {
  await using stage = await setUp();
  assert.equal(faultExamples.length, faultPhrases.length);
  for (const { phrase, code } of faultExamples) {
    await stage.acme.arrangeFaults(phrase);
    assert.equal(stage.acme.faults().length, 1, code);
  }
  assert.ok(faultExamples.every(({ phrase }) => !phrase.includes('{')));
});

test('unusable metadata is rejected with the reason', async () => {
  await using stage = await setUp();
  await assert.rejects(stage.acme.putApp({ metadata: '<EntityDescriptor' }), (error: Error) => {
    assert.ok(error instanceof Refused);
    assert.match(error.message, /^the document is not well-formed XML \(line 1\)$/);
    return true;
  });
});

test('invalid input is rejected as by the control routes', async () => {
  await using stage = await setUp({}, { controlToken: 'token', hostname: '127.0.0.1' });
  const { idp, acme } = stage;
  const routes = async (path: string, body: unknown): Promise<string> => {
    const response = await fetch(`${idp.url}/control/tenants/${acme.name}${path}`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token' },
      body: JSON.stringify(body),
    });
    return ((await response.json()) as { error: string }).error;
  };
  const here = async (change: () => Promise<unknown>): Promise<string> =>
    change().then(
      () => assert.fail('nothing was rejected'),
      (error: Error) => error.message,
    );
  // @ts-expect-error: the phrases are typed
  const unknown = await here(() => acme.arrangeFaults('bad weather'));
  assert.equal(unknown, await routes('/faults', [{ phrase: 'bad weather' }]));
  const phrase = 'an assertion that expired {minutes} minutes ago';
  // @ts-expect-error: an open phrase needs its amount
  const withoutAmount = await here(() => acme.arrangeFaults({ phrase }));
  assert.equal(withoutAmount, await routes('/faults', [{ phrase }]));
  assert.equal(
    await here(() => acme.putApp({ metadata: '<nothing/>' })),
    await routes('/apps', { metadata: '<nothing/>' }),
  );
  assert.equal(
    await here(() => acme.putApp({ entityId, acs: [acs], assigned: ['mallory'] })),
    await routes('/apps', { entityId, acs: [acs], assigned: ['mallory'] }),
  );
  // @ts-expect-error: a user needs a password
  const withoutPassword = await here(() => acme.putUser({ username: 'ada' }));
  assert.equal(withoutPassword, await routes('/users/ada', { username: 'ada' }));
  await assert.rejects(acme.assign('mallory'), { name: 'Refused', allowed: ['sam', 'nora'] });
  await assert.rejects(idp.createTenant({ name: acme.name }), /already/);
  await assert.rejects(idp.createTenant({ name: 'control' }), /invalid tenant name/);
  assert.throws(() => idp.tenant('nowhere'), /unknown tenant “nowhere”/);
});

test('users are assigned and unassigned one by one', async () => {
  await using stage = await setUp();
  const { acme } = stage;
  const assigned = () => acme.apps()[0]!.assigned;
  assert.equal(assigned(), 'everyone');
  await acme.unassign('SAM');
  assert.deepEqual(assigned(), ['nora']);
  await assert.rejects(acme.signIn('sam', { unsolicited: true }), {
    status: 403,
    message: 'sp.example is not assigned to sam',
  });
  assert.deepEqual(
    acme.log('refusal').map(({ username, because }) => [username, because]),
    [['sam', 'not-assigned']],
  );
  await acme.assign('sam');
  assert.deepEqual(assigned(), ['nora', 'sam']);
  await acme.unassign('everyone');
  assert.deepEqual(assigned(), []);
  await acme.putApp(other);
  await assert.rejects(acme.assign('sam'), {
    message: 'several apps are registered: choose one by its entity ID',
    allowed: [entityId, other.entityId],
  });
  await acme.assign(['sam', 'nora'], { app: entityId });
  await acme.removeUser('sam');
  assert.deepEqual(assigned(), ['nora']);
  await acme.removeApp(other.entityId);
  assert.deepEqual(
    acme.apps().map((one) => one.entityId),
    [entityId],
  );
});

test('only the given fields of a user change', async () => {
  await using stage = await setUp();
  const { acme } = stage;
  await acme.changeUser('sam', { locked: true });
  await assert.rejects(acme.signIn('sam', { unsolicited: true }), /locked/);
  assert.deepEqual(
    acme.log('login').map(({ because }) => because),
    ['locked'],
  );
  await acme.changeUser('sam', { locked: false, attributes: { department: ['Engines'] } });
  assert.deepEqual(acme.users()[0], {
    username: 'sam',
    email: sam.email,
    attributes: { department: ['Engines'] },
    locked: false,
  });
  assert.match((await acme.signIn('sam', { unsolicited: true })).xml, /Engines/);
  await assert.rejects(acme.changeUser('mallory', {}), /unknown user “mallory”/);
});

test('the clock moves only for its tenant', async () => {
  await using stage = await setUp();
  const { idp, acme } = stage;
  const beside = await idp.createTenant();
  await acme.moveClock({ days: 1, minutes: 30 });
  await acme.moveClock({ minutes: -10 });
  const ahead = acme.now().getTime() - beside.now().getTime();
  assert.ok(Math.abs(ahead - (24 * 60 + 20) * 60_000) < 1_000, `${ahead} ms`);
  assert.ok((await acme.signIn('sam', { unsolicited: true })).xml.includes(acme.now().toISOString().slice(0, 13)));
  // @ts-expect-error: weeks are not a unit here
  await assert.rejects(acme.moveClock({ weeks: 1 }), /unknown “weeks”/);
});

test('tenants are separate, and a removed one is gone', async () => {
  await using stage = await setUp();
  const { idp, acme } = stage;
  const beside = await idp.createTenant({ name: 'beside' });
  assert.deepEqual(idp.tenants(), [acme.name, 'beside']);
  assert.notDeepEqual(beside.certificates(), acme.certificates());
  await beside.change({ rollKey: true, displayName: 'Beside' });
  await beside.remove();
  assert.throws(() => beside.users(), /unknown tenant “beside”/);
  assert.equal(acme.users().length, 2);
});

test('changing returned values changes nothing', async () => {
  await using stage = await setUp();
  const { acme } = stage;
  acme.apps()[0]!.acs[0]!.url = 'http://evil.example';
  acme.users()[0]!.attributes!.x = ['y'];
  assert.equal((await acme.signIn('sam', { unsolicited: true })).action, acs);
  assert.deepEqual(acme.users()[0]!.attributes, {});
});
