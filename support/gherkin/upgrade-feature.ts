/** Rewrites renamed steps and fault phrases in a feature file. Layout, comments and values stay. */
import type { Examples, Step } from '@cucumber/messages';
import type { ReadFeature } from './read-features.ts';
import { readFeature } from './read-features.ts';
import { currentRenames, newCell, newStep, type Renames } from './rename.ts';

export interface Change {
  line: number;
  from: string;
  to: string;
}

interface PlacedChange extends Change {
  /** Index in the line, in code units. */
  at: number;
  isCell: boolean;
}

/** Throws if the text is not Gherkin. */
export function upgradeFeature(
  uri: string,
  text: string,
  renames: Renames = currentRenames,
): { text: string; changes: readonly Change[] } {
  const lines = text.split('\n');
  const changes = renamesIn(readFeature(uri, text), renames).map((change) => placed(lines[change.line - 1]!, change));
  // From the right, so that earlier columns stay valid.
  for (const change of changes.toSorted((one, other) => other.at - one.at))
    lines[change.line - 1] = changed(lines[change.line - 1]!, change);
  return { text: lines.join('\n'), changes: changes.map(({ line, from, to }) => ({ line, from, to })) };
}

/** Everything in the feature that has a new name. */
export function renamesIn({ document }: ReadFeature, renames: Renames = currentRenames): (Change & Place)[] {
  const children = (document.feature?.children ?? []).flatMap((child) => [child, ...(child.rule?.children ?? [])]);
  const steps = children
    .flatMap(({ background, scenario }) => [background, scenario])
    .flatMap((one) => one?.steps ?? []);
  const tables = children.flatMap(({ scenario }) => scenario?.examples ?? []);
  return [
    ...steps.flatMap((step) => inStep(step, renames)),
    ...tables.flatMap((examples) => inExamples(examples, renames)),
  ];
}

interface Place {
  /** Column of a cell, from 1, in code points. Undefined for a step, which ends its line. */
  column?: number;
}

function inStep({ text, location: { line } }: Step, renames: Renames): (Change & Place)[] {
  const to = newStep(text, renames);
  return to === text ? [] : [{ line, from: text, to }];
}

const inExamples = ({ tableBody }: Examples, renames: Renames): (Change & Place)[] =>
  tableBody.flatMap(({ cells }) =>
    cells.flatMap(({ value, location: { line, column = 1 } }) => {
      const to = newCell(value, renames);
      return to === value ? [] : [{ line, column, from: value, to }];
    }),
  );

function placed(line: string, { column, ...change }: Change & Place): PlacedChange {
  const at =
    column === undefined ? line.trimEnd().length - change.from.length : [...line].slice(0, column - 1).join('').length;
  return { ...change, at, isCell: column !== undefined };
}

/** A cell keeps its width if the text fits. */
function changed(line: string, { at, from, to, isCell }: PlacedChange): string {
  const before = line.slice(0, at);
  const after = line.slice(at + from.length);
  if (!isCell) return before + to + after;
  const padding = /^ */.exec(after)![0].length;
  const width = Math.max(1, padding + from.length - to.length);
  return before + to + ' '.repeat(width) + after.slice(padding);
}
