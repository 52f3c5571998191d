/** The in-process API: sign-in, log and last response, separately for each tenant. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { redirectTo, requestXml } from '../app.fixture.ts';
import { render } from '../response/xml.ts';
import { consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';

let world: World;
let acme: Party;
let globex: Party;
before(async () => {
  world = await openWorld();
  ({ acme, globex } = world);
});
after(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await acme.api.remove();
  const apps = [consoleApp, wikiApp].map(({ entityId, acs }) => ({ entityId, acs: [acs] }));
  await world.idp.createTenant({ name: 'acme', users: [acme.sam, acme.ada], apps });
});

const of = { unsolicited: true, app: wikiApp.entityId } as const;
const issuer = consoleApp.entityId;

const misuses: readonly [what: string, play: () => Promise<unknown>, message: string][] = [
  ...[null, 5, 'acme', []].map((given): [string, () => Promise<unknown>, string] => [
    `${JSON.stringify(given)} as a tenant`,
    () => world.idp.createTenant(given as never),
    'createTenant needs an object with settings',
  ]),
  ['no user', () => acme.api.putUser(undefined as never), 'putUser needs an object with settings'],
  [
    'a user without a name',
    () => acme.api.putUser({ password: 'x' } as never),
    'the username must be text, not undefined',
  ],
  ['an unknown field', () => acme.api.assign('sam', { apps: 'x' } as never), 'the body has the unknown “apps”'],
];
for (const [what, play, message] of misuses)
  test(`rejected with a sentence: ${what}`, () => assert.rejects(play(), { name: 'Refused', message }));

test('tenants are found by name, with their URLs', () => {
  assert.deepEqual(world.idp.tenants().toSorted(), ['acme', 'globex']);
  const { name, entityId, metadataUrl, ssoUrl, sloUrl } = world.idp.tenant('acme');
  const at = `${world.url}/acme`;
  assert.deepEqual(
    [name, entityId, metadataUrl, ssoUrl, sloUrl],
    ['acme', `${at}/metadata`, `${at}/metadata`, `${at}/sso`, `${at}/slo`],
  );
  for (const url of [entityId, ssoUrl, sloUrl]) assert.ok(acme.api.metadata().includes(`"${url}"`), url);
  assert.equal(globex.api.metadata().includes('/acme/'), false);
});

test('the Issuer of an app’s responses can be that of another identity provider', async () => {
  const forgedIssuer = globex.api.entityId;
  acme.api.putApp({ entityId: wikiApp.entityId, acs: [wikiApp.acs], forgedIssuer });
  const issuersOf = async (app: string): Promise<(string | undefined)[]> => {
    const { xml } = await acme.api.signIn('sam', { ...of, app });
    return [...new Set(Array.from(xml.matchAll(/<saml:Issuer>([^<]*)</g), ([, text]) => text))];
  };
  assert.deepEqual(await issuersOf(wikiApp.entityId), [forgedIssuer]);
  assert.deepEqual(await issuersOf(consoleApp.entityId), [acme.api.entityId]);
});

test('an unsolicited response goes to the given app, with its RelayState', async () => {
  const { action, fields, copies, method, struck, xml } = await acme.api.signIn('SAM', { ...of, relayState: 'r' });
  assert.deepEqual([action, method, copies, struck], [wikiApp.acs, 'post', 1, []]);
  assert.deepEqual(fields, [
    ['SAMLResponse', Buffer.from(xml).toString('base64')],
    ['RelayState', 'r'],
  ]);
  assert.equal(xml.includes('InResponseTo'), false);
  assert.ok(xml.includes(acme.sam.email));
});

for (const [rule, request] of [
  [
    'as a URL string',
    () => redirectTo(acme.api.ssoUrl, { id: '_r-0123456789abcdef', issuer, at: acme.api.now(), relayState: 'r' }),
  ],
  [
    'as a URL object',
    () =>
      new URL(redirectTo(acme.api.ssoUrl, { id: '_r-0123456789abcdef', issuer, at: acme.api.now(), relayState: 'r' })),
  ],
  [
    'as a form',
    () => ({
      SAMLRequest: Buffer.from(
        render(requestXml(acme.api.ssoUrl, { id: '_r-0123456789abcdef', issuer, at: acme.api.now() })),
      ).toString('base64'),
      RelayState: 'r',
    }),
  ],
] as const)
  test(`a request ${rule} gets one response, from its own tenant`, async () => {
    await assert.rejects(globex.api.signIn('sam', { request: request() }), { code: 'request-destination-wrong' });
    const { action, fields, xml } = await acme.api.signIn('sam', { request: request() });
    assert.deepEqual([action, new Map(fields).get('RelayState')], [consoleApp.acs, 'r']);
    assert.match(xml, /InResponseTo="_r-0123456789abcdef"/);
    await assert.rejects(acme.api.signIn('sam', { request: request() }), { code: 'request-id-reused' });
    assert.deepEqual(
      acme.api.log('request-refused').map(({ code }) => code),
      ['request-id-reused'],
    );
    assert.equal(acme.api.log('authn-request').length, 1);
  });

test('a locked or unknown user, or one of a disabled tenant, does not sign in', async () => {
  await acme.api.changeUser('sam', { locked: true });
  const rejected = { name: 'Refused', status: 403 };
  await assert.rejects(acme.api.signIn('sam', of), { ...rejected, message: 'the account of sam is locked' });
  await assert.rejects(acme.api.signIn('kim', of), { message: 'unknown user “kim”', allowed: ['sam', 'ada'] });
  await acme.api.change({ disabled: true });
  await assert.rejects(acme.api.signIn('ada', of), { ...rejected, message: 'sign-in is disabled for this tenant' });
  assert.equal(acme.api.lastAnswer(), undefined);
  await acme.api.change({ disabled: false });
  await acme.api.signIn('ada', of);
  await globex.api.signIn('sam', of);
});

test('the last response is that of this tenant, and a copy', async () => {
  assert.equal(acme.api.lastAnswer(), undefined);
  await acme.api.arrangeFaults('a response without RelayState');
  const sent = await acme.api.signIn('sam', { ...of, relayState: 'r' });
  await globex.api.signIn('sam', of);
  assert.deepEqual(acme.api.lastAnswer(), sent);
  acme.api.lastAnswer()!.fields[0]![1] = 'other';
  (acme.api.lastAnswer()!.struck as string[]).push('other');
  assert.deepEqual(acme.api.lastAnswer(), sent);
  const next = await acme.api.signIn('ada', of);
  assert.deepEqual(acme.api.lastAnswer(), next);
});

test('the log is that of this tenant, oldest first, optionally by kind, and a copy', async () => {
  const before = globex.api.log();
  await acme.api.signIn('sam', of);
  await acme.api.moveClock({ minutes: 1 });
  await acme.api.signIn('ada', of);
  assert.deepEqual(
    acme.api.log().map(({ at, kind }) => [at, kind]),
    [
      ['2026-03-01T12:00:00.000Z', 'login'],
      ['2026-03-01T12:00:00.000Z', 'response'],
      ['2026-03-01T12:01:00.000Z', 'login'],
      ['2026-03-01T12:01:00.000Z', 'response'],
    ],
  );
  assert.deepEqual(
    acme.api.log('login').map(({ username, ok }) => [username, ok]),
    [
      ['sam', true],
      ['ada', true],
    ],
  );
  assert.deepEqual(acme.api.log('logout'), []);
  acme.api.log('login')[0]!.username = 'other';
  assert.equal(acme.api.log('login')[0]!.username, 'sam');
  assert.deepEqual(globex.api.log(), before);
});
