/** A sign-in in progress, and the changes that supersede it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSeeded } from './seeded-store.fixture.ts';
import { whySuperseded } from './superseded-sign-in.ts';

const sam = 'sam@acme.example';
const off = 'enforcement was turned off, or the user is no longer covered';
const elsewhere = 'another SSO profile covers the user';
/** Sam is being sent to the IdP of profile 1. By default both profiles are enforced. */
const pointless: readonly (readonly [
  words: string,
  enrolled: number | null,
  why: string | undefined,
  more?: { test?: number; address?: string; enforced?: number | null },
])[] = [
  ['the profile covers the user', 1, undefined],
  ['the user is not covered', null, off],
  ['the profile is no longer enforced', 1, off, { enforced: null }],
  ['another profile covers the user', 2, elsewhere],
  ['the user was deleted', 1, off, { address: 'gone@acme.example' }],
  ['it is a test, and the user is not covered', null, undefined, { test: 1 }],
  ['it is a test of the user’s own profile, enforced or not', 1, undefined, { test: 1, enforced: null }],
  ['it is a test, and the user is enrolled in another profile', 2, elsewhere, { test: 1 }],
  ['it is a test, and the user was deleted', 1, undefined, { test: 1, address: 'gone@acme.example' }],
];
for (const [words, enrolled, why, { test: id, address = sam, enforced = 1 } = {}] of pointless)
  test(`a sign-in ${why ? 'ends' : 'continues'}: ${words}`, () => {
    using store = openSeeded();
    store.run`UPDATE profiles SET enforced_revision = 1`;
    store.run`UPDATE profiles SET enforced_revision = ${enforced} WHERE id = 1`;
    store.run`UPDATE users SET profile = ${enrolled} WHERE address = ${sam}`;
    assert.equal(whySuperseded(store, { profile: 1, test: id, address }), why);
  });
