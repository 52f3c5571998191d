/** The catalogue of faults, by the phrase that a scenario uses. Each file of faults/ is one chapter. */
import type { ArrangedFault, Fault } from './fault.ts';
import { assertionFaults } from './faults/assertion.ts';
import { attributeFaults } from './faults/attributes.ts';
import { authnFaults } from './faults/authn.ts';
import { bindingFaults } from './faults/binding.ts';
import { conditionsFaults } from './faults/conditions.ts';
import { encryptionFaults } from './faults/encryption.ts';
import { extensionsFaults } from './faults/extensions.ts';
import { identityFaults } from './faults/identity.ts';
import { issuerFaults } from './faults/issuer.ts';
import { messageFaults } from './faults/message.ts';
import { parserFaults } from './faults/parser.ts';
import { relayStateFaults } from './faults/relay-state.ts';
import { signatureFaults } from './faults/signature.ts';
import { signaturePartsFaults } from './faults/signature-parts.ts';
import { signatureStructureFaults } from './faults/signature-structure.ts';
import { statusFaults } from './faults/status.ts';
import { subjectFaults } from './faults/subject.ts';
import { textFaults } from './faults/text.ts';
import { transportFaults } from './faults/transport.ts';
import { wrappingFaults } from './faults/wrapping.ts';

export const faults = {
  ...messageFaults,
  ...issuerFaults,
  ...statusFaults,
  ...assertionFaults,
  ...subjectFaults,
  ...identityFaults,
  ...conditionsFaults,
  ...authnFaults,
  ...attributeFaults,
  ...signatureFaults,
  ...signatureStructureFaults,
  ...signaturePartsFaults,
  ...wrappingFaults,
  ...textFaults,
  ...parserFaults,
  ...extensionsFaults,
  ...encryptionFaults,
  ...bindingFaults,
  ...relayStateFaults,
  ...transportFaults,
} satisfies Record<string, Fault>;

export type FaultPhrase = keyof typeof faults;
/** The union of all codes. */
export type FaultCode = (typeof faults)[FaultPhrase]['code'];
export const faultPhrases = Object.keys(faults) as FaultPhrase[];

export class UnknownFault extends Error {
  readonly known: readonly string[] = faultPhrases;
  constructor(phrase: string) {
    super(`“${phrase}” is not a fault that this identity provider knows`);
    this.name = 'UnknownFault';
  }
}

/**
 * Matches every phrase of the catalogue; an amount is a whole number.
 * Longer phrases come first, since a shorter one may be the beginning of a longer one.
 */
export const faultPattern = (): RegExp =>
  new RegExp(
    faultPhrases
      .toSorted((a, b) => b.length - a.length)
      .map(patternOf)
      .join('|'),
  );

/**
 * The fault and its amount for the words of a scenario, such as “an assertion that expired 3 minutes ago”.
 * Throws UnknownFault.
 */
export function arrange(words: string): ArrangedFault {
  for (const [phrase, pattern] of wholePatterns()) {
    const match = pattern.exec(words);
    if (match) return { phrase: words, fault: faults[phrase], amount: Number(match[1] ?? 0) };
  }
  throw new UnknownFault(words);
}

type WholePattern = readonly [FaultPhrase, RegExp];
/** Made when the first fault is arranged. */
let patterns: readonly WholePattern[] | undefined;

function wholePatterns(): readonly WholePattern[] {
  patterns ??= faultPhrases.map((phrase) => [
    phrase,
    new RegExp(`^(?:${patternOf(phrase).replace('\\d+', '(\\d+)')})$`),
  ]);
  return patterns;
}

const patternOf = (phrase: string): string => phrase.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '\\d+');
