/** Every scenario for any product at our own SP, in browsers, by its recipe alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playOwnProduct } from './play-own-product.ts';

test('all pass but those that its settings exclude', async () => {
  const outcomes = await playOwnProduct({ tags: '@any-product' });
  assert.ok(outcomes.length > 45, `${outcomes.length} scenarios`);
  assert.deepEqual(
    outcomes.filter(({ status }) => status === 'SKIPPED').map(({ name }) => name),
    ['The app portal lets Sam in'],
  );
  assert.deepEqual(
    outcomes.filter(({ status }) => status !== 'SKIPPED' && status !== 'PASSED'),
    [],
  );
});
