/** Organizations, their users and domains, and the audit log: who is found, what is kept, and of whom. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, mock, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { bounded } from './bounded-text.ts';
import {
  type AuditAction,
  audit,
  auditOf,
  domainsOf,
  findOrganization,
  findUser,
  organizationOf,
  pruneAudit,
  usersOf,
} from './organization.ts';
import { acme, globex, later, minute, openSeeded, start, stopClock } from './seeded-store.fixture.ts';
import type { Store } from './store.ts';

let store: Store;
before(stopClock);
after(() => mock.timers.reset());
beforeEach(() => {
  store = openSeeded();
});
afterEach(() => store[Symbol.dispose]());

test('an organization is found by its name in URLs, with its clock', () => {
  store.run`UPDATE organizations SET clock_offset_ms = 5 WHERE slug = 'globex'`;
  assert.deepEqual(findOrganization(store, 'acme'), acme);
  assert.deepEqual(findOrganization(store, 'globex'), later(globex, 5));
  assert.equal(findOrganization(store, 'ACME'), undefined);
});

test('an email belongs to the organization that has verified exactly its domain', () => {
  store.run`INSERT INTO domains VALUES ('acme.test', 'acme')`;
  const found = ['zoe@acme.example', 'zoe@acme.test', 'sam@globex.example', 'sam@mail.acme.example', 'sam@example', ''];
  assert.deepEqual(
    found.map((address) => organizationOf(store, address)?.slug),
    ['acme', 'acme', 'globex', undefined, undefined, undefined],
  );
  assert.deepEqual(domainsOf(store, 'acme'), ['acme.example', 'acme.test']);
  assert.deepEqual(domainsOf(store, 'unknown'), []);
});

test('a user is found by an email in any case, with all rights', () => {
  const ada = {
    address: 'ada@acme.example',
    organization: 'acme',
    name: 'ada',
    password: '',
    administrator: true,
    deactivated: false,
    profile: undefined,
    recoveryOf: [],
  };
  assert.deepEqual(findUser(store, 'ADA@acme.example'), ada);
  store.run`UPDATE users SET profile = 2, administrator = 0, deactivated = 1 WHERE address = 'ada@acme.example'`;
  store.run`INSERT INTO recovery_administrators (profile, address) VALUES (1, 'ada@acme.example')`;
  assert.deepEqual(findUser(store, 'ada@acme.example'), {
    ...ada,
    administrator: false,
    deactivated: true,
    profile: 2,
    recoveryOf: [1],
  });
  for (const unknown of ['zoe@acme.example', 'ada', '']) assert.equal(findUser(store, unknown), undefined, unknown);
});

test('the users of an organization are listed by name, each with their own rights', () => {
  store.run`UPDATE users SET name = 'Zoe' WHERE address = 'ada@acme.example'`;
  store.run`INSERT INTO recovery_administrators (profile, address) VALUES (1, 'ada@acme.example')`;
  assert.deepEqual(
    usersOf(store, 'acme').map(({ address, administrator, recoveryOf }) => [address, administrator, recoveryOf]),
    [
      ['ada@acme.example', true, [1]],
      ['kim@acme.example', false, []],
      ['sam@acme.example', false, []],
    ],
  );
});

/** The entries of one organization, newest first, in short. */
const actorsOf = (slug: string, limit?: number): string =>
  auditOf(store, slug, limit === undefined ? {} : { limit })
    .map(({ actor }) => actor)
    .join(' ');

test('an entry has the time of the organization’s clock, and is the organization’s own', () => {
  audit(store, later(acme, minute), 'ada', 'marked', { test: 1 });
  audit(store, globex, 'nora', 'signed-in');
  const entry = { at: start + minute, actor: 'ada', action: 'marked', detail: { test: 1 } };
  assert.deepEqual(auditOf(store, 'acme'), [entry]);
  assert.deepEqual(auditOf(store, 'globex'), [{ at: start, actor: 'nora', action: 'signed-in', detail: {} }]);
});

/** Details as they are recorded, and as they are kept. */
const cut: readonly (readonly [what: string, detail: unknown, kept: unknown])[] = [
  ['500 characters', 'x'.repeat(500), 'x'.repeat(500)],
  ['501 characters', 'x'.repeat(501), bounded('x'.repeat(501), 500)],
  ['a list of 500', Array(500).fill('x'), Array(500).fill('x')],
  ['a list of 501', Array(501).fill('x'), [...Array(500).fill('x'), '… 501 in total']],
  ['a long text in a list', ['x'.repeat(501)], [bounded('x'.repeat(501), 500)]],
  ['a number', 501, 501],
  ['a large object', { list: Array(501).fill(1) }, { list: [...Array(500).fill(1), '… 501 in total'] }],
];
for (const [what, detail, kept] of cut)
  test(`${what} in a detail ${isDeepStrictEqual(detail, kept) ? 'stays' : 'is cut'}`, () => {
    audit(store, acme, 'a'.repeat(501), 'lifted', { detail });
    const [entry] = auditOf(store, 'acme');
    assert.deepEqual([entry!.detail, entry!.actor], [{ detail: kept }, bounded('a'.repeat(501), 500)]);
  });

test('each kind of entry is listed up to the limit, and all of them newest first', () => {
  const actions: AuditAction[] = ['marked', 'signed-in', 'password-refused', 'marked', 'marked', 'signed-out'];
  for (const [index, action] of actions.entries()) audit(store, acme, String(index), action);
  assert.equal(actorsOf('acme'), '5 4 3 2 1 0');
  assert.equal(actorsOf('acme', 1), '5 4 2');
  for (let count = 6; count <= 205; count++) audit(store, acme, String(count), 'marked');
  const marked = auditOf(store, 'acme').filter(({ action }) => action === 'marked');
  assert.deepEqual([marked.length, marked[0]!.actor, marked.at(-1)!.actor], [200, '205', '6']);
});

/** Adds this many entries of this kind. */
const fill = (count: number, kind: string, slug = 'acme'): void =>
  void store.run`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO audit (organization, at, actor, action, kind, detail)
    SELECT ${slug}, 0, n, 'old', ${kind}, '{}' FROM numbers`;
const keptOf = (kind: string, slug = 'acme'): unknown[] =>
  Object.values(
    store.get<object>`
      SELECT count(*), min(CAST(actor AS INTEGER)) FROM audit WHERE organization = ${slug} AND kind = ${kind}`!,
  );

/** How many entries of a kind are kept. The oldest are deleted first. */
const limits = { change: 2_000, use: 2_000, refusal: 1_000 };
for (const [kind, limit] of Object.entries(limits))
  test(`${limit} entries of the kind “${kind}” are kept, and the others do not count`, () => {
    for (const [other, most] of Object.entries(limits)) fill(other === kind ? limit + 1 : most, other);
    fill(limit + 1, kind, 'globex');
    pruneAudit(store, 'acme');
    assert.deepEqual(keptOf(kind), [limit, 2]);
    for (const [other, most] of Object.entries(limits)) if (other !== kind) assert.deepEqual(keptOf(other), [most, 1]);
    assert.deepEqual(keptOf(kind, 'globex'), [limit + 1, 1]);
  });

test('old entries are deleted at the first new one, and then at every twentieth', () => {
  fill(2_001, 'change');
  audit(store, acme, '9999', 'marked');
  assert.deepEqual(keptOf('change'), [2_000, 3]);
  for (let count = 0; count < 19; count++) audit(store, acme, '9999', 'marked');
  assert.deepEqual(keptOf('change'), [2_019, 3]);
  audit(store, globex, '9999', 'marked');
  assert.deepEqual(keptOf('change'), [2_019, 3], 'another organization’s entries do not count');
  audit(store, acme, '9999', 'marked');
  assert.deepEqual(keptOf('change'), [2_000, 23]);
});
