/** All our regular expressions take linear time: most of the texts they match are foreign. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtExpressions, growthOf, ourExpressions } from './regular-expressions.ts';

test('every regular expression is linear', async () => {
  const expressions = ourExpressions();
  assert.ok(expressions.size > 200, `${expressions.size} expressions`);
  await assertAllLinear([...expressions].map(([written, places]) => ({ written, places })));
});

test('what the fuzzer calls slow is tried with a long text', async () => {
  const byFuzzer = { checker: 'fuzz', timeout: 60_000 } as const;
  assert.match(await growthOf('/<[^>]*>/g', byFuzzer), /polynomial/);
  assert.equal(await growthOf('/(__Host-[\\w-]{1,64}=)[^;]{8,}/g', byFuzzer), 'linear');
});

test('every regular expression built at run time is linear', async () => {
  await assertAllLinear(await builtExpressions());
});

async function assertAllLinear(all: readonly { written: string }[]): Promise<void> {
  const slow: object[] = [];
  for (const one of all) {
    const growth = await growthOf(one.written);
    if (growth !== 'linear') slow.push({ ...one, growth });
  }
  assert.deepEqual(slow, []);
}
