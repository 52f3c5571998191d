/** When the stage is set and struck, when evidence is collected, and what is checked after every scenario. */
import {
  After,
  AfterAll,
  AfterStep,
  Before,
  BeforeAll,
  BeforeStep,
  setDefaultTimeout,
  setDefinitionFunctionWrapper,
} from '@cucumber/cucumber';
import { explainAccepted } from './evidence/accepted-faults.ts';
import { collectEvidence } from './evidence/collect.ts';
import { Unable } from './idp/identity-provider.ts';
import { cleanUp } from './scenario/clean-up.ts';
import { tryLastSignIn } from './scenario/first-sign-in.ts';
import { checkInvariants } from './scenario/invariants.ts';
import { renewStage, setStage, strikeStage } from './scenario/stage.ts';
import { inPlainWords } from './scenario/step-failure.ts';
import type { RehearsalWorld, RunParameters } from './scenario/world.ts';

// With SLOW_MO, allows for up to 40 slowed-down actions in a step.
setDefaultTimeout(30_000 + 40 * Number(process.env.SLOW_MO ?? 0));

/**
 * Skips a scenario that needs more than the identity provider can do, with the reason. Says other failures in plain
 * words.
 */
setDefinitionFunctionWrapper(
  (code: (this: RehearsalWorld, ...words: unknown[]) => unknown) =>
    async function (this: RehearsalWorld, ...words: unknown[]) {
      try {
        return await code.apply(this, words);
      } catch (error) {
        if (!(error instanceof Unable)) throw await inPlainWords(error, this);
        this.log(`Skipped: ${error.message}`);
        return 'skipped';
      }
    },
);

let hasPlayed = false;

BeforeAll({ timeout: 120_000 }, setStage); // where a container must come first
AfterAll({ timeout: 120_000 }, async function (this: { parameters: RunParameters }) {
  try {
    if (hasPlayed) await tryLastSignIn(this.parameters.swapDrivers ? 'http' : 'browser');
  } finally {
    await strikeStage();
  }
});

Before(async function (this: RehearsalWorld) {
  const { evidence = false, traces } = this.parameters;
  if (evidence) this.evidence = collectEvidence(this, this, { traces });
  await renewStage();
  hasPlayed = true;
});

Before({ tags: '@scripted' }, function (this: RehearsalWorld) {
  this.drivers = this.parameters.swapDrivers ? 'browser' : 'http';
});

BeforeStep(function (this: RehearsalWorld, { pickleStep }) {
  this.step = pickleStep.text;
});

AfterStep(async function (this: RehearsalWorld, { pickle, pickleStep, result }) {
  this.step = '';
  const passed = result.status === 'PASSED';
  await this.evidence?.step({ outcome: !passed || pickleStep.type === 'Outcome' });
  if (!passed || pickleStep === pickle.steps.at(-1))
    await this.evidence?.whole({ scenario: pickle.name, uri: pickle.uri, failed: !passed });
  if (result.status === 'FAILED' && this.evidence === undefined)
    // Best effort: a stage that is broken has failed the step already.
    for (const sentence of await explainAccepted(this).catch(() => [])) this.log(sentence);
});

After(async function (this: RehearsalWorld, { pickle, result }) {
  let failed = result !== undefined && result.status !== 'PASSED' && result.status !== 'SKIPPED';
  try {
    // After the last step of a scenario that passed, everything has been collected.
    if (failed) await this.evidence?.step({ outcome: true });
    await checkInvariants(this).finally(() => cleanUp(this));
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await this.evidence?.whole({ scenario: pickle.name, uri: pickle.uri, failed });
    await Promise.all(Object.values(this.cast).map((actor) => actor[Symbol.asyncDispose]()));
  }
});
