/** Malformed metadata and certificates at the profile's two forms: settings, or a sentence of our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySettings } from '../profile.ts';
import { assertOwnWords, fuzzSeed, malformed } from '../saml/malformed-inputs.fixture.ts';
import { metadataSamples, pemSamples } from '../saml/sample-metadata.fixture.ts';
import { asTyped, type Outcome, settingsOfForm } from './profile-form.ts';
import { settingsOfMetadata } from './profile-metadata.ts';

const now = new Date('2026-03-01T12:00:00Z');
const seeded = { seed: fuzzSeed, count: 300 };

function assertOutcome(outcome: Outcome, input: string): boolean {
  if ('settings' in outcome) return true;
  const words = [outcome.problem]
    .flat()
    .map((one) => String(one))
    .join(' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .trim();
  assertOwnWords(words, {
    now,
    about: `FUZZ_SEED=${fuzzSeed}: ${JSON.stringify(words.slice(0, 500))} of ${JSON.stringify(input.slice(0, 300))}`,
  });
  return false;
}

test('300 malformed variants of metadata, uploaded', () => {
  const taken = malformed(metadataSamples, seeded).filter((text) =>
    assertOutcome(settingsOfMetadata(text, { now }), text),
  );
  assert.ok(taken.length < 200, `${taken.length} are not malformed`);
});

test('300 malformed variants of certificates, pasted into the form', () => {
  const typed = { ...asTyped(emptySettings), idpEntityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso' };
  const taken = malformed(pemSamples, seeded).filter((text) =>
    assertOutcome(settingsOfForm({ ...typed, certificates: text }), text),
  );
  assert.ok(taken.length < 200, `${taken.length} are not malformed`);
});
