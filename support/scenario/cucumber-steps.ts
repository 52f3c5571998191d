/** Registers our steps and their parameter types with Cucumber. */
import { relative, sep } from 'node:path';
import { defineParameterType, Given, supportCodeLibraryBuilder, Then, When } from '@cucumber/cucumber';
import { parameterTypes } from './parameter-types.ts';
import { type StepCode, type Wording, wordings } from './wordings.ts';

const define = { Given, When, Then } as const;

/** `play` plays a step on Cucumber's World; it must be called after all steps are imported. */
export function registerWithCucumber(
  play: (world: object, step: () => unknown) => unknown,
  options: object = {},
): void {
  for (const type of parameterTypes) defineParameterType(type);
  const functions = new Map<StepCode, StepCode>();
  for (const { keyword, expression, code, place } of wordings) {
    const step = functions.get(code) ?? onWorld(code, play);
    functions.set(code, step);
    define[keyword](expression, options, step);
    if (place !== undefined) showAt(place);
  }
}

/** Cucumber compares the number of parameters with that of the expression. */
const onWorld = (code: StepCode, play: (world: object, step: () => unknown) => unknown): StepCode =>
  Object.defineProperty(
    function (this: object, ...words: unknown[]) {
      return play(this, () => code(...words));
    },
    'length',
    { value: code.length },
  );

/** Cucumber's own record of the newest step, which its types hide. It would show the line above that registers it. */
function showAt({ file, line }: NonNullable<Wording['place']>): void {
  const { stepDefinitionConfigs, cwd } = supportCodeLibraryBuilder as unknown as {
    stepDefinitionConfigs: { uri: string; line: number }[];
    cwd: string;
  };
  Object.assign(stepDefinitionConfigs.at(-1)!, { uri: relative(cwd, file).replaceAll(sep, '/'), line });
}
