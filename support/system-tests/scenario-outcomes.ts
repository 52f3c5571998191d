/** Plays scenarios, and tells how each ended and why. */
import type { Envelope, TestStepResultStatus } from '@cucumber/messages';
import { type RunOptions, runScenarios } from '../evidence/run-scenarios.ts';

export interface ScenarioOutcome {
  name: string;
  /** Of the step that decided. */
  status: `${TestStepResultStatus}`;
  /** Text of the step that failed; undefined if a hook did, or none. */
  failed: string | undefined;
  /** Message of the failure, without the error's class and stack, or why it was skipped; empty if it passed. */
  message: string;
}

export async function scenarioOutcomes(options: RunOptions): Promise<ScenarioOutcome[]> {
  const messages: Envelope[] = [];
  const onMessage = (message: Envelope): void => {
    options.onMessage?.(message);
    messages.push(message);
  };
  await runScenarios({ formats: ['./support/system-tests/silent-format.ts'], ...options, onMessage });
  return outcomesIn(messages);
}

/** The outcomes in the messages of a run, and of hooks of the run that failed. */
export function outcomesIn(messages: Iterable<Envelope>): ScenarioOutcome[] {
  const names = new Map<string, string>();
  const pickles = new Map<string, string>();
  const texts = new Map<string, string>();
  const steps = new Map<string, string | undefined>();
  const outcomes = new Map<string, ScenarioOutcome>();
  const reasons = new Map<string, string>();
  for (const { pickle, testCase, testCaseStarted, testStepFinished, attachment, testRunHookFinished } of messages) {
    if (pickle) names.set(pickle.id, pickle.name);
    for (const { id, text } of pickle?.steps ?? []) texts.set(id, text);
    if (testCase) pickles.set(testCase.id, testCase.pickleId);
    for (const { id, pickleStepId } of testCase?.testSteps ?? [])
      steps.set(id, pickleStepId && texts.get(pickleStepId));
    if (testCaseStarted) {
      const name = names.get(pickles.get(testCaseStarted.testCaseId)!)!;
      outcomes.set(testCaseStarted.id, { name, status: 'PASSED', failed: undefined, message: '' });
    }
    if (testRunHookFinished?.result.status === 'FAILED')
      outcomes.set(testRunHookFinished.testRunHookStartedId, {
        name: 'a hook of the run',
        status: 'FAILED',
        failed: undefined,
        message: messageAlone(testRunHookFinished.result.message ?? ''),
      });
    const why = /^Skipped: (.*)/s.exec(attachment?.body ?? '')?.[1];
    if (why !== undefined) reasons.set(attachment!.testCaseStartedId!, why);
    if (testStepFinished) {
      const { status, message = '' } = testStepFinished.testStepResult;
      const { testCaseStartedId } = testStepFinished;
      const outcome = outcomes.get(testCaseStartedId)!;
      if (outcome.status === 'PASSED' && status !== 'PASSED')
        outcomes.set(testCaseStartedId, {
          ...outcome,
          status,
          failed: steps.get(testStepFinished.testStepId),
          message: status === 'SKIPPED' ? (reasons.get(testCaseStartedId) ?? '') : messageAlone(message),
        });
    }
  }
  return [...outcomes.values()];
}

function messageAlone(message: string): string {
  const text = message.split(/\n +at /)[0]!;
  const [prefix = ''] = /^\w+: /.exec(text) ?? [];
  return prefix.includes('Error') ? text.slice(prefix.length) : text;
}
