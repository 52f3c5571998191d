/** Scenarios that make the mock identity provider send what a captured message shows. It plays nothing. */
import type { Fault } from '../../mock-idp/fault.ts';
import { faultPhrases, faults, type FaultPhrase } from '../../mock-idp/faults.ts';
import { expectations } from '../expectations.ts';
import type { Diagnosis } from './diagnose.ts';

/** One feature that runs as it stands: a rule for each message, in it a scenario for each code that was found, the deciding one first. */
export function asFeature(diagnoses: readonly Diagnosis[]): string {
  return `Feature: ${diagnoses.length === 1 ? 'A captured message' : 'Captured messages'}
  What a real identity provider sent is replayed against the mock, so that it stays understood.
${diagnoses.map((diagnosis, index) => `\n${rule(diagnosis, diagnoses.length === 1 ? '' : ` (message ${index + 1})`)}`).join('')}`;
}

function rule({ verdict, findings, notVerified }: Diagnosis, suffix: string): string {
  const codes = [...new Set(findings.map(({ code }) => code))];
  if (codes.length === 0) {
    const heading = verdict === 'accept' ? 'A good message is taken' : 'Nothing wrong is found in what can be checked';
    return `  Rule: ${heading}${suffix}\n\n${notVerified.length === 0 ? '' : `    # Not verified: ${notVerified.join(', ')}.\n`}${scenario({ name: `The honest message${suffix}`, outcome: 'the test is proven' })}`;
  }
  const replayed = codes.map((code) => ({ code, phrases: phrasesFor(code) }));
  const left = replayed.filter(({ phrases }) => phrases.length === 0).map(({ code }) => code);
  return `  Rule: The message is refused for what was diagnosed${suffix}
${left.length === 0 ? '' : `\n    # No single fault of the identity provider leads to ${left.join(', ')} under the hardened policies.\n`}${replayed.flatMap(({ code, phrases: [phrase, ...others] }) => (phrase === undefined ? [] : [
    `\n${others.length === 0 ? '' : `    # Refused alike: ${others.slice(0, 5).join('; ')}${others.length > 5 ? '; …' : ''}.\n`}${scenario({ name: `Refused as ${code}${suffix}`, fault: phrase, outcome: `the sign-in is refused as ${code}` })}`,
  ])).join('')}`;
}

const scenario = ({ name, fault, outcome }: { name: string; fault?: string; outcome: string }): string => `    Scenario: ${name}
      Given Ada has connected Acme to its identity provider
${fault === undefined ? '' : `      And the identity provider sends ${fault}\n`}      When Sam tries the connection
      Then ${outcome}
`;

/** Faults with the amount filled in; first those whose signatures hold, since they differ from an honest message the least. */
export function phrasesFor(code: string): string[] {
  const fitting = faultPhrases.filter((phrase) => expectations[phrase] === code && playsAlone(faults[phrase]));
  return fitting.toSorted((one, other) => Number(isSignedProperly(faults[other])) - Number(isSignedProperly(faults[one]))).map(withAmount);
}

/** Without an earlier sign-in, another waiting request, or a service provider that decrypts: those need more than these steps. */
const playsAlone = ({ code, transport }: Fault): boolean => transport === undefined && !/^(enc(?!rypted-(other|no)-key)|decrypted|xsw-encrypted|plain-when|in-response-to-(reused|other-browser)|confirmation-in-response-to-other|replay-|onetimeuse-twice|unsolicited-with)/.test(code);

const isSignedProperly = ({ signedProperly }: Fault): boolean => signedProperly === true;

function withAmount(phrase: FaultPhrase): string {
  const { amount }: Fault = faults[phrase];
  return phrase.replace(/\{\w+\}/, String(amount?.reject[0] ?? amount?.accept[0] ?? ''));
}
