/** Generates docs/steps.md from the step definitions and the closed vocabularies. */
import { globSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pickle } from '@cucumber/messages';
import { oneDriverSteps } from '../../catalogue/one-driver.ts';
import { vocabularies } from '../../catalogue/vocabularies.ts';
import { plainTags } from '../feature-style.ts';
import { readFeature } from '../read-features.ts';
import { loadSteps, type StepDefinition, supportFiles } from '../support-files.ts';
import { meaningOf } from './meanings.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface StepEntry {
  keyword: string;
  expression: string;
  /** Names of the parameters, in order, without braces. */
  parameters: readonly string[];
  /** The file, without folder and extension. */
  part: string;
  /** `file:line` of the definition; for our own steps in the package, its name. */
  definedAt: string;
  /** The step as a scenario uses it, or composed from the first words of each vocabulary. */
  example: string;
  /** True if a scenario uses it. */
  used: boolean;
}

const parts: Readonly<Record<string, string>> = {
  'set-up': 'Setup',
  'connection-test': 'The SSO test',
  'sign-in': 'Signing in',
  enforcement: 'Enforcing SSO',
  mailbox: 'Email delivery',
  security: 'Test links and responses in the wrong hands',
  troubleshooting: 'Troubleshooting',
};

const otherParameters: Readonly<Record<string, string>> = {
  int: 'a whole number',
  word: 'one word without spaces',
  float: 'a number',
  string: 'text in quotation marks',
};

/** Old names of renamed steps, which the manual leaves out. */
const aliases = `step-aliases${extname(import.meta.url)}`;

const loaded = new Map<string | undefined, Promise<readonly StepDefinition[]>>();

/** All step definitions, including aliases of renamed steps, and those of a user's project if its folder is given. */
export function stepDefinitions(project?: string): Promise<readonly StepDefinition[]> {
  const definitions =
    loaded.get(project) ?? loadSteps(supportFiles({ project })).then(({ stepDefinitions }) => stepDefinitions);
  loaded.set(project, definitions);
  return definitions;
}

const listed = new Map<string | undefined, Promise<StepEntry[]>>();

/** The steps that a scenario may use; also those of a user's project if its folder is given. */
export function stepEntries(project?: string): Promise<StepEntry[]> {
  const entries = listed.get(project) ?? listEntries(project);
  listed.set(project, entries);
  return entries;
}

async function listEntries(project?: string): Promise<StepEntry[]> {
  const used = [...stepsOfFeatures(root), ...(project === undefined ? [] : stepsOfFeatures(project))];
  const { ours } = supportFiles({ project });
  const current = (await stepDefinitions(project)).filter(
    ({ uri }) => !(ours.includes(uri) && basename(uri) === aliases),
  );
  return current.map((definition) => {
    const { keyword, uri, line } = definition;
    const expression = String(definition.pattern);
    const example = used.find((text) => definition.matchesStepName(text));
    return {
      keyword,
      expression,
      parameters: [...expression.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!),
      part: basename(uri, extname(uri)),
      definedAt: project !== undefined && ours.includes(uri) ? 'sso-rehearsal' : `${uri}:${line}`,
      example: example ?? withFirstWords(expression),
      used: example !== undefined,
    };
  });
}

/** The text of every step in every scenario, without duplicates. Leaves out files that are not Gherkin. */
function stepsOfFeatures(folder: string): string[] {
  const files = globSync('features/**/*.feature', { cwd: folder }).toSorted();
  const pickles = files.flatMap((file) => picklesIn(join(folder, file)));
  return [...new Set(pickles.flatMap(({ steps }) => steps.map(({ text }) => text)))];
}

function picklesIn(file: string): readonly Pickle[] {
  try {
    return readFeature(file).pickles;
  } catch {
    return []; // the lint names it
  }
}

const withFirstWords = (expression: string): string =>
  expression.replaceAll(
    /\{([^{}]*)\}/g,
    (all: string, name: string) =>
      vocabularies[name]?.[0]?.replaceAll(/\{\w+\}/g, '10') ?? (Object.hasOwn(otherParameters, name) ? '10' : all),
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

<!-- Generated by npm run docs from the step definitions and the catalogues. Do not edit. -->

${[
  'All steps, each with an example from a scenario.',
  '`npm run steps -- <words>` searches this page; [first-scenario.md](first-scenario.md) shows how to start.',
].join(' ')}
\`Given\` sets up, \`When\` acts and \`Then\` asserts; \`And\` repeats the keyword before it.

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
  const step = `- **${keyword}** \`${expression}\`${driverNeeded(expression)}`;
  if (example === expression) return step;
  const words = [...new Set(parameters)].filter((name) => name in vocabularies).map(vocabularyLink);
  return `${step}  \n  *${keyword} ${example}*${words.length === 0 ? '' : ` (words: ${words.join(', ')})`}`;
}

function driverNeeded(expression: string): string {
  const { needs, because } = oneDriverSteps.find((one) => one.expression === expression) ?? {};
  if (needs === undefined) return '';
  return needs === 'http' ? ` (only with \`@scripted\`: ${because})` : ` (only without \`@scripted\`: ${because})`;
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
  'In a scenario, replace `{minutes}` and the like with a whole number: ' +
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
