/** Registers renamed steps under the old sentence, too. Imported after all step definitions. */
import { defineStep, supportCodeLibraryBuilder } from '@cucumber/cucumber';
import { renamedSteps } from '../gherkin/renamed-steps.ts';

interface Registered {
  pattern: string | RegExp;
  options: object;
  code: () => unknown;
}

/** Cucumber's own list, which its types hide. */
const { stepDefinitionConfigs: registered } = supportCodeLibraryBuilder as unknown as {
  stepDefinitionConfigs: readonly Registered[];
};

for (const { from, to } of renamedSteps) {
  const step = registered.find(({ pattern }) => pattern === to);
  if (step === undefined)
    throw new Error(`Unknown step “${to}”, the new name of “${from}” in support/gherkin/renamed-steps.ts`);
  defineStep(from, step.options, step.code);
}
