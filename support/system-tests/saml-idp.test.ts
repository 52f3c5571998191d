/**
 * saml-idp, an identity provider that we did not write and that is on every machine, instead of the mock: a few
 * scenarios, with and without a browser. `npm run test:long` plays all that it supports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPackage } from '../idp/saml-idp.ts';
import { playWithIdp } from './play-with-idp.ts';

/** The first in a browser; the next two without; the last needs a session at the IdP. */
const cases = ['replay-detected', 'local-login-blocked', 'cookie-samesite-blocked', 'mailbox-switched'];

test('saml-idp signs users in, and scenarios that it does not support are skipped with the reason', async () => {
  const { tally, skipped, output } = await playWithIdp('saml-idp', {
    tags: `@any-idp and (${cases.map((code) => `@case:${code}`).join(' or ')})`,
    workers: 1,
  });
  assert.deepEqual(tally, { passed: 3, skipped: 1, failed: 0 }, output);
  assert.deepEqual(skipped, [
    `Skipped: saml-idp ${findPackage().version} cannot keep a session: it asks for credentials every time`,
  ]);
});
