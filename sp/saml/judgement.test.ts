/** Defaults for judging: strict at an ACS, and one URI for each NameID format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hardenedPolicies, nameIdFormats, strict } from './judgement.ts';
import { nameIdFormatUris } from './uris.ts';

test('an ACS allows no weakness', () => {
  const allowed = Object.entries(strict).filter(([, isAllowed]) => isAllowed);
  assert.deepEqual(allowed, []);
  assert.equal(Object.keys(strict).length, 10);
});

test('hardened: signed messages with the RelayState of a request, and nothing weaker', () => {
  const { requireSignedMessage, requireRelayState, allowSha1, allowIdpInitiated } = hardenedPolicies;
  assert.deepEqual([requireSignedMessage, requireRelayState, allowSha1, allowIdpInitiated], [true, true, false, false]);
});

test('hardened: neither encryption, a second signature nor an attribute is required', () => {
  const { requireEncryption, requireSignedAssertion, requiredAttributes } = hardenedPolicies;
  assert.deepEqual([requireEncryption, requireSignedAssertion, requiredAttributes], [false, false, []]);
});

test('each NameID format of a profile has a URI, except the one that accepts any', () => {
  assert.deepEqual(
    nameIdFormats.filter((format) => !Object.hasOwn(nameIdFormatUris, format)),
    ['any'],
  );
  assert.deepEqual(new Set(nameIdFormats), new Set([...Object.keys(nameIdFormatUris), 'any']));
});
