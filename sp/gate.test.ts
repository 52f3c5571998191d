/** The gate: only a revision with an observed sign-in and a test marked as passed may be enforced. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  createTest,
  isVerified,
  newestVerifiedRevision,
  recordMark,
  recordVerdict,
  testsOf,
  type Verdict,
} from './connection-test.ts';
import {
  coverageOf,
  type EnforcementOptions,
  enforce,
  enforceNewerRevision,
  isRecoveryAdministrator,
  keepRecoveryPossible,
  NoRecoveryLeft,
  nameRecoveryAdministrators,
  recoveryAdministratorsOf,
  turnOffEnforcement,
} from './enforcement.ts';
import { rememberBrowser } from './known-browsers.ts';
import { findOrganization, findUser, type Organization, type User } from './organization.ts';
import { changeProfile, createProfile, findProfile, type Profile } from './profile.ts';
import { makeRecoveryKey } from './recovery-key.ts';
import { findSession, type Session } from './session.ts';
import type { Store } from './store.ts';
import { type Browser, openWorld, type Page, type World } from './two-organizations.fixture.ts';

let world: World;
let store: Store;
let organization: Organization;
let ada: Browser;
/** A new profile of Acme for each test. */
let profile: Profile;
let count = 0;
before(async () => {
  world = await openWorld();
  store = world.sp.store;
  organization = findOrganization(store, 'acme')!;
  ada = await world.signedIn(world.acme.address('ada'));
});
after(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.passEverywhere(1_000);
  begin();
});

/** Turns off all enforcement, and creates a new profile. */
function begin(): void {
  store.run`UPDATE profiles SET enforced_revision = NULL, enforced_at = NULL`;
  store.run`DELETE FROM recovery_administrators`;
  store.run`UPDATE users SET profile = NULL`;
  profile = newProfile();
}

const newProfile = (): Profile =>
  createProfile(store, organization, { by: 'ada', name: `Profile ${++count}`, input: world.acme.idp.settings });
const current = (): Profile => findProfile(store, 'acme', profile.id)!;
const user = (name: string): User => findUser(store, world.acme.address(name))!;
const session = (): Session => findSession(store, ada.cookies.get('sp_session'))!;
const path = (step: string): string => `/admin/sso/${profile.id}/${step}`;

/** Changes to the profile, in this order. */
const steps = {
  asked: () => void createTest(store, organization, { profile: current(), askedBy: user('ada'), tester: user('sam') }),
  signedIn: () => observe('success'),
  rejected: () => observe('audience-mismatch'),
  passed: () => mark('success'),
  failed: () => mark('failure'),
  changed: () =>
    void changeProfile(store, organization, current(), {
      by: 'ada',
      input: { ssoUrl: `https://idp.acme.example/${++count}` },
    }),
  enforced: () => assert.ok('covered' in enforce(store, current(), session(), { users: ['sam@acme.example'] })),
  lifted: () => turnOffEnforcement(store, organization, current(), 'ada'),
} satisfies Record<string, () => void>;
type Step = keyof typeof steps;

const newest = (): number => testsOf(store, profile.id)[0]!.id;
const observe = (verdict: Verdict): void =>
  recordVerdict(store, organization, { test: newest(), verdict, response: 1 });
/** Marks the test as the result page does when it accepts the mark. */
function mark(mark: 'success' | 'failure'): void {
  recordMark(store, organization, { test: newest(), mark, markedBy: 'ada' });
  if (mark === 'success') enforceNewerRevision(store, organization, current(), 'ada');
}
const press = (mark: 'success' | 'failure'): Promise<Page> => ada.fillIn(path('result'), path('result'), { mark });
const play = (history: readonly Step[]): void => {
  for (const step of history) steps[step]();
};

const tested: readonly Step[] = ['asked', 'signedIn', 'passed'];

/** True if “Mark as passed” is accepted after this history. */
const worked: readonly (readonly [history: readonly Step[], taken: boolean, says?: RegExp])[] = [
  [['asked'], false, /no successful sign-in was observed on revision 1/],
  [['asked', 'rejected'], false, /no successful sign-in was observed/],
  [['asked', 'signedIn'], true],
  [['asked', 'rejected', 'signedIn'], true],
  [['asked', 'signedIn', 'rejected'], true],
  [['asked', 'signedIn', 'failed'], true],
  [[...tested, 'asked'], false, /no successful sign-in was observed/],
  [[...tested, 'asked', 'rejected'], false, /no successful sign-in was observed/],
  [['asked', 'changed'], false, /was for revision 1, and the profile is now at\s+revision 2/],
  [['asked', 'signedIn', 'changed'], false, /was for revision 1, and the profile is now at\s+revision 2/],
  [['asked', 'signedIn', 'changed', 'asked'], false, /no successful sign-in was observed/],
  [['asked', 'changed', 'signedIn'], false],
  [['asked', 'signedIn', 'changed', 'asked', 'signedIn'], true],
];
for (const [history, taken, says = /./] of worked)
  test(`after ${history.join(', ')}: “Mark as passed” is ${taken ? 'accepted' : 'rejected'}`, async () => {
    play(history);
    const before = testsOf(store, profile.id);
    const wasVerified = isVerified(store, profile.id, current().revision);
    const page = await press('success');
    assert.equal(page.location, taken ? path('enforce') : undefined);
    assert.match(page.words, says);
    const [{ mark, markedAt, markedBy } = {}] = testsOf(store, profile.id);
    if (taken) assert.deepEqual([mark, markedAt, markedBy], ['success', world.clock(world.acme), 'ada@acme.example']);
    else assert.deepEqual(testsOf(store, profile.id), before);
    assert.equal(isVerified(store, profile.id, current().revision), taken || wasVerified);
    assert.deepEqual(testsOf(store, profile.id).slice(1), before.slice(1), 'older tests are unchanged');
  });

test('without a test there is nothing to mark', async () => {
  assert.match((await ada.get(path('result'))).words, /This profile has not been tested yet/);
  const page = await ada.post(path('result'), { mark: 'success', test: '1', marked: 'none' });
  assert.equal(page.status, 409);
  assert.match(page.words, /no sign-in was observed yet/);
});

/** Where “Mark as failed” leads after this history, or that it is rejected. */
const failed: readonly (readonly [history: readonly Step[], to: string | RegExp])[] = [
  [['asked'], '/cases?stage=test-email&'],
  [['asked', 'rejected'], '/cases/audience-mismatch?'],
  [['asked', 'signedIn'], '/cases?stage=post-login&'],
  [tested, '/cases?stage=post-login&'],
  [[...tested, 'enforced'], /Turn off SSO enforcement first/],
  [[...tested, 'enforced', 'lifted'], '/cases?stage=post-login&'],
  [[...tested, 'enforced', 'asked', 'signedIn'], '/cases?stage=post-login&'],
  [[...tested, 'enforced', 'changed', 'asked', 'signedIn'], '/cases?stage=post-login&'],
  [[...tested, 'enforced', 'changed', 'asked', 'signedIn', 'passed'], /Turn off SSO enforcement first/],
];
for (const [history, to] of failed) {
  const outcome = typeof to === 'string' ? `leads to ${to}` : 'is rejected';
  test(`after ${history.join(', ')}: “Mark as failed” ${outcome}`, async () => {
    play(history);
    const { location, status, words } = await press('failure');
    const [{ mark } = {}] = testsOf(store, profile.id);
    if (typeof to === 'string') assert.deepEqual([location, mark], [`${to}result=${profile.id}`, 'failure'], words);
    else assert.deepEqual([status, mark], [409, 'success']);
    if (typeof to !== 'string') assert.match(words, to);
  });
}

/** The newest verified revision after this history, whether the profile may be enforced, and which revision is. */
const verified: readonly (readonly [
  history: readonly Step[],
  newest: number | undefined,
  mayEnforce: boolean,
  enforced?: number,
])[] = [
  [[], undefined, false],
  [['asked'], undefined, false],
  [['asked', 'passed'], undefined, false],
  [['asked', 'rejected', 'passed'], undefined, false],
  [['asked', 'signedIn'], undefined, false],
  [['asked', 'signedIn', 'failed'], undefined, false],
  [tested, 1, true],
  [[...tested, 'failed'], undefined, false],
  [[...tested, 'asked', 'rejected'], 1, true],
  [[...tested, 'changed'], 1, false],
  [[...tested, 'changed', ...tested], 2, true],
  [[...tested, 'changed', ...tested, 'failed'], 1, false],
  [['changed', ...tested], 2, true],
  [[...tested, 'enforced'], 1, true, 1],
  [[...tested, 'enforced', 'changed'], 1, false, 1],
  [[...tested, 'enforced', 'changed', 'asked', 'signedIn'], 1, false, 1],
  [[...tested, 'enforced', 'changed', 'asked', 'signedIn', 'failed'], 1, false, 1],
  [[...tested, 'enforced', 'changed', ...tested], 2, true, 2],
  [[...tested, 'enforced', 'lifted'], 1, true],
  [[...tested, 'enforced', 'lifted', 'changed', ...tested], 2, true],
];
for (const [history, newest, mayEnforce, enforced] of verified) {
  const may = mayEnforce ? 'may' : 'may not';
  test(`after ${history.join(', ') || 'nothing'}: verified ${newest ?? 'none'}, ${may} be enforced`, () => {
    const untouched = newProfile();
    play(history);
    assert.equal(newestVerifiedRevision(store, profile.id), newest);
    assert.equal(newestVerifiedRevision(store, untouched.id), undefined, 'no other profile is verified by it');
    assert.equal(isVerified(store, untouched.id, 1), false);
    const { enforcedRevision, enforcedAt } = current();
    assert.deepEqual(
      [enforcedRevision, enforcedAt],
      [enforced, enforced === undefined ? undefined : world.clock(world.acme)],
    );
    const outcome = enforce(store, current(), session(), { users: ['sam@acme.example'] });
    assert.deepEqual(outcome, mayEnforce ? { covered: 1 } : { blocker: 'not-proven' });
    assert.equal(current().enforcedRevision, mayEnforce ? current().revision : enforced);
  });
}

test('a mark on the enforced revision or an older one changes no enforcement', () => {
  play([...tested, 'changed', ...tested, 'enforced']);
  const entries = world.audit(world.acme).length;
  enforceNewerRevision(store, organization, current(), 'ada');
  recordMark(store, organization, { test: newest(), mark: 'failure', markedBy: 'ada' });
  enforceNewerRevision(store, organization, current(), 'ada');
  assert.deepEqual([current().enforcedRevision, world.audit(world.acme).length], [2, entries]);
  turnOffEnforcement(store, organization, current(), 'ada');
});

const address = (name: string): string => `${name}@acme.example`;

/** Covered users and recovery administrators. Kim is enrolled in another profile; Lena and Max are deactivated. */
const choices: readonly (readonly [what: string, options: EnforcementOptions, outcome: object])[] = [
  ['one user', { users: [address('sam')] }, { covered: 1 }],
  ['a user twice', { users: [address('sam'), address('sam')] }, { covered: 1 }],
  ['by default all users without a profile', {}, { covered: 3 }],
  ['no user', { users: [] }, { blocker: 'nobody-covered' }],
  ['an unknown user', { users: [address('sam'), address('unknown')] }, { blocker: 'user-of-other-profile' }],
  [
    'a user of another organization',
    { users: [address('sam'), 'ned@globex.example'] },
    { blocker: 'user-of-other-profile' },
  ],
  ['a user of another profile', { users: [address('sam'), address('kim')] }, { blocker: 'user-of-other-profile' }],
  ['a deactivated user', { users: [address('sam'), address('lena')] }, { blocker: 'user-of-other-profile' }],
  ['both administrators for recovery', { recovery: [address('ada'), address('grace')] }, { covered: 3 }],
  ['no recovery administrator', { recovery: [] }, { blocker: 'no-recovery-administrator' }],
  ['a colleague for recovery', { recovery: [address('sam')] }, { blocker: 'recovery-not-administrator' }],
  [
    'an administrator and a colleague for recovery',
    { recovery: [address('ada'), address('sam')] },
    { blocker: 'recovery-not-administrator' },
  ],
  [
    'a deactivated administrator for recovery',
    { recovery: [address('max')] },
    { blocker: 'recovery-not-administrator' },
  ],
  [
    'an administrator of another organization for recovery',
    { recovery: ['nora@globex.example'] },
    { blocker: 'recovery-not-administrator' },
  ],
];
test('valid and invalid choices of users', async (t) => {
  const other = newProfile();
  for (const [name, administrator] of [
    ['lena', false],
    ['max', true],
  ] as const)
    await world.control('PUT', `/organizations/acme/users/${address(name)}`, {
      name,
      password: 'x',
      administrator,
      deactivated: true,
    });
  for (const [what, options, outcome] of choices)
    await t.test(what, () => {
      begin();
      store.run`UPDATE users SET profile = ${other.id} WHERE address = 'kim@acme.example'`;
      play(tested);
      const before = JSON.stringify(world.contents());
      assert.deepEqual(enforce(store, current(), session(), options), outcome);
      if ('blocker' in outcome) return assert.equal(JSON.stringify(world.contents()), before);
      const { users = ['ada', 'grace', 'sam'].map(address), recovery = [address('ada')] } = options;
      const covered = store.all<{ address: string }>`
        SELECT address FROM users WHERE profile = ${profile.id} ORDER BY address`;
      assert.deepEqual(
        covered.map((one) => one.address),
        [...new Set(users)].toSorted(),
      );
      assert.deepEqual(
        recoveryAdministratorsOf(store, organization, current()).map((one) => one.address),
        recovery,
      );
      assert.equal(user('kim').profile, other.id);
    });
});

test('an unticked user is released, a user of another profile is not', () => {
  store.run`INSERT INTO known_browsers (address, browser, used_at) VALUES ('grace@acme.example', 'b', 0)`;
  play(tested);
  enforce(store, current(), session(), { users: ['sam', 'grace'].map(address) });
  const first = current();
  profile = newProfile();
  play(tested);
  enforce(store, current(), session(), { users: [address('kim')], recovery: ['ada', 'grace'].map(address) });
  const second = profile;
  profile = first;
  enforce(store, current(), session(), { users: [address('grace')], recovery: [address('grace')] });
  const covered = (name: string) => coverageOf(store, user(name))?.profile;
  assert.deepEqual(['sam', 'grace', 'kim'].map(covered), [undefined, first.id, second.id]);
  assert.deepEqual(user('ada').recoveryOf, [second.id]);
  assert.deepEqual(user('grace').recoveryOf.toSorted(), [first.id, second.id]);
  turnOffEnforcement(store, organization, current(), 'ada');
  assert.deepEqual(['sam', 'grace', 'kim'].map(covered), [undefined, undefined, second.id]);
  assert.deepEqual(
    ['sam', 'grace', 'kim'].map((name) => user(name).profile),
    [undefined, undefined, second.id],
    'turning off enforcement releases the users',
  );
  assert.deepEqual(user('grace').recoveryOf, [second.id], 'the other profile keeps its recovery administrators');
});

test('an enrolled user is covered only while the profile is enforced', () => {
  store.run`UPDATE users SET profile = ${profile.id} WHERE address = 'sam@acme.example'`;
  assert.equal(coverageOf(store, user('sam')), undefined);
  assert.equal(coverageOf(store, user('kim')), undefined);
  play([...tested, 'enforced']);
  assert.deepEqual(coverageOf(store, user('sam')), { profile: profile.id, revision: 1 });
  assert.equal(coverageOf(store, user('kim')), undefined);
  assert.equal(coverageOf(store, { ...user('sam'), profile: 0 }), undefined, 'a deleted profile');
  turnOffEnforcement(store, organization, current(), 'ada');
});

test('a recovery administrator is named, active and an administrator', () => {
  const named = { ...user('ada'), recoveryOf: [1] };
  assert.equal(isRecoveryAdministrator(named), true);
  assert.equal(isRecoveryAdministrator({ ...named, recoveryOf: [] }), false);
  assert.equal(isRecoveryAdministrator({ ...named, administrator: false }), false);
  assert.equal(isRecoveryAdministrator({ ...named, deactivated: true }), false);
});

/** Grace’s own ways past a lockout, and whether she may be the only recovery administrator. */
for (const [what, open, may] of [
  ['neither a known browser nor a recovery key', () => undefined, false],
  ['a known browser', () => rememberBrowser(store, address('grace'), 'b', 0), true],
  ['a recovery key', () => makeRecoveryKey(store, address('grace'), 0), true],
] as const)
  test(`Grace with ${what} ${may ? 'may' : 'may not'} be the only recovery administrator`, () => {
    forgetKeysOf('grace');
    open();
    play(tested);
    const recovery = [address('grace')];
    const outcome = enforce(store, current(), session(), { users: [address('sam')], recovery });
    assert.deepEqual(outcome, may ? { covered: 1 } : { blocker: 'recovery-without-own-door' });
    const ask = () => keepRecoveryPossible(store, organization, () => forgetKeysOf('grace'));
    if (may) assert.throws(ask, NoRecoveryLeft, 'the last one cannot be removed');
    else assert.doesNotThrow(ask);
  });

test('even if strangers could lock out every recovery administrator, other changes remain possible', () => {
  play([...tested, 'enforced']);
  forgetKeysOf('ada');
  assert.equal(
    keepRecoveryPossible(store, organization, () => 'done'),
    'done',
  );
  rememberBrowser(store, address('ada'), 'b', 0);
});

function forgetKeysOf(name: string): void {
  store.run`DELETE FROM known_browsers WHERE address = ${address(name)}`;
  store.run`DELETE FROM recovery_keys WHERE address = ${address(name)}`;
}

test('a profile already without a recovery administrator, or another organization’s, blocks no change', () => {
  play([...tested, 'enforced']);
  const lost = newProfile();
  store.run`UPDATE profiles SET enforced_revision = 1 WHERE id IN (${lost.id}, ${world.globex.profile})`;
  assert.equal(
    keepRecoveryPossible(store, organization, () => 'done'),
    'done',
  );
  const enforceTheNeighbours = (revision: number | undefined) => () =>
    store.run`UPDATE profiles SET enforced_revision = ${revision} WHERE id = ${world.globex.profile}`;
  enforceTheNeighbours(undefined)();
  keepRecoveryPossible(store, organization, enforceTheNeighbours(1));
  assert.throws(
    () => keepRecoveryPossible(store, organization, () => nameRecoveryAdministrators(store, profile.id, [])),
    (error) =>
      error instanceof NoRecoveryLeft &&
      error.message ===
        `${profile.name}: this would leave no recovery administrator whom strangers cannot lock out; ` +
          'turn off SSO enforcement, or choose another recovery administrator first',
  );
  assert.deepEqual(user('ada').recoveryOf, [profile.id]);
  store.run`UPDATE profiles SET enforced_revision = NULL`;
  const gone = (): void => {
    store.run`UPDATE profiles SET enforced_revision = 1 WHERE id IN (${lost.id}, ${profile.id})`;
    nameRecoveryAdministrators(store, profile.id, []);
  };
  assert.throws(() => keepRecoveryPossible(store, organization, gone), {
    message: new RegExp(`^${profile.name}, ${lost.name}: this would leave no recovery`),
  });
});
