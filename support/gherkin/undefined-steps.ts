/** Suggestions for an undefined step: the nearest steps, and the nearest words if only a word is wrong. */
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import { near, nearest } from '../catalogue/nearest.ts';
import { patternOf, patternOfAll, vocabularies } from '../catalogue/vocabularies.ts';
import { commandLine } from '../terminal/command-line.ts';

export interface Advice {
  /** Expressions of existing steps, the nearest first. */
  steps: readonly string[];
  /** Words that are in none of the vocabularies of their parameter. */
  words: readonly WrongWord[];
}

export interface WrongWord {
  typed: string;
  parameter: string;
  nearest: readonly string[];
  /** If another vocabulary has the word: that parameter, and the steps that take it, the nearest first. */
  instead?: { parameter: string; steps: readonly string[] };
}

/** Parameters that match any text, to read what was typed there. */
const anything = new ParameterTypeRegistry();
for (const name of Object.keys(vocabularies)) defineAnything(name);

function defineAnything(name: string): void {
  anything.defineParameterType(new ParameterType(name, /.+/, String, (text: string) => text, false, false));
}

/** No step is longer, so the rest is ignored. */
const longestStep = 1_000;

/** `typed` is the step without its keyword; `expressions` are those of all step definitions. */
export function adviseOn(typed: string, expressions: readonly string[]): Advice {
  const text = typed.slice(0, longestStep);
  const forms = new Map(expressions.map((expression) => [expression, argumentsOf(expression, text)]));
  const fitting = expressions
    .filter((expression) => forms.get(expression) !== undefined)
    .toSorted((one, other) => wrong(one).length - wrong(other).length || literal(other) - literal(one));
  const rewritten = new Map(expressions.map((expression) => [inForm(expression), expression]));
  const alike = nearest(inForm(text), [...rewritten.keys()], rewritten.size)
    .map((form) => rewritten.get(form)!)
    .filter((expression) => !fitting.includes(expression));
  const steps = [...fitting.slice(0, 2), ...alike].slice(0, 3);
  return {
    steps,
    words: steps
      .flatMap(wrong)
      .filter(
        (one, index, all) =>
          all.findIndex(({ typed, parameter }) => typed === one.typed && parameter === one.parameter) === index,
      ),
  };

  function wrong(expression: string): Advice['words'] {
    return (forms.get(expression) ?? []).flatMap(({ typed, parameter }) =>
      isWord(parameter, typed)
        ? []
        : [{ typed, parameter, nearest: near(typed, vocabularies[parameter]!), ...otherPlace(typed) }],
    );
  }

  function otherPlace(typed: string): Pick<WrongWord, 'instead'> {
    const parameter = Object.keys(vocabularies).find((name) => isWord(name, typed));
    if (parameter === undefined) return {};
    const taking = expressions.filter((expression) => expression.includes(`{${parameter}}`));
    return { instead: { parameter, steps: nearest(inForm(text), taking, 2) } };
  }
}

/** The advice as lines for the terminal. */
export function adviceInWords({ steps, words }: Advice): string[] {
  return [
    'Unknown step. The nearest are:',
    ...steps.map((expression) => `  ${expression}`),
    ...words.flatMap(({ typed, parameter, nearest: known, instead }) => [
      ...(instead === undefined ? [] : [`“${typed}” is a {${instead.parameter}}. Steps that take one:`]),
      ...(instead?.steps ?? []).map((expression) => `  ${expression}`),
      `Unknown {${parameter}} “${typed}”. The nearest ${known.length === 1 ? 'is' : 'are'}:`,
      ...known.map((word) => `  ${word}`),
    ]),
    `All steps and words: ${commandLine('steps', { args: 'WORDS' })}`,
  ];
}

interface Argument {
  typed: string;
  parameter: string;
}

/** The typed values of the parameters; undefined if the rest of the step does not match. */
function argumentsOf(expression: string, text: string): Argument[] | undefined {
  const names = [...expression.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!);
  return matchOf(expression, text)?.flatMap((argument, index) =>
    Object.hasOwn(vocabularies, names[index] ?? '')
      ? [{ typed: argument.group.value ?? '', parameter: names[index]! }]
      : [],
  );
}

/** Undefined also for regular expressions, which steps of a team's own may have. */
function matchOf(expression: string, text: string): ReturnType<CucumberExpression['match']> | undefined {
  try {
    return new CucumberExpression(expression, anything).match(text) ?? undefined;
  } catch (error) {
    const { undefinedParameterTypeName: unknown } = error as { undefinedParameterTypeName?: string };
    if (unknown === undefined) return undefined;
    defineAnything(unknown); // one of the team's own
    return matchOf(expression, text);
  }
}

const isWord = (parameter: string, typed: string): boolean =>
  vocabularies[parameter]!.some((word) => new RegExp(`^(?:${patternOf(word)})$`).test(typed));

const literal = (expression: string): number => expression.replaceAll(/\{[^{}]*\}/g, '').length;

/** The text with vocabulary words replaced by their parameters. */
function inForm(text: string): string {
  const byLength = Object.entries(vocabularies).toSorted(([, one], [, other]) => longest(other) - longest(one));
  const replaced = byLength.reduce(
    (form, [name, words]) =>
      form.replaceAll(new RegExp(`(?<![\\w{-])(?:${patternOfAll(words)})(?![\\w}-])`, 'g'), `{${name}}`),
    text,
  );
  return replaced.replaceAll(/(?<![\w-])\d+(?![\w-])/g, '{int}');
}

const longest = (words: readonly string[]): number => Math.max(...words.map(({ length }) => length));
