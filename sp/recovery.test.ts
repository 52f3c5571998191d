/** At least one recovery administrator of a profile cannot be locked out by strangers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Browser, enforce, openWorld, verify, type World } from './two-organizations.fixture.ts';

const everyone = ['ada', 'grace', 'sam'] as const;

async function guessAt(world: World, address: string): Promise<void> {
  for (let count = 0; count < 12; count++)
    await world.browser().post('/login/recovery', { address, password: `guess ${count}` });
}

/** Ada's browser, with a verified profile. */
async function readyToEnforce(world: World): Promise<Browser> {
  const ada = await world.signedIn(world.acme.address('ada'));
  await verify(world, world.acme, ada);
  return ada;
}

test('a sole recovery administrator must have their own attempt counter', async () => {
  await using world = await openWorld();
  const { acme } = world;
  const ada = await readyToEnforce(world);
  const rejected = await enforce(acme, ada, { users: everyone, recovery: ['grace'] });
  assert.equal(rejected.status, 409);
  assert.match(rejected.words, /has signed in here before or has a recovery key/);
  assert.equal((await enforce(acme, ada, { users: everyone, recovery: ['ada', 'grace'] })).status, 303);
});

test('after signing in, Grace alone is enough, and strangers cannot lock her out', async () => {
  await using world = await openWorld();
  const { acme } = world;
  const grace = await world.signedIn(acme.address('grace'));
  const ada = await readyToEnforce(world);
  assert.equal((await enforce(acme, ada, { users: everyone, recovery: ['grace'] })).status, 303);
  await guessAt(world, acme.address('grace'));
  assert.equal((await grace.signIn(acme.address('grace'), 'recovery')).location, '/console');
});

test('the last recovery administrator with an attempt counter can be neither demoted nor deactivated', async () => {
  await using world = await openWorld();
  const { acme } = world;
  const ada = await readyToEnforce(world);
  await enforce(acme, ada, { users: everyone, recovery: ['ada', 'grace'] });
  const changeAda = (to: object) => world.control('PATCH', `/organizations/acme/users/${acme.address('ada')}`, to);
  for (const to of [{ administrator: false }, { deactivated: true }]) {
    const { status, body } = await changeAda(to);
    assert.deepEqual([status, (body as { code: string }).code], [409, 'last-recovery-administrator']);
  }
  await world.browser().signIn(acme.address('grace'), 'recovery');
  assert.equal((await changeAda({ administrator: false })).status, 200);
});
