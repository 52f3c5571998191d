/** The fault table agrees with the verdicts of the IdP's catalogue. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { faultPhrases, faults } from '../../mock-idp/faults.ts';
import { isRejectionCode } from '../../sp/rejection-advice.ts';
import { faultRowOf } from './fault-expectations.ts';

/** The hardened settings of an SSO profile; lists are empty. */
const hardened: Readonly<Record<string, boolean | string>> = {
  requireSignedMessage: true,
  requireSignedAssertion: false,
  allowSha1: false,
  allowIdpInitiated: false,
  requireRelayState: true,
  requireEncryption: false,
  nameIdFormat: 'emailAddress',
  requiredAttributes: '',
  forceAuthn: false,
  requestedAuthnContext: '',
};

test('our SP accepts what it must accept, and rejects the rest with a known rejection', () => {
  for (const phrase of faultPhrases) {
    const { verdict, transport }: Fault = faults[phrase];
    const expected: string | null = faultRowOf(phrase).rejection;
    if (transport !== undefined) {
      assert.equal(expected, null, `“${phrase}” sends no response to reject`);
      continue;
    }
    if (typeof verdict === 'object')
      assert.ok(verdict.policy in hardened, `“${phrase}” names the policy ${verdict.policy}`);
    const accepted =
      typeof verdict === 'object' ? hardened[verdict.policy] === verdict.acceptWhen : verdict === 'accept';
    assert.equal(expected === null, accepted, `“${phrase}” is ${accepted ? 'accepted' : 'rejected'}`);
    if (expected !== null) assert.ok(isRejectionCode(expected), expected);
  }
});

test('every fault has exactly one row', async () => {
  const folder = new URL('./fault-expectations/', import.meta.url);
  const chapters = await Promise.all(
    readdirSync(folder).map((file) => import(new URL(file, folder).href) as Promise<Record<string, object>>),
  );
  const codes = chapters.flatMap((chapter) => Object.values(chapter).flatMap((rows) => Object.keys(rows)));
  assert.equal(codes.length, faultPhrases.length);
  assert.equal(new Set(codes).size, codes.length);
});
