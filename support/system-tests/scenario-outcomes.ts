/** Plays scenarios, and tells how each ended and why. */
import type { Envelope, TestStepResultStatus } from '@cucumber/messages';
import { type RunOptions, runScenarios } from '../evidence/run-scenarios.ts';

export interface ScenarioOutcome {
  name: string;
  /** Of the step that decided. */
  status: `${TestStepResultStatus}`;
  /** Message of the failure, without the stack; empty if the scenario passed. */
  message: string;
}

export async function scenarioOutcomes(options: RunOptions): Promise<ScenarioOutcome[]> {
  const names = new Map<string, string>();
  const pickles = new Map<string, string>();
  const outcomes = new Map<string, ScenarioOutcome>();
  const see = ({ pickle, testCase, testCaseStarted, testStepFinished }: Envelope): void => {
    if (pickle) names.set(pickle.id, pickle.name);
    if (testCase) pickles.set(testCase.id, testCase.pickleId);
    if (testCaseStarted) {
      const name = names.get(pickles.get(testCaseStarted.testCaseId)!)!;
      outcomes.set(testCaseStarted.id, { name, status: 'PASSED', message: '' });
    }
    if (testStepFinished) {
      const { status, message = '' } = testStepFinished.testStepResult;
      const outcome = outcomes.get(testStepFinished.testCaseStartedId)!;
      if (outcome.status === 'PASSED' && status !== 'PASSED')
        outcomes.set(testStepFinished.testCaseStartedId, { ...outcome, status, message: withoutStack(message) });
    }
  };
  await runScenarios({ formats: ['./support/system-tests/silent-format.ts'], ...options, onMessage: see });
  return [...outcomes.values()];
}

const withoutStack = (message: string): string => message.split(/\n +at /)[0]!;
