/** Defines renamed steps under the old sentence, too. Imported after all step definitions. */
import { renamedSteps } from '../gherkin/renamed-steps.ts';
import { Given, Then, When, wordings } from './wordings.ts';

const define = { Given, When, Then } as const;

for (const { from, to } of renamedSteps) {
  const step = wordings.find(({ expression }) => expression === to);
  if (step === undefined)
    throw new Error(`Unknown step “${to}”, the new name of “${from}” in support/gherkin/renamed-steps.ts`);
  define[step.keyword](from, step.code);
}
