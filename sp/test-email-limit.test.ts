/** Limits of unopened test emails, and of opened ones. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, openWorld, type Page, type World } from './two-organizations.fixture.ts';

let world: World;
let ada: Browser;
before(async () => {
  world = await openWorld();
  for (let index = 0; index < 53; index++)
    await world.control('PUT', `/organizations/acme/users/${world.acme.address(`user${index}`)}`, {
      name: 'User',
      password: 'x',
    });
  ada = await world.signedIn(world.acme.address('Ada'));
});
after(() => world[Symbol.asyncDispose]());

const minutes = 60_000;
async function ask(name: string): Promise<Page> {
  const path = `/admin/sso/${world.acme.profile}/test`;
  return ada.fillIn(path, path, { address: world.acme.address(name) });
}
const mailsTo = (name: string): number => world.mail.filter(({ to }) => to.address === world.acme.address(name)).length;

/** Of a page on which all emails were sent just now. */
function assertNextInAnHour({ words }: Page): void {
  const time = new Date(world.clock(world.acme) + 60 * minutes).toISOString().slice(0, 16).replace('T', ' ');
  assert.ok(words.includes(`You can send the next one at ${time} UTC`), words);
}

/** An email that could not be sent does not count. */
async function assertFailedDoesNotCount(name: string): Promise<void> {
  world.sp.store.run`UPDATE tests SET mail_state = 'failed' WHERE id = (SELECT max(id) FROM tests)`;
  assert.deepEqual([(await ask(name)).status, (await ask(name)).status], [303, 429]);
}

test('of twelve test emails to a user five are sent in an hour; the page says when the next may be sent', async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 12; count++) statuses.push((await ask('sam')).status);
  assert.deepEqual([mailsTo('sam'), statuses.slice(4, 6)], [5, [303, 429]]);
  assert.match(
    (await ask('sam')).words,
    /This user was sent five test emails within an hour .* You can send the next one at 2026-03-01 13:00 UTC/,
  );
  await assertFailedDoesNotCount('sam');
  await ask('grace');
  assert.equal(mailsTo('grace'), 1, 'other users are not affected');
  world.pass(world.acme, 60 * minutes - 1);
  assert.equal((await ask('sam')).status, 429);
  world.pass(world.acme, 1);
  assert.equal((await ask('sam')).status, 303);
});

test('opening a link restarts the count', async () => {
  world.pass(world.acme, 200 * minutes);
  const before = mailsTo('sam');
  for (let count = 0; count < 12; count++) {
    assert.equal((await ask('sam')).status, 303);
    if (count % 4 === 3) await world.browser().get(new URL(world.mail.at(-1)!.link).pathname);
  }
  assert.equal(mailsTo('sam') - before, 12);
});

test('sixty in an hour are the limit, even if each link is opened, as mail scanners do', async () => {
  world.pass(world.acme, 200 * minutes);
  const before = mailsTo('sam');
  for (let count = 0; count < 62; count++) {
    await ask('sam');
    await world.browser().get(new URL(world.mail.at(-1)!.link).pathname);
  }
  assert.equal(mailsTo('sam') - before, 60);
  assert.match((await ask('sam')).words, /This user was sent sixty test emails within an hour/);
  assertNextInAnHour(await ask('sam'));
  await assertFailedDoesNotCount('sam');
  world.pass(world.acme, 60 * minutes - 1);
  assert.equal((await ask('sam')).status, 429);
  world.pass(world.acme, 1);
  assert.equal((await ask('sam')).status, 303);
});

test('fifty test emails of an organization may be unopened within an hour', async () => {
  world.pass(world.acme, 200 * minutes);
  ada = await world.signedIn(world.acme.address('Ada'));
  const before = world.mail.length;
  for (let index = 0; index < 52; index++) await ask(`user${index}`);
  assert.equal(world.mail.length - before, 50);
  assert.match((await ask('user52')).words, /Your organization sent fifty test emails within an hour/);
  assertNextInAnHour(await ask('user52'));
  await assertFailedDoesNotCount('user52');
  world.pass(world.acme, 60 * minutes - 1);
  assert.equal((await ask('user52')).status, 429);
  world.pass(world.acme, 1);
  assert.equal((await ask('user52')).status, 303);
});
