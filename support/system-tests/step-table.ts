/** The table of steps, and a run of its rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSteps, supportFiles } from '../gherkin/support-files.ts';
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
  /** The step that failed; undefined if none did. */
  failed: string | undefined;
  message: string;
}

/** Each row is a scenario of its own. */
export async function playRows(chosen: readonly Row[]): Promise<Played[]> {
  const folder = mkdtempSync(join(tmpdir(), 'step-table-'));
  try {
    const file = join(folder, 'steps.feature');
    writeFileSync(file, featureOf(chosen));
    const outcomes = await scenarioOutcomes({ paths: [file], imports: [ownSteps], workers: 1 });
    return outcomes.map(({ name, failed, message }) => ({ ...chosen[Number(name)]!, failed, message }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface KnownSteps {
  /** As they are defined. */
  all: readonly string[];
  /** The definition that matches this text. */
  definitionOf(text: string): string | undefined;
}

/** The runner's own list of steps. */
export async function knownSteps(): Promise<KnownSteps> {
  const { stepDefinitions } = await loadSteps(supportFiles({ imports: [ownSteps] }));
  const known = stepDefinitions.filter(({ uri }) => !uri.endsWith(ownSteps) && !uri.endsWith(aliases));
  return {
    all: known.map(({ pattern }) => String(pattern)),
    definitionOf(text) {
      const found = known.find((one) => one.matchesStepName(text));
      return found && String(found.pattern);
    },
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
