/** The page on which SSO is enforced: its choices, and what it shows about recovery. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, enforce, hiddenFields, openWorld, verify, type World } from '../two-organizations.fixture.ts';

let world: World;
let ada: Browser;
let grace: Browser;
let path: string;
before(async () => {
  world = await openWorld();
  ada = await world.signedIn('ada@acme.example');
  grace = await world.signedIn('grace@acme.example');
  path = `/admin/sso/${world.acme.profile}/enforce`;
});
after(() => world[Symbol.asyncDispose]());

/** The check boxes of the page: ticked and unticked. */
async function boxes(browser: Browser, name: 'users' | 'recovery'): Promise<{ ticked: string[]; free: string[] }> {
  const { text } = await browser.get(path);
  const found = [...text.matchAll(new RegExp(`name="${name}" value="([^"@]+)@acme.example" (checked)?`, 'g'))];
  const names = (ticked: boolean) => found.filter((box) => (box[2] === 'checked') === ticked).map(([, one]) => one!);
  return { ticked: names(true), free: names(false) };
}

test('before a test is marked, the page leads to it; then it shows that the revision is verified', async () => {
  assert.match(
    (await ada.get(path)).words,
    /Revision 1 is not verified yet\. .* Test it .* You cannot enforce SSO yet: revision 1 is not verified\./,
  );
  const rejected = await ada.fillIn(path, path, { users: 'sam@acme.example', recovery: 'ada@acme.example' });
  assert.equal(rejected.status, 409);
  assert.match(rejected.text, /This revision is not verified yet:.*href="\/cases\/enforce-before-test"/);
  await verify(world, world.acme, ada);
  assert.match((await ada.get(path)).words, /Revision 1 is verified/);
});

test('by default all users without a profile are ticked, and the current administrator for recovery', async () => {
  assert.deepEqual(await boxes(ada, 'users'), { ticked: ['ada', 'grace', 'kim', 'sam'], free: [] });
  assert.deepEqual(await boxes(ada, 'recovery'), { ticked: ['ada'], free: ['grace'] });
  assert.deepEqual(await boxes(grace, 'recovery'), { ticked: ['grace'], free: ['ada'] });
  const { words } = await ada.get(path);
  assert.match(words, /Enforce SSO/);
  assert.doesNotMatch(words, /is enforced with revision|no recovery key/);
});

test('the error is shown, and the selection is kept', async () => {
  const rejected = await ada.fillIn(path, path, { users: 'sam@acme.example' });
  assert.equal(rejected.status, 409);
  assert.match(rejected.words, /Choose at least one recovery administrator/);
  assert.doesNotMatch(rejected.text, /enforce-before-test/);
  assert.match(rejected.text, /value="sam@acme.example" checked/);
  assert.doesNotMatch(rejected.text, /value="(ada|grace|kim)@acme.example" checked/);
});

test('once enforced, the page lists covered users, and administrators without a recovery key', async () => {
  assert.equal((await enforce(world.acme, ada, { recovery: ['ada', 'grace'] })).location, path);
  const { words, text } = await ada.get(path);
  assert.match(
    words,
    /Single sign-on is enforced with revision 1\. Covered users: Sam \(sam@acme\.example\) Not covered, .* Recovery/,
  );
  assert.match(words, /Ada \(ada@acme\.example\): no recovery key yet\. Create your recovery key Grace/);
  assert.match(words, /Grace \(grace@acme\.example\): no recovery key yet Turn off/);
  assert.equal(text.split('href="/login/recovery-key"').length, 2, 'one link, to Ada’s own key');
  assert.match((await grace.get(path)).words, /Grace \(grace@acme\.example\): no recovery key yet\. Create your/);
  assert.deepEqual(await boxes(ada, 'users'), { ticked: ['sam'], free: ['ada', 'grace', 'kim'] });
  assert.deepEqual(await boxes(ada, 'recovery'), { ticked: ['ada', 'grace'], free: [] });
  assert.match(words, /Update enforcement/);
});

test('a recovery key is shown with its time to each administrator', async () => {
  await grace.post('/login/recovery-key');
  assert.match(
    (await ada.get(path)).words,
    /Grace \(grace@acme\.example\): recovery key created at 2026-03-01 12:00 UTC Turn off/,
  );
  assert.match((await grace.get(path)).words, /created at 2026-03-01 12:00 UTC \. Create a new recovery key/);
  assert.match((await ada.get(path)).words, /Ada \(ada@acme\.example\): no recovery key yet\./);
});

test('a newer revision takes effect once it is verified', async () => {
  assert.doesNotMatch((await ada.get(path)).words, /takes effect/);
  await world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn: true });
  const { words } = await ada.get(path);
  assert.match(words, /enforced with revision 1\. Revision 2 of the profile takes effect once it is verified/);
  assert.match(words, /Enforce SSO/);
  assert.match((await ada.get('/admin')).words, /Main revision 1 enforced, revision 2 not verified yet/);
});

test('the overview shows the state of each profile', async () => {
  const status = async (): Promise<string> => /Main ([^P]+) Profile/.exec((await ada.get('/admin')).words)![1]!.trim();
  await ada.fillIn(path, path.replace('enforce', 'lift'));
  assert.equal(await status(), 'not verified');
  await verify(world, world.acme, ada);
  assert.equal(await status(), 'verified, not enforced');
  await enforce(world.acme, ada);
  assert.equal(await status(), 'enforced');
  assert.deepEqual(await boxes(ada, 'recovery'), { ticked: ['ada'], free: ['grace'] });
});

/** Wrong revisions in a form. */
for (const revision of ['x1', '1x', '', '0', '999999999', '1234567890'])
  test(`a form with the revision “${revision}” is rejected`, async () => {
    const before = JSON.stringify(world.contents());
    const page = await ada.fillIn(path, path, { users: 'sam@acme.example', recovery: 'ada@acme.example', revision });
    assert.equal(page.status, 409);
    assert.match(page.words, /the profile has changed since you opened this form/);
    const listed = revision === '0';
    assert.equal(/Revision 2, by control/.test(page.words), listed, 'only newer changes are listed');
    assert.equal(JSON.stringify(world.contents()), before);
  });

test('the newest 20 changes since a form was opened are listed', async () => {
  for (let count = 0; count < 22; count++)
    await world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn: count % 2 === 1 });
  const page = await ada.fillIn(path, path, { users: 'sam@acme.example', revision: '1' });
  assert.equal(page.words.match(/Revision \d+, by control/g)?.length, 20);
});

test('the page shows the last change of this profile’s enforcement, not of another’s', async () => {
  await world.control('PUT', '/organizations/acme/profiles/Other', world.acme.idp.settings);
  await world.control('PUT', '/organizations/acme/profiles/Other/enforce-unproven');
  const page = await ada.post(path.replace('enforce', 'lift'), { enforced: 'revision 9 since 9' });
  assert.match(page.words, /Enforced by ada@acme\.example/);
  assert.doesNotMatch(page.words, /Enforced without a test/);
  const other = (await world.control('GET', '/organizations/acme')).body as {
    profiles: { id: number; name: string }[];
  };
  const { id } = other.profiles.find(({ name }) => name === 'Other')!;
  await ada.fillIn(`/admin/sso/${id}/enforce`, `/admin/sso/${id}/lift`);
});

test('turning off an outdated enforcement is rejected, and turning it off twice changes nothing', async () => {
  const { text } = await ada.get(path);
  const lift = path.replace('enforce', 'lift');
  assert.equal((await ada.post(lift, { enforced: 'none' })).status, 409);
  const fields = hiddenFields(text, lift);
  assert.equal((await ada.post(lift, fields)).location, path);
  const before = JSON.stringify(world.contents());
  assert.equal((await ada.post(lift, fields)).status, 409);
  assert.equal((await ada.post(lift, { enforced: 'none' })).location, path);
  assert.equal(JSON.stringify(world.contents()), before);
});

test('users of another profile are not offered', async () => {
  await world.control('PUT', '/organizations/acme/profiles/Second', world.acme.idp.settings);
  await world.control('PATCH', '/organizations/acme/users/kim@acme.example', { profile: 'Second' });
  await world.control('PATCH', '/organizations/acme/users/sam@acme.example', { deactivated: true });
  assert.deepEqual(await boxes(ada, 'users'), { ticked: ['ada', 'grace'], free: [] });
  const users = (await ada.get('/admin/users')).words;
  assert.match(users, /Kim kim@acme\.example user with a password \(enrolled in Second\)/);
  assert.match(users, /Sam sam@acme\.example user deactivated/);
  await world.control('PUT', '/organizations/acme/profiles/Second/enforce-unproven');
  const enforced = (await ada.get('/admin/users')).words;
  assert.match(enforced, /Ada ada@acme\.example recovery administrator through Second/);
  assert.match(enforced, /Kim kim@acme\.example user through Second/);
});
