/** When the stage is set and struck, and what is checked after every scenario. */
import { After, AfterAll, Before, BeforeAll, setDefaultTimeout } from '@cucumber/cucumber';
import { checkInvariants } from './invariants.ts';
import { setStage, strikeStage } from './stage.ts';
import type { RehearsalWorld } from './world.ts';

setDefaultTimeout(30_000);

BeforeAll(setStage);
AfterAll(strikeStage);

Before({ tags: '@scripted' }, function (this: RehearsalWorld) {
  this.scripted = true;
});

After(async function (this: RehearsalWorld) {
  try {
    await checkInvariants(this);
  } finally {
    await Promise.all(Object.values(this.cast).map((actor) => actor[Symbol.asyncDispose]()));
  }
});
