/** A failed scenario as text for the terminal: its steps up to the failed one, the error, and the story. */
import { type TestCaseFinished, type TestStep, type TestStepFinished, TestStepResultStatus } from '@cucumber/messages';
import type { Query } from '@cucumber/query';
import { adviceInWords, adviseOn } from '../gherkin/undefined-steps.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { type Paint, plain } from '../terminal/paint.ts';
import { linesOf } from './error-text.ts';
import { logsOf } from './run-query.ts';
import { replayCommand } from './story.ts';

export interface FailureOptions {
  paint?: Paint;
  /** Shows all lines of the error, and its stack. */
  verbose?: boolean;
}

/** Never starts with a stack. */
export function failureStory(
  query: Query,
  finished: TestCaseFinished,
  { paint = plain, verbose = false }: FailureOptions = {},
): string {
  const pickle = query.findPickleBy(finished)!;
  const rule = query.findLineageBy(finished)?.rule?.name;
  const at = harmless(`${pickle.uri}:${query.findLocationOf(pickle)?.line ?? 1}`);
  const logs = logsOf(query, finished).flatMap((log) => harmless(log).split('\n'));
  return [
    `${paint('red', '✘')} ${paint('bold', harmless(pickle.name))}  ${paint('dim', at)}`,
    ...(rule === undefined ? [] : [paint('dim', `  Rule: ${harmless(rule)}`)]),
    ...stepLines(query, finished, { paint, verbose }),
    ...logs.map((line) => `  ${line}`),
    ...(logs.some((log) => log.includes('Run it again:'))
      ? []
      : [`  Run it again: ${harmless(replayCommand(pickle.name, pickle.uri))}`]),
  ].join('\n');
}

const stepLines = (query: Query, finished: TestCaseFinished, options: Required<FailureOptions>): string[] =>
  query
    .findTestStepFinishedAndTestStepBy(query.findTestCaseStartedBy(finished)!)
    .flatMap((one) => linesOfStep(query, one, options));

/** A step with its mark, and the error below a failed one. A hook is shown only if it failed. */
export function linesOfStep(
  query: Query,
  [stepFinished, step]: readonly [TestStepFinished, TestStep],
  options: Required<FailureOptions>,
): string[] {
  const { paint } = options;
  const marks: Partial<Record<TestStepResultStatus, string>> = {
    PASSED: paint('green', '✔'),
    FAILED: paint('red', '✘'),
    SKIPPED: paint('dim', '-'),
  };
  const [mark, { status }] = [marks[stepFinished.testStepResult.status], stepFinished.testStepResult];
  if (step.hookId !== undefined && status !== TestStepResultStatus.FAILED) return [];
  return [
    `  ${mark ?? paint('yellow', '?')} ${harmless(stepText(query, step))}`,
    ...errorLines(query, [stepFinished, step], options).map((line) => `      ${line}`),
  ];
}

/** `Given Ada has …`, or the name of the hook. */
function stepText(query: Query, step: TestStep): string {
  const pickleStep = query.findPickleStepBy(step);
  if (pickleStep) return `${query.findStepBy(pickleStep)?.keyword.trim() ?? ''} ${pickleStep.text}`.trim();
  const hook = query.findHookBy(step);
  if (hook === undefined) return 'a hook';
  return hook.name ?? `a check at the ${hook.type?.startsWith('BEFORE') ? 'start' : 'end'} of the scenario`;
}

function errorLines(
  query: Query,
  [{ testStepResult }, step]: readonly [TestStepFinished, TestStep],
  { paint, verbose }: Required<FailureOptions>,
): string[] {
  const { status, message: whole = '', exception } = testStepResult;
  const message = exception?.message ?? whole;
  const stack = exception?.stackTrace ?? whole;
  if (status === TestStepResultStatus.UNDEFINED) return adviceFor(query, step).map((line) => harmless(line));
  if (status === TestStepResultStatus.AMBIGUOUS)
    return ['Several step definitions match:', ...harmless(message).split('\n').slice(0, 8)];
  if (status !== TestStepResultStatus.FAILED) return [];
  const lines = linesOf(message);
  const [shown, rest] = [lines.slice(0, 24), lines.slice(24)];
  const calls = harmless(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return [
    ...shown,
    ...(rest.length > 0 ? [`… and ${rest.length} more lines; --verbose shows them`] : []),
    ...[...definedAt(query, step), ...(verbose ? [...rest, ...calls] : [])].map((line) => paint('dim', line)),
  ];
}

const adviceFor = (query: Query, step: TestStep): string[] =>
  adviceInWords(
    adviseOn(
      query.findPickleStepBy(step)?.text ?? '',
      query.findAllStepDefinitions().map(({ pattern }) => pattern.source),
    ),
  );

/** `file:line` of the step definition; hooks have none. */
const definedAt = (query: Query, step: TestStep): string[] =>
  query
    .findStepDefinitionsBy(step)
    .slice(0, 1)
    .map(({ sourceReference: { uri, location } }) => `${uri ?? '?'}:${location?.line ?? 1}`);
