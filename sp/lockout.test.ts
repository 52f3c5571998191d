/** How many guesses a day allows, and the effect of a right password. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countAttempt, giveBackAttempt } from './lockout.ts';
import { openStore } from './store.ts';

const counter = { address: 'ada@acme.example', browser: '' };

test('970 guesses in a day, in any distribution', () => {
  for (const everyMs of [1_000, 10_000, 90_000]) {
    using store = openStore(':memory:');
    let counted = 0;
    for (let now = 0; now < 24 * 3_600_000; now += everyMs) {
      // Ten at the start, then one every 90 seconds.
      const tries = now === 0 ? 10 : 1;
      for (let one = 0; one < tries; one++) if (countAttempt(store, counter, now)) counted++;
    }
    assert.ok(counted <= 970 && counted >= 960, `every ${everyMs} ms: ${counted}`);
  }
});

test('one attempt expires after 90 seconds, not before', () => {
  using store = openStore(':memory:');
  for (let one = 0; one < 10; one++) assert.ok(countAttempt(store, counter, 0));
  assert.equal(countAttempt(store, counter, 89_999), false);
  assert.ok(countAttempt(store, counter, 90_000));
  assert.equal(countAttempt(store, counter, 90_000), false);
  assert.ok(countAttempt(store, { ...counter, browser: 'known' }, 90_000), 'known browsers have their own counters');
  assert.ok(countAttempt(store, { ...counter, address: 'grace@acme.example' }, 90_000));
});

test('a returned attempt leaves no record, even if the clock is set back', () => {
  using store = openStore(':memory:');
  for (let one = 0; one < 30; one++) {
    assert.ok(countAttempt(store, counter, 1_000_000 - one * 60_000));
    giveBackAttempt(store, counter, 1_000_000 - one * 60_000);
  }
  assert.deepEqual(store.all`SELECT * FROM wrong_passwords`, []);
});
