/** Changes to users: the entries in the audit log, and the sessions that end. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWorld, password, type World } from '../two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

/** The entries added meanwhile: action and detail. */
async function recordedBy(act: () => Promise<unknown>): Promise<unknown[]> {
  const before = world.audit(world.acme).length;
  await act();
  const entries = world.audit(world.acme);
  return entries.slice(0, entries.length - before).map(({ actor, action, detail }) => [actor, action, detail]);
}

const rights: readonly (readonly [what: string, name: string, given: object, recorded: object])[] = [
  ['a user', 'tim', {}, { administrator: false, deactivated: false }],
  ['an administrator', 'tom', { administrator: true }, { administrator: true, deactivated: false }],
  ['a deactivated user', 'tam', { deactivated: true }, { administrator: false, deactivated: true }],
];
for (const [what, name, given, recorded] of rights)
  test(`adding ${what} is recorded, without the password`, async () => {
    const user = `${name}@acme.example`;
    const entries = await recordedBy(() =>
      world.control('PUT', `/organizations/acme/users/${user}`, { name, password, ...given }),
    );
    assert.deepEqual(entries, [['control', 'user-added', { user, ...recorded }]]);
  });

/** Changes to Sam in their order, and the detail that is recorded of each. */
const changes: readonly (readonly [change: object, recorded?: object])[] = [
  [{}],
  [{ name: 'Sam', administrator: false, deactivated: false }],
  [{ name: 'Samuel', administrator: false }, { name: 'Samuel' }],
  [{ administrator: true }, { administrator: true }],
  [{ profile: 'Main' }, { profile: 'Main' }],
  [{ profile: 'Main', administrator: false }, { administrator: false }],
  [{ profile: null }, { profile: null }],
  [{ profile: null }],
  [{ deactivated: true }, { deactivated: true }],
  [{ deactivated: true }],
  [{ deactivated: false }, { deactivated: false }],
];
const user = 'sam@acme.example';
const change = (to: object): Promise<unknown> => world.control('PATCH', `/organizations/acme/users/${user}`, to);
for (const [index, [to, recorded]] of changes.entries())
  test(`${index + 1}. ${JSON.stringify(to)} records ${recorded ? JSON.stringify(recorded) : 'nothing'}`, async () => {
    const entries = await recordedBy(() => change(to));
    assert.deepEqual(entries, recorded ? [['control', 'user-changed', { user, ...recorded }]] : []);
  });

test('deactivating a user ends their sessions for good, and no other change ends one', async () => {
  const [sam, kim] = [await world.signedIn(user), await world.signedIn('kim@acme.example')];
  for (const to of [{ name: 'S' }, { administrator: true }, { administrator: false }, { deactivated: false }]) {
    await change(to);
    assert.ok(await sam.isSignedIn(), JSON.stringify(to));
  }
  await change({ deactivated: true });
  await change({ deactivated: false });
  assert.deepEqual([await sam.isSignedIn(), await kim.isSignedIn()], [false, true]);
  const ended = world.sp.store.all<{ because: string }>`
    SELECT ended_because AS because FROM sessions WHERE address = ${user}`;
  assert.deepEqual(
    ended.map(({ because }) => because),
    ['user-changed'],
  );
});
