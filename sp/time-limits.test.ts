/** Tests of every time limit of the story: a millisecond before it, and at it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

/** A test that Ada has just asked for, opened by Sam. */
async function openedTest(): Promise<{ link: string; sam: Browser }> {
  ada = await world.signedIn(acme.address('ada'));
  const link = await askForTest(world, acme, ada);
  const sam = world.browser();
  assert.equal((await sam.get(link)).location, '/login');
  return { link, sam };
}

/** What the response log and the test say of the newest response. */
const newestVerdict = (): string =>
  world.sp.store.get<{ verdict: string }>`SELECT verdict FROM responses ORDER BY id DESC LIMIT 1`!.verdict;

test('a test link is good for 24 hours', async () => {
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

test('a session lasts 12 hours, or until the identity provider says', async () => {
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

test('a response to an enforced sign-in has no test to wait for', async () => {
  ada = await world.signedIn(acme.address('ada'));
  await verify(world, acme, ada);
  assert.equal((await enforce(acme, ada)).status, 303);
  const sam = world.browser();
  const asked = await goToIdp(sam, acme.address('sam'));
  await comeBack(world, acme, sam, { asked });
  assert.ok(await sam.isSignedIn());
});
