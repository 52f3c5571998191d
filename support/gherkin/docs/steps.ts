/** The manual of steps, made from the step definitions themselves and the closed vocabularies. */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, loadSupport } from '@cucumber/cucumber/api';
import { vocabularies } from '../../catalogue/vocabularies.ts';
import { plainTags } from '../feature-style.ts';
import { readFeature } from '../read-features.ts';
import { meaningOf } from './meanings.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface StepEntry {
  keyword: string;
  expression: string;
  /** Names of its parameters, in order, without braces. */
  parameters: readonly string[];
  /** The part of the story: the file of steps/ without its ending. */
  part: string;
  /** `file:line` of the definition. */
  definedAt: string;
  /** A step of a scenario that uses it, or one put together from the first words when none does. */
  example: string;
  /** Whether a scenario uses it. */
  used: boolean;
}

/** A definition in the loaded library; its published type hides these fields. */
interface StepDefinition {
  keyword: string;
  pattern: string | RegExp;
  uri: string;
  line: number;
  matchesStepName(text: string): boolean;
}

const parts: Readonly<Record<string, string>> = {
  'set-up': 'Setting the stage',
  'connection-test': 'The connection test',
  'sign-in': 'Signing in',
  enforcement: 'Enforcing',
  mailbox: 'The e-mail on its way',
  security: 'Links and answers in strange hands',
  troubleshooting: 'Troubleshooting',
};

const otherParameters: Readonly<Record<string, string>> = {
  int: 'a whole number',
  word: 'one word without spaces',
  float: 'a number',
  string: 'a text in quotation marks',
};

/** Definitions register themselves once in a process, so they are loaded once. */
let loaded: Promise<StepEntry[]> | undefined;
export const stepEntries = (): Promise<StepEntry[]> => (loaded ??= loadEntries());

async function loadEntries(): Promise<StepEntry[]> {
  const { runConfiguration } = await loadConfiguration({ file: 'support/cucumber.json' }, { cwd: root });
  const { stepDefinitions } = (await loadSupport(runConfiguration, { cwd: root })) as unknown as {
    stepDefinitions: readonly StepDefinition[];
  };
  const used = stepsOfFeatures();
  return stepDefinitions.map((definition) => {
    const expression = String(definition.pattern);
    const example = used.find((text) => definition.matchesStepName(text));
    return {
      keyword: definition.keyword,
      expression,
      parameters: [...expression.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!),
      part: basename(definition.uri, '.ts'),
      definedAt: `${definition.uri}:${definition.line}`,
      example: example ?? withFirstWords(expression),
      used: example !== undefined,
    };
  });
}

/** The text of every step of every scenario, once. */
function stepsOfFeatures(): string[] {
  const files = globSync('features/**/*.feature', { cwd: root }).toSorted();
  const pickles = files.flatMap((file) => readFeature(join(root, file)).pickles);
  return [...new Set(pickles.flatMap(({ steps }) => steps.map(({ text }) => text)))];
}

const withFirstWords = (expression: string): string =>
  expression.replaceAll(
    /\{([^{}]*)\}/g,
    (_all, name: string) => vocabularies[name]?.[0]?.replaceAll(/\{\w+\}/g, '10') ?? '10',
  );

export async function stepsPage(): Promise<string> {
  const entries = await stepEntries();
  const order = Object.keys(parts);
  const found = [...new Set(entries.map(({ part }) => part))].toSorted(
    (one, other) => order.indexOf(one) - order.indexOf(other),
  );
  const chapters = found.map((part) =>
    chapter(
      part,
      entries.filter((entry) => entry.part === part),
    ),
  );
  return `${introduction(found)}
${chapters.join('\n')}
${parameterChapter(entries)}
${Object.entries(vocabularies).map(vocabularySection).join('\n')}
${tagsChapter}`;
}

const introduction = (found: readonly string[]): string => `# Steps

<!-- Made from the step definitions and the catalogues by npm run docs; change it there. -->

${[
  'Every step that a scenario may use, by the part of the story, each with an example from a scenario.',
  '`npm run steps -- <words>` searches this page; [first-scenario.md](first-scenario.md) shows how to begin.',
].join(' ')}
\`Given\`, \`When\` and \`Then\` say where a step belongs; \`And\` goes on with the one before.

${found.map((part) => `- [${titleOf(part)}](#${part})`).join('\n')}
- Words: ${Object.keys(vocabularies).map(vocabularyLink).join(', ')}; [tags](#tags)
`;

const titleOf = (part: string): string => parts[part] ?? part;

const vocabularyLink = (name: string): string => `[${name}](#words-${anchor(name)})`;

const chapter = (part: string, entries: readonly StepEntry[]): string => `<a id="${part}"></a>

## ${titleOf(part)}

Defined in [steps/${part}.ts](../steps/${part}.ts).

${entries.map(stepLine).join('\n')}
`;

function stepLine({ keyword, expression, parameters, example }: StepEntry): string {
  const step = `- **${keyword}** \`${expression}\``;
  if (example === expression) return step;
  const words = [...new Set(parameters)].filter((name) => name in vocabularies).map(vocabularyLink);
  return `${step}  \n  *${keyword} ${example}*${words.length === 0 ? '' : ` (words: ${words.join(', ')})`}`;
}

function parameterChapter(entries: readonly StepEntry[]): string {
  const others = Object.entries(otherParameters)
    .filter(([name]) => entries.some(({ parameters }) => parameters.includes(name)))
    .map(([name, what]) => `\`{${name}}\` is ${what}`);
  return `## Words for the parameters

A step with a word that is not listed here is not found. ${others.join(', ')}.
`;
}

const amounts =
  'Where a phrase holds `{minutes}` and the like, a whole number stands in its place: ' +
  '*an assertion that expired 10 minutes ago*.\n\n';

const vocabularySection = ([name, words]: [string, readonly string[]]): string => `<a id="words-${anchor(name)}"></a>

### {${name}}

${name === 'fault' ? amounts : ''}${words.map((word) => wordLine(name, word)).join('\n')}
`;

function wordLine(parameter: string, word: string): string {
  const meaning = meaningOf(parameter, word);
  return `- \`${word}\`${meaning === undefined ? '' : `: ${meaning.replaceAll('<', '\\<')}`}`;
}

const tagsChapter = `<a id="tags"></a>

## Tags

- \`@case:CODE\`: the scenario replays that troubleshooting case (\`npm run case -- CODE\`)
${Object.entries(plainTags)
  .map(([tag, what]) => `- \`${tag}\`: ${what}`)
  .join('\n')}
`;

function anchor(name: string): string {
  return name.replaceAll(' ', '-');
}
