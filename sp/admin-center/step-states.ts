/** The steps of the SSO wizard, and how far a profile has come: done, next, or locked until another step is done. */
import { isVerified, testsOf } from '../connection-test.ts';
import { missingSettings, type Profile } from '../profile.ts';
import type { Store } from '../store.ts';

export const steps = { profile: 'Profile', test: 'Test', result: 'Result', enforce: 'Enforce' } as const;
export type Step = keyof typeof steps;
export const stepNames = Object.keys(steps) as Step[];

/** `open`: it can be done, but another step comes first. */
export type StepState = 'done' | 'next' | 'open' | 'locked';

export function stepStates(store: Store, profile: Profile): Record<Step, StepState> {
  const { id, revision, enforcedRevision } = profile;
  const isComplete = missingSettings(profile.settings).length === 0;
  const isTested = testsOf(store, id).some((test) => test.revision === revision && test.mailState !== 'failed');
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
    if (step === next) return 'next';
    return unlocked[step] ? 'open' : 'locked';
  };
  return Object.fromEntries(stepNames.map((step) => [step, stateOf(step)])) as Record<Step, StepState>;
}
