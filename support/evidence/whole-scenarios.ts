/** Holds the messages of a scenario back until it has ended, so that a run that breaks off leaves whole scenarios. */
import type { Envelope } from '@cucumber/messages';

/** Hands every message to `see`: those of a scenario together, when it has ended, all others at once. */
export function byWholeScenarios(see: (message: Envelope) => void): (message: Envelope) => void {
  /** By the identifier of the attempt. */
  const held = new Map<string, Envelope[]>();
  return (message) => {
    const id = attemptOf(message);
    if (id === undefined) return see(message);
    const all = held.get(id) ?? [];
    held.set(id, all);
    all.push(message);
    if (message.testCaseFinished === undefined) return;
    held.delete(id);
    for (const one of all) see(one);
  };
}

/** Of which attempt at a scenario this tells; undefined for messages of the run. */
function attemptOf(message: Envelope): string | undefined {
  const { testCaseStarted, testStepStarted, testStepFinished, testCaseFinished } = message;
  const { attachment, externalAttachment } = message;
  return (
    testCaseStarted?.id ??
    (testStepStarted ?? testStepFinished ?? testCaseFinished ?? attachment ?? externalAttachment)?.testCaseStartedId
  );
}
