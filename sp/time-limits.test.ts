/** Every time limit of the story: a millisecond before it, and at it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findTest, pruneTests, recordMail } from './connection-test.ts';
import {
  askForTest,
  type Browser,
  comeBack,
  enforce,
  goToIdp,
  openWorld,
  type Party,
  verify,
  type World,
} from './two-organizations.fixture.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

let world: World;
let acme: Party;
let ada: Browser;
before(async () => {
  world = await openWorld();
  acme = world.acme;
});
after(() => world[Symbol.asyncDispose]());

/** A test just sent by Ada, and opened by Sam. */
async function openedTest(): Promise<{ link: string; sam: Browser }> {
  ada = await world.signedIn(acme.address('ada'));
  const link = await askForTest(world, acme, ada);
  const sam = world.browser();
  assert.equal((await sam.get(link)).location, '/login');
  return { link, sam };
}

/** The newest response in the log, and the test's verdict. */
const newestVerdict = (): string =>
  world.sp.store.get<{ verdict: string }>`SELECT verdict FROM responses ORDER BY id DESC LIMIT 1`!.verdict;

test('a test link is valid for 24 hours', async () => {
  const { link } = await openedTest();
  world.pass(acme, 24 * hour - 1);
  assert.equal((await world.browser().get(link)).location, '/login');
  world.pass(acme, 1);
  const late = await world.browser().get(link);
  assert.equal(late.status, 410);
  assert.match(late.words, /expired/);
});

test('discovery leads to the test until its link expires', async () => {
  const { sam } = await openedTest();
  world.pass(acme, 24 * hour - 1);
  await goToIdp(sam, acme.address('sam'));
  world.pass(acme, 1);
  const page = await sam.post('/login', { address: acme.address('sam') });
  assert.equal(page.location, undefined);
});

test('a response is accepted within 10 minutes of its request', async () => {
  for (const [late, verdict] of [
    [10 * minute - 1, 'success'],
    [10 * minute, 'request-expired'],
  ] as const) {
    const { sam } = await openedTest();
    const asked = await goToIdp(sam, acme.address('sam'));
    world.pass(acme, late);
    await comeBack(world, acme, sam, { asked });
    assert.equal(newestVerdict(), verdict);
    assert.equal(await sam.isSignedIn(), verdict === 'success');
  }
});

test('a session lasts 12 hours, or until the IdP’s SessionNotOnOrAfter', async () => {
  for (const [says, lasts] of [
    [undefined, 12 * hour],
    [13 * hour, 12 * hour],
    [3 * hour, 3 * hour],
  ] as const) {
    const { sam } = await openedTest();
    const asked = await goToIdp(sam, acme.address('sam'));
    const sessionNotOnOrAfter = says === undefined ? {} : { sessionNotOnOrAfter: world.clock(acme) + says };
    await comeBack(world, acme, sam, { asked, ...sessionNotOnOrAfter });
    world.pass(acme, lasts - 1);
    assert.ok(await sam.isSignedIn());
    world.pass(acme, 1);
    assert.ok(!(await sam.isSignedIn()));
  }
});

/** Changes to a test while its tester is at the IdP that do not end the request. */
const meanwhile: Readonly<Record<string, (id: number) => void>> = {
  'whose link expires meanwhile': () => world.pass(acme, 1),
  'whose email is reported as failed': (id) => recordMail(world.sp.store, id, 'failed', 'no receipt'),
};
for (const [what, happen] of Object.entries(meanwhile))
  for (const [verdict, saying] of [
    ['success', {}],
    ['nameid-user-mismatch', { nameId: 'kim@acme.example' }],
  ] as const)
    test(`a response to a test ${what} sets the verdict ${verdict}`, async () => {
      const { sam } = await openedTest();
      world.pass(acme, 24 * hour - 1);
      const asked = await goToIdp(sam, acme.address('sam'));
      const { id } = world.sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests`!;
      happen(id);
      await comeBack(world, acme, sam, { asked, ...saying });
      assert.equal(newestVerdict(), verdict);
      assert.equal(findTest(world.sp.store, id)!.verdict, verdict);
      assert.equal(await sam.isSignedIn(), verdict === 'success');
    });

test('a second response replaces the rejection within 30 minutes, and no later', async () => {
  for (const [after, verdict] of [
    [30 * minute - 1, 'request-expired'],
    [30 * minute, 'nameid-user-mismatch'],
  ] as const) {
    const { sam } = await openedTest();
    const asked = await goToIdp(sam, acme.address('sam'));
    await comeBack(world, acme, sam, { asked, nameId: 'kim@acme.example' });
    world.pass(acme, after);
    await comeBack(world, acme, sam, { asked });
    const { id } = world.sp.store.get<{ id: number }>`SELECT max(id) AS id FROM tests`!;
    assert.equal(findTest(world.sp.store, id)!.verdict, verdict);
  }
});

test('30 minutes after the request, a missing response is shown with its likely causes', async () => {
  const { sam } = await openedTest();
  await goToIdp(sam, acme.address('sam'));
  world.pass(acme, 30 * minute - 1);
  const path = `/admin/sso/${acme.profile}/result`;
  assert.match((await ada.get(path)).words, /Sam: at the identity provider/);
  const back = `result=${acme.profile}`;
  assert.equal((await ada.fillIn(path, path, { mark: 'failure' })).location, `/cases?stage=idp&${back}`);
  world.pass(acme, 1);
  const late = await ada.get(path);
  assert.match(late.words, /Sam: unanswered.*Likely causes/);
  assert.equal((await ada.fillIn(path, path, { mark: 'failure' })).location, `/cases/app-not-assigned?${back}`);
  await sam.post('/try/report', { report: 'locked' });
  assert.equal((await ada.fillIn(path, path, { mark: 'failure' })).location, `/cases/idp-user-locked?${back}`);
});

test('another request restarts the 30 minutes', async () => {
  const { sam } = await openedTest();
  await goToIdp(sam, acme.address('sam'));
  world.pass(acme, 29 * minute);
  await goToIdp(sam, acme.address('sam'));
  world.pass(acme, 30 * minute - 1);
  assert.match((await ada.get(`/admin/sso/${acme.profile}/result`)).words, /Sam: at the identity provider/);
});

test('moving another organization’s clock ends nothing here', async () => {
  const { link, sam } = await openedTest();
  const asked = await goToIdp(sam, acme.address('sam'));
  world.pass(world.globex, 25 * hour);
  assert.equal((await world.browser().get(link)).location, '/login');
  assert.equal((await comeBack(world, acme, sam, { asked })).location, '/console');
});

test('the browsers that opened a link are deleted 24 hours after it has expired; its test stays', async () => {
  await openedTest();
  const { store } = world.sp;
  const { id, expires_at: end } = store.get<{ id: number; expires_at: number }>`
    SELECT id, expires_at FROM tests ORDER BY id DESC LIMIT 1`!;
  const opened = (): number => store.all`SELECT 1 FROM opened_links WHERE test = ${id}`.length;
  world.pass(acme, end + 24 * hour - world.clock(acme));
  pruneTests(store, 'acme');
  assert.equal(opened(), 1);
  world.pass(acme, 1);
  pruneTests(store, 'globex');
  assert.equal(opened(), 1, 'not when another organization is pruned');
  pruneTests(store, 'acme');
  assert.equal(opened(), 0);
});

test('a response to an enforced sign-in has no test', async () => {
  ada = await world.signedIn(acme.address('ada'));
  await verify(world, acme, ada);
  assert.equal((await enforce(acme, ada)).status, 303);
  const sam = world.browser();
  const asked = await goToIdp(sam, acme.address('sam'));
  await comeBack(world, acme, sam, { asked });
  assert.ok(await sam.isSignedIn());
});
