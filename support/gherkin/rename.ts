/** Replaces the old name of a step or fault phrase by the new one. */
import { type Renamed, renamedFaults } from '../catalogue/renamed-words.ts';
import { patternOf, patternOfAll, vocabularies } from '../catalogue/vocabularies.ts';
import { renamedSteps } from './renamed-steps.ts';

export interface Renames {
  steps: readonly Renamed[];
  faults: readonly Renamed[];
}

export const currentRenames: Renames = { steps: renamedSteps, faults: renamedFaults };

/** Parameters without a vocabulary; any other name is an amount in a fault phrase. */
const otherParameters: Readonly<Record<string, string>> = {
  float: '-?\\d*\\.?\\d+',
  string: '"[^"]*"|\'[^\']*\'',
  word: '\\S+',
};

/** The step under its new name, with the same values. Unchanged if nothing in it was renamed. */
export function newStep(text: string, renames: Renames = currentRenames): string {
  const step = renames.steps.reduce((last, renamed) => renameWhole(last, renamed, renames), text);
  return renames.faults.reduce((last, renamed) => renameWithin(last, renamed, renames), step);
}

/** As `newStep`, for a cell of an Examples table. */
export const newCell = (text: string, renames: Renames = currentRenames): string =>
  renames.faults.reduce((last, renamed) => renameWhole(last, renamed, renames), text);

const renameWhole = (text: string, renamed: Renamed, renames: Renames): string =>
  text.replace(new RegExp(`^${sourceOf(renamed.from, renames)}$`), (_all, ...values: string[]) =>
    filled(renamed, values),
  );

const renameWithin = (text: string, renamed: Renamed, renames: Renames): string =>
  text.replace(new RegExp(`(?<![\\w-])${sourceOf(renamed.from, renames)}(?![\\w-])`), (_all, ...values: string[]) =>
    filled(renamed, values),
  );

const parametersOf = (expression: string): string[] =>
  [...expression.matchAll(/\{([^{}]*)\}/g)].map(([, parameter]) => parameter!);

/** One group for each parameter. A placeholder of a Scenario Outline is a value, too. */
function sourceOf(expression: string, renames: Renames): string {
  return expression
    .split(/(\{[^{}]*\})/)
    .map((part) => (part.startsWith('{') ? `(<[^<>]+>|${valuesOf(part.slice(1, -1), renames)})` : patternOf(part)))
    .join('');
}

function valuesOf(parameter: string, { faults }: Renames): string {
  const words = vocabularies[parameter];
  if (words === undefined) return otherParameters[parameter] ?? '-?\\d+';
  return patternOfAll(parameter === 'fault' ? [...words, ...faults.map(({ from }) => from)] : words);
}

/** The new name with the values of the old one; parameters of one name keep their order. */
function filled({ from, to }: Renamed, values: readonly string[]): string {
  const left = parametersOf(from).map((parameter, index) => ({ parameter, value: values[index]! }));
  return to.replaceAll(/\{([^{}]*)\}/g, (_all, parameter: string) => {
    const [next] = left.splice(
      left.findIndex((one) => one.parameter === parameter),
      1,
    );
    return next!.value;
  });
}
