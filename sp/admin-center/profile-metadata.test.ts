/** Metadata as the settings of a profile: what is taken over, and the words for metadata that cannot be used. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metadataSamples } from '../saml/sample-metadata.fixture.ts';
import { settingsOfMetadata } from './profile-metadata.ts';

const now = new Date('2026-03-01T12:00:00Z');
const metadata = metadataSamples[0]!;
const read = (text: string, entityId?: string) => settingsOfMetadata(text, { now, entityId });

/** The problem without markup, and the fields where it is shown. */
function problemOf(text: string) {
  const outcome = read(text);
  assert.ok('problem' in outcome, 'it is not used');
  return { problem: String(outcome.problem).replaceAll(/<[^>]+>/g, ''), fields: Object.keys(outcome.errors ?? {}) };
}

test('all that a profile needs is taken over; requests are signed only if the identity provider asks for it', () => {
  const outcome = read(metadata);
  assert.ok('settings' in outcome);
  const { certificates = [], ...settings } = outcome.settings;
  assert.equal(certificates.length, 1);
  assert.deepEqual(settings, {
    idpEntityId: 'https://idp.example/metadata',
    ssoUrl: 'https://idp.example/sso',
    ssoBinding: 'post',
    sloUrl: 'https://idp.example/slo',
  });
  const asking = read(
    metadata.replace('<md:IDPSSODescriptor ', '<md:IDPSSODescriptor WantAuthnRequestsSigned="true" '),
  );
  assert.equal('settings' in asking && asking.settings.signRequests, true);
});

test('without metadata, the file is what is missing', () => {
  for (const nothing of ['', ' \n\t'])
    assert.deepEqual(problemOf(nothing), {
      problem: 'Choose the metadata file, or paste its content.',
      fields: ['file'],
    });
});

test('metadata that cannot be read says why, and leads to its case', () => {
  const { problem, fields } = problemOf('<html><body>Sign in</body></html>');
  assert.match(problem, /\S\. See .+\.$/);
  assert.deepEqual(fields, ['text']);
});

test('a setting that a profile cannot keep is named, each in a sentence', () => {
  const long = `https://idp.example/${'m'.repeat(1_024)}`;
  assert.deepEqual(problemOf(metadata.replaceAll('https://idp.example/metadata', long)), {
    problem: 'The metadata cannot be used. IdP entity ID: must have at most 1024 characters. ',
    fields: ['text'],
  });
  const both = problemOf(
    metadata.replaceAll('https://idp.example/metadata', long).replaceAll('https://idp.example/sso', `${long}${long}`),
  );
  assert.match(both.problem, /IdP entity ID: must .+\. Sign-on URL: must have at most 2000 characters\. $/);
});

test('an error of our own is not the fault of the metadata', () => {
  const broken = {
    get now(): Date {
      throw new RangeError('the clock is broken');
    },
  };
  assert.throws(() => settingsOfMetadata(metadata, broken), RangeError);
});
