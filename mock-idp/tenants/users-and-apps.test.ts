/** Users, apps and assignments: what is stored, who may use an app, and the effects of removing one. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { codeIn, responseIn } from '../app.fixture.ts';
import type { AppWish, UserWish } from '../start.ts';
import { consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';
import { createKeyPair } from './keys.ts';

let world: World;
let acme: Party;
let globex: Party;
let neighbour: unknown;
before(async () => {
  world = await openWorld();
  ({ acme, globex } = world);
});
after(() => world[Symbol.asyncDispose]());
/** Acme is created again for each test. */
beforeEach(async () => {
  await acme.api.remove();
  const apps = [consoleApp, wikiApp].map(({ entityId, acs }) => ({ entityId, acs: [acs] }));
  await world.idp.createTenant({ name: 'acme', users: [acme.sam, acme.ada], apps });
  neighbour = world.contents(globex);
});
/** Globex has users and apps of the same names. */
afterEach(() => assert.deepEqual(world.contents(globex), neighbour));

const names = () => acme.api.users().map(({ username }) => username);
const userOf = (name: string) => acme.tenant().users.get(name)!;
const of = { app: consoleApp.entityId };
const alone = { unsolicited: true, ...of } as const;
const assigned = ({ entityId } = consoleApp) => acme.api.apps().find((one) => one.entityId === entityId)!.assigned;
const isRejected = (message: string, allowed?: readonly string[]) => ({
  name: 'Refused',
  status: 400,
  message,
  allowed,
});

test('a user is stored as given, and omitted fields stay undefined', async () => {
  await acme.api.putUser({ username: ' Kim ', password: 'x' });
  assert.deepEqual(userOf('kim'), {
    username: 'Kim',
    password: 'x',
    email: undefined,
    nameId: undefined,
    attributes: {},
    locked: false,
    wrong: 0,
    lockedUntil: 0,
  });
  assert.deepEqual(acme.api.users().at(-1), { username: 'Kim', attributes: {}, locked: false });
  const full = { username: 'kim', email: 'k@acme.example', nameId: 'K', attributes: { a: ['b'] }, locked: true };
  await acme.api.putUser({ ...full, password: 'y' });
  assert.deepEqual(acme.api.users().at(-1), full);
  assert.deepEqual(names(), ['sam', 'ada', 'kim'], 'a username in another case is the same user');
});

test('users and apps are returned as copies', async () => {
  await acme.api.putUser({ username: 'kim', password: 'x', attributes: { a: ['b'] } });
  await acme.api.assign(['kim'], of);
  await acme.api.unassign(['sam', 'ada'], of);
  acme.api.users().at(-1)!.attributes!.a!.push('c');
  const [app] = acme.api.apps();
  app!.acs[0]!.url = 'http://evil.example';
  (app!.assigned as string[]).push('sam');
  assert.deepEqual(acme.api.users().at(-1)!.attributes, { a: ['b'] });
  assert.deepEqual(acme.api.apps()[0], {
    number: 1,
    name: 'sp.example',
    entityId: consoleApp.entityId,
    acs: [{ url: consoleApp.acs, index: 0, isDefault: true }],
    encrypt: false,
    assigned: ['kim'],
  });
});

for (const [rule, change, stored] of [
  ['a password', { password: 'new' }, { password: 'new', wrong: 0, lockedUntil: 0 }],
  ['an email', { email: 'new@acme.example' }, { email: 'new@acme.example' }],
  ['a NameID', { nameId: 'new' }, { nameId: 'new' }],
  ['attributes', { attributes: { b: ['c'] } }, { attributes: { b: ['c'] } }],
  ['that the account is locked', { locked: true }, { locked: true }],
  ['that the account is not locked', { locked: false }, { locked: false, wrong: 0, lockedUntil: 0 }],
  ['nothing', {}, {}],
  ['undefined fields', { password: undefined, email: undefined, attributes: undefined, locked: undefined }, {}],
] as const)
  test(`only the given fields of a user change: ${rule}`, async () => {
    await acme.api.changeUser('sam', { attributes: { a: ['b'] } });
    Object.assign(userOf('sam'), { wrong: 3, lockedUntil: 99 });
    const before = structuredClone(userOf('sam'));
    const ada = structuredClone(userOf('ada'));
    await acme.api.changeUser('SAM', change as Partial<UserWish>);
    assert.deepEqual(userOf('sam'), { ...before, ...stored });
    assert.deepEqual(userOf('ada'), ada);
  });

for (const [rule, path, body, sentence] of [
  ['no password', 'kim', {}, /^“password”: /],
  ['an empty password', 'kim', { password: '' }, /^“password”: /],
  ['an empty name', 'kim', { username: ' ', password: 'x' }, /^“username”: /],
  [
    'a different username in the body',
    'kim',
    { username: 'sam', password: 'x' },
    /^the path has the username “kim” and the body “sam”$/,
  ],
  ['an unknown field', 'kim', { password: 'x', mail: 'y' }, /^the body has the unknown “mail”$/],
  ['an attribute that is not a list', 'kim', { password: 'x', attributes: { a: 'b' } }, /^“attributes\.a”: /],
  ['an Attribute without Name', 'kim', { password: 'x', attributes: { '': ['b'] } }, /^“attributes\.”: /],
  ['a malformed email', 'kim', { password: 'x', email: 7 }, /^“email”: /],
  ['a string for locked', 'kim', { password: 'x', locked: 'no' }, /^“locked”: /],
] as const)
  test(`a user is rejected with ${rule}`, async () => {
    const before = world.contents(acme);
    const { status, json } = await world.control('PUT', `/tenants/acme/users/${path}`, body);
    assert.equal(status, 400);
    assert.match(json.error, sentence);
    assert.deepEqual(world.contents(acme), before);
  });

test('the username in the body may be spelled differently than in the path', async () => {
  const put = await world.control('PUT', '/tenants/acme/users/kim', { username: 'Kim', password: 'x' });
  assert.deepEqual([put.status, put.json], [200, { username: 'Kim' }]);
  assert.deepEqual(names(), ['sam', 'ada', 'Kim']);
});

test('an unknown user is rejected with the list of users', async () => {
  const unknown = isRejected('unknown user “kim”', ['sam', 'ada']);
  for (const call of [
    () => acme.api.changeUser('kim', {}),
    () => acme.api.removeUser('kim'),
    () => acme.api.assign('kim', of),
    () => acme.api.assign(['sam', 'kim'], of),
    () => acme.api.unassign(['kim'], of),
    () => acme.api.signIn('kim', alone),
  ])
    await assert.rejects(call, unknown);
  await assert.rejects(acme.api.putApp({ entityId: 'x', acs: ['http://x'], assigned: ['kim'] }), unknown);
  assert.equal(assigned(), 'everyone');
});

test('a removed user is unassigned from all apps, and a new user of the same name inherits nothing', async () => {
  const browser = world.browser();
  await acme.api.unassign('ada', of);
  await acme.api.putUser({ username: 'Kim', password: 'x' });
  await acme.api.assign(['KIM'], of);
  await browser.signIn(acme, await browser.ask(acme), { username: 'kim', password: 'x' });
  assert.match((await browser.get('/acme')).body, /sp\.example/);
  const others = world.browser();
  await others.askAndSignIn(acme);
  await acme.api.removeUser('kim');
  assert.deepEqual([names(), assigned(), assigned(wikiApp)], [['sam', 'ada'], ['sam'], 'everyone']);
  await acme.api.putUser({ username: 'kim', password: 'x' });
  assert.match((await browser.get('/acme')).body, /name="password"/, 'the session of the former user is over');
  assert.deepEqual(responseIn(await others.ask(acme)).statuses, ['Success'], 'other sessions continue');
  await assert.rejects(acme.api.signIn('kim', alone), { status: 403, message: 'sp.example is not assigned to kim' });
});

for (const [rule, from, act, expected] of [
  ['all others, after unassigning one', 'everyone', () => acme.api.unassign('SAM', of), ['ada']],
  ['no user, after unassigning each', 'everyone', () => acme.api.unassign(['ada', 'sam'], of), []],
  ['no user, after unassigning everyone', 'everyone', () => acme.api.unassign('everyone', of), []],
  ['no user, after unassigning everyone from a list', ['sam'], () => acme.api.unassign('everyone', of), []],
  ['the rest of a list', ['sam', 'ada'], () => acme.api.unassign('Ada', of), ['sam']],
  ['no user, after unassigning the only one of a list', ['ada'], () => acme.api.unassign('Ada', of), []],
  ['the earlier ones and a new one', ['ada'], () => acme.api.assign('Sam', of), ['ada', 'sam']],
  ['each user once', ['SAM'], () => acme.api.assign(['sam', 'ada'], of), ['SAM', 'ada']],
  ['still everyone', 'everyone', () => acme.api.assign('sam', of), 'everyone'],
  ['everyone from now on', ['sam'], () => acme.api.assign('everyone', of), 'everyone'],
] as const)
  test(`an app is assigned to ${rule}`, async () => {
    const users = typeof from === 'string' ? from : [...from];
    assert.equal((await world.control('PUT', '/tenants/acme/assignments', { ...of, users })).status, 200);
    await act();
    assert.deepEqual(assigned(), expected);
    assert.equal(assigned(wikiApp), 'everyone', 'the other app is unchanged');
    for (const username of ['sam', 'ada']) {
      const may = expected === 'everyone' || expected.some((one) => one.toLowerCase() === username);
      const signIn = acme.api.signIn(username, alone);
      if (may) assert.equal((await signIn).action, consoleApp.acs);
      else await assert.rejects(signIn, { status: 403, message: `sp.example is not assigned to ${username}` });
    }
  });

test('assignment applies to requests and the portal, at one tenant only', async () => {
  await acme.api.unassign('sam', of);
  const browser = world.browser();
  assert.equal(codeIn(await browser.askAndSignIn(acme)), 'not-assigned');
  assert.equal(codeIn(await browser.get('/acme/apps/1')), 'not-assigned');
  assert.deepEqual(responseIn(await browser.get('/acme/apps/2')).statuses, ['Success']);
  assert.doesNotMatch((await browser.get('/acme')).body, /apps\/1"/);
  await acme.api.assign('sam', of);
  assert.deepEqual(responseIn(await browser.get('/acme/apps/1')).statuses, ['Success']);
});

test('an app is found by its entity ID, or as the only one', async () => {
  const entityIds = [consoleApp.entityId, wikiApp.entityId];
  const several = isRejected('several apps are registered: choose one by its entity ID', entityIds);
  for (const call of [
    () => acme.api.assign('sam'),
    () => acme.api.unassign('sam', {}),
    () => acme.api.signIn('sam', { unsolicited: true }),
  ])
    await assert.rejects(call, several);
  const unknown = isRejected('unknown app “x”', entityIds);
  for (const call of [() => acme.api.assign('sam', { app: 'x' }), () => acme.api.removeApp('x')])
    await assert.rejects(call, unknown);
  await acme.api.removeApp(wikiApp.entityId);
  await acme.api.unassign('sam');
  assert.deepEqual(assigned(), ['ada']);
  assert.equal((await acme.api.signIn('ada', { unsolicited: true })).action, consoleApp.acs);
  await acme.api.removeApp(consoleApp.entityId);
  await assert.rejects(acme.api.signIn('ada', { unsolicited: true }), isRejected('no app is registered'));
});

test('a changed app keeps its number and assignments, and gets the new settings', async () => {
  await acme.api.unassign('sam', of);
  await acme.api.putApp({
    entityId: consoleApp.entityId,
    acs: ['http://sp.example/a', 'http://sp.example/b'],
    name: 'Console',
  });
  const { number, name, acs, assigned: users } = acme.api.apps()[0]!;
  assert.deepEqual([number, name, users], [1, 'Console', ['ada']]);
  assert.deepEqual(
    acs.map(({ url, index, isDefault }) => [url.at(-1), index, isDefault]),
    [
      ['a', 0, true],
      ['b', 1, false],
    ],
  );
  await acme.api.putApp({
    entityId: consoleApp.entityId,
    acs: [consoleApp.acs],
    slo: 'http://sp.example/slo',
    assigned: ['sam'],
  });
  assert.deepEqual([acme.api.apps()[0]!.name, assigned()], ['Console', ['sam']]);
  assert.deepEqual(acme.tenant().apps[0]!.slo, { url: 'http://sp.example/slo', binding: 'redirect' });
  await acme.api.putApp({ entityId: consoleApp.entityId, acs: [consoleApp.acs], assigned: 'everyone' });
  assert.deepEqual([assigned(), acme.tenant().apps[0]!.slo, acme.api.apps().length], ['everyone', undefined, 2]);
});

test('app numbers are never reused, and an app without a name is shown by its host', async () => {
  await acme.api.removeApp(wikiApp.entityId);
  for (const entityId of ['http://new.example:81/x', 'urn:new'])
    await acme.api.putApp({ entityId, acs: ['http://new.example'] });
  assert.deepEqual(
    acme.api.apps().map(({ number, name, assigned: users }) => [number, name, users]),
    [
      [1, 'sp.example', 'everyone'],
      [3, 'new.example:81', 'everyone'],
      [4, 'urn:new', 'everyone'],
    ],
  );
});

test('a pending sign-in to a removed app is expired', async () => {
  const browser = world.browser();
  const [page, other] = [await browser.ask(acme), await browser.ask(acme, { issuer: wikiApp.entityId })];
  assert.equal((await world.control('DELETE', '/tenants/acme/apps/1')).status, 204);
  const over = await browser.signIn(acme, page);
  assert.ok(over.status >= 400 && !over.body.includes('SAMLResponse'), `${over.status}`);
  assert.deepEqual(responseIn(await browser.signIn(acme, other)).statuses, ['Success']);
});

test('an app is removed only by its exact number', async () => {
  for (const number of ['0', '3', '01', '1.0', 'x']) {
    const { status, json } = await world.control('DELETE', `/tenants/acme/apps/${number}`);
    assert.deepEqual(
      [status, json],
      [404, { error: `unknown app number ${number}`, allowed: ['1 (sp.example)', '2 (wiki.example)'] }],
    );
  }
  assert.equal((await world.control('DELETE', '/tenants/acme/apps/2')).status, 204);
  assert.deepEqual(
    acme.api.apps().map(({ number }) => number),
    [1],
  );
});

const either = 'an app needs either metadata, or entityId and acs, not both';
const needs = 'an app needs metadata, or entityId and acs';
for (const [rule, input, sentence] of [
  ['metadata and an entity ID', { metadata: '<a/>', entityId: 'x' }, either],
  ['metadata and an ACS', { metadata: '<a/>', acs: ['http://x'] }, either],
  ['nothing', {}, needs],
  ['no ACS', { entityId: 'x' }, needs],
  ['no entity ID', { acs: ['http://x'] }, needs],
  ['malformed metadata', { metadata: '<a/>' }, 'the metadata must be one md:EntityDescriptor'],
  ['an empty list of ACS', { entityId: 'x', acs: [] }, /^“acs”: /],
  ['a malformed second ACS URL', { entityId: 'x', acs: ['http://x', 'y'] }, 'acs: “y” is not an http or https URL'],
  ['a malformed logout URL', { entityId: 'x', acs: ['http://x'], slo: 'y' }, 'slo: “y” is not an http or https URL'],
  [
    'a malformed certificate',
    { entityId: 'x', acs: ['http://x'], signingCertificates: ['y'] },
    'malformed certificate: “y…”',
  ],
  [
    'a malformed encryption certificate',
    { entityId: 'x', acs: ['http://x'], encryptionCertificate: 'y' },
    'malformed certificate: “y…”',
  ],
  [
    'encryption without a certificate',
    { entityId: 'x', acs: ['http://x'], encrypt: true },
    'encrypt needs an encryption certificate: add one, or set encrypt to false',
  ],
  ['an entity ID of 1025 characters', { entityId: 'x'.repeat(1025), acs: ['http://x'] }, /^“entityId”: /],
  ['an unknown format', { entityId: 'x', acs: ['http://x'], nameIdFormat: 'urn:x' }, /^“nameIdFormat”: /],
  ['an unknown word for all users', { entityId: 'x', acs: ['http://x'], assigned: 'all' }, /^“assigned”: /],
  ['an unknown field', { entityId: 'x', acs: ['http://x'], url: 'y' }, 'the body has the unknown “url”'],
] as const)
  test(`an app is rejected with ${rule}`, async () => {
    const before = world.contents(acme);
    const { status, json } = await world.control('PUT', '/tenants/acme/apps', input);
    assert.equal(status, 400);
    if (typeof sentence === 'string') assert.equal(json.error, sentence);
    else assert.match(json.error, sentence);
    await assert.rejects(acme.api.putApp(input as unknown as AppWish), { message: json.error });
    assert.deepEqual(world.contents(acme), before);
  });

const span = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') };

test('an app is rejected with an encryption certificate that cannot encrypt', async () => {
  const { certificate } = await createKeyPair({ commonName: 'sp', algorithm: 'ecdsa-p256', ...span });
  await assert.rejects(acme.api.putApp({ entityId: 'urn:x', acs: ['http://x'], encryptionCertificate: certificate }), {
    message: 'encryptionCertificate: its key must be an RSA key, not ec',
  });
});

test('certificates, encryption and NameID format are kept as set', async () => {
  const { certificate } = await createKeyPair({ commonName: 'sp', ...span });
  const input = {
    entityId: 'urn:x',
    acs: ['http://x'],
    encryptionCertificate: certificate,
    signingCertificates: [certificate],
  };
  const app = () => acme.tenant().apps[2]!;
  await acme.api.putApp(input);
  assert.deepEqual(
    [app().encrypt, app().encryptionCertificate, app().signingCertificates],
    [false, certificate, [certificate]],
  );
  await acme.api.putApp({ ...input, encrypt: true });
  await acme.api.putApp(input);
  assert.equal(app().encrypt, true, 'unchanged where it is left out');
  await assert.rejects(acme.api.putApp({ entityId: 'urn:x', acs: ['http://x'] }), {
    message: 'encrypt needs an encryption certificate: add one, or set encrypt to false',
  });
  assert.equal(app().nameIdFormat, undefined);
  const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
  await acme.api.putApp({ ...input, encrypt: false, nameIdFormat });
  assert.deepEqual([app().encrypt, app().nameIdFormat], [false, nameIdFormat]);
  await acme.api.putApp({ entityId: 'urn:x', acs: ['http://x'] });
  assert.deepEqual([app().encrypt, app().encryptionCertificate, app().signingCertificates], [false, undefined, []]);
});

for (const [body, sentence] of [
  [{ app: 'x', users: [] }, 'unknown app “x”'],
  [{ ...of, users: ['kim'] }, 'unknown user “kim”'],
  [{ ...of, users: 'sam' }, /^“users”: /],
  [{ users: [] }, /^“app”: /],
  [of, /^“users”: /],
  [{ ...of, users: [], user: 'x' }, 'the body has the unknown “user”'],
] as const)
  test(`an assignment is rejected: ${JSON.stringify(body)}`, async () => {
    const before = world.contents(acme);
    const { status, json } = await world.control('PUT', '/tenants/acme/assignments', body);
    assert.equal(status, 400);
    if (typeof sentence === 'string') assert.equal(json.error, sentence);
    else assert.match(json.error, sentence);
    assert.deepEqual(world.contents(acme), before);
  });
