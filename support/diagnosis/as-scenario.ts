/** Scenarios that make the mock identity provider send what a captured message shows. It plays nothing. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import { faultRowOf } from '../catalogue/fault-rows.ts';
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
  const replays = codes.map((code) => ({ code, ...replayOf(code) }));
  const left = replays.filter(({ given }) => given.length === 0).map(({ code }) => code);
  return `  Rule: The message is refused for what was diagnosed${suffix}
${left.length === 0 ? '' : `\n    # Not replayed by one answer of the identity provider: ${left.join(', ')}.\n`}${replays
  .flatMap(({ code, given, alike }) =>
    given.length === 0
      ? []
      : [
          `\n${alike.length === 0 ? '' : `    # Refused alike: ${alike.slice(0, 5).join('; ')}${alike.length > 5 ? '; and more' : ''}.\n`}${scenario({ name: `Refused as ${code}${suffix}`, given, outcome: `the sign-in is refused as ${code}` })}`,
        ],
  )
  .join('')}`;
}

const scenario = ({
  name,
  given = [],
  outcome,
}: {
  name: string;
  given?: readonly string[];
  outcome: string;
}): string => `    Scenario: ${name}
      Given Ada has connected Acme to its identity provider
${given.map((step) => `      And ${step}\n`).join('')}      When Sam tries the connection
      Then ${outcome}
`;

/** Where the profile must ask for something first; the fault, if there must be one, stands last. */
const demanding: Partial<Record<string, readonly string[]>> = {
  'assertion-not-signed': [
    'the profile demands a signed assertion',
    'the identity provider sends a signed message around an unsigned assertion',
  ],
  'encryption-required': ['the profile demands an encrypted assertion'],
  'decryption-failed': ['the profile takes encrypted assertions', 'the identity provider sends mangled cipher text'],
  'encryption-algorithm-refused': [
    'the profile takes encrypted assertions',
    'the identity provider sends an assertion encrypted by AES-CBC',
  ],
  'required-attribute-missing': ['the profile demands the attribute department'],
  'authn-context-unmet': [
    'the profile demands a password over a safe line',
    'the identity provider sends a weaker authentication context',
  ],
  'authn-instant-stale': [
    'the profile demands a fresh sign-in',
    'the identity provider sends an authentication of long ago',
  ],
};

/** Steps that make the sign-in end with this rejection, and phrases that would do as well; no steps where none do. */
export function replayOf(code: string): { given: readonly string[]; alike: readonly string[] } {
  const steps = demanding[code];
  if (steps) return { given: steps, alike: [] };
  const [phrase, ...alike] = ofOtherStories.has(code) ? [] : phrasesFor(code);
  return { given: phrase === undefined ? [] : [`the identity provider sends ${phrase}`], alike };
}

/** Faults with the amount filled in; first those whose signatures hold, since they differ from an honest message the least. */
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

/** A service provider without a key for it gets nothing encrypted to look into. */
const playsAlone = ({ code, transport }: Fault): boolean =>
  transport === undefined && !/^(enc(?!rypted-(other|no)-key)|decrypted|xsw-encrypted|plain-when)/.test(code);

const isSignedProperly = ({ signedProperly }: Fault): boolean => signedProperly === true;

function withAmount(phrase: FaultPhrase): string {
  const { amount }: Fault = faults[phrase];
  return phrase.replace(/\{\w+\}/, String(amount?.reject[0] ?? amount?.accept[0] ?? ''));
}
