/** A sample of the scenarios with the driver that they do not use; `npm run test:long` plays all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneDriverSteps } from '../catalogue/one-driver.ts';
import { plannedScenarios, playWithOther } from './other-driver.ts';

const all = plannedScenarios();

test('a sample of the scenarios ends alike with the other driver', async () => {
  const sample = all.filter(({ needsOwn }, index) => needsOwn !== undefined || index % 50 === 0);
  assert.ok(sample.some(({ other }) => other === 'browser') && sample.some(({ other }) => other === 'http'));
  const needing = new Set(sample.map(({ needsOwn }) => needsOwn));
  for (const { expression } of oneDriverSteps) assert.ok(needing.has(expression), `“${expression}” is played`);
  assert.deepEqual(await playWithOther(sample), []);
});
