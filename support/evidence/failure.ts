/** One scenario that failed, told for the terminal: its steps up to where it broke, what was wrong there in a few lines, where that is, and the story. It never begins with a stack. */
import { adviceInWords, adviseOn } from '../gherkin/undefined-steps.ts';
import { saidBy } from './error-text.ts';
import type { Paint } from '../terminal/paint.ts';
import type { ScenarioPlayed, StepPlayed } from './run-memory.ts';
import { replay } from './story.ts';

export interface FailureOptions {
  paint?: Paint;
  verbose?: boolean;
  /** Expressions of the steps that there are, for a step that is not one. */
  vocabulary?: readonly string[];
}

export function failureStory(
  scenario: ScenarioPlayed,
  { paint = (_colour, text) => text, verbose = false, vocabulary = [] }: FailureOptions = {},
): string {
  const signs = { PASSED: paint('green', '✔'), FAILED: paint('red', '✘'), SKIPPED: paint('dim', '-') } as Readonly<
    Record<string, string>
  >;
  const shown = scenario.steps.filter(({ isHook, status }) => !isHook || status === 'FAILED');
  return [
    `${paint('red', '✘')} ${paint('bold', scenario.name)}  ${paint('dim', scenario.at)}`,
    ...(scenario.rule === undefined ? [] : [paint('dim', `  Rule: ${scenario.rule}`)]),
    ...shown.flatMap((step) => [
      `  ${signs[step.status] ?? paint('yellow', '?')} ${step.text}`,
      ...wrong(step, { paint, verbose, vocabulary }).map((line) => `      ${line}`),
    ]),
    ...scenario.logs.flatMap((log) => log.split('\n')).map((line) => `  ${line}`),
    ...(scenario.logs.some((log) => log.includes('Play it again:'))
      ? []
      : [`  Play it again: ${replay(scenario.name, scenario.uri)}`]),
  ].join('\n');
}

function wrong(
  { status, text, message = '', stack = '', definedAt }: StepPlayed,
  { paint, verbose, vocabulary }: Required<FailureOptions>,
): string[] {
  if (status === 'UNDEFINED')
    return adviceInWords(adviseOn(text.replace(/^(Given|When|Then|And|But|\*) /, ''), vocabulary));
  if (status === 'AMBIGUOUS') return ['More than one step definition fits:', ...message.split('\n').slice(0, 8)];
  if (status !== 'FAILED') return [];
  const said = saidBy(message);
  return [
    ...said.slice(0, 24),
    ...(said.length > 24 ? [`… and ${said.length - 24} more lines; --verbose shows them`] : []),
    ...(definedAt === undefined ? [] : [paint('dim', definedAt)]),
    ...(verbose
      ? [...said.slice(24), ...stack.split('\n').filter((line) => /^\s+at /.test(line))].map((line) =>
          paint('dim', line),
        )
      : []),
  ];
}
