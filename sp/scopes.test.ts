/** Scopes: what belongs to one organization, profile, colleague or browser is out of reach from any other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  createTest,
  isVerified,
  mayTest,
  newestVerifiedRevision,
  pruneTests,
  recordMark,
  recordVerdict,
  testsOf,
} from './connection-test.ts';
import { administratorsOf, enrollable, recoveryAdministratorsOf } from './enforcement.ts';
import { isKnownBrowser, rememberBrowser } from './known-browsers.ts';
import {
  auditOf,
  domainsOf,
  findOrganization,
  findUser,
  organizationOf,
  pruneAudit,
  type User,
  usersOf,
} from './organization.ts';
import {
  changeProfile,
  changesSince,
  createProfile,
  findProfile,
  type Profile,
  profilesOf,
  settingsOf,
} from './profile.ts';
import { isRecoveryKey, makeRecoveryKey, recoveryKeyMadeAt } from './recovery-key.ts';
import type { Store } from './store.ts';
import { type Browser, openWorld, verify, type World } from './two-organizations.fixture.ts';

let world: World;
let store: Store;
let nora: Browser;
let ada: Browser;
/** Of Acme; the neighbour has one that is just the same. */
let main: Profile;
let second: Profile;
before(async () => {
  world = await openWorld();
  store = world.sp.store;
  ada = await world.signedIn('ada@acme.example');
  nora = await world.signedIn('nora@globex.example');
  await verify(world, world.acme, ada);
  main = findProfile(store, 'acme', world.acme.profile)!;
  second = createProfile(store, acme(), { by: 'ada', name: 'Second', input: world.acme.idp.settings });
});
after(() => world[Symbol.asyncDispose]());

const acme = () => findOrganization(store, 'acme')!;
const user = (address: string): User => findUser(store, address)!;
const addresses = (users: readonly User[]): string[] => users.map(({ address }) => address);

/** The result of a reader for Acme and for Globex. */
const readers: readonly (readonly [
  what: string,
  read: (slug: 'acme' | 'globex') => unknown,
  acmes: unknown,
  globexs: unknown,
])[] = [
  ['profiles', (slug) => profilesOf(store, slug).map(({ name }) => name), ['Main', 'Second'], ['Main']],
  [
    'users',
    (slug) => addresses(usersOf(store, slug)),
    ['ada@acme.example', 'grace@acme.example', 'kim@acme.example', 'sam@acme.example'],
    ['ned@globex.example', 'nora@globex.example', 'sam@globex.example'],
  ],
  ['domains', (slug) => domainsOf(store, slug), ['acme.example'], ['globex.example']],
  [
    'administrators',
    (slug) => addresses(administratorsOf(store, findOrganization(store, slug)!)),
    ['ada@acme.example', 'grace@acme.example'],
    ['nora@globex.example'],
  ],
  [
    'users who may be enrolled',
    (slug) => addresses(enrollable(store, findOrganization(store, slug)!, main)).length,
    4,
    3,
  ],
  ['a profile by its number', (slug) => findProfile(store, slug, main.id)?.name, 'Main', undefined],
  ['the organization of an email', (slug) => organizationOf(store, `user@${slug}.example`)?.slug, 'acme', 'globex'],
];
for (const [what, read, acmes, globexs] of readers)
  test(`${what}: each organization has its own`, () => {
    assert.deepEqual(read('acme'), acmes);
    assert.deepEqual(read('globex'), globexs);
  });

test('an unknown organization, domain, user or profile is not found', () => {
  assert.equal(findOrganization(store, 'unknown'), undefined);
  assert.equal(organizationOf(store, 'ada@unknown.example'), undefined);
  for (const address of ['unknown@acme.example', 'acme.example', '']) assert.equal(findUser(store, address), undefined);
  assert.equal(findProfile(store, 'acme', 99), undefined);
  assert.throws(() => settingsOf(store, main.id, 99), { message: `profile ${main.id} has no revision 99` });
  assert.throws(() => settingsOf(store, 99, 1), { message: 'profile 99 has no revision 1' });
});

test('pages of another organization’s profile are not found, and reveal nothing about it', async () => {
  for (const step of ['profile', 'test', 'result', 'enforce']) {
    const page = await nora.get(`/admin/sso/${main.id}/${step}`);
    assert.deepEqual([page.status, /acme/i.test(page.text)], [404, false], step);
    assert.equal((await ada.get(`/admin/sso/${main.id}/${step}`)).status, 200, step);
    assert.equal((await nora.get(`/admin/sso/${world.globex.profile}/${step}`)).status, 200, step);
  }
  for (const number of ['0', '99', `${main.id}x`, `x${main.id}`, '9'.repeat(16), '-1', `${main.id}.0`])
    assert.equal((await ada.get(`/admin/sso/${number}/profile`)).status, 404, number);
  assert.equal((await ada.get(`/admin/sso/${String(main.id).padStart(15, '0')}/profile`)).status, 200);
});

test('pages of users, domains and the audit log show only their own organization', async () => {
  for (const path of ['', '/users', '/domains', '/audit']) {
    const [hers, noras] = [await ada.get(`/admin${path}`), await nora.get(`/admin${path}`)];
    assert.doesNotMatch(hers.words, /globex/i, path);
    assert.doesNotMatch(noras.words, /acme/i, path);
  }
  assert.match((await ada.get('/admin/users')).words, /Sam sam@acme\.example user with a password/);
  assert.match((await nora.get('/admin/domains')).words, /globex\.example/);
  assert.match((await ada.get('/admin/audit')).words, /ada@acme\.example Marked test 1 of revision 1 as passed\./);
});

test('a passed test verifies only its own profile and revision', () => {
  assert.deepEqual(
    [main, second].map(({ id }) => newestVerifiedRevision(store, id)),
    [1, undefined],
  );
  assert.equal(newestVerifiedRevision(store, world.globex.profile), undefined);
  assert.deepEqual(
    [isVerified(store, main.id, 1), isVerified(store, main.id, 2), isVerified(store, second.id, 1)],
    [true, false, false],
  );
  assert.deepEqual(
    [main, second].map(({ id }) => testsOf(store, id).length),
    [1, 0],
  );
});

test('changing a profile leaves all others unchanged', () => {
  const others = (): unknown[] => store.all`SELECT * FROM revisions WHERE profile <> ${second.id}`;
  const before = others();
  const changed = changeProfile(store, acme(), second, { by: 'grace', input: { forceAuthn: true, sloUrl: '' } });
  assert.deepEqual([changed.revision, changed.settings.forceAuthn], [2, true]);
  assert.deepEqual(findProfile(store, 'acme', second.id), changed);
  assert.deepEqual(others(), before);
  assert.equal(findProfile(store, 'acme', main.id)!.revision, 1);
  assert.deepEqual(
    profilesOf(store, 'acme').map(({ revision }) => revision),
    [1, 2],
  );
  assert.deepEqual(
    [1, 2].map((revision) => settingsOf(store, second.id, revision).forceAuthn),
    [false, true],
  );
  const [change, ...more] = changesSince(store, second.id, 1);
  assert.deepEqual(
    [change, more],
    [{ number: 2, at: world.clock(world.acme), by: 'grace', changed: ['forceAuthn'] }, []],
  );
  assert.deepEqual(changesSince(store, second.id, 2), []);
  assert.deepEqual(changesSince(store, main.id, 1), []);
});

test('a recovery administrator counts only for the profile that names them', () => {
  store.run`INSERT INTO recovery_administrators VALUES (${main.id}, 'grace@acme.example')`;
  assert.deepEqual(addresses(recoveryAdministratorsOf(store, acme(), main)), ['grace@acme.example']);
  assert.deepEqual(recoveryAdministratorsOf(store, acme(), second), []);
  assert.deepEqual(
    usersOf(store, 'acme').map(({ recoveryOf }) => recoveryOf.length),
    [0, 1, 0, 0],
  );
  assert.deepEqual([user('grace@acme.example').recoveryOf, user('ada@acme.example').recoveryOf], [[main.id], []]);
  for (const column of ['administrator = 0', 'deactivated = 1'])
    store.transaction(() => {
      if (column === 'administrator = 0') store.run`UPDATE users SET administrator = 0 WHERE name = 'Grace'`;
      else store.run`UPDATE users SET administrator = 1, deactivated = 1 WHERE name = 'Grace'`;
      assert.deepEqual(recoveryAdministratorsOf(store, acme(), main), [], column);
    });
  store.run`UPDATE users SET administrator = 1, deactivated = 0 WHERE name = 'Grace'`;
  store.run`DELETE FROM recovery_administrators`;
});

/** Users who can or cannot test Ada’s profile. */
const testers: readonly (readonly [
  what: string,
  written: string,
  blocker: string | undefined,
  arrange?: () => unknown,
])[] = [
  ['a colleague', 'sam@acme.example', undefined],
  ['a colleague in upper case', 'SAM@Acme.Example', undefined],
  ['another administrator', 'grace@acme.example', undefined],
  ['herself', 'ada@acme.example', 'own-address'],
  ['herself in upper case', 'ADA@ACME.example', 'own-address'],
  ['a malformed email', 'sam', 'address-malformed'],
  ['an unknown colleague', 'unknown@acme.example', 'user-unavailable'],
  ['a user in another domain', 'sam@unknown.example', 'user-unavailable'],
  ['a user of another organization', 'sam@globex.example', 'user-unavailable'],
  [
    'a user of Globex after Acme got the domain',
    'ned@globex.example',
    'user-unavailable',
    () => store.run`UPDATE domains SET organization = 'acme' WHERE domain = 'globex.example'`,
  ],
  [
    'a colleague in a removed domain',
    'sam@acme.example',
    'user-unavailable',
    () => store.run`DELETE FROM domains WHERE domain = 'acme.example'`,
  ],
  [
    'a deactivated colleague',
    'sam@acme.example',
    'user-unavailable',
    () => store.run`UPDATE users SET deactivated = 1 WHERE address = 'sam@acme.example'`,
  ],
  [
    'a colleague of another profile',
    'sam@acme.example',
    'other-profile',
    () => store.run`UPDATE users SET profile = ${second.id} WHERE address = 'sam@acme.example'`,
  ],
  [
    'a colleague of this profile',
    'sam@acme.example',
    undefined,
    () => store.run`UPDATE users SET profile = ${main.id} WHERE address = 'sam@acme.example'`,
  ],
];
class Undo extends Error {}
for (const [what, written, blocker, arrange] of testers)
  test(`Ada ${blocker ? 'may not' : 'may'} test the profile with ${what}`, () => {
    const ask = (): never => {
      arrange?.();
      const outcome = mayTest(store, acme(), { profile: main, askedBy: user('ada@acme.example'), written });
      assert.deepEqual('blocker' in outcome ? outcome.blocker : undefined, blocker);
      if ('user' in outcome) assert.equal(outcome.user.address, written.toLowerCase());
      throw new Undo();
    };
    assert.throws(() => store.transaction(ask), Undo);
  });

for (const missing of ['idpEntityId', 'ssoUrl', 'certificates'] as const)
  test(`a profile cannot be tested without ${missing}`, () => {
    const profile = { ...main, settings: { ...main.settings, [missing]: missing === 'certificates' ? [] : '' } };
    const asking = { profile, askedBy: user('ada@acme.example'), written: 'not even an address' };
    assert.deepEqual(mayTest(store, acme(), asking), { blocker: 'profile-incomplete' });
  });

test('a recovery key works for its own user only, until a new one is made', () => {
  const [hers, noras] = ['ada@acme.example', 'nora@globex.example'];
  assert.equal(recoveryKeyMadeAt(store, hers), undefined);
  const first = makeRecoveryKey(store, hers, 1);
  const other = makeRecoveryKey(store, noras, 2);
  assert.deepEqual([recoveryKeyMadeAt(store, hers), recoveryKeyMadeAt(store, noras)], [1, 2]);
  assert.deepEqual(
    [hers, noras].map((address) => isRecoveryKey(store, address, first)),
    [true, false],
  );
  assert.ok(isRecoveryKey(store, hers, `  ${first.toLowerCase()}\n`), 'case and surrounding whitespace do not matter');
  for (const wrong of ['', first.slice(0, -1), `${first}A`, first.replaceAll('-', ''), first.replace('-', ' - ')])
    assert.equal(isRecoveryKey(store, hers, wrong), false, wrong);
  const newer = makeRecoveryKey(store, hers, 3);
  assert.deepEqual(
    [first, newer].map((key) => isRecoveryKey(store, hers, key)),
    [false, true],
  );
  assert.deepEqual([recoveryKeyMadeAt(store, hers), recoveryKeyMadeAt(store, noras)], [3, 2]);
  assert.ok(isRecoveryKey(store, noras, other));
  for (const key of [first, newer, other]) assert.ok(!JSON.stringify(world.contents()).includes(key), 'only hashes');
});

test('a browser is known for the user who signed in there; the 21st replaces the least recently used one', () => {
  const [sam, kim] = ['sam@acme.example', 'kim@acme.example'];
  store.run`DELETE FROM known_browsers`;
  for (let number = 1; number <= 20; number++) rememberBrowser(store, sam, `browser ${number}`, number);
  rememberBrowser(store, kim, 'browser 1', 1);
  for (let number = 1; number < 20; number++) rememberBrowser(store, kim, `browser of Kim ${number}`, 100);
  rememberBrowser(store, 'unknown@acme.example', 'browser 1', 1);
  assert.equal(isKnownBrowser(store, 'unknown@acme.example', 'browser 1'), false, 'without an account');
  assert.deepEqual(
    [1, 2, 20].map((number) => isKnownBrowser(store, sam, `browser ${number}`)),
    [true, true, true],
  );
  rememberBrowser(store, sam, 'browser 1', 21);
  rememberBrowser(store, sam, 'browser 22', 22);
  assert.deepEqual(
    [1, 2, 3, 22].map((number) => isKnownBrowser(store, sam, `browser ${number}`)),
    [true, false, true, true],
  );
  assert.deepEqual(
    [1, 2].map((number) => isKnownBrowser(store, kim, `browser ${number}`)),
    [true, false],
  );
});

test('newer tests of a profile replace its own oldest ones, and no others', () => {
  const people = { askedBy: user('ada@acme.example'), tester: user('sam@acme.example') };
  const add = (profile: Profile): number => createTest(store, acme(), { profile, ...people }).test.id;
  const of = (profile: number): number[] =>
    store.all<{ id: number }>`SELECT id FROM tests WHERE profile = ${profile} ORDER BY id`.map(({ id }) => id);
  const passed = add(second);
  recordVerdict(store, acme(), { test: passed, verdict: 'success', response: 1 });
  recordMark(store, acme(), { test: passed, mark: 'success', markedBy: 'ada' });
  const pending = [add(main), add(second)];
  const others = of(main.id);
  store.run`
    INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
    VALUES ('globex', ${world.globex.profile}, 1, 'sam@globex.example', 'nora@globex.example', 'x', 0, 1)`;
  const [theirs] = testsOf(store, world.globex.profile);
  store.run`
    INSERT INTO responses (organization, at, reference, test, verdict, findings)
    VALUES ('globex', 0, 'X', ${theirs!.id}, 'success', '[]')`;
  const added = Array.from({ length: 200 }, () => add(second));
  store.run`UPDATE tests SET organization = 'globex' WHERE id = ${added[0]!}`;
  pruneTests(store, 'acme');
  store.run`UPDATE tests SET organization = 'acme' WHERE id = ${added[0]!}`;
  assert.deepEqual(of(second.id), [passed, pending[1], ...added], '199 are within the limit');
  pruneTests(store, 'globex');
  assert.deepEqual(of(second.id), [passed, pending[1], ...added], 'pruning Globex changes nothing at Acme');
  pruneTests(store, 'acme');
  assert.deepEqual(of(second.id), [passed, ...added], 'the passed test stays, and 200 others');
  assert.deepEqual(of(main.id), others);
  assert.ok(others.includes(pending[0]!));
  assert.equal(store.all`SELECT 1 FROM responses WHERE organization = 'globex'`.length, 1, 'nor its responses');
});

test('pruning the audit log of one organization leaves the others', () => {
  const add = (slug: string, count: number): void => {
    for (let number = 0; number < count; number++)
      store.run`
        INSERT INTO audit (organization, at, actor, action, kind, detail)
        VALUES (${slug}, 0, ${`${number}`}, 'marked', 'change', '{}')`;
  };
  add('acme', 2_010);
  add('globex', 5);
  const neighbours = auditOf(store, 'globex').length;
  const uses = auditOf(store, 'acme').filter(({ action }) => action === 'signed-in').length;
  pruneAudit(store, 'acme');
  const { n, first } = store.get<{ n: number; first: string }>`
    SELECT count(*) AS n, min(CAST(actor AS INTEGER)) AS first FROM audit
    WHERE organization = 'acme' AND kind = 'change'`!;
  assert.deepEqual([n, first], [2_000, 10]);
  assert.equal(auditOf(store, 'acme').filter(({ action }) => action === 'signed-in').length, uses);
  assert.equal(auditOf(store, 'globex').length, neighbours);
});
