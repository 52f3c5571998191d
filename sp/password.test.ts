/** Passwords and secrets: storage, comparison, and randomness. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, isPassword, usualPasswordCost } from './password.ts';
import { hashOf, isSameSecret, newRecoveryKey, newReference, newRequestId, newSecret, secretLength } from './secret.ts';

const none = { standIn: undefined, cost: 2 };

test('a password matches in any Unicode normalization', async () => {
  const stored = await hashPassword('café', 4);
  assert.match(stored, /^scrypt\$4\$8\$1\$[\w+/]{22}==\$[\w+/]{43}=$/);
  assert.notEqual(stored, await hashPassword('café', 4), 'each hash has its own salt');
  for (const [given, isRight] of [
    ['café', true],
    ['cafe\u0301', true],
    ['cafe', false],
    ['Café', false],
    ['café ', false],
    ['', false],
  ] as const)
    assert.equal(await isPassword(given, stored, none), isRight, given);
  assert.equal(await isPassword('cafe\u0301', await hashPassword('cafe\u0301', 2), none), true);
});

test('a password stored at another cost still matches', async () => {
  assert.equal(await isPassword('x', await hashPassword('x', 2), { standIn: undefined, cost: 64 }), true);
  assert.ok(usualPasswordCost >= 2 ** 14);
});

test('a user without an account has no password, not even that of the dummy hash', async () => {
  const standIn = await hashPassword('x', 2);
  assert.equal(await isPassword('x', undefined, { standIn, cost: 2 }), false);
  assert.equal(await isPassword('x', undefined, none), false);
});

test('generated secrets are long enough, URL-safe and unique', () => {
  for (const [make, form] of [
    [newSecret, new RegExp(`^[\\w-]{${secretLength}}$`)],
    [newRequestId, /^_[0-9a-f]{40}$/],
    [newReference, /^[2-9A-HJ-NP-Z]{8}$/],
    [newRecoveryKey, /^([2-9A-HJ-NP-Z]{8}-){2}[2-9A-HJ-NP-Z]{8}$/],
  ] as const) {
    const made = Array.from({ length: 200 }, make);
    for (const one of made) assert.match(one, form);
    assert.equal(new Set(made).size, 200);
  }
  const characters = new Set(Array.from({ length: 500 }, newReference).join(''));
  assert.equal(characters.size, 30, 'every character of the alphabet occurs');
});

test('a secret is stored as SHA-256, and must match exactly', () => {
  assert.equal(hashOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(isSameSecret('abc', 'abc'), true);
  for (const other of ['abd', 'ab', 'abcd', '', 'ABC']) assert.equal(isSameSecret('abc', other), false, other);
});
