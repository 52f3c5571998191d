/** Scenarios that npm test and npm run bdd leave out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenarioOutcomes } from './scenario-outcomes.ts';

test('scenarios tagged @long', async () => {
  const outcomes = await scenarioOutcomes({ tags: '@long' });
  assert.ok(outcomes.length >= 10, String(outcomes.length));
  assert.deepEqual(
    outcomes.filter(({ status }) => status !== 'PASSED'),
    [],
  );
});
