/** Enforcement for the maximum number of users. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mostUsers, usersOf } from '../organization.ts';
import { type AcmesSp, addVerifiedProfile, foundAcme, startAcmesSp } from './admin-center.fixture.ts';

let sp: AcmesSp;
let path: string;
before(async () => {
  sp = await startAcmesSp();
  await foundAcme(sp);
  const { id } = addVerifiedProfile(sp, 'Acme');
  path = `/admin/sso/${id}/enforce`;
  for (let n = usersOf(sp.store, 'acme').length; n < 500; n++)
    sp.store.run`
      INSERT INTO users (address, organization, name, password, administrator)
      VALUES (${addressOf(n)}, 'acme', ${`User ${n}`}, '', 1)`;
});
after(() => sp[Symbol.asyncDispose]());

/** An email of the maximum length. */
const addressOf = (n: number): string => `${`${n}`.padEnd(64, '+')}@${'a'.repeat(60)}.${'b'.repeat(60)}.acme.example`;

test('500 users are covered, and 500 administrators can recover', async () => {
  const all = usersOf(sp.store, 'acme').map(({ address }) => address);
  assert.equal(all.length, 500);
  const ticked = [
    ...all.map((address): [string, string] => ['users', address]),
    ...all.filter((address) => !address.startsWith('sam@')).map((address): [string, string] => ['recovery', address]),
  ];
  const { status } = await sp.send('Ada', path, ticked);
  assert.equal(status, 303);
  const covered = usersOf(sp.store, 'acme').filter(({ profile }) => profile !== undefined);
  assert.deepEqual([covered.length, covered.filter(({ recoveryOf }) => recoveryOf.length === 1).length], [500, 499]);
});

test('one user above the maximum is rejected, with the maximum', async () => {
  const path = '/organizations/acme/users/one-more@acme.example';
  const { status, body } = await sp.control('PUT', path, { name: 'One more', password: 'x' });
  assert.deepEqual([status, body.code], [409, 'too-many-users']);
});

test('a form with more users than the maximum is rejected, with the maximum', async () => {
  const tick = (count: number) => Array.from({ length: count }, (_, n): [string, string] => ['users', addressOf(n)]);
  const { status, page } = await sp.send('Ada', path, tick(mostUsers + 1));
  assert.equal(status, 400);
  assert.match(page, /users: select at most 500/);
  const more = await sp.send('Ada', path, tick(5_000));
  assert.equal(more.status, 413);
  assert.match(more.page, /The form has too many fields|The request is too large/);
  assert.deepEqual(sp.errors, []);
});
