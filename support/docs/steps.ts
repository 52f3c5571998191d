/** The manual of steps, made from the step definitions themselves and the closed vocabularies. It reads no source text. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, loadSupport } from '@cucumber/cucumber/api';
import { vocabularies } from '../vocabularies.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface StepEntry {
  keyword: string;
  expression: string;
  /** The part of the story: the file of steps/ without its ending. */
  part: string;
  /** A line of a feature that uses it; undefined when none does. */
  example: string | undefined;
}

/** What the loaded library tells of a definition; its published type hides it. */
interface StepDefinition {
  keyword: string;
  pattern: string | RegExp;
  uri: string;
  line: number;
  matchesStepName(text: string): boolean;
}

const parts: Readonly<Record<string, string>> = {
  'set-up': 'Setting the stage', 'connection-test': 'The connection test', 'sign-in': 'Signing in', enforcement: 'Enforcing', mailbox: 'The e-mail on its way', security: 'Links and answers in strange hands', troubleshooting: 'Troubleshooting',
};

/** Definitions register themselves once in a process, so they are loaded once. */
let loaded: Promise<StepEntry[]> | undefined;
export const stepEntries = (): Promise<StepEntry[]> => (loaded ??= loadEntries());

async function loadEntries(): Promise<StepEntry[]> {
  const { runConfiguration } = await loadConfiguration({ file: 'support/cucumber.json' }, { cwd: root });
  const { stepDefinitions } = (await loadSupport(runConfiguration, { cwd: root })) as unknown as { stepDefinitions: readonly StepDefinition[] };
  const lines = globSync('features/**/*.feature', { cwd: root }).toSorted().flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n')).map((line) => /^\s+(?:Given|When|Then|And|But) (.+)$/.exec(line)?.[1]).filter((line) => line !== undefined && !line.includes('<')) as string[];
  return stepDefinitions.map((definition) => ({
    keyword: definition.keyword,
    expression: String(definition.pattern),
    part: /([\w-]+)\.ts$/.exec(definition.uri)?.[1] ?? definition.uri,
    example: lines.find((line) => definition.matchesStepName(line)),
  }));
}

export async function stepsPage(): Promise<string> {
  const entries = await stepEntries();
  const order = Object.keys(parts);
  const files = [...new Set(entries.map(({ part }) => part))].toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
  return `# Steps

Every step that a scenario may use, by the part of the story. \`npm run steps -- <words>\` searches this page. It is made by \`npm run docs\` from the step definitions; do not edit it.

${files.map((file) => `## ${parts[file] ?? file}

${entries.filter(({ part }) => part === file).map(({ keyword, expression, example }) => `- **${keyword}** \`${expression}\`${example === undefined || example === expression ? '' : `<br>e.g. *${example}*`}`).join('\n')}
`).join('\n')}
## Words for the parameters

${Object.entries(vocabularies).map(([name, words]) => `### {${name}}

${words.map((word) => `- ${word}`).join('\n')}
`).join('\n')}
An amount in a fault, written \`{minutes}\` and the like, is a whole number: *an assertion that expired 10 minutes ago*.
`;
}
