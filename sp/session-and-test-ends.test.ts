/** Tests and sessions that each change ends, and those that remain. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  type ConnectionTest,
  createTest,
  failUnfinishedEmails,
  findTest,
  findTestByToken,
  leaveTests,
  openLink,
  recordMail,
  recordMark,
  recordReport,
  recordVerdict,
  recordWentToIdp,
  testUnderWayIn,
  type Verdict,
} from './connection-test.ts';
import { enforce, turnOffEnforcement } from './enforcement.ts';
import { findOrganization, findUser } from './organization.ts';
import { changeProfile, createProfile, findProfile, type Profile, type SettingsInput } from './profile.ts';
import { endSessionOfResponse, findSession, type Method, startSession } from './session.ts';
import type { Store } from './store.ts';
import { openWorld, type World } from './two-organizations.fixture.ts';

let world: World;
let store: Store;
/** Two profiles of Acme, and one of Globex. */
let mine: Profile;
let second: Profile;
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
  [mine, second] = [newProfile(), newProfile()];
});

const organizationOf = ({ organization }: { organization: string }) => findOrganization(store, organization)!;
const newProfile = (): Profile =>
  createProfile(store, findOrganization(store, 'acme')!, {
    by: 'ada',
    name: `Profile ${++count}`,
    input: world.acme.idp.settings,
  });
const user = (name: string, profile: Profile = mine) => findUser(store, `${name}@${profile.organization}.example`)!;

/** A test, with its verdict if any; `superseded` by a newer one. */
function testOf(
  profile: Profile,
  { tester = 'sam', verdict, superseded }: { tester?: string; verdict?: Verdict; superseded?: true } = {},
): number {
  const asker = profile.organization === 'acme' ? 'ada' : 'nora';
  const people = { askedBy: user(asker, profile), tester: user(tester, profile) };
  const { test } = createTest(store, organizationOf(profile), { profile: current(profile), ...people });
  if (verdict) recordVerdict(store, organizationOf(profile), { test: test.id, verdict, response: 7 });
  if (superseded) store.run`UPDATE tests SET superseded_at = 5, superseded_because = 'newer' WHERE id = ${test.id}`;
  return test.id;
}
const current = ({ organization, id }: Profile): Profile => findProfile(store, organization, id)!;
const get = (id: number): ConnectionTest => findTest(store, id)!;
const clock = (): number => world.clock(world.acme);
const change = (input: SettingsInput, profile = mine): Profile =>
  changeProfile(store, organizationOf(profile), current(profile), { by: 'ada', input });

/** Tests that are there before something happens, and whether it supersedes them. */
interface Row {
  what: string;
  make: () => number;
  changed: boolean;
  newer: boolean;
}
const rows: readonly Row[] = [
  { what: 'a pending test', make: () => testOf(mine), changed: true, newer: true },
  { what: 'a rejected test', make: () => testOf(mine, { verdict: 'audience-mismatch' }), changed: true, newer: true },
  { what: 'a passed test', make: () => testOf(mine, { verdict: 'success' }), changed: false, newer: false },
  { what: 'a test of another tester', make: () => testOf(mine, { tester: 'kim' }), changed: true, newer: false },
  { what: 'a test of another profile', make: () => testOf(second), changed: false, newer: false },
  { what: 'one of the neighbour', make: () => testOf(neighbours), changed: false, newer: false },
];
for (const [cause, happens] of [
  ['changed', () => change({ forceAuthn: true })],
  ['newer', () => testOf(mine)],
] as const)
  for (const row of rows)
    test(`${row.what} is ${row[cause] ? '' : 'not '}superseded when ${
      cause === 'changed' ? 'the profile changes' : 'the same colleague is asked again'
    }`, () => {
      const id = row.make();
      const before = get(id);
      world.passEverywhere(1_000);
      happens();
      const superseded = { supersededAt: clock(), supersededBecause: cause };
      assert.deepEqual(get(id), row[cause] ? { ...before, ...superseded } : before);
    });

test('a superseded test keeps its reason', () => {
  const id = testOf(mine, { superseded: true });
  change({ forceAuthn: true });
  testOf(mine);
  const { supersededAt, supersededBecause } = get(id);
  assert.deepEqual([supersededAt, supersededBecause], [5, 'newer']);
});

test('saving without a change creates no revision and supersedes nothing', () => {
  const id = testOf(mine);
  const before = JSON.stringify(world.contents());
  const { idp } = world.acme;
  for (const input of [{}, idp.settings, { policies: {} }, { policies: { allowSha1: false } }] as SettingsInput[])
    assert.equal(change(input).revision, 1);
  assert.equal(JSON.stringify(world.contents()), before);
  assert.equal(get(id).supersededAt, undefined);
});

test('enforcing, turning off and marking supersede no test', () => {
  const passed = testOf(mine, { verdict: 'success' });
  recordMark(store, organizationOf(mine), { test: passed, mark: 'success', markedBy: 'ada' });
  const pending = testOf(mine);
  const ada = findSession(store, sessionOf('ada'))!;
  assert.deepEqual(enforce(store, mine, ada, { users: ['kim@acme.example'] }), { covered: 1 });
  turnOffEnforcement(store, organizationOf(mine), mine, 'ada');
  recordMark(store, organizationOf(mine), { test: pending, mark: 'failure', markedBy: 'ada' });
  assert.equal(get(pending).supersededAt, undefined);
});

const states: readonly (readonly [what: string, make: () => number])[] = [
  ['pending', () => testOf(mine)],
  ['rejected', () => testOf(mine, { verdict: 'audience-mismatch' })],
  ['superseded', () => testOf(mine, { superseded: true })],
  ['succeeded', () => testOf(mine, { verdict: 'success' })],
];
for (const [what, make] of states) {
  const open = what === 'pending' || what === 'rejected';
  for (const verdict of ['success', 'issuer-mismatch'] as const)
    test(`${verdict} ${open ? 'is' : 'is not'} stored for a test that is ${what}`, () => {
      const [id, other] = [make(), testOf(second)];
      const before = get(id);
      world.passEverywhere(1_000);
      recordVerdict(store, organizationOf(mine), { test: id, verdict, response: 9 });
      assert.deepEqual(get(id), open ? { ...before, verdict, verdictAt: clock(), response: 9 } : before);
      assert.equal(get(other).verdict, undefined, 'nor on another test');
    });
  test(`going to the IdP ${what === 'succeeded' ? 'leaves' : 'clears the verdict of'} a ${what} test`, () => {
    const id = make();
    const other = testOf(second, { verdict: 'audience-mismatch' });
    const [before, beside] = [get(id), get(other)];
    world.passEverywhere(1_000);
    recordWentToIdp(store, organizationOf(mine), id);
    const cleared = { wentToIdpAt: clock(), verdict: undefined, verdictAt: undefined, response: undefined };
    assert.deepEqual(get(id), what === 'succeeded' ? before : { ...before, ...cleared });
    assert.deepEqual(get(other), beside);
  });
}

test('a mark, a report and the state of the email are stored for one test only', () => {
  const [id, other] = [testOf(mine), testOf(second)];
  const beside = get(other);
  recordMail(store, id, 'failed', 'x'.repeat(1_001));
  recordReport(store, id, 'locked');
  recordMark(store, organizationOf(mine), { test: id, mark: 'failure', markedBy: 'ada' });
  const { mailState, mailError, report, mark, markedAt, markedBy } = get(id);
  assert.deepEqual([mailState, report, mark, markedAt, markedBy], ['failed', 'locked', 'failure', clock(), 'ada']);
  assert.match(mailError!, /^x{1000}… 1,001 characters in total$/);
  assert.deepEqual(get(other), beside);
  recordMail(store, id, 'sent');
  assert.deepEqual([get(id).mailState, get(id).mailError], ['sent', undefined]);
  failUnfinishedEmails(store);
  assert.deepEqual([get(id).mailState, get(other).mailState], ['sent', 'failed']);
  assert.match(get(other).mailError!, /was stopped/);
});

test('the token of a link finds its test, a similar one does not', () => {
  const people = { askedBy: user('ada'), tester: user('sam') };
  const { test, token } = createTest(store, organizationOf(mine), { profile: mine, ...people });
  assert.equal(findTestByToken(store, token)?.id, test.id);
  for (const wrong of [token.slice(0, -1), `${token}x`, token.toLowerCase(), '', token.slice(1)])
    if (wrong !== token) assert.equal(findTestByToken(store, wrong), undefined);
  assert.equal(JSON.stringify(world.contents()).includes(token), false, 'only its hash is stored');
});

const opened = (id: number, browser: string): void => openLink(store, organizationOf(get(id)), get(id), browser);

test('the first opening of a link is recorded, in any browser', () => {
  const id = testOf(mine);
  opened(id, 'one');
  const { openedAt } = get(id);
  assert.equal(openedAt, clock());
  world.passEverywhere(1_000);
  opened(id, 'two');
  opened(id, 'one');
  assert.equal(get(id).openedAt, openedAt);
  for (const browser of ['one', 'two']) assert.equal(testUnderWayIn(store, browser)?.id, id);
  for (const browser of ['three', '', undefined]) assert.equal(testUnderWayIn(store, browser), undefined);
});

test('of several links, the last one opened in a browser is the current test', () => {
  const [one, other] = [testOf(mine), testOf(second)];
  const both = (): (number | undefined)[] => ['a', 'b'].map((browser) => testUnderWayIn(store, browser)?.id);
  opened(one, 'a');
  opened(other, 'b');
  assert.deepEqual(both(), [one, other]);
  opened(other, 'a');
  assert.deepEqual(both(), [other, other], 'opened in the same millisecond, the newer test is used');
  world.passEverywhere(1);
  opened(one, 'a');
  assert.deepEqual(both(), [one, other]);
});

/** Changes that end a test in the browser that has opened its link. */
const ends: Readonly<Record<string, (id: number) => unknown>> = {
  'is superseded': () => change({ forceAuthn: true }),
  succeeds: (id) => recordVerdict(store, organizationOf(mine), { test: id, verdict: 'success', response: 1 }),
  expires: (id) => world.pass(world.acme, get(id).expiresAt - clock()),
  'is left': () => leaveTests(store, 'browser'),
  'is left with those of its organization': () => leaveTests(store, 'browser', 'acme'),
};
for (const [what, end] of Object.entries(ends))
  test(`a test that ${what} is no longer current`, () => {
    const id = testOf(mine);
    opened(id, 'browser');
    assert.equal(testUnderWayIn(store, 'browser')?.id, id);
    end(id);
    assert.equal(testUnderWayIn(store, 'browser'), undefined);
  });

const goesOn: Readonly<Record<string, (id: number) => unknown>> = {
  'is rejected': (id) =>
    recordVerdict(store, organizationOf(mine), { test: id, verdict: 'audience-mismatch', response: 1 }),
  'expires in a millisecond': (id) => world.pass(world.acme, get(id).expiresAt - clock() - 1),
  'is left in another browser': () => leaveTests(store, 'another'),
  'is of another organization than the left ones': () => leaveTests(store, 'browser', 'globex'),
  'has expired on another organization’s clock': () => world.pass(world.globex, 25 * 3_600_000),
};
for (const [what, happens] of Object.entries(goesOn))
  test(`a test that ${what} is still current`, () => {
    const id = testOf(mine);
    opened(id, 'browser');
    opened(id, 'another');
    happens(id);
    assert.equal(testUnderWayIn(store, 'browser')?.id, id);
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
  const passed = testOf(mine, { verdict: 'success' });
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
