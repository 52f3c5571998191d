/** Sessions that each change ends, and those that remain. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createTest, findTest, recordMark, recordVerdict, type Verdict } from './connection-test.ts';
import { enforce, turnOffEnforcement } from './enforcement.ts';
import { findOrganization, findUser } from './organization.ts';
import { createProfile, findProfile, type Profile } from './profile.ts';
import { endSessionOfResponse, findSession, type Method, startSession } from './session.ts';
import type { Store } from './store.ts';
import { openWorld, type World } from './two-organizations.fixture.ts';

let world: World;
let store: Store;
/** A profile of Acme, and one of Globex. */
let mine: Profile;
let neighbours: Profile;
let count = 0;
before(async () => {
  world = await openWorld();
  store = world.sp.store;
  neighbours = findProfile(store, 'globex', world.globex.profile)!;
});
after(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.passEverywhere(1_000);
  mine = newProfile();
});

const organizationOf = ({ organization }: { organization: string }) => findOrganization(store, organization)!;
const newProfile = (): Profile =>
  createProfile(store, findOrganization(store, 'acme')!, {
    by: 'ada',
    name: `Profile ${++count}`,
    input: world.acme.idp.settings,
  });
const user = (name: string, profile: Profile = mine) => findUser(store, `${name}@${profile.organization}.example`)!;

/** A test of my profile that Ada asked Sam for. */
function testWith(verdict?: Verdict): number {
  const people = { askedBy: user('ada'), tester: user('sam') };
  const { test } = createTest(store, organizationOf(mine), { profile: mine, ...people });
  if (verdict) recordVerdict(store, organizationOf(mine), { test: test.id, verdict, response: 7 });
  return test.id;
}
const clock = (): number => world.clock(world.acme);

test('enforcing, turning off and marking supersede no test', () => {
  const passed = testWith('success');
  recordMark(store, organizationOf(mine), { test: passed, mark: 'success', markedBy: 'ada' });
  const pending = testWith();
  const ada = findSession(store, sessionOf('ada'))!;
  assert.deepEqual(enforce(store, mine, ada, { users: ['kim@acme.example'] }), { covered: 1 });
  turnOffEnforcement(store, organizationOf(mine), mine, 'ada');
  recordMark(store, organizationOf(mine), { test: pending, mark: 'failure', markedBy: 'ada' });
  assert.equal(findTest(store, pending)!.supersededAt, undefined);
});

const sessionOf = (name: string, { method = 'password' as Method, profile = mine, response = 0 } = {}): string =>
  startSession(store, organizationOf(profile), {
    browser: `browser ${++count}`,
    address: user(name, profile).address,
    method,
    ...(method === 'sso'
      ? { sso: { profile: 1, revision: 1, nameId: 'x', nameIdFormat: '', sessionIndex: undefined, response } }
      : {}),
  });
const lives = (secret: string): boolean => findSession(store, secret) !== undefined;

test('enforcing ends the password sessions of covered users, except the administrator’s own', () => {
  const passed = testWith('success');
  recordMark(store, organizationOf(mine), { test: passed, mark: 'success', markedBy: 'ada' });
  const adas = sessionOf('ada');
  const ends = [sessionOf('ada'), sessionOf('sam'), sessionOf('sam', { method: 'recovery' }), sessionOf('ada')];
  const stay = [adas, sessionOf('sam', { method: 'sso' }), sessionOf('kim'), sessionOf('sam', { profile: neighbours })];
  const users = ['ada', 'sam'].map((name) => user(name).address);
  enforce(store, mine, findSession(store, adas)!, { users });
  assert.deepEqual([...ends.map(lives), ...stay.map(lives)], [...ends.map(() => false), ...stay.map(() => true)]);
  const { because } = store.get<{ because: string }>`
    SELECT ended_because AS because FROM sessions WHERE ended_at = ${clock()} LIMIT 1`!;
  assert.equal(because, 'single-sign-on-enforced');
  turnOffEnforcement(store, organizationOf(mine), mine, 'ada');
  assert.deepEqual(
    stay.map(lives),
    stay.map(() => true),
    'turning off ends none',
  );
});

/** Changes to Sam by a control route, and whether his sessions end. */
const changes: readonly (readonly [body: object, ends: boolean])[] = [
  [{ deactivated: true }, true],
  [{ deactivated: false }, false],
  [{ administrator: true }, false],
  [{ administrator: false }, false],
  [{ name: 'Samuel' }, false],
  [{}, false],
];
for (const [body, ends] of changes)
  test(`${JSON.stringify(body)} ${ends ? 'ends' : 'does not end'} the sessions of a user`, async () => {
    const [sams, kims, neds] = [sessionOf('sam'), sessionOf('kim'), sessionOf('sam', { profile: neighbours })];
    await world.control('PATCH', '/organizations/acme/users/sam@acme.example', body);
    await world.control('PATCH', '/organizations/acme/users/sam@acme.example', { deactivated: false });
    assert.deepEqual([sams, kims, neds].map(lives), [!ends, true, true]);
  });

test('signing out ends a session permanently, even while its user is deactivated', async () => {
  const secret = sessionOf('sam');
  const browser = world.browser();
  browser.cookies.set('sp_session', secret);
  store.run`UPDATE users SET deactivated = 1 WHERE address = 'sam@acme.example'`;
  await browser.post('/sign-out');
  store.run`UPDATE users SET deactivated = 0 WHERE address = 'sam@acme.example'`;
  assert.equal(lives(secret), false);
});

test('only the session of the given response ends, in its organization only', () => {
  const sams = sessionOf('sam', { method: 'sso', response: 41 });
  const others = [
    sessionOf('sam', { method: 'sso', response: 42 }),
    sessionOf('sam', { method: 'sso', response: 41, profile: neighbours }),
    sessionOf('sam'),
  ];
  endSessionOfResponse(store, organizationOf(mine), undefined, 'test-failed');
  assert.deepEqual([sams, ...others].map(lives), [true, true, true, true]);
  endSessionOfResponse(store, organizationOf(mine), 41, 'test-failed');
  assert.deepEqual([sams, ...others].map(lives), [false, true, true, true]);
});

test('an ended session cannot be ended again', () => {
  const secret = sessionOf('sam', { method: 'sso', response: 51 });
  endSessionOfResponse(store, organizationOf(mine), 51, 'test-failed');
  const before = store.all`SELECT * FROM sessions WHERE response = 51`;
  world.passEverywhere(1_000);
  endSessionOfResponse(store, organizationOf(mine), 51, 'user-changed');
  assert.deepEqual(store.all`SELECT * FROM sessions WHERE response = 51`, before);
  assert.equal(lives(secret), false);
});
