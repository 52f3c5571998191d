/** A stage that is being struck: what plays on it ends, and nothing begins. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { renewStage, setStage, stage, strikeStage } from './stage.ts';

test('a scenario that starts while the stage is being struck waits for the end of its worker', async () => {
  await setStage();
  const struck = strikeStage();
  assert.doesNotThrow(stage, 'the runner makes its world, and what that throws would end the worker at once');
  let begun = false;
  void renewStage().then(() => {
    begun = true;
  });
  await assert.rejects(stage().browser(), { message: 'the stage is struck' });
  await struck;
  await setImmediate();
  assert.equal(begun, false);
});

test('a stage can be set again after it was struck', async () => {
  await setStage();
  await renewStage();
  await strikeStage();
});
