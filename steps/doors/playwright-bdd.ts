/** Entry point `sso-rehearsal/playwright-bdd`: registers our steps with playwright-bdd. */
import { test } from '@playwright/test';
import { defineParameterType } from 'playwright-bdd';
import { Unable } from '../../support/idp/identity-provider.ts';
import { parameterTypes } from '../../support/scenario/parameter-types.ts';
import type { Scene } from '../../support/scenario/scene.ts';
import { inPlainWords } from '../../support/scenario/step-failure.ts';
import { playIn, wordings } from '../../support/scenario/wordings.ts';
import './all-steps.ts';

// biome-ignore lint/suspicious/noExplicitAny: playwright-bdd types these by the fixtures of the caller's test
type Define = (expression: string, step: (...words: any[]) => any) => any;

/** The result of `createBdd(test)`. */
export interface Bdd {
  Given: Define;
  When: Define;
  Then: Define;
}

interface Fixtures {
  scene: Scene;
  $step: { title: string };
}

let hasTypes = false;

/** `registerSteps(createBdd(test))`, where `test` has the fixtures of `sso-rehearsal/playwright`. */
export function registerSteps(bdd: Bdd): void {
  if (!hasTypes) for (const type of parameterTypes) defineParameterType(type);
  hasTypes = true;
  for (const { keyword, expression, code } of wordings) {
    // playwright-bdd reads the names of the fixtures here, and the number of parameters below.
    const step = ({ scene, $step }: Fixtures, ...words: unknown[]): Promise<void> =>
      play(scene, $step.title, () => code(...words));
    Object.defineProperty(step, 'length', { value: code.length + 1 });
    bdd[keyword](expression, step);
  }
}

/** Skips a test that needs more than the product or the IdP can do. Says other failures in plain words. */
async function play(scene: Scene, title: string, step: () => unknown): Promise<void> {
  try {
    await playIn(scene, step);
  } catch (error) {
    if (error instanceof Unable) test.skip(true, error.message);
    throw await inPlainWords(error, { cast: scene.cast, step: title });
  }
}
