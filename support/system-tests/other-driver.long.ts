/** All scenarios with the driver that they do not use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedScenarios, playWithOther } from './other-driver.ts';

test('all scenarios end alike with the other driver', async () => {
  assert.deepEqual(await playWithOther(plannedScenarios()), []);
});
