/** Connection tests: who may be asked, what ends a test, and what is recorded of it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, mock, test } from 'node:test';
import {
  type ConnectionTest,
  createTest,
  failUnfinishedEmails,
  findTest,
  findTestByToken,
  isFormUsed,
  isVerified,
  leaveTests,
  likelyCauses,
  mayTest,
  newestVerifiedRevision,
  openingsOf,
  openLink,
  pruneTests,
  type Report,
  recordMail,
  recordMark,
  recordReport,
  recordVerdict,
  recordWentToIdp,
  stateOf,
  type TestState,
  testOfSession,
  testsOf,
  testUnderWayIn,
  type Verdict,
} from './connection-test.ts';
import { auditOf, findOrganization, findUser } from './organization.ts';
import { changeProfile, emptySettings, findProfile, type Profile, type SettingsInput } from './profile.ts';
import { acme, globex, hour, minute, openSeeded, pass, stopClock } from './seeded-store.fixture.ts';
import type { Store } from './store.ts';
import { times } from './time-limits.ts';
import type { CaseCode } from './troubleshooting.ts';

let store: Store;
/** Two profiles of Acme, and one of Globex. */
let mine: Profile;
let second: Profile;
let neighbours: Profile;
before(stopClock);
after(() => mock.timers.reset());
beforeEach(() => {
  store = openSeeded();
  const settings = JSON.stringify({ ...emptySettings, ...complete });
  store.run`UPDATE revisions SET settings = ${settings}`;
  mine = findProfile(store, 'acme', 1)!;
  second = findProfile(store, 'acme', 2)!;
  neighbours = findProfile(store, 'globex', 3)!;
});
afterEach(() => store[Symbol.dispose]());

const complete = {
  idpEntityId: 'https://idp.example/metadata',
  ssoUrl: 'https://idp.example/sso',
  certificates: ['a certificate'],
};
const organizationOf = ({ organization }: { organization: string }) => findOrganization(store, organization)!;
const user = (name: string, profile: Profile = mine) => findUser(store, `${name}@${profile.organization}.example`)!;

/** A test, with its verdict if any; `superseded` by a newer one. */
function testOf(
  profile: Profile,
  { tester = 'sam', verdict, superseded }: { tester?: string; verdict?: Verdict; superseded?: true } = {},
): number {
  const people = { askedBy: user('ada', profile), tester: user(tester, profile) };
  const { test } = createTest(store, organizationOf(profile), { profile: current(profile), ...people });
  if (verdict) recordVerdict(store, organizationOf(profile), { test: test.id, verdict, response: 7 });
  if (superseded) store.run`UPDATE tests SET superseded_at = 5, superseded_because = 'newer' WHERE id = ${test.id}`;
  return test.id;
}
const current = ({ organization, id }: Profile): Profile => findProfile(store, organization, id)!;
const get = (id: number): ConnectionTest => findTest(store, id)!;
const clock = (): number => Date.now() + organizationOf(mine).clockOffsetMs;
const change = (input: SettingsInput, profile = mine): Profile =>
  changeProfile(store, organizationOf(profile), current(profile), { by: 'ada', input });
/** Everything that a test can change. */
const contents = (): unknown[] => [
  store.all`SELECT * FROM tests`,
  store.all`SELECT * FROM revisions`,
  store.all`SELECT * FROM audit`,
];

/** The settings, the change before, who is asked, and the user or why there is none. */
const asked: readonly (readonly [who: string, change: () => unknown, written: string, outcome: string])[] = [
  ['a colleague', () => undefined, 'SAM@acme.example', 'sam@acme.example'],
  ['one of this profile', () => setSam(1), 'sam@acme.example', 'sam@acme.example'],
  ['one of another profile', () => setSam(2), 'sam@acme.example', 'other-profile'],
  ['the asker', () => undefined, 'ADA@acme.example', 'own-address'],
  ['no email', () => undefined, 'sam', 'address-malformed'],
  ['an unknown user', () => undefined, 'zoe@acme.example', 'user-unavailable'],
  ['a user of the neighbour', () => undefined, 'sam@globex.example', 'user-unavailable'],
  [
    'a user of the neighbour with an email of this organization',
    () => store.run`UPDATE users SET organization = 'globex' WHERE address = 'sam@acme.example'`,
    'sam@acme.example',
    'user-unavailable',
  ],
  [
    'a deactivated user',
    () => store.run`UPDATE users SET deactivated = 1 WHERE address = 'sam@acme.example'`,
    'sam@acme.example',
    'user-unavailable',
  ],
  [
    'a user whose domain was removed',
    () => store.run`DELETE FROM domains WHERE domain = 'acme.example'`,
    'sam@acme.example',
    'user-unavailable',
  ],
  ['anyone without a sign-on URL', () => change({ ssoUrl: '' }), 'sam@acme.example', 'profile-incomplete'],
];
const setSam = (profile: number): unknown =>
  store.run`UPDATE users SET profile = ${profile} WHERE address = 'sam@acme.example'`;
for (const [who, happens, written, outcome] of asked)
  test(`asking ${who} for a test: ${outcome}`, () => {
    happens();
    const found = mayTest(store, acme, { profile: current(mine), askedBy: user('ada'), written });
    assert.equal('user' in found ? found.user.address : found.blocker, outcome);
  });

test('asking for a test is recorded, and its link is valid for 24 hours', () => {
  const people = { askedBy: user('ada'), tester: user('sam') };
  const { test: made } = createTest(store, acme, { profile: mine, ...people, form: 'a form' });
  assert.deepEqual(
    [made.tester, made.askedBy, made.revision, made.createdAt, made.expiresAt, made.mailState],
    ['sam@acme.example', 'ada@acme.example', 1, clock(), clock() + 24 * hour, 'sending'],
  );
  const [{ actor, action, detail }] = auditOf(store, 'acme') as [ReturnType<typeof auditOf>[number]];
  assert.deepEqual(
    [actor, action, detail],
    ['ada@acme.example', 'test-asked', { profile: 'Profile 1', revision: 1, tester: 'sam@acme.example' }],
  );
  const used = [isFormUsed(store, 1, 'a form'), isFormUsed(store, 1, 'another'), isFormUsed(store, 2, 'a form')];
  assert.deepEqual(used, [true, false, false]);
  assert.equal(findTest(store, made.id + 1), undefined);
});

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
      mock.timers.tick(1_000);
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
  const before = contents();
  const { idpEntityId, ssoUrl } = mine.settings;
  for (const input of [{}, { idpEntityId, ssoUrl }, { policies: {} }, { policies: { allowSha1: false } }])
    assert.equal(change(input as SettingsInput).revision, 1);
  assert.deepEqual(contents(), before);
  assert.equal(get(id).supersededAt, undefined);
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
      mock.timers.tick(1_000);
      recordVerdict(store, organizationOf(mine), { test: id, verdict, response: 9 });
      assert.deepEqual(get(id), open ? { ...before, verdict, verdictAt: clock(), response: 9 } : before);
      assert.equal(get(other).verdict, undefined, 'nor on another test');
    });
  test(`going to the IdP ${what === 'succeeded' ? 'leaves' : 'clears the verdict of'} a ${what} test`, () => {
    const id = make();
    const other = testOf(second, { verdict: 'audience-mismatch' });
    const [before, beside] = [get(id), get(other)];
    mock.timers.tick(1_000);
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
  const { mailState, mailError, mailAt, report, mark, markedAt, markedBy } = get(id);
  assert.deepEqual([mailState, mailAt, report], ['failed', clock(), 'locked']);
  assert.deepEqual([mark, markedAt, markedBy], ['failure', clock(), 'ada']);
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
  assert.equal(JSON.stringify(contents()).includes(token), false, 'only its hash is stored');
});

const opened = (id: number, browser: string): void => openLink(store, organizationOf(get(id)), get(id), browser);

test('the first opening of a link is recorded, in any browser', () => {
  const id = testOf(mine);
  opened(id, 'one');
  const { openedAt } = get(id);
  assert.equal(openedAt, clock());
  mock.timers.tick(1_000);
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
  mock.timers.tick(1);
  opened(one, 'a');
  assert.deepEqual(both(), [one, other]);
});

/** Changes that end a test in the browser that has opened its link. */
const ends: Readonly<Record<string, (id: number) => unknown>> = {
  'is superseded': () => change({ forceAuthn: true }),
  succeeds: (id) => recordVerdict(store, organizationOf(mine), { test: id, verdict: 'success', response: 1 }),
  expires: (id) => pass(store, acme, get(id).expiresAt - clock()),
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
  'expires in a millisecond': (id) => pass(store, acme, get(id).expiresAt - clock() - 1),
  'is left in another browser': () => leaveTests(store, 'another'),
  'is of another organization than the left ones': () => leaveTests(store, 'browser', 'globex'),
  'has expired on another organization’s clock': () => pass(store, globex, 25 * 3_600_000),
};
for (const [what, happens] of Object.entries(goesOn))
  test(`a test that ${what} is still current`, () => {
    const id = testOf(mine);
    opened(id, 'browser');
    opened(id, 'another');
    happens(id);
    assert.equal(testUnderWayIn(store, 'browser')?.id, id);
  });

const mark = (id: number, mark: 'success' | 'failure'): void =>
  recordMark(store, acme, { test: id, mark, markedBy: 'ada' });
const verified = (): unknown[] => [isVerified(store, 1, 1), isVerified(store, 1, 2), newestVerifiedRevision(store, 1)];

test('a revision is verified by a test that passed and was marked as passed', () => {
  assert.deepEqual(verified(), [false, false, undefined]);
  const id = testOf(mine, { verdict: 'success' });
  assert.deepEqual(verified(), [false, false, undefined], 'not marked');
  mark(id, 'failure');
  assert.deepEqual(verified(), [false, false, undefined], 'marked as failed');
  mark(testOf(mine, { tester: 'kim', verdict: 'audience-mismatch' }), 'success');
  assert.deepEqual(verified(), [false, false, undefined], 'not passed');
  mark(testOf(second, { verdict: 'success' }), 'success');
  assert.deepEqual(verified(), [false, false, undefined], 'of another profile');
  mark(id, 'success');
  assert.deepEqual(verified(), [true, false, 1]);
  change({ forceAuthn: true });
  assert.deepEqual(verified(), [true, false, 1], 'the older revision only');
  mark(testOf(mine, { verdict: 'success' }), 'success');
  assert.deepEqual(verified(), [true, true, 2]);
});

test('the tests of a profile are listed newest first', () => {
  const ids = [testOf(mine), testOf(mine), testOf(second)];
  assert.deepEqual(
    testsOf(store, 1).map(({ id }) => id),
    [ids[1], ids[0]],
  );
});

test('a session belongs to the passed test whose response started it', () => {
  const [passed, rejected] = [testOf(mine), testOf(second)];
  recordVerdict(store, acme, { test: passed, verdict: 'success', response: 11 });
  recordVerdict(store, acme, { test: rejected, verdict: 'audience-mismatch', response: 12 });
  for (const response of [11, 12, 13])
    store.run`
      INSERT INTO sessions (hash, organization, address, method, created_at, ends_at, response)
      VALUES (${`session ${response}`}, 'acme', 'sam@acme.example', 'sso', 0, 1, ${response})`;
  const testOfEach = [11, 12, 13].map((response) => testOfSession(store, `session ${response}`)?.id);
  assert.deepEqual(testOfEach, [passed, undefined, undefined]);
});

test('the openings of a link are listed oldest first, with the browser and when it went on', () => {
  const id = testOf(mine);
  openLink(store, acme, get(id), 'scanner', 'x'.repeat(301));
  mock.timers.tick(1_000);
  opened(id, 'hers');
  mock.timers.tick(1_000);
  recordWentToIdp(store, acme, id, 'hers');
  const [first, last, ...more] = openingsOf(store, id);
  assert.match(first!.agent, /^x{300}… 301 characters in total$/);
  assert.deepEqual([first!.at, first!.wentOnAt], [clock() - 2_000, undefined]);
  assert.deepEqual([last, more], [{ at: clock() - 1_000, agent: '', wentOnAt: clock() }, []]);
});

test('of 25 openings 20 are listed, first those that went on', () => {
  const id = testOf(mine);
  for (let number = 0; number < 25; number++) {
    mock.timers.tick(1_000);
    opened(id, `browser ${number}`);
  }
  recordWentToIdp(store, acme, id, 'browser 24');
  const listed = openingsOf(store, id);
  assert.deepEqual([listed.length, listed.at(-1)!.wentOnAt], [20, clock()]);
  assert.deepEqual(
    listed.map(({ at }) => at),
    listed.map(({ at }) => at).toSorted((one, other) => one - other),
  );
});

test('leaving a test is recorded once, and only where there is one', () => {
  const left = (): object[] =>
    auditOf(store, 'acme')
      .filter(({ action }) => action === 'test-left')
      .map(({ actor, detail }) => ({ actor, ...detail }));
  const id = testOf(mine);
  opened(id, 'browser');
  leaveTests(store, 'browser', 'globex');
  leaveTests(store, 'another');
  assert.deepEqual(left(), []);
  for (const _ of ['once', 'twice']) leaveTests(store, 'browser');
  assert.deepEqual(left(), [{ actor: 'sam@acme.example', test: id }]);
});

test('of the browsers that opened a link 200 are kept, and all that went on to the IdP', () => {
  const id = testOf(mine);
  store.run`
    INSERT INTO requests (id, organization, profile, revision, test, browser, address, relay_state, issued_at)
    VALUES ('r', 'acme', 1, 1, ${id}, 'went on', 'sam@acme.example', 'r', 0)`;
  const browsers = (): number => store.all`SELECT 1 FROM opened_links WHERE test = ${id}`.length;
  store.run`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 300)
    INSERT INTO opened_links (test, browser, opened_at) SELECT ${id}, n, n FROM numbers`;
  store.run`INSERT INTO opened_links (test, browser, opened_at) VALUES (${id}, 'went on', 0)`;
  opened(id, 'last');
  assert.equal(browsers(), 201);
  for (const browser of ['last', '300', '102', 'went on'])
    assert.ok(store.get`SELECT 1 FROM opened_links WHERE browser = ${browser}`, browser);
});

test('tests and links are pruned while tests are asked for', () => {
  testOf(mine);
  store.run`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 300)
    INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
    SELECT 'acme', 1, 1, 'kim@acme.example', '', 'old ' || n, 0, 0 FROM numbers`;
  for (let count = 0; count < 20; count++) testOf(mine);
  assert.equal(store.all`SELECT 1 FROM tests WHERE profile = 1`.length, 200 + 1);
});

test('a link’s browsers are kept for 24 hours after it has expired', () => {
  const id = testOf(mine);
  opened(id, 'browser');
  const browsers = (): number => store.all`SELECT 1 FROM opened_links`.length;
  pass(store, acme, 48 * hour);
  pruneTests(store, 'acme');
  assert.equal(browsers(), 1);
  pass(store, acme, 1);
  pruneTests(store, 'acme');
  assert.equal(browsers(), 0);
});

/** The state shown this long after a test was created; `went` is when the tester went to the IdP. */
const statesInTime: readonly (readonly [state: TestState, what: Partial<ConnectionTest>, at: number])[] = [
  ['waiting', {}, 24 * hour - 1],
  ['expired', {}, 24 * hour],
  ['opened', { openedAt: 1 }, 24 * hour - 1],
  ['expired', { openedAt: 1 }, 24 * hour],
  ['at-idp', { openedAt: 1, wentToIdpAt: hour }, hour + 30 * minute - 1],
  ['unanswered', { openedAt: 1, wentToIdpAt: hour }, hour + 30 * minute],
  ['unanswered', { openedAt: 1, wentToIdpAt: hour }, 25 * hour],
  ['at-idp', { wentToIdpAt: 24 * hour - 1 }, 24 * hour],
  ['at-idp', { wentToIdpAt: 24 * hour - 1 }, 24.5 * hour - 2],
  ['unanswered', { wentToIdpAt: 24 * hour - 1 }, 24.5 * hour - 1],
  ['mail-failed', { mailState: 'failed' }, 1],
  ['mail-failed', { mailState: 'failed' }, 25 * hour],
  ['opened', { mailState: 'failed', openedAt: 1 }, 24 * hour - 1],
  ['expired', { mailState: 'failed', openedAt: 1 }, 24 * hour],
  ['at-idp', { mailState: 'failed', openedAt: 1, wentToIdpAt: hour }, hour + 30 * minute - 1],
  ['unanswered', { mailState: 'failed', openedAt: 1, wentToIdpAt: hour }, hour + 30 * minute],
  ['refused', { mailState: 'failed', verdict: 'audience-mismatch' }, 1],
  ['refused', { wentToIdpAt: 0, verdict: 'audience-mismatch' }, 25 * hour],
  ['superseded', { supersededAt: 1, verdict: 'audience-mismatch' }, 1],
  ['superseded', { supersededAt: 1, mailState: 'failed' }, 25 * hour],
  ['success', { supersededAt: 1, verdict: 'success', mailState: 'failed' }, 25 * hour],
];
for (const [state, what, at] of statesInTime)
  test(`${JSON.stringify(what)} is ${state} ${at / minute} minutes after the test was sent`, () => {
    const none = { openedAt: undefined, wentToIdpAt: undefined, supersededAt: undefined, verdict: undefined };
    const asked = { mailState: 'sent', createdAt: 0, expiresAt: times.link, ...none, ...what } as ConnectionTest;
    assert.equal(stateOf(asked, at), state);
  });

test('a product may have its entity ID at another origin than its sign-on URL', () => {
  const okta = { ...emptySettings, ssoUrl: 'https://acme.okta.com/app/acme_app_1/exk1example0example00/sso/saml' };
  const first = (idpEntityId: string): CaseCode => likelyCauses({} as ConnectionTest, { ...okta, idpEntityId })[0]!;
  assert.equal(first('http://www.okta.com/exk1example0example00'), 'app-not-assigned');
  assert.equal(first('https://accounts.google.com/o/saml2?idpid=C0example'), 'idp-page-not-found');
});

/** The likeliest causes of a missing response first: the report, then inconsistent settings. */
const causes: readonly (readonly [report: Report | undefined, ssoUrl: string, first: readonly CaseCode[]])[] = [
  [undefined, 'https://idp.example/sso', ['app-not-assigned', 'idp-page-not-found']],
  [undefined, 'https://elsewhere.example/sso', ['idp-page-not-found', 'app-not-assigned']],
  ['locked', 'https://idp.example/sso', ['idp-user-locked', 'app-not-assigned']],
  ['locked', 'http://idp.example/sso', ['idp-user-locked', 'idp-page-not-found', 'app-not-assigned']],
];
for (const [report, ssoUrl, first] of causes)
  test(`the report “${report ?? 'none'}”, a sign-on URL at ${new URL(ssoUrl).origin}: ${first.join(', ')}`, () => {
    const settings = { ...emptySettings, idpEntityId: 'https://idp.example/metadata', ssoUrl };
    const found = likelyCauses({ report } as ConnectionTest, settings);
    assert.deepEqual(found.slice(0, first.length), first);
    assert.equal(new Set(found).size, found.length, 'no duplicates');
    const named = likelyCauses({ report } as ConnectionTest, { ...settings, idpEntityId: 'urn:idp' });
    assert.ok(
      named.indexOf('app-not-assigned') < named.indexOf('idp-page-not-found'),
      'an entity ID without an origin',
    );
  });
