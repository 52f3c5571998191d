/** The overview of the Admin Center: its profiles and how far they are, a new one, and certificates that expire. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditOf } from '../organization.ts';
import { changeProfile, createProfile, findProfile, type Profile, profilesOf } from '../profile.ts';
import { acme, acmesSpForEachTest, addressOf, addVerifiedProfile, complete, wordsOf } from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();
const by = addressOf('Ada');
const overview = async (): Promise<string> => (await sp.get('Ada', '/admin')).page;
const addProfile = (input: object = complete): Profile =>
  createProfile(sp.store, acme(sp), { by, name: 'Main', input });
const enforceIt = ({ id, revision }: Profile): Profile => {
  sp.store.run`UPDATE profiles SET enforced_revision = ${revision} WHERE id = ${id}`;
  return findProfile(sp.store, 'acme', id)!;
};
const change = (profile: Profile): Profile =>
  changeProfile(sp.store, acme(sp), profile, { by, input: { forceAuthn: true } });

test('without a profile, the overview asks for one', async () => {
  const page = await overview();
  assert.match(wordsOf(page), /No SSO profile yet\. Create one, .* New profile Profile name Create profile/);
  assert.doesNotMatch(page, /role="alert"/);
  addProfile();
  assert.doesNotMatch(await overview(), /No SSO profile yet/);
});

/** The state of a profile, and its words on the overview. */
const statuses: readonly (readonly [what: string, profile: () => Profile, status: string])[] = [
  ['never tested', addProfile, 'not verified'],
  ['verified', () => addVerifiedProfile(sp, 'Main'), 'verified, not enforced'],
  ['changed since', () => change(addVerifiedProfile(sp, 'Main')), 'not verified'],
  ['enforced', () => enforceIt(addVerifiedProfile(sp, 'Main')), 'enforced'],
  ['enforced without a test', () => enforceIt(addProfile()), 'enforced'],
  [
    'enforced, and changed since',
    () => change(enforceIt(addVerifiedProfile(sp, 'Main'))),
    'revision 1 enforced, revision 2 not verified yet',
  ],
];
for (const [what, profile, status] of statuses)
  test(`a profile that is ${what}: ${status}`, async () => {
    profile();
    assert.match(await overview(), new RegExp(`<h3>Main <span class="small status">${status}</span></h3>`));
  });

test('each profile leads to its steps', async () => {
  const { id } = addProfile();
  const page = await overview();
  for (const step of ['profile', 'test', 'result', 'enforce'])
    assert.ok(page.includes(`href="/admin/sso/${id}/${step}"`), step);
  assert.match(page, /<nav aria-label="Main"><ol class="steps">/);
});

/** A name for a new profile beside Main and Other, the status, and the problem if it is rejected. */
const names: readonly (readonly [name: string, status: number, problem?: RegExp])[] = [
  ['Second', 303],
  [' Second ', 303],
  ['main', 303],
  ['x'.repeat(60), 303],
  ['x'.repeat(61), 400, /name: must have at most 60 characters/],
  ['', 400, /<div role="alert" [^>]*><p>Enter a name for the profile\.<\/p>/],
  [' \t', 400, /<div role="alert" [^>]*><p>Enter a name for the profile\.<\/p>/],
  ['Main', 409, /<div role="alert" [^>]*><p>A profile with this name already exists\.<\/p>.*value="Main" required/s],
  [' Main', 409, /A profile with this name already exists/],
];
for (const [name, status, problem] of names)
  test(`a new profile named ${JSON.stringify(name.slice(0, 10))} (${name.length} characters): ${status}`, async () => {
    addProfile();
    createProfile(sp.store, acme(sp), { by, name: 'Other' });
    const reply = await sp.send('Ada', '/admin/sso', [['name', name]], { at: '/admin' });
    assert.equal(reply.status, status);
    const [, , added, ...more] = profilesOf(sp.store, 'acme');
    assert.equal(added === undefined, problem !== undefined);
    if (problem) return assert.match(reply.page, problem);
    assert.deepEqual([added!.name, added!.revision, more], [name.trim(), 1, []]);
    assert.equal(reply.location, `/admin/sso/${added!.id}/profile`);
    const [newest] = auditOf(sp.store, 'acme');
    assert.deepEqual(
      [newest!.action, newest!.actor, newest!.detail],
      ['profile-created', by, { profile: name.trim() }],
    );
  });

/** Moves Acme's clock to this many days before its certificate expires. */
function daysBeforeTheExpiry(days: number): void {
  const expiry = Date.parse('2036-11-26T01:28:45Z');
  sp.store.run`UPDATE organizations SET clock_offset_ms = ${Math.floor(expiry - days * 86_400_000 - Date.now())}`;
}

/** Days until a certificate expires, and the colour of the warning. */
const warnings: readonly (readonly [days: number, warning: 'no' | 'black' | 'red'])[] = [
  [60.5, 'no'],
  [59.5, 'black'],
  [7.5, 'black'],
  [6.5, 'red'],
  [-1, 'red'],
];
for (const [days, warning] of warnings)
  test(`a certificate that expires in ${days} days: ${warning} warning`, async () => {
    addProfile();
    daysBeforeTheExpiry(days);
    const page = await overview();
    const [, colour] = /<p><strong class="(\w*)">Signing certificate CN=IdP:\s+valid until 2036-11-26/.exec(page) ?? [];
    assert.equal(colour, { no: undefined, black: '', red: 'wrong' }[warning]);
    const recorded = auditOf(sp.store, 'acme').filter(({ action }) => action === 'certificate-expiring');
    assert.equal(recorded.length, warning === 'no' ? 0 : 1);
  });

test('there is no other page, and nothing at all for other users', async () => {
  const unknown = await sp.get('Ada', '/admin/nothing');
  assert.equal(unknown.status, 404);
  assert.match(unknown.page, /There is no page at this URL/);
  for (const path of ['/admin', '/admin/nothing']) assert.equal((await sp.get('Sam', path)).status, 403);
  const posted = await sp.post('Sam', '/admin/sso', [['name', 'Mine']]);
  assert.deepEqual([posted.status, profilesOf(sp.store, 'acme')], [403, []]);
});
