/** Holds back the messages of a scenario until it has ended, so that an interrupted run leaves only whole scenarios. */
import type { Envelope } from '@cucumber/messages';

/** Passes every message to `see`: those of a scenario together when it has ended, all others at once. */
export function byWholeScenarios(see: (message: Envelope) => void): (message: Envelope) => void {
  /** Messages by ID of the attempt. */
  const pending = new Map<string, Envelope[]>();
  return (message) => {
    const id = attemptOf(message);
    if (id === undefined) return see(message);
    const all = pending.get(id) ?? [];
    pending.set(id, all);
    all.push(message);
    if (message.testCaseFinished === undefined) return;
    pending.delete(id);
    for (const one of all) see(one);
  };
}

/** ID of the attempt that the message belongs to; undefined for messages about the run. */
function attemptOf(message: Envelope): string | undefined {
  const { testCaseStarted, testStepStarted, testStepFinished, testCaseFinished } = message;
  const { attachment, externalAttachment } = message;
  return (
    testCaseStarted?.id ??
    (testStepStarted ?? testStepFinished ?? testCaseFinished ?? attachment ?? externalAttachment)?.testCaseStartedId
  );
}
