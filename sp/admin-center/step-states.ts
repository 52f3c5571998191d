/** The steps of the SSO wizard, and how far a profile has come: done, next, or locked until another step is done. */
import { type ConnectionTest, isVerified, stateOf, type TestState, testsOf } from '../connection-test.ts';
import { missingSettings, type Profile } from '../profile.ts';
import type { Store } from '../store.ts';

export const steps = { profile: 'Profile', test: 'Test', result: 'Result', enforce: 'Enforce' } as const;
export type Step = keyof typeof steps;
export const stepNames = Object.keys(steps) as Step[];

/** `waiting`: it is next, once the tester has finished. `open`: it can be done, but another step comes first. */
export type StepState = 'done' | 'next' | 'waiting' | 'open' | 'locked';

/** `time` is on the organization's clock. */
export function stepStates(store: Store, profile: Profile, time: number): Record<Step, StepState> {
  const { id, revision, enforcedRevision } = profile;
  const isComplete = missingSettings(profile.settings).length === 0;
  const tests = testsOf(store, id);
  const isTested = tests.some((test) => test.revision === revision && test.mailState !== 'failed');
  const isVerifiedNow = isVerified(store, id, revision);
  const done: Record<Step, boolean> = {
    profile: isComplete,
    test: isTested,
    result: isVerifiedNow,
    enforce: enforcedRevision === revision,
  };
  const unlocked: Record<Step, boolean> = {
    profile: true,
    test: isComplete,
    result: isTested,
    enforce: isVerifiedNow || enforcedRevision !== undefined,
  };
  const next = stepNames.find((step) => !done[step] && unlocked[step]);
  const stateOf = (step: Step): StepState => {
    if (done[step]) return 'done';
    if (step === next) return step === 'result' && isPending(tests[0], time) ? 'waiting' : 'next';
    return unlocked[step] ? 'open' : 'locked';
  };
  return Object.fromEntries(stepNames.map((step) => [step, stateOf(step)])) as Record<Step, StepState>;
}

/** True while there is nothing for the administrator to do. */
const isPending = (test: ConnectionTest | undefined, time: number): boolean =>
  test !== undefined && test.report === undefined && test.mark === undefined && pending.includes(stateOf(test, time));

const pending: readonly TestState[] = ['waiting', 'opened', 'at-idp'];
