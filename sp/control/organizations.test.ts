/** Changes to an organization and its domains: what the audit log says of them, and that it says nothing otherwise. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWorld, password, type World } from '../two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

/** Requests in their order, and the entry that each adds: its action and detail. */
const requests: readonly (readonly [what: string, method: string, path: string, body: object, entry: unknown[]])[] = [
  ['the same name', 'PATCH', '', { name: 'Acme' }, []],
  ['no change', 'PATCH', '', {}, []],
  ['a new name', 'PATCH', '', { name: 'Acme Ltd' }, ['organization-changed', { name: 'Acme Ltd' }]],
  ['its own clock', 'PATCH', '', { clockOffsetMs: 0 }, []],
  ['another clock', 'PATCH', '', { clockOffsetMs: 5 }, ['organization-changed', { clockOffsetMs: 5 }]],
  [
    'both',
    'PATCH',
    '',
    { name: 'Acme', clockOffsetMs: 0 },
    ['organization-changed', { name: 'Acme', clockOffsetMs: 0 }],
  ],
  ['a domain that it has', 'PUT', '/domains/acme.example', {}, []],
  ['a new domain', 'PUT', '/domains/ACME.test', {}, ['domain-added', { domain: 'acme.test' }]],
  ['the new domain again', 'PUT', '/domains/acme.test', {}, []],
  ['the removal of a domain', 'DELETE', '/domains/acme.test', {}, ['domain-removed', { domain: 'acme.test' }]],
  ['its removal again', 'DELETE', '/domains/acme.test', {}, []],
  ['the removal of the neighbour’s domain', 'DELETE', '/domains/globex.example', {}, []],
];
for (const [what, method, path, body, entry] of requests)
  test(`${what} is ${entry.length > 0 ? 'recorded once' : 'not recorded'}`, async () => {
    const before = world.audit(world.acme).length;
    const neighbours = world.audit(world.globex);
    const { status } = await world.control(method, `/organizations/acme${path}`, body);
    assert.ok(status === 200 || status === 204);
    const entries = world.audit(world.acme);
    const added = entries.slice(0, entries.length - before).map(({ actor, at, action, detail }) => {
      assert.deepEqual([actor, at], ['control', world.clock(world.acme)]);
      return [action, detail];
    });
    assert.deepEqual(added, entry.length > 0 ? [entry] : []);
    assert.deepEqual(world.audit(world.globex), neighbours);
  });

test('a new organization is recorded with its domains and users, before its profiles', async () => {
  const domains = ['initech.example', 'initech.test'];
  const users = ['peter', 'milton'].map((name) => ({ address: `${name}@initech.example`, name, password }));
  const profiles = [{ name: 'First' }, { name: 'Second' }];
  const { status } = await world.control('PUT', '/organizations/initech', { name: 'I', domains, users, profiles });
  assert.equal(status, 201);
  const entries = world.audit({ ...world.acme, slug: 'initech' });
  assert.deepEqual(
    entries.toReversed().map(({ action, detail }) => [action, detail]),
    [
      ['organization-created', { name: 'I', domains, users: ['peter@initech.example', 'milton@initech.example'] }],
      ['profile-created', { profile: 'First' }],
      ['profile-created', { profile: 'Second' }],
    ],
  );
});
