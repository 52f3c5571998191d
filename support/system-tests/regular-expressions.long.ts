/** All our regular expressions take linear time: most of the texts they match are foreign. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtExpressions, growthOf, ourExpressions } from './regular-expressions.ts';

test('every regular expression is linear', () => {
  const expressions = ourExpressions();
  assert.ok(expressions.size > 200, `${expressions.size} expressions`);
  const slow = [...expressions]
    .map(([written, places]) => ({ written, places, growth: growthOf(written) }))
    .filter(({ growth }) => growth !== 'linear');
  assert.deepEqual(slow, []);
});

test('every regular expression built at run time is linear', async () => {
  const slow = (await builtExpressions())
    .map((one) => ({ ...one, growth: growthOf(one.written) }))
    .filter(({ growth }) => growth !== 'linear');
  assert.deepEqual(slow, []);
});
