/** Plays the rows of the table of steps in one run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '@cucumber/messages';
import { scenarioOutcomes } from './scenario-outcomes.ts';
import * as connectionTest from './step-rows/connection-test.ts';
import * as enforcement from './step-rows/enforcement.ts';
import * as mailbox from './step-rows/mailbox.ts';
import * as security from './step-rows/security.ts';
import * as setUp from './step-rows/set-up.ts';
import * as signIn from './step-rows/sign-in.ts';
import * as singleSignOn from './step-rows/single-sign-on.ts';
import * as troubleshooting from './step-rows/troubleshooting.ts';

const ownSteps = 'support/system-tests/step-table-worlds.fixture.ts';
/** Old names of renamed steps. */
const aliases = 'support/scenario/step-aliases.ts';

export interface Row {
  given: readonly string[];
  step: string;
  /** The message with which the step fails; “…” stands for any text. */
  expected: string;
}

const chapters = [connectionTest, enforcement, mailbox, security, setUp, signIn, singleSignOn, troubleshooting];

export const rows: readonly Row[] = chapters.flatMap(({ worlds }) =>
  worlds.flatMap(({ given, fails }) =>
    Object.entries(fails).map(([step, expected]) => ({ given, step, expected: expected.replace('{step}', step) })),
  ),
);

export interface Played extends Row {
  /** The row's step as it is defined; undefined if the runner does not know it. */
  definition: string | undefined;
  /** The step that failed; undefined if none did. */
  failed: string | undefined;
  message: string;
}

/** Each row is a scenario of its own. Also returns all steps that the runner knows, as they are defined. */
export async function playRows(): Promise<{ played: Played[]; steps: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'step-table-'));
  const known = knownSteps();
  try {
    const file = join(folder, 'steps.feature');
    writeFileSync(file, featureOf(rows));
    const options = { paths: [file], imports: [ownSteps], workers: 1, onMessage: known.see };
    const outcomes = await scenarioOutcomes(options);
    const played = outcomes.map(({ name, failed, message }) => ({
      ...rows[Number(name)]!,
      definition: known.definitionOf(rows[Number(name)]!.step),
      failed,
      message,
    }));
    return { played, steps: known.steps() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The runner's own list of steps, and which of them it found for a text. */
function knownSteps() {
  const definitions = new Map<string, string>();
  const texts = new Map<string, string>();
  const found = new Map<string, string>();
  return {
    see({ stepDefinition, pickle, testCase }: Envelope): void {
      const uri = stepDefinition?.sourceReference.uri ?? '';
      if (stepDefinition && !uri.endsWith(ownSteps) && !uri.endsWith(aliases))
        definitions.set(stepDefinition.id, stepDefinition.pattern.source);
      for (const { id, text } of pickle?.steps ?? []) texts.set(id, text);
      for (const { pickleStepId = '', stepDefinitionIds = [] } of testCase?.testSteps ?? [])
        for (const id of stepDefinitionIds) found.set(texts.get(pickleStepId)!, id);
    },
    steps: (): string[] => [...definitions.values()],
    definitionOf: (text: string): string | undefined => definitions.get(found.get(text) ?? ''),
  };
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function featureOf(played: readonly Row[]): string {
  const scenarios = played.map(({ given, step }, index) =>
    [`  Scenario: ${index}`, ...[...given, step].map((text) => `    * ${text}`)].join('\n'),
  );
  return `@scripted\nFeature: Steps that cannot come true\n\n${scenarios.join('\n\n')}\n`;
}

/** The message that a pattern of the table describes. */
export const patternOf = (expected: string): RegExp =>
  new RegExp(`^${escaped(expected).split('…').join('[\\s\\S]*')}$`);
