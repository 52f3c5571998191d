/** Step 4: what is enforced and recorded, why it is not, and what the page shows of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditOf, usersOf } from '../organization.ts';
import { changeProfile, createProfile, findProfile, type Profile } from '../profile.ts';
import {
  acme,
  acmesSpForEachTest,
  addressOf,
  addVerifiedProfile,
  complete,
  type Fields,
  type Reply,
  wordsOf,
} from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();
const by = addressOf('Ada');
const addProfile = (): Profile => createProfile(sp.store, acme(sp), { by, name: 'Main', input: complete });
const verified = (): Profile => addVerifiedProfile(sp, 'Main');
const current = ({ id }: Profile): Profile => findProfile(sp.store, 'acme', id)!;
const change = (profile: Profile): Profile =>
  changeProfile(sp.store, acme(sp), profile, { by, input: { forceAuthn: true } });
const pathOf = ({ id }: Profile, step = 'enforce'): string => `/admin/sso/${id}/${step}`;
const show = async (profile: Profile): Promise<string> => (await sp.get('Ada', pathOf(profile))).page;

interface Choice {
  users?: readonly string[];
  recovery?: readonly string[];
  more?: Fields;
}
const fieldsOf = ({ users = ['Sam'], recovery = ['Ada'], more = [] }: Choice): Fields => [
  ...users.map((name) => ['users', addressOf(name)] as const),
  ...recovery.map((name) => ['recovery', addressOf(name)] as const),
  ...more,
];
const enforce = (profile: Profile, choice: Choice = {}): Promise<Reply> =>
  sp.send('Ada', pathOf(profile), fieldsOf(choice));
const choose = (profile: Profile, choice: Choice): Promise<Reply> =>
  sp.post('Ada', pathOf(profile, 'choose'), [...carried, ...fieldsOf(choice)]);
const carried: Fields = [
  ['revision', '1'],
  ['enforced', 'none'],
];
const lift = (profile: Profile): Promise<Reply> => sp.send('Ada', pathOf(profile, 'lift'), [], { at: pathOf(profile) });

const covered = (): string[] =>
  usersOf(sp.store, 'acme')
    .filter(({ profile }) => profile !== undefined)
    .map(({ name }) => name);
const actions = (): string[] => auditOf(sp.store, 'acme').map(({ action }) => action);
const newest = () => auditOf(sp.store, 'acme')[0]!;
/** The people whose boxes are ticked. */
const ticked = (page: string, box: 'users' | 'recovery'): string[] =>
  [...page.matchAll(new RegExp(`name="${box}" value="([^"@]+)@acme\\.example" checked`, 'g'))].map(([, who]) => who!);
const alertOf = (page: string): string | undefined => {
  const [, words] = /<div role="alert" [^>]*>(.*?)<\/div>/s.exec(page) ?? [];
  return words && wordsOf(words);
};

test('a verified revision is enforced for the chosen users, and leads back to the page', async () => {
  const profile = verified();
  const { status, location } = await enforce(profile, { users: ['Sam', 'Grace'] });
  assert.deepEqual([status, location], [303, pathOf(profile)]);
  assert.deepEqual([current(profile).enforcedRevision, covered()], [1, ['Grace', 'Sam']]);
  assert.equal(newest().action, 'enforced');
});

/** A choice that is rejected, with its reason. */
const blocked: readonly (readonly [
  what: string,
  profile: () => Profile,
  choice: Choice,
  reason: string,
  says: RegExp,
])[] = [
  ['the revision is not verified', addProfile, {}, 'not-proven', /^This revision is not verified yet: .* What to do$/],
  [
    'no administrator is chosen for recovery',
    verified,
    { recovery: [] },
    'no-recovery-administrator',
    /^Choose at least one recovery administrator, who can sign in when the identity provider is down\.$/,
  ],
  [
    'a user is chosen for recovery',
    verified,
    { recovery: ['Sam'] },
    'recovery-not-administrator',
    /^A recovery administrator must be an active administrator of the organization\.$/,
  ],
  [
    'only an administrator who never signed in is chosen for recovery',
    verified,
    { recovery: ['Grace'] },
    'recovery-without-own-door',
    /^Choose at least one recovery administrator who has signed in here before or has a recovery key\./,
  ],
  [
    'a stranger is chosen',
    verified,
    { users: ['Sam', 'Stranger'] },
    'user-of-other-profile',
    /^A chosen user is not an active user of the organization, or signs in through another SSO profile\.$/,
  ],
  ['no user is chosen', verified, { users: [] }, 'nobody-covered', /^Choose at least one user\.$/],
];
for (const [what, add, choice, reason, says] of blocked)
  test(`enforcement is rejected: ${what}`, async () => {
    const profile = add();
    const { status, page } = await enforce(profile, choice);
    assert.equal(status, 409);
    assert.match(alertOf(page)!, says);
    assert.deepEqual([newest().action, newest().actor, newest().detail], ['enforcement-refused', by, { reason }]);
    assert.deepEqual([current(profile).enforcedRevision, covered()], [undefined, []]);
    const known = (names: readonly string[]) =>
      names.filter((one) => one !== 'Stranger').map((one) => one.toLowerCase());
    assert.deepEqual(ticked(page, 'users'), known(choice.users ?? ['Sam']));
    assert.deepEqual(
      ticked(page, 'recovery'),
      known(choice.recovery ?? ['Ada']).filter((one) => one !== 'sam'),
    );
  });

test('the same choice sent again changes nothing, and any other is another form', async () => {
  const profile = verified();
  const send = (choice: Choice, revision = '1'): Promise<Reply> =>
    sp.post('Ada', pathOf(profile), [['revision', revision], ['enforced', 'none'], ...fieldsOf(choice)]);
  const both = { users: ['Sam', 'Grace'] };
  assert.equal((await send(both)).status, 303);
  for (const users of [
    ['Sam', 'Grace'],
    ['Grace', 'Sam', 'Sam'],
  ])
    assert.equal((await send({ users })).status, 303);
  assert.equal(actions().filter((action) => action === 'enforced').length, 1);
  for (const other of [{ users: ['Sam'] }, { ...both, recovery: ['Ada', 'Grace'] }])
    assert.match(alertOf((await send(other)).page)!, /SSO enforcement has changed since you opened this form/);
  assert.match(alertOf((await send(both, '2')).page)!, /the profile has changed since you opened this form/);
  change(current(profile));
  assert.match(alertOf((await send(both)).page)!, /the profile has changed since you opened this form/);
  assert.match(alertOf((await send(both, '2')).page)!, /SSO enforcement has changed/);
  assert.equal(current(profile).enforcedRevision, 1);
});

test('a pasted list must be used or cleared', async () => {
  const profile = verified();
  const rejected = await enforce(profile, { more: [['list', 'grace@acme.example']] });
  assert.equal(rejected.status, 409);
  assert.match(alertOf(rejected.page)!, /^Nothing was saved: you pasted emails, but did not press one of the buttons/);
  assert.deepEqual([ticked(rejected.page, 'users'), current(profile).enforcedRevision], [['sam'], undefined]);
  assert.equal((await enforce(profile, { more: [['list', ' \r\n']] })).status, 303);
});

/** A pick, the users chosen afterwards, and the problem that is shown. */
const picks: readonly (readonly [pick: Fields, users: readonly string[], says?: RegExp])[] = [
  [[['contains', 'grace']], ['grace', 'sam']],
  [
    [
      ['list', 'grace@acme.example, eve@acme.example'],
      ['pick', 'only'],
    ],
    ['grace'],
    /^This email belongs to no user who can be covered: eve@acme\.example\. The rest of the list was used\.$/,
  ],
  [
    [['list', 'eve@acme.example mallory@acme.example']],
    ['sam'],
    /^These emails belong to no user who can be covered: eve@acme\.example, mallory@acme\.example\. The rest/,
  ],
];
for (const [pick, users, says] of picks)
  test(`a pick saves nothing: ${pick.map(([, value]) => value).join(' ')}`, async () => {
    const profile = verified();
    const before = actions();
    const { status, page } = await choose(profile, { recovery: ['Grace'], more: pick });
    assert.equal(status, 200);
    assert.deepEqual([ticked(page, 'users'), ticked(page, 'recovery')], [users, ['grace']]);
    if (says) assert.match(alertOf(page)!, says);
    else assert.equal(alertOf(page), undefined);
    assert.deepEqual([current(profile).enforcedRevision, actions()], [undefined, before]);
  });

test('a pick on an outdated page says what has changed, and is kept', async () => {
  const profile = verified();
  await sp.get('Ada', '/admin');
  sp.store.run`UPDATE profiles SET enforced_revision = 1, enforced_at = 1 WHERE id = ${profile.id}`;
  const other = await choose(profile, { more: [['contains', 'grace']] });
  assert.deepEqual([other.status, ticked(other.page, 'users')], [409, ['grace', 'sam']]);
  assert.match(alertOf(other.page)!, /SSO enforcement has changed/);
  change(current(profile));
  assert.match(alertOf((await choose(profile, {})).page)!, /the profile has changed/);
});

test('turning off is recorded once, and not at all on an outdated page', async () => {
  const profile = verified();
  await enforce(profile);
  const late = await sp.post('Ada', pathOf(profile, 'lift'), [['enforced', 'none']]);
  assert.equal(late.status, 409);
  assert.match(alertOf(late.page)!, /SSO enforcement has changed/);
  assert.equal(current(profile).enforcedRevision, 1);
  const { status, location } = await lift(profile);
  assert.deepEqual([status, location], [303, pathOf(profile)]);
  assert.deepEqual([current(profile).enforcedRevision, covered(), newest().action], [undefined, [], 'lifted']);
  assert.equal((await sp.post('Ada', pathOf(profile, 'lift'), [['enforced', 'none']])).location, pathOf(profile));
  assert.equal(actions().filter((action) => action === 'lifted').length, 1);
});

test('the page leads to a test until the newest revision is verified', async () => {
  const locked = /<button type="submit" class="secondary" disabled aria-describedby="not-yet">Enforce SSO</;
  const profile = addProfile();
  const before = await show(profile);
  assert.match(
    wordsOf(before),
    /Revision 1 is not verified yet\. .* Test it .*You cannot enforce SSO yet: revision 1 is/,
  );
  assert.match(before, locked);
  assert.ok(before.includes(`href="/admin/sso/${profile.id}/test" role="button"`));
  assert.equal(alertOf(before), undefined);
  sp.store.run`DELETE FROM profiles`;
  const after = await show(verified());
  assert.match(wordsOf(after), /Revision 1 is verified\. Covered users sign in only/);
  assert.match(after, /<button type="submit">Enforce SSO<\/button>/);
  assert.doesNotMatch(after, locked);
});

test('by default all users without a profile are chosen, and the reader for recovery', async () => {
  const profile = verified();
  const page = await show(profile);
  assert.deepEqual([ticked(page, 'users'), ticked(page, 'recovery')], [['ada', 'grace', 'sam'], ['ada']]);
  const [, recovery = ''] = /<legend>Recovery administrators.*?<div class="choices">(.*?)<\/div>/s.exec(page)!;
  assert.match(
    wordsOf(recovery),
    /^Ada \(ada@acme\.example\) as a recovery .* Grace \(grace@acme\.example\) as a recovery/,
  );
  assert.doesNotMatch(recovery, /Sam/);
  await enforce(profile);
  const enforced = await show(profile);
  assert.deepEqual([ticked(enforced, 'users'), ticked(enforced, 'recovery')], [['sam'], ['ada']]);
});

test('once enforced, the page says who is covered, who is not, and who can recover', async () => {
  const profile = verified();
  await enforce(profile);
  const page = wordsOf(await show(profile));
  assert.match(
    page,
    /Single sign-on is enforced with revision 1\. Covered users: Sam \(sam@acme\.example\) Not covered,/,
  );
  assert.match(page, /still with a password: Ada \(ada@acme\.example\) Grace \(grace@acme\.example\) Recovery admin/);
  assert.match(
    page,
    /Ada \(ada@acme\.example\): no recovery key yet\. Create your recovery key Turn off SSO enforcement/,
  );
  assert.match(page, /Update enforcement/);
  assert.doesNotMatch(page, /takes effect once/);
  sp.store.run`INSERT INTO recovery_keys (address, hash, made_at) VALUES (${by}, 'x', 0)`;
  assert.match(
    wordsOf(await show(profile)),
    /Ada \(ada@acme\.example\): recovery key created at 1970-01-01 00:00 UTC \. Create a new recovery key Turn off/,
  );
  const graces = wordsOf((await sp.get('Grace', pathOf(profile))).page);
  assert.match(graces, /recovery key created at 1970-01-01 00:00 UTC Turn off/);
  change(current(profile));
  const changed = wordsOf(await show(profile));
  assert.match(changed, /with revision 1\. Revision 2 of the profile takes effect once it is verified\. Covered users/);
  assert.match(changed, /Enforce SSO You cannot enforce SSO yet: revision 2 is not verified\./);
});

/** Adds users without a profile, of whom this many are covered. */
function addUsers(count: number, profile: Profile): void {
  for (let n = 0; n < count; n++)
    sp.store.run`
      INSERT INTO users (address, organization, name, password, profile)
      VALUES (${`u${n}@acme.example`}, 'acme', ${`User ${n}`}, '', ${profile.id})`;
}

test('more than ten people are folded, and deactivated ones are left out', async () => {
  const profile = verified();
  await enforce(profile);
  addUsers(9, profile);
  assert.match(wordsOf(await show(profile)), /Covered users: Sam .* User 8 \(u8@acme\.example\) Not covered/);
  assert.doesNotMatch(await show(profile), /<details><summary>Covered users/);
  sp.store.run`INSERT INTO users (address, organization, name, password, profile)
    VALUES ('u9@acme.example', 'acme', 'User 9', '', ${profile.id})`;
  assert.match(await show(profile), /<details><summary>Covered users: 11<\/summary><ul><li>/);
  sp.store.run`UPDATE users SET deactivated = 1 WHERE address = ${addressOf('Grace')}`;
  assert.match(
    wordsOf(await show(profile)),
    /still with a password: Ada \(ada@acme\.example\) Recovery administrators/,
  );
  sp.store.run`UPDATE users SET profile = ${profile.id} WHERE organization = 'acme'`;
  assert.doesNotMatch(await show(profile), /Not covered/);
});
