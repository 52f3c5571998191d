/** The limits of processor time fail where they must. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertQuick, spentMs } from './processor-time.fixture.ts';

test('what took a thousand times the limit is not quick on any machine', () => {
  assertQuick(9, 10);
  assert.throws(
    () => assertQuick(10_000, 10, 'reading'),
    /^AssertionError.*: reading: 10000 ms of processor time, \d+ are/,
  );
});

test('processor time is that of the act', () => {
  const end = (ms: number): void => {
    const before = performance.now();
    while (performance.now() - before < ms);
  };
  assert.ok(spentMs(() => end(40)) > spentMs(() => undefined));
});
