/** Sign-ins without pages follow the same rules as those with pages. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { SignInOptions } from '../api.ts';
import { requestXml } from '../app.fixture.ts';
import { element, render } from '../response/xml.ts';
import { consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';

let world: World;
let acme: Party;
before(async () => {
  world = await openWorld();
  ({ acme } = world);
});
after(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  acme.tenant().log.length = 0;
  await acme.api.change({ disabled: false });
  await acme.api.arrangeFaults();
});

const { entityId: app } = consoleApp;
const kinds = (party = acme): string[] => party.tenant().log.map(({ kind }) => kind);
const requestOf = (options: Parameters<typeof requestXml>[1] = {}): string =>
  render(requestXml(acme.api.ssoUrl, { issuer: app, at: acme.api.now(), ...options }));
const address = (xml = requestOf()): string =>
  `${acme.api.ssoUrl}?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}&RelayState=state`;

test('an unsolicited response goes to the chosen app, with its RelayState', async () => {
  const { action, fields, xml, copies, method, contentType } = await acme.api.signIn('SAM', {
    unsolicited: true,
    app,
    relayState: 'r',
  });
  assert.deepEqual([action, method, copies], [consoleApp.acs, 'post', 1]);
  assert.equal(contentType, 'application/x-www-form-urlencoded');
  assert.deepEqual(fields[1], ['RelayState', 'r']);
  assert.match(xml, />sam@acme\.example<\/saml:NameID>/);
  assert.ok(xml.includes(`>${acme.api.entityId}</saml:Issuer>`));
  assert.doesNotMatch(xml, /InResponseTo/);
  assert.deepEqual(kinds(), ['login', 'response']);
});

test('a request by Redirect or POST gets a response', async () => {
  const posted = requestOf({ id: '_posted-of-this-test' });
  const fields = { SAMLRequest: Buffer.from(posted).toString('base64'), RelayState: 'state' };
  for (const [request, id] of [
    [address(requestOf({ id: '_redirected-of-this' })), '_redirected-of-this'],
    [new URL(address(requestOf({ id: '_url-of-this-test' }))), '_url-of-this-test'],
    [fields, '_posted-of-this-test'],
  ] as const) {
    const response = await acme.api.signIn('sam', { request });
    assert.ok(response.xml.includes(`InResponseTo="${id}"`));
    assert.deepEqual(response.fields[1], ['RelayState', 'state']);
  }
  assert.deepEqual(kinds(), [
    'authn-request',
    'login',
    'response',
    'authn-request',
    'login',
    'response',
    'authn-request',
    'login',
    'response',
  ]);
});

test('an IdP session makes no difference: a forced sign-in succeeds with a new session', async () => {
  const xml = requestOf({ attributes: { ForceAuthn: 'true' } });
  assert.match((await acme.api.signIn('sam', { request: address(xml) })).xml, /status:Success/);
  const index = (text: string) => /SessionIndex="(\w+)"/.exec(text)![1];
  const [first, second] = [
    await acme.api.signIn('sam', { unsolicited: true, app }),
    await acme.api.signIn('sam', { unsolicited: true, app }),
  ];
  assert.notEqual(index(first.xml), index(second.xml));
});

const passive = (attributes: Record<string, string> = {}): string =>
  address(requestOf({ attributes: { IsPassive: 'true', ...attributes } }));
const indexIn = ({ xml }: { xml: string }) => /SessionIndex="(\w+)"/.exec(xml)?.[1];
const instantIn = ({ xml }: { xml: string }) => /AuthnInstant="([^"]+)"/.exec(xml)?.[1];

test('a passive request succeeds only in a session that is already open, and continues it', async () => {
  acme.tenant().sessions.clear();
  await acme.api.signIn('ada', { unsolicited: true, app });
  acme.tenant().log.length = 0;
  const rejection = await acme.api.signIn('sam', { request: passive() });
  assert.match(rejection.xml, /status:Responder"><samlp:StatusCode Value="[^"]*status:NoPassive"/);
  assert.doesNotMatch(rejection.xml, /<saml:Assertion/);
  assert.deepEqual(kinds(), ['authn-request', 'refusal', 'response'], 'the user does not log in');
  assert.equal(acme.tenant().sessions.size, 1, 'no session is opened');

  const first = await acme.api.signIn('sam', { unsolicited: true, app });
  await acme.api.moveClock({ minutes: 5 });
  const silent = await acme.api.signIn('sam', { request: passive() });
  assert.match(silent.xml, /status:Success/);
  assert.deepEqual([indexIn(silent), instantIn(silent)], [indexIn(first), instantIn(first)]);
  const forced = await acme.api.signIn('sam', {
    request: address(requestOf({ attributes: { ForceAuthn: 'true' } })),
  });
  assert.equal(Date.parse(instantIn(forced)!) - Date.parse(instantIn(first)!), 5 * 60_000);
  await acme.api.moveClock({ hours: 8 });
  assert.match((await acme.api.signIn('sam', { request: passive() })).xml, /status:NoPassive/, 'the sessions are over');
  await acme.api.moveClock({ hours: -8, minutes: -5 });
});

test('a passive request gets NoPassive if it also forces a sign-in, or if the user is locked', async () => {
  await acme.api.signIn('sam', { unsolicited: true, app });
  assert.match((await acme.api.signIn('sam', { request: passive({ ForceAuthn: 'true' }) })).xml, /status:NoPassive/);
  await acme.api.changeUser('sam', { locked: true });
  assert.match((await acme.api.signIn('sam', { request: passive() })).xml, /status:NoPassive/);
  await acme.api.changeUser('sam', { locked: false });
});

test('an unsupported requirement of the request gets an error status', async () => {
  const children = [element('samlp:NameIDPolicy', { Format: 'urn:none' })];
  const { xml } = await acme.api.signIn('sam', { request: address(requestOf({ children })) });
  assert.match(xml, /status:InvalidNameIDPolicy/);
  assert.doesNotMatch(xml, /<saml:Assertion/);
  assert.deepEqual(kinds(), ['authn-request', 'login', 'refusal', 'response']);
});

/** The problem and the expected message. */
const rejected: [rule: string, prepare: () => Promise<unknown>, sentence: RegExp, status: number, after: string[]][] = [
  ['the tenant is disabled', () => acme.api.change({ disabled: true }), /is disabled/, 403, []],
  [
    'the user is locked',
    () => acme.api.changeUser('sam', { locked: true }),
    /the account of sam is locked/,
    403,
    ['login'],
  ],
  [
    'the user is not assigned',
    () => acme.api.unassign('sam', { app }),
    /is not assigned to sam/,
    403,
    ['login', 'refusal'],
  ],
];
for (const [rule, prepare, sentence, status, log] of rejected)
  test(`nothing is sent: ${rule}`, async () => {
    await prepare();
    await assert.rejects(acme.api.signIn('sam', { unsolicited: true, app }), {
      name: 'Refused',
      status,
      message: sentence,
    });
    assert.deepEqual(kinds(), log);
    if (rule !== 'the tenant is disabled') await acme.api.signIn('ada', { unsolicited: true, app });
    await world.globex.api.signIn('sam', { unsolicited: true, app });
    await acme.api.change({ disabled: false });
    await acme.api.changeUser('sam', { locked: false });
    await acme.api.assign('everyone', { app });
  });

test('an unknown user, an ambiguous app and an unknown app are rejected', async () => {
  await assert.rejects(acme.api.signIn('bob', { unsolicited: true, app }), /unknown user “bob”/);
  await assert.rejects(acme.api.signIn('sam', { unsolicited: true }), /several apps/);
  await assert.rejects(acme.api.signIn('sam', { unsolicited: true, app: 'http://none' }), /unknown app/);
  assert.match((await acme.api.signIn('sam', { unsolicited: true, app: wikiApp.entityId })).action, /wiki/);
});

test('a rejected request is logged, other errors are not', async () => {
  const request = address(requestOf({ issuer: 'http://none' }));
  await assert.rejects(acme.api.signIn('sam', { request }), { name: 'RequestRefused', code: 'app-unknown' });
  assert.deepEqual(
    acme.tenant().log.map(({ kind, ...entry }) => [kind, 'code' in entry && entry.code]),
    [['request-refused', 'app-unknown']],
  );
  await assert.rejects(acme.api.signIn('sam', { request: 'no address' }), { name: 'Refused', status: 400 });
  assert.equal(acme.tenant().log.length, 1);
});

test('a product ends the sign-in at a page of its own, and nothing is sent', async () => {
  await acme.api.change({ persona: 'entra' });
  const children = [element('samlp:RequestedAuthnContext', {}, element('saml:AuthnContextClassRef', {}, 'urn:none'))];
  const request = address(requestOf({ children }));
  await assert.rejects(acme.api.signIn('sam', { request }), {
    name: 'Refused',
    status: 403,
    message: /ends at the page “Sorry, but/,
  });
  await acme.api.change({ persona: null });
});

test('a sign-in is unsolicited only if that is set', async () => {
  const options = { unsolicited: false, request: address(requestOf({ id: '_asked-of-this-test' })) };
  const { xml } = await acme.api.signIn('sam', options as unknown as SignInOptions);
  assert.match(xml, /InResponseTo="_asked-of-this-test"/);
});

test('the latest response can be read again, of its own tenant', async () => {
  acme.tenant().previous = undefined;
  assert.equal(acme.api.lastAnswer(), undefined);
  await acme.api.signIn('ada', { unsolicited: true, app });
  const sent = await acme.api.signIn('sam', { unsolicited: true, app });
  await world.globex.api.signIn('sam', { unsolicited: true, app });
  assert.deepEqual(acme.api.lastAnswer(), sent);
});

test('a fault of the form is left to the caller, and reported once', async () => {
  const phrase = 'a replayed response';
  await acme.api.arrangeFaults(phrase);
  const { copies, undelivered } = await acme.api.signIn('sam', { unsolicited: true, app });
  assert.deepEqual([copies, undelivered], [2, [phrase]]);
  assert.deepEqual(acme.api.lastAnswer()!.undelivered, []);
});

test('the caller may modify the response, which is a copy', async () => {
  await acme.api.arrangeFaults('a response without RelayState');
  const response = await acme.api.signIn('sam', { unsolicited: true, app, relayState: 'r' });
  assert.deepEqual(response.struck, ['a response without RelayState']);
  const kept = acme.tenant().previous!;
  const [[, value] = ['', '']] = kept.fields;
  response.fields[0]![1] = 'changed';
  (response.struck as string[]).push('changed');
  assert.deepEqual([kept.fields[0]![1], kept.struck], [value, ['a response without RelayState']]);
});
