/** The last page that a tester sees, and a sign-in from the IdP's app portal before enforcement. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  askForTest,
  type Browser,
  comeBack,
  enforce,
  goToIdp,
  openWorld,
  verify,
  type World,
} from './two-organizations.fixture.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  ada = await world.signedIn('ada@acme.example');
});
after(() => world[Symbol.asyncDispose]());

test('a tester who signed in sees that the test worked; other users see the Console', async () => {
  const sam = world.browser();
  await sam.get(await askForTest(world, world.acme, ada));
  const asked = await goToIdp(sam, 'sam@acme.example');
  assert.equal((await comeBack(world, world.acme, sam, { asked })).location, '/console');
  const page = await sam.get('/console');
  assert.match(page.text, /<h1>The test worked<\/h1>/);
  assert.match(page.words, /You may close this page: Ada sees the result\./);
  assert.match((await ada.get('/console')).text, /<h1>Console<\/h1>/);
  assert.doesNotMatch((await ada.get('/console')).words, /You may close this page/);
});

/** The rejection code of the newest response. */
const newestVerdict = (): string =>
  world.sp.store.get<{ verdict: string }>`SELECT verdict FROM responses ORDER BY id DESC LIMIT 1`!.verdict;

test('a sign-in from the app portal: not before enforcement, not for users who are not covered', async () => {
  const policies = { allowIdpInitiated: true, requireRelayState: false };
  await world.control('PATCH', '/organizations/acme/profiles/Main', { policies });
  const fromPortal = () => comeBack(world, world.acme, world.browser());
  assert.equal((await fromPortal()).status, 403);
  assert.equal(newestVerdict(), 'user-not-enrolled');
  await world.control('PUT', '/organizations/acme/profiles/Second', world.acme.idp.settings);
  await world.control('PATCH', '/organizations/acme/users/sam@acme.example', { profile: 'Second' });
  assert.equal((await fromPortal()).status, 403);
  assert.equal(newestVerdict(), 'nameid-user-mismatch', 'enrolled in another profile, which is not enforced');
  await world.control('PATCH', '/organizations/acme/users/sam@acme.example', { profile: null });
  await verify(world, world.acme, ada);
  await enforce(world.acme, ada, { users: ['kim'] });
  assert.equal((await fromPortal()).status, 403);
  assert.equal(newestVerdict(), 'user-not-enrolled');
  await ada.fillIn(`/admin/sso/${world.acme.profile}/enforce`, `/admin/sso/${world.acme.profile}/enforce`, {
    users: ['kim@acme.example', 'sam@acme.example'],
    recovery: 'ada@acme.example',
  });
  assert.equal((await fromPortal()).location, '/console');
});
