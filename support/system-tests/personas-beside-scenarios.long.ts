/** Scenarios of diagnose --scenario: each runs in the handwriting of the message, and fails without its fault. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { responseTo } from '../../mock-idp/personas/persona-response.fixture.ts';
import { read } from '../../sp/saml/read.ts';
import { playedProducts } from '../catalogue/identity-products.ts';
import { asFeature } from '../diagnosis/as-scenario.ts';
import { learnPersona } from '../diagnosis/products/learn.ts';
import { versionLike } from '../diagnosis/products/persona-version.ts';
import { learnedFile, type Replayable } from '../diagnosis/scenario-persona.ts';
import { type ScenarioOutcome, scenarioOutcomes } from './scenario-outcomes.ts';

const folder = mkdtempSync(join(tmpdir(), 'replayed-'));
after(() => rmSync(folder, { recursive: true }));

const diagnosisOf = (products: readonly string[], code?: string): Replayable =>
  ({
    diagnosis: {
      verdict: code === undefined ? 'accept' : 'reject',
      findings: code === undefined ? [] : [{ code }],
      notVerified: [],
      writtenBy: products.map((product) => ({ product, name: product, because: [] })),
    },
  }) as unknown as Replayable;

/** With evidence, the responses are in `shown`. */
async function play(feature: string, reports?: string): Promise<{ outcomes: ScenarioOutcome[]; shown: string }> {
  const file = join(folder, 'replayed.feature');
  writeFileSync(file, feature);
  let shown = '';
  const outcomes = await scenarioOutcomes({
    paths: [file],
    reports,
    onMessage({ attachment }) {
      if (attachment === undefined) return;
      const { body, contentEncoding } = attachment;
      shown += contentEncoding === 'BASE64' ? Buffer.from(body, 'base64').toString() : body;
    },
  });
  return { outcomes, shown };
}

const codes = [
  undefined,
  'audience-mismatch',
  'message-not-signed',
  'nameid-format-wrong',
  'nameid-user-mismatch',
  'subject-confirmation-error',
  'signing-cert-mismatch',
] as const;
const products = [...new Set(playedProducts.map(({ product }) => product))];
const cases = products.flatMap((product) => codes.map((code) => diagnosisOf([product], code)));

test(`${cases.length} scenarios: what was rejected, as each product writes`, async () => {
  const { outcomes } = await play(asFeature(cases));
  assert.equal(outcomes.length, cases.length);
  assert.deepEqual(
    outcomes.filter(({ status }) => status !== 'PASSED'),
    [],
  );
});

test('a scenario fails without the fault that it replays', async () => {
  const fault = /^ +And the IdP sends .*\n/m;
  const feature = asFeature([diagnosisOf(['okta'], 'audience-mismatch')]);
  assert.match(feature, fault);
  const { outcomes } = await play(feature.replace(fault, ''));
  assert.deepEqual(
    outcomes.map(({ status, failed }) => [status, failed]),
    [['FAILED', 'the SP rejects the response as audience-mismatch']],
  );
});

test('a scenario is in the handwriting that was learned from a message', async () => {
  const { xml } = responseTo({ persona: 'google', set: { signed: 'both', prefixes: { samlp: 'x', saml: 'y' } } });
  const outcome = read(xml);
  assert.ok(outcome.ok);
  const persona = learnPersona(outcome.message, {
    personaFor: ({ product }, message) => versionLike(product, message)?.code,
  });
  const path = join(folder, 'learned.json');
  const text = JSON.stringify(persona);
  writeFileSync(path, text);
  const diagnoses = [diagnosisOf(['google'], 'audience-mismatch'), diagnosisOf(['google'])];
  const feature = asFeature(diagnoses, learnedFile(path, text));
  const { outcomes, shown } = await play(feature, join(folder, 'reports'));
  assert.deepEqual(
    outcomes.map(({ status, message }) => [status, message]),
    [
      ['PASSED', ''],
      ['PASSED', ''],
    ],
  );
  assert.match(shown, /(?:<|&lt;)x:Response\b/);
  assert.doesNotMatch(shown, /(?:<|&lt;)samlp:Response\b/);
});
