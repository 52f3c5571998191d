/** Words about what has changed since a form was opened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionTest } from '../connection-test.ts';
import { audit } from '../organization.ts';
import { findProfile, type Profile } from '../profile.ts';
import { acme, addRevision, globex, openSeeded } from '../seeded-store.fixture.ts';
import type { Store } from '../store.ts';
import {
  changedEnforcement,
  enforcementField,
  newerRevision,
  newerTest,
  revisionField,
  testFields,
} from './old-form.ts';

const words = async (page: unknown): Promise<string | undefined> =>
  page === undefined
    ? undefined
    : String(await page)
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/\s+/g, ' ');

const profileOf = (store: Store): Profile => findProfile(store, 'acme', 1)!;

/** Profile 1 in this many revisions, each with another IdP. */
function inRevisions(count: number): Store {
  const store = openSeeded();
  for (let number = 2; number <= count; number++) addRevision(store, 1, number, `idp of ${number}`);
  return store;
}

for (const [what, count, carried, listed] of [
  ['the newest revision', 3, '3', undefined],
  ['the one before', 3, '2', [3, 3]],
  ['an older one', 3, '1', [2, 3]],
  ['one that is 20 revisions old', 21, '1', [2, 21]],
  ['one that is 21 revisions old', 22, '1', [3, 22]],
  ['no number', 3, '1x', []],
  ['a number after other text', 3, 'x1', []],
  ['a number of nine digits', 3, '000000002', [3, 3]],
  ['a number of ten digits', 3, '0000000002', []],
] as const)
  test(`a form with ${what} lists the changes since`, async () => {
    using store = inRevisions(count);
    const page = await words(newerRevision(store, profileOf(store), carried));
    if (listed === undefined) return assert.equal(page, undefined);
    assert.match(page!, new RegExp(`is now at revision ${count}\\.`));
    const numbers = [...page!.matchAll(/Revision (\d+), by ada@acme\.example, 1970-01-01 00:00 UTC : IdP entity ID/g)];
    assert.deepEqual([numbers.at(0)?.[1], numbers.at(-1)?.[1]].filter(Boolean), listed.map(String));
    assert.equal(numbers.length, listed.length === 0 ? 0 : listed.at(-1)! - listed[0] + 1);
  });

test('enforcement that has changed is named with the last change of this profile', async () => {
  using store = openSeeded();
  const before = profileOf(store);
  const carried = /value="(.*)"/.exec(String(await enforcementField(before)))![1]!;
  assert.deepEqual([carried, changedEnforcement(store, before, carried)], ['none', undefined]);
  store.run`UPDATE profiles SET enforced_revision = 1, enforced_at = 7 WHERE id = 1`;
  const enforced = profileOf(store);
  assert.match(String(await enforcementField(enforced)), /name="enforced" value="revision 1 since 7"/);
  const page = () => words(changedEnforcement(store, enforced, carried));
  assert.match((await page())!, /^ Nothing was saved: SSO enforcement has changed .* then decide again\. $/);
  audit(store, acme, 'kim@acme.example', 'enforced', { profile: 'Profile 1' });
  audit(store, acme, 'sam@acme.example', 'lifted', { profile: 'Profile 2' });
  audit(store, acme, 'sam@acme.example', 'profile-changed', { profile: 'Profile 1' });
  audit(store, globex, 'sam@globex.example', 'lifted', { profile: 'Profile 1' });
  assert.match((await page())!, /then decide again\. Enforced by kim@acme\.example, [\d-]+ [\d:]+ UTC \. $/);
});

test('a test that is not the newest, or was marked since, is named', async () => {
  const shown = { id: 7, askedBy: 'ada@acme.example', tester: 'sam@acme.example', createdAt: 0 } as ConnectionTest;
  const marked: ConnectionTest = { ...shown, mark: 'success', markedAt: 60_000, markedBy: 'kim@acme.example' };
  const fields = async (one: ConnectionTest): Promise<{ test: string; marked: string }> => {
    const [id, mark] = [...String(await testFields(one)).matchAll(/value="(.*?)"/g)].map(([, value]) => value!);
    return { test: id!, marked: mark! };
  };
  for (const one of [shown, marked]) assert.equal(newerTest(one, await fields(one)), undefined);
  assert.deepEqual(await fields(marked), { test: '7', marked: 'success at 60000' });
  assert.match(
    (await words(newerTest(shown, { test: '6', marked: 'none' })))!,
    /there is a newer test, sent by ada@acme\.example to sam@acme\.example, 1970-01-01 00:00 UTC \./,
  );
  assert.match(
    (await words(newerTest(marked, await fields(shown))))!,
    /kim@acme\.example marked this test as passed, 1970-01-01 00:01 UTC \./,
  );
});

test('the revision is in a hidden field', async () => {
  using store = inRevisions(4);
  assert.equal(String(await revisionField(profileOf(store))), '<input type="hidden" name="revision" value="4">');
});
