/**
 * saml-idp, which we did not write and which is on every machine, in the mock's place: a few scenarios, with a browser
 * and without. `npm run test:long` plays all that fit.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPackage } from '../idp/saml-idp.ts';
import { playWithIdp } from './play-with-idp.ts';

/** The first in a browser; the next two without; the last needs a session at the identity provider. */
const cases = ['replay-detected', 'local-login-blocked', 'cookie-samesite-blocked', 'mailbox-switched'];

test('saml-idp signs people in, and what it cannot do is skipped with the reason', async () => {
  const { tally, skipped, said } = await playWithIdp('saml-idp', {
    tags: `@any-idp and (${cases.map((code) => `@case:${code}`).join(' or ')})`,
    workers: 1,
  });
  assert.deepEqual(tally, { passed: 3, skipped: 1, failed: 0 }, said);
  assert.deepEqual(skipped, [
    `Skipped: saml-idp ${findPackage().version} cannot keep a session: it asks for credentials every time`,
  ]);
});
