/** How many guesses a day allows, the effect of a right password, and how long and how many attempts are kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countAttempt, giveBackAttempt, pruneWrongPasswords } from './lockout.ts';
import { openStore, type Store } from './store.ts';

const counter = { address: 'ada@acme.example', browser: '' };
const start = Date.parse('2026-03-01T12:00:00Z');

test('970 guesses in a day, in any distribution', () => {
  for (const everyMs of [1_000, 10_000, 90_000]) {
    using store = openStore(':memory:');
    let counted = 0;
    for (let now = 0; now < 24 * 3_600_000; now += everyMs) {
      // Ten at the start, then one every 90 seconds.
      const tries = now === 0 ? 10 : 1;
      for (let one = 0; one < tries; one++) if (countAttempt(store, counter, now)) counted++;
      assert.ok(counted <= 970, `every ${everyMs} ms`);
    }
    assert.ok(counted >= 960, `every ${everyMs} ms: ${counted}`);
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

const counted = (store: Store): string[] =>
  store.all<{ address: string }>`SELECT address FROM wrong_passwords ORDER BY address`.map(({ address }) => address);

test('a wrong password expires after 15 minutes: ten times 90 seconds', () => {
  using store = openStore(':memory:');
  const forgotten = start + 10 * 90_000;
  countAttempt(store, { address: 'a', browser: '' }, start);
  countAttempt(store, { address: 'b', browser: '' }, start + 1);
  pruneWrongPasswords(store, forgotten - 1);
  assert.deepEqual(counted(store), ['a', 'b']);
  pruneWrongPasswords(store, forgotten);
  assert.deepEqual(counted(store), ['b']);
});

test('10,000 emails are counted; those with the fewest failures are dropped first, then the oldest', () => {
  using store = openStore(':memory:');
  const fill = (count: number, name: string, failures: number, since: number): void =>
    void store.run`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
      INSERT INTO wrong_passwords (address, browser, failures, since)
      SELECT ${name} || n, '', ${failures}, ${since} FROM numbers`;
  fill(1, 'locked', 10, start - 1);
  fill(9_997, 'some', 5, start);
  fill(1, 'old', 1, start);
  fill(1, 'new', 1, start + 1);
  pruneWrongPasswords(store, start + 1);
  assert.equal(counted(store).length, 10_000);
  fill(1, 'more', 5, start);
  pruneWrongPasswords(store, start + 1);
  const kept = counted(store)
    .filter((address) => !address.startsWith('some'))
    .map((address) => address.slice(0, 3));
  assert.deepEqual([counted(store).length, kept], [10_000, ['loc', 'mor', 'new']]);
});

test('old counters are pruned at every 200th attempt', () => {
  using store = openStore(':memory:');
  const old = (): unknown => store.run`INSERT INTO wrong_passwords VALUES ('old', '', 1, 0)`;
  const attempt = (index: number): boolean => countAttempt(store, { address: `a${index}`, browser: '' }, start);
  old();
  attempt(0);
  assert.deepEqual(counted(store), ['a0']);
  old();
  for (let index = 1; index < 200; index++) attempt(index);
  assert.ok(counted(store).includes('old'));
  attempt(200);
  assert.ok(!counted(store).includes('old'));
});

test('one attempt is returned, not all, and never more than there were', () => {
  using store = openStore(':memory:');
  const counter = { address: 'a', browser: '' };
  const failures = (): number =>
    store.get<{ failures: number }>`SELECT failures FROM wrong_passwords WHERE address = 'a'`?.failures ?? 0;
  for (let count = 0; count < 3; count++) countAttempt(store, counter, start);
  giveBackAttempt(store, counter, start);
  assert.equal(failures(), 2);
  giveBackAttempt(store, counter, start + 45_000);
  assert.equal(failures(), 0.5, 'half of one has expired meanwhile');
  giveBackAttempt(store, counter, start + 45_000);
  assert.equal(failures(), 0);
  assert.deepEqual(counted(store), [], 'a counter at zero is not kept');
});
