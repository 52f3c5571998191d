/** Scenarios that make the mock identity provider send what a captured message shows. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import type { Diagnosis } from './diagnose.ts';

/** A feature that runs as it is: a rule for each message with a scenario for each rejection, the deciding one first. */
export function asFeature(diagnoses: readonly Diagnosis[]): string {
  const rules = diagnoses.map((diagnosis, index) => {
    const suffix = diagnoses.length === 1 ? '' : ` (message ${index + 1})`;
    return diagnosis.findings.length === 0 ? goodRule(diagnosis, suffix) : badRule(diagnosis, suffix);
  });
  return `Feature: ${diagnoses.length === 1 ? 'A captured message' : 'Captured messages'}
  What a real identity provider sent is replayed against the mock, so that it stays understood.
${rules.map((rule) => `\n${rule}`).join('')}`;
}

function goodRule({ verdict, notVerified }: Diagnosis, suffix: string): string {
  const heading = verdict === 'accept' ? 'A good message is taken' : 'Nothing wrong is found in what can be checked';
  const comment = notVerified.length === 0 ? '' : `    # Not verified: ${notVerified.join(', ')}.\n`;
  const honest = scenario({ name: `The honest message${suffix}`, outcome: 'the test passes' });
  return `  Rule: ${heading}${suffix}\n\n${comment}${honest}`;
}

function badRule({ findings }: Diagnosis, suffix: string): string {
  const codes = [...new Set(findings.map(({ code }) => code))];
  const replays = codes.map((code) => ({ code, ...replayOf(code) }));
  const left = replays.filter(({ given }) => given.length === 0).map(({ code }) => code);
  const comment =
    left.length === 0 ? '' : `\n    # Not replayed by one answer of the identity provider: ${left.join(', ')}.\n`;
  const scenarios = replays
    .filter(({ given }) => given.length > 0)
    .map(({ code, given, alike }) => {
      const name = `Refused as ${code}${suffix}`;
      return `\n${refusedAlike(alike)}${scenario({ name, given, outcome: rejectedAs(code) })}`;
    });
  return `  Rule: The message is refused for what was diagnosed${suffix}\n${comment}${scenarios.join('')}`;
}

const refusedAlike = (phrases: readonly string[]): string =>
  phrases.length === 0
    ? ''
    : `    # Refused alike: ${phrases.slice(0, 5).join('; ')}${phrases.length > 5 ? '; and more' : ''}.\n`;

const rejectedAs = (code: string): string => `the SP rejects the response as ${code}\n      And the test fails`;

interface Steps {
  name: string;
  given?: readonly string[];
  outcome: string;
}

const scenario = ({ name, given = [], outcome }: Steps): string => `    Scenario: ${name}
      Given Acme's SSO profile is set up
${given.map((step) => `      And ${step}\n`).join('')}      When Sam takes the SSO test
      Then ${outcome}
`;

/** Steps where the profile must ask for something first; the fault, if there is one, stands last. */
const demanding: Partial<Record<string, readonly string[]>> = {
  'assertion-not-signed': [
    'the SSO profile requires a signed assertion',
    'the IdP sends a signed message around an unsigned assertion',
  ],
  'encryption-required': ['the SSO profile requires an encrypted assertion'],
  'decryption-failed': ['the SSO profile accepts encrypted assertions', 'the IdP sends mangled cipher text'],
  'encryption-algorithm-refused': [
    'the SSO profile accepts encrypted assertions',
    'the IdP sends an assertion encrypted by AES-CBC',
  ],
  'required-attribute-missing': ['the SSO profile requires the attribute department'],
  'authn-context-unmet': [
    'the SSO profile requires a password over TLS',
    'the IdP sends a weaker authentication context',
  ],
  'authn-instant-stale': ['the SSO profile requires reauthentication', 'the IdP sends an authentication of long ago'],
};

/** Steps that make the sign-in end with this rejection, and phrases that would do as well. No steps where none do. */
export function replayOf(code: string): { given: readonly string[]; alike: readonly string[] } {
  const steps = demanding[code];
  if (steps) return { given: steps, alike: [] };
  const [phrase, ...alike] = ofOtherStories.has(code) ? [] : phrasesFor(code);
  return { given: phrase === undefined ? [] : [`the IdP sends ${phrase}`], alike };
}

/** Faults with the amount filled in. First those whose signatures hold: they are nearest to an honest message. */
function phrasesFor(code: string): string[] {
  const fitting = faultPhrases.filter((phrase) => faultRowOf(phrase).rejection === code && playsAlone(faults[phrase]));
  return fitting
    .toSorted((one, other) => Number(isSignedProperly(faults[other])) - Number(isSignedProperly(faults[one])))
    .map(withAmount);
}

/** Rejections that need another request, an earlier answer or no test at all, so other steps than these. */
const ofOtherStories = new Set([
  'content-type-wrong',
  'request-id-lost',
  'request-unknown',
  'request-answered',
  'request-expired',
  'replay-detected',
]);

/** False for faults that need another transport, or a service provider with a key to decrypt. */
const playsAlone = ({ code, transport }: Fault): boolean =>
  transport === undefined && !/^(enc(?!rypted-(other|no)-key)|decrypted|xsw-encrypted|plain-when)/.test(code);

const isSignedProperly = ({ signedProperly }: Fault): boolean => signedProperly === true;

function withAmount(phrase: FaultPhrase): string {
  const { amount }: Fault = faults[phrase];
  return phrase.replace(/\{\w+\}/, String(amount?.reject[0] ?? amount?.accept[0] ?? ''));
}
