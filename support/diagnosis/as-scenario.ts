/** Generates a feature that makes the mock IdP send what a captured message shows. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import type { Diagnosis } from './diagnose.ts';
import { sentenceOf } from './products/recognize.ts';
import { type LearnedFile, type Replayable, type ScenarioPersona, scenarioPersona } from './scenario-persona.ts';

/** A feature that runs as it is: one rule per message, one scenario per rejection, the deciding one first. */
export function asFeature(messages: readonly Replayable[], learned?: LearnedFile): string {
  const rules = messages.map((one, index) => {
    const { diagnosis } = one;
    const persona = scenarioPersona(one, learned);
    const suffix = messages.length === 1 ? '' : ` (message ${index + 1})`;
    return (diagnosis.findings.length === 0 ? goodRule : badRule)({ ...diagnosis, persona, suffix });
  });
  return `Feature: ${messages.length === 1 ? 'A captured message' : 'Captured messages'}
  A response from a real identity provider is replayed against the mock, so that its diagnosis stays correct.
${rules.map((rule) => `\n${rule}`).join('')}`;
}

interface Replayed extends Diagnosis {
  persona: ScenarioPersona;
  suffix: string;
}

function goodRule({ verdict, notVerified, persona, suffix, ...diagnosis }: Replayed): string {
  const heading = verdict === 'accept' ? 'A valid response is accepted' : 'The checks that can be made pass';
  const comment = notVerified.length === 0 ? '' : `    # Not verified: ${notVerified.join(', ')}.\n`;
  const name = `The same response without faults${suffix}`;
  const honest = scenario({ name, given: inHandwriting([], persona), outcome: 'the test passes' });
  return `  Rule: ${heading}${suffix}\n\n${productComment(diagnosis, persona)}${comment}${honest}`;
}

function productComment(
  { writtenBy: candidates = [], otherTraits: doubt }: Pick<Diagnosis, 'writtenBy' | 'otherTraits'>,
  { rejectedAs }: ScenarioPersona,
): string {
  const isUnknown = candidates.length === 0 && doubt === undefined;
  const sentences = [
    ...(isUnknown ? [] : [sentenceOf({ candidates, ...(doubt === undefined ? {} : { doubt }) })]),
    ...(rejectedAs === undefined ? [] : [onlyRejected(rejectedAs)]),
  ];
  return sentences.map((sentence) => `    # ${sentence}\n`).join('');
}

const onlyRejected = ({ code, because }: NonNullable<ScenarioPersona['rejectedAs']>): string =>
  `The persona is used only to replay ${code}, because the SP rejects all its responses as that: ${because}.`;

/** With the persona, and the settings that accept its honest response, unless they hide what is to be seen. */
function inHandwriting(given: readonly string[], persona: ScenarioPersona, code = ''): string[] {
  const { step, settings, rejectedAs } = persona;
  if (step === undefined || (rejectedAs !== undefined && rejectedAs.code !== code)) return [...given];
  const accepted = settings.filter((one) => one.hides !== code && !given.includes(one.step));
  // A product that does so by default needs no fault for it.
  const own = rejectedAs?.code === code || settings.some(({ hides }) => hides === code) ? [] : given;
  return [step, ...accepted.map((one) => one.step), ...own];
}

function badRule({ findings, persona, suffix, ...diagnosis }: Replayed): string {
  const codes = [...new Set(findings.map(({ code }) => code))];
  const receivedAs = (code: string) => findings.find((one) => one.code === code)?.received ?? undefined;
  const replays = codes.map((code) => ({ code, ...replayOf(code, receivedAs(code)) }));
  const left = replays.filter(({ given }) => given.length === 0).map(({ code }) => code);
  const unplayed = left.length === 0 ? '' : `    # Not replayed by a single response: ${left.join(', ')}.\n`;
  const comments = productComment(diagnosis, persona) + unplayed;
  const scenarios = replays
    .filter(({ given }) => given.length > 0)
    .map(({ code, given, alike }) => {
      const name = `Rejected as ${code}${suffix}`;
      const written = inHandwriting(given, persona, code);
      return `\n${rejectedAlike(alike)}${scenario({ name, given: written, outcome: rejectedAs(code) })}`;
    });
  const rule = `  Rule: The response is rejected as diagnosed${suffix}\n`;
  return `${rule}${comments === '' ? '' : `\n${comments}`}${scenarios.join('')}`;
}

const rejectedAlike = (phrases: readonly string[]): string =>
  phrases.length === 0
    ? ''
    : `    # Also rejected as this: ${phrases.slice(0, 5).join('; ')}${phrases.length > 5 ? '; and more' : ''}.\n`;

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

/** Steps for rejections that need a setting of the profile first; the fault, if any, comes last. */
const stepsWithSetting: Partial<Record<string, readonly string[]>> = {
  'assertion-not-signed': [
    'the SSO profile requires a signed assertion',
    'the IdP sends a signed response with an unsigned assertion',
  ],
  'encryption-required': ['the SSO profile requires an encrypted assertion'],
  'decryption-failed': ['the SSO profile accepts encrypted assertions', 'the IdP sends corrupted ciphertext'],
  'required-attribute-missing': ['the SSO profile requires the attribute department'],
  'authn-context-unmet': ['the SSO profile requires a password over TLS', 'the IdP sends a weaker AuthnContext'],
  'authn-instant-stale': ['the SSO profile requires reauthentication', 'the IdP sends an old AuthnInstant'],
};

/** Weak algorithms by the end of their URI. */
const encrypted: Readonly<Record<string, FaultPhrase>> = {
  'aes128-cbc': 'an assertion encrypted with AES-128-CBC',
  'tripledes-cbc': 'an assertion encrypted with Triple DES',
  'rsa-1_5': 'an EncryptedKey with RSA 1.5',
};

const weaklyEncrypted = (algorithm = ''): readonly string[] => [
  'the SSO profile accepts encrypted assertions',
  `the IdP sends ${encrypted[algorithm.replace(/^.*#/, '')] ?? 'an assertion encrypted with AES-256-CBC'}`,
];

/** Steps that make the SP reject the sign-in with this code, and equivalent fault phrases. Empty if there are none. */
export function replayOf(code: string, received?: string): { given: readonly string[]; alike: readonly string[] } {
  const steps = code === 'encryption-algorithm-refused' ? weaklyEncrypted(received) : stepsWithSetting[code];
  if (steps) return { given: steps, alike: [] };
  const [phrase, ...alike] = needOtherSteps.has(code) ? [] : phrasesFor(code);
  return { given: phrase === undefined ? [] : [`the IdP sends ${phrase}`], alike };
}

/** Fault phrases with the amount filled in; those with valid signatures first, as the most realistic. */
function phrasesFor(code: string): string[] {
  const matching = faultPhrases.filter((phrase) => faultRowOf(phrase).rejection === code && playsAlone(faults[phrase]));
  return matching
    .toSorted((one, other) => Number(isSignedProperly(faults[other])) - Number(isSignedProperly(faults[one])))
    .map(withAmount);
}

/** Rejections that need another request, an earlier response or no test at all, so other steps than these. */
const needOtherSteps = new Set([
  'content-type-wrong',
  'request-id-lost',
  'request-unknown',
  'request-answered',
  'request-expired',
  'replay-detected',
]);

/** False for faults that need another transport, or an SP with a decryption key. */
const playsAlone = ({ code, transport }: Fault): boolean =>
  transport === undefined && !/^(enc(?!rypted-(other|no)-key)|decrypted|xsw-encrypted|plain-when)/.test(code);

const isSignedProperly = ({ signedProperly }: Fault): boolean => signedProperly === true;

function withAmount(phrase: FaultPhrase): string {
  const { amount }: Fault = faults[phrase];
  return phrase.replace(/\{\w+\}/, String(amount?.reject[0] ?? amount?.accept[0] ?? ''));
}
