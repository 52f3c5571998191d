/** The catalogue of faults, keyed by the phrase that scenarios use. Each file in faults/ covers one part of SAML. */
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
import { logoutFaults } from './faults/logout.ts';
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
import { nearest } from './nearest.ts';

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

/** The faults by the part of the message that they change, for lists. */
export const faultGroups: readonly { title: string; phrases: readonly FaultPhrase[] }[] = Object.entries({
  Response: messageFaults,
  Issuer: issuerFaults,
  Status: statusFaults,
  Assertion: assertionFaults,
  'Subject and its confirmation': subjectFaults,
  NameID: identityFaults,
  'Conditions and Audience': conditionsFaults,
  AuthnStatement: authnFaults,
  Attributes: attributeFaults,
  Signature: signatureFaults,
  'Structure of the signature': signatureStructureFaults,
  'Signed parts': signaturePartsFaults,
  'Signature wrapping': wrappingFaults,
  'Text and comments': textFaults,
  'XML parser': parserFaults,
  Extensions: extensionsFaults,
  Encryption: encryptionFaults,
  'Form and encoding': bindingFaults,
  RelayState: relayStateFaults,
  Transport: transportFaults,
}).map(([title, group]) => ({ title, phrases: Object.keys(group) as FaultPhrase[] }));

/**
 * Faults of logout messages. They are arranged like the others and never change a sign-in response, so nothing that
 * plays all of `faults` by signing in includes them.
 */
export { logoutFaults };
export type LogoutFaultPhrase = keyof typeof logoutFaults;
export type LogoutFaultCode = (typeof logoutFaults)[LogoutFaultPhrase]['code'];
export const logoutFaultPhrases = Object.keys(logoutFaults) as LogoutFaultPhrase[];

export type ArrangeablePhrase = FaultPhrase | LogoutFaultPhrase;
const arrangeable: Readonly<Record<ArrangeablePhrase, Fault>> = { ...faults, ...logoutFaults };
/** All phrases that a tenant accepts. */
export const arrangeablePhrases = Object.keys(arrangeable) as ArrangeablePhrase[];

export class UnknownFault extends Error {
  /** The three most similar phrases. */
  readonly nearest: readonly string[];
  constructor(phrase: string) {
    const alike = nearest(phrase, arrangeablePhrases, (one) => [one]);
    super(`Unknown fault “${phrase.slice(0, 200)}”. The nearest are ${alike.map((one) => `“${one}”`).join(', ')}`);
    this.name = 'UnknownFault';
    this.nearest = alike;
  }
  /** All phrases. Not a field: it would be printed with the error. */
  get known(): readonly string[] {
    return arrangeablePhrases;
  }
  /** The phrases to offer instead. */
  get allowed(): readonly string[] {
    return this.nearest;
  }
  /** As Refused has it, and `allowed`. */
  get status(): number {
    return 400;
  }
}

/**
 * Matches every phrase of `faults`; amounts are integers.
 * Longer phrases come first, because some phrases start with a shorter one.
 */
export const faultPattern = (): RegExp =>
  new RegExp(
    faultPhrases
      .toSorted((a, b) => b.length - a.length)
      .map(patternOf)
      .join('|'),
  );

/** The fault and amount of a phrase such as “an assertion that expired 3 minutes ago”. Throws UnknownFault. */
export function arrange(text: string): ArrangedFault {
  for (const [phrase, pattern] of wholePatterns()) {
    const match = pattern.exec(text);
    if (match) return { phrase: text, fault: arrangeable[phrase], amount: Number(match[1] ?? 0) };
  }
  throw new UnknownFault(text);
}

type WholePattern = readonly [ArrangeablePhrase, RegExp];
/** Compiled when the first fault is arranged. */
let patterns: readonly WholePattern[] | undefined;

function wholePatterns(): readonly WholePattern[] {
  patterns ??= arrangeablePhrases.map((phrase) => [
    phrase,
    new RegExp(`^(?:${patternOf(phrase).replace('\\d+', '(\\d+)')})$`),
  ]);
  return patterns;
}

const patternOf = (phrase: string): string => phrase.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '\\d+');
