/** Feature generated from diagnoses: every step exists, and every code that one response can cause is replayed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import { type RejectionCode, rejections } from '../../sp/rejection-advice.ts';
import { patternOfAll, vocabularies } from '../catalogue/vocabularies.ts';
import { stepEntries } from '../gherkin/docs/steps.ts';
import { asFeature, replayOf } from './as-scenario.ts';
import type { Diagnosis } from './diagnose.ts';

const registry = new ParameterTypeRegistry();
for (const [name, words] of Object.entries(vocabularies))
  registry.defineParameterType(
    new ParameterType(name, new RegExp(patternOfAll(words)), String, (text: string) => text, false, false),
  );
const expressions = (await stepEntries()).map(({ expression }) => new CucumberExpression(expression, registry));
const codes = Object.keys(rejections) as RejectionCode[];

const diagnosisOf = (...found: RejectionCode[]): Diagnosis =>
  ({
    verdict: found.length > 0 ? 'reject' : 'accept',
    findings: found.map((code) => ({ code })),
    notVerified: [],
  }) as unknown as Diagnosis;
const featureOf = (...diagnoses: readonly Diagnosis[]): string =>
  asFeature(diagnoses.map((diagnosis) => ({ diagnosis })));
const stepsIn = (feature: string): string[] =>
  [...feature.matchAll(/^\s+(?:Given|And|When|Then) (.*)$/gm)].map(([, text]) => text!);

test('every step of every generated scenario matches exactly one step definition', () => {
  for (const feature of [
    featureOf(...codes.map((code) => diagnosisOf(code))),
    featureOf(diagnosisOf(...codes)),
    featureOf(diagnosisOf()),
  ]) {
    const steps = stepsIn(feature);
    assert.ok(steps.length >= 3);
    for (const step of new Set(steps))
      assert.equal(expressions.filter((expression) => expression.match(step)).length, 1, step);
  }
});

test('the product that most likely wrote the message is named in a comment', () => {
  const okta = { product: 'okta', name: 'Okta', because: ['IDs of “id” and digits'] } as const;
  for (const diagnosis of [diagnosisOf(), diagnosisOf('audience-mismatch')])
    assert.match(
      featureOf({ ...diagnosis, writtenBy: [okta] } as Diagnosis),
      /^ {2}Rule: .*\n\n {4}# This looks like Okta: IDs of “id” and digits\.\n/m,
    );
  assert.doesNotMatch(featureOf(diagnosisOf()), /looks like|Unknown/);
  const otherTraits = 'It has an entity ID at sts.windows.net, like Microsoft Entra ID.';
  assert.match(featureOf({ ...diagnosisOf(), otherTraits }), /^ {4}# Unknown\. It has an entity ID at sts/m);
});

test('codes that no single response causes are listed in a comment, and there are few of them', () => {
  const left = codes.filter((code) => replayOf(code).given.length === 0);
  assert.match(featureOf(diagnosisOf(left[0]!)), new RegExp(`# Not replayed by a single response: ${left[0]}`));
  assert.ok(left.length < codes.length / 4, left.join(', '));
});

test('a weak encryption algorithm is replayed as it was received', () => {
  const replayed = (received?: string): string => replayOf('encryption-algorithm-refused', received).given.at(-1)!;
  const uri = 'http://www.w3.org/2001/04/xmlenc#';
  assert.equal(replayed(`${uri}aes128-cbc`), 'the IdP sends an assertion encrypted with AES-128-CBC');
  assert.equal(replayed(`${uri}tripledes-cbc`), 'the IdP sends an assertion encrypted with Triple DES');
  assert.equal(replayed(`${uri}rsa-1_5`), 'the IdP sends an EncryptedKey with RSA 1.5');
  for (const other of [`${uri}aes256-cbc`, undefined])
    assert.equal(replayed(other), 'the IdP sends an assertion encrypted with AES-256-CBC');
});
