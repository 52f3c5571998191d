/** Passwords, and the lock after too many wrong ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tenant } from '../tenants/state.ts';
import { authenticate, isLocked } from './authenticate.ts';
import { entries, pass, stageOf } from './tenant.fixture.ts';

const minute = 60_000;
const right = "sam's password";
const wrong = (tenant: Tenant, times: number, username = 'sam'): void => {
  for (let attempt = 0; attempt < times; attempt++)
    assert.deepEqual(authenticate(tenant, username, 'wrong'), { failed: 'wrong' }, `attempt ${attempt + 1}`);
};
const locked = { failed: 'locked' } as const;

/** The input, the result, and the log entry. */
const attempts: [rule: string, username: string, password: string, outcome: string, entry: object][] = [
  ['the right password', 'sam', right, 'sam', { username: 'sam', ok: true }],
  ['a name in upper case', 'SAM', right, 'sam', { username: 'sam', ok: true }],
  ['a wrong password', 'SAM', 'wrong', 'wrong', { username: 'sam', ok: false, because: 'wrong password' }],
  [
    'the start of the password',
    'sam',
    right.slice(0, -1),
    'wrong',
    { username: 'sam', ok: false, because: 'wrong password' },
  ],
  [
    'a password in upper case',
    'sam',
    right.toUpperCase(),
    'wrong',
    { username: 'sam', ok: false, because: 'wrong password' },
  ],
  ["another user's password", 'ada', right, 'wrong', { username: 'ada', ok: false, because: 'wrong password' }],
  ['an unknown name', 'Bob', right, 'wrong', { username: 'Bob', ok: false, because: 'unknown user' }],
  ['no password', 'sam', '', 'wrong', { username: 'sam', ok: false, because: 'wrong password' }],
];
for (const [rule, username, password, outcome, entry] of attempts)
  test(`signing in with ${rule}`, () => {
    const { tenant } = stageOf();
    const attempt = authenticate(tenant, username, password);
    assert.equal('user' in attempt ? attempt.user.username : attempt.failed, outcome);
    assert.deepEqual(entries(tenant), [{ kind: 'login', ...entry }]);
  });

test('ten wrong passwords in a row lock a user out for 15 minutes, and further attempts do not extend the time', () => {
  const { tenant, sam } = stageOf();
  wrong(tenant, 10);
  assert.deepEqual(authenticate(tenant, 'sam', right), locked);
  assert.deepEqual(entries(tenant).at(-1), { kind: 'login', username: 'sam', ok: false, because: 'locked' });
  assert.equal(isLocked(tenant, sam), true);
  pass(15 * minute - 1);
  assert.deepEqual(authenticate(tenant, 'sam', 'wrong'), locked);
  assert.equal(isLocked(tenant, sam), true);
  pass(1);
  assert.equal(isLocked(tenant, sam), false);
  wrong(tenant, 9);
  assert.deepEqual(authenticate(tenant, 'sam', right), { user: sam });
});

test("the lock ends by the tenant's own clock", () => {
  const { tenant, sam } = stageOf();
  tenant.clockOffsetMs = -3 * 60 * minute;
  wrong(tenant, 10);
  assert.equal(isLocked(tenant, sam), true);
  tenant.clockOffsetMs += 15 * minute;
  assert.equal(isLocked(tenant, sam), false);
});

test('nine wrong passwords do not lock, and the right one starts the count again', () => {
  const { tenant, sam } = stageOf();
  for (let round = 0; round < 2; round++) {
    wrong(tenant, 9);
    assert.deepEqual(authenticate(tenant, 'sam', right), { user: sam });
  }
});

test('a lock applies to one username in one tenant', () => {
  const [acme, globex] = [stageOf('acme'), stageOf('globex')];
  wrong(acme.tenant, 10);
  wrong(acme.tenant, 10, 'unknown');
  assert.deepEqual(authenticate(acme.tenant, 'ada', "ada's password"), { user: acme.ada });
  assert.deepEqual(authenticate(globex.tenant, 'sam', right), { user: globex.sam });
  assert.deepEqual(authenticate(acme.tenant, 'other', 'wrong'), { failed: 'wrong' });
  assert.deepEqual(authenticate(globex.tenant, 'unknown', 'wrong'), { failed: 'wrong' });
});

test('an unknown username is locked out too, in any spelling', () => {
  const { tenant } = stageOf();
  wrong(tenant, 9, 'unknown');
  wrong(tenant, 1, ' Unknown ');
  assert.deepEqual(authenticate(tenant, 'unknown', 'wrong'), locked);
  assert.deepEqual(entries(tenant).at(-1), { kind: 'login', username: 'unknown', ok: false, because: 'unknown user' });
  pass(15 * minute);
  assert.deepEqual(authenticate(tenant, 'unknown', 'wrong'), { failed: 'wrong' });
});

test('10,000 unknown usernames are remembered; the oldest is dropped', () => {
  const { tenant } = stageOf();
  tenant.log = Object.assign([], { push: () => 0 }); // it costs more than what is tested
  wrong(tenant, 10, 'first');
  for (let name = 1; name < 10_000; name++) authenticate(tenant, `${name}`, 'wrong');
  assert.deepEqual(authenticate(tenant, 'first', 'wrong'), locked);
  wrong(tenant, 10, 'one more');
  assert.deepEqual(authenticate(tenant, 'one more', 'wrong'), locked);
  assert.deepEqual(authenticate(tenant, 'first', 'wrong'), { failed: 'wrong' });
});

test('an account locked by an administrator is reported only with the right password', () => {
  const { tenant, sam, ada } = stageOf();
  sam.locked = true;
  assert.deepEqual([isLocked(tenant, sam), isLocked(tenant, ada)], [true, false]);
  assert.deepEqual(authenticate(tenant, 'sam', 'wrong'), { failed: 'wrong' });
  assert.deepEqual(authenticate(tenant, 'sam', right), locked);
  assert.deepEqual(
    entries(tenant).map((entry) => 'because' in entry && entry.because),
    ['wrong password', 'locked'],
  );
});
