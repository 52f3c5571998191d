/** Users by a pattern: found, changed and removed as any other, and without memory for each. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { authenticate } from '../sign-in/authenticate.ts';
import { type IdpTenant, type ManyUsers, startMockIdp } from '../start.ts';
import { consoleApp, openWorld, type World } from '../two-tenants.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
const folder = mkdtempSync(join(tmpdir(), 'idp-patterns-'));
after(async () => {
  rmSync(folder, { recursive: true });
  await world[Symbol.asyncDispose]();
});

const pattern: ManyUsers = {
  pattern: 'User{n}@Acme.example',
  count: 100_000,
  password: 'secret {n}',
  email: 'user{n}@acme.example',
  nameId: 'id-{n}',
  attributes: { number: ['{n}', 'x'] },
};
const apps = [{ entityId: consoleApp.entityId, acs: [consoleApp.acs] }];
const create = (name: string, more: Partial<ManyUsers> = {}): Promise<IdpTenant> =>
  world.idp.createTenant({
    name,
    apps,
    users: [
      { ...pattern, ...more },
      { username: 'ada', password: 'x' },
    ],
  });
const tenantOf = ({ name }: IdpTenant) => world.state.tenants.get(name)!;

test('each number is a user with its own texts; other names are not', async () => {
  const acme = await create('found');
  for (const n of [1, 10, 100_000]) {
    const { xml } = await acme.signIn(`uSER${n}@aCME.example`, { unsolicited: true });
    for (const text of [`>id-${n}<`, `>user${n}@acme.example<`, `>${n}<`, '>x<']) assert.ok(xml.includes(text), text);
    assert.deepEqual(authenticate(tenantOf(acme), `user${n}@acme.example`, 'secret 2'), { failed: 'wrong' });
    assert.ok('user' in authenticate(tenantOf(acme), `user${n}@acme.example`, `secret ${n}`));
  }
  const allowed = ['ada', 'User{n}@Acme.example (n from 1 to 100000)'];
  for (const name of ['user0', 'user100001', 'user01', 'user1.5', 'user', 'user-1', 'user1e3', 'user١', 'xuser1'])
    await assert.rejects(acme.signIn(`${name}@acme.example`, { unsolicited: true }), { allowed });
  await assert.rejects(acme.signIn('user1@acme.example.org', { unsolicited: true }), { allowed });
});

test('100,000 users cost no more memory than 10, and ten million are made at once', async () => {
  const size = async (count: number): Promise<number> => {
    const acme = await create('many', { count });
    for (let n = 1; n <= 10; n++) await acme.signIn(`user${n}@acme.example`, { unsolicited: true });
    acme.users();
    const { users } = tenantOf(acme);
    assert.deepEqual([...users.keys()], ['ada']);
    const { length } = JSON.stringify(world.contents({ ...world.acme, name: 'many' }));
    await acme.remove();
    return length;
  };
  const [ten, many] = [await size(10), await size(100_000)];
  assert.ok(Math.abs(many - ten) < 200, `${ten} and ${many} characters`);
  await size(10_000_000);
});

test('too many wrong passwords lock only that user, for a while', async () => {
  const tenant = tenantOf(await create('locks'));
  const attempt = (n: number, password: string) => authenticate(tenant, `user${n}@acme.example`, password);
  for (let count = 0; count < 9; count++) attempt(7, 'wrong');
  assert.ok('user' in attempt(7, 'secret 7'), 'nine are allowed, and the right one starts over');
  for (let count = 0; count < 10; count++) attempt(7, 'wrong');
  assert.deepEqual(attempt(7, 'secret 7'), { failed: 'locked' });
  assert.ok('user' in attempt(8, 'secret 8'));
  world.pass(15 * 60_000);
  assert.ok('user' in attempt(7, 'secret 7'));
});

test('one of them is changed, removed, assigned and created again as any other user', async () => {
  const acme = await create('changed', { count: 3 });
  const names = (): string[] => acme.users().map(({ username }) => username);
  assert.deepEqual(names(), ['ada', 'User1@Acme.example', 'User2@Acme.example', 'User3@Acme.example']);
  await acme.changeUser('user2@acme.example', { nameId: 'other', locked: true });
  assert.deepEqual(acme.users()[1], {
    ...{ username: 'User2@Acme.example', email: 'user2@acme.example', nameId: 'other', locked: true },
    attributes: { number: ['2', 'x'] },
  });
  await assert.rejects(acme.signIn('user2@acme.example', { unsolicited: true }), /locked/);
  await acme.removeUser('user2@acme.example');
  await acme.removeUser('user3@acme.example');
  assert.deepEqual(names(), ['ada', 'User1@Acme.example']);
  await assert.rejects(acme.changeUser('user3@acme.example', {}), /unknown user/);
  await acme.putUser({ username: 'user3@acme.example', password: 'y' });
  assert.deepEqual(names(), ['ada', 'user3@acme.example', 'User1@Acme.example']);
  await assert.rejects(
    acme.unassign('ada'),
    /users by a pattern are too many to list: assign it to chosen users first/,
  );
  await acme.unassign('everyone');
  await assert.rejects(acme.signIn('user1@acme.example', { unsolicited: true }), /not assigned/);
  await acme.assign(['USER1@acme.example']);
  await acme.signIn('user1@acme.example', { unsolicited: true });
});

test('they are listed up to 1,000 in total, and shown with their pattern', async () => {
  const acme = await create('listed');
  assert.deepEqual([acme.users().length, acme.users().at(-1)!.username], [1_000, 'User999@Acme.example']);
  const { json } = await world.control('GET', '/tenants/listed');
  assert.equal(json.users.length, 1_000);
  assert.deepEqual(json.userPatterns, [{ pattern: pattern.pattern, count: 100_000 }]);
});

test('they are in the state file, also which ones were removed', async () => {
  const stateFile = join(folder, 'state.json');
  {
    await using idp = await startMockIdp({ stateFile });
    const acme = await idp.createTenant({
      name: 'acme',
      users: [{ ...pattern, count: 3 }],
      signingAlgorithm: 'ecdsa-p256',
    });
    await acme.removeUser('user2@acme.example');
  }
  await using idp = await startMockIdp({ stateFile });
  const users = idp.tenant('acme').users();
  assert.deepEqual(
    users.map(({ username, nameId }) => [username, nameId]),
    [
      ['User1@Acme.example', 'id-1'],
      ['User3@Acme.example', 'id-3'],
    ],
  );
});

for (const [what, change, message] of [
  ['without {n}', { pattern: 'user' }, '“users.0.pattern”: must contain {n} once, before an @'],
  ['with {n} twice', { pattern: 'u{n}{n}' }, '“users.0.pattern”: must contain {n} once, before an @'],
  ['with {n} in the domain', { pattern: 'u@{n}.example' }, '“users.0.pattern”: must contain {n} once, before an @'],
  ['of no users', { count: 0 }, '“users.0.count”: must be at least 1'],
  ['with an unknown field', { colour: 'red' }, '“users.0” has the unknown “colour”'],
] as const)
  test(`a pattern ${what} is rejected`, async () => {
    await assert.rejects(create('rejected', change as object), (error: Error & { allowed?: string[] }) => {
      assert.equal(error.message, message);
      if ('colour' in change) assert.ok(error.allowed!.includes('pattern') && !error.allowed!.includes('username'));
      return true;
    });
  });
