/** No regular expression of ours takes a time that grows faster than its text: most texts come from somebody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthOf, ourExpressions } from './regular-expressions.ts';

/** Judged without trying texts out, and skipped where that takes long: regular-expressions.long.ts judges all. */
const quickly = { checker: 'automaton', timeout: 500 } as const;

test('every regular expression that can be judged quickly is linear', () => {
  const growths = [...ourExpressions()].map(([written, places]) => ({
    written,
    places,
    growth: growthOf(written, quickly),
  }));
  const judged = growths.filter(({ growth }) => growth !== 'unknown');
  assert.ok(judged.length > 50, `${judged.length} of ${growths.length} were judged`);
  assert.deepEqual(
    judged.filter(({ growth }) => growth !== 'linear'),
    [],
  );
});

test('one that is not linear is noticed', () => {
  for (const written of ['/(a+)+$/', '/<[^>]*>/g', '/\\s+$/'])
    assert.match(growthOf(written), /polynomial|exponential/, written);
  assert.equal(growthOf('/<[^<>]*>/g'), 'linear');
});
