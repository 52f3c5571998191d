/** The subject and validity of signing certificates, at each limit. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { certificateFacts, validityOf, type Warning } from './certificate-expiry.ts';
import { createIdp } from './identity-provider.fixture.ts';

let pem: string;
before(async () => {
  pem = (await createIdp('https://idp.example')).settings.certificates[0]!;
});

const end = Date.parse('2099-01-01T00:00:00Z');
const day = 24 * 3_600_000;

test('a certificate has a subject on one line and a SHA-256 fingerprint', () => {
  const { subject, fingerprint, validUntil } = certificateFacts(pem, 0);
  assert.match(subject, /^CN=[^\n]+$/);
  assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.equal(validUntil.getTime(), end);
});

const until = 'valid until 2099-01-01';
const next = 'ask the identity provider for the next one';
/** Milliseconds before the end, and the validity in words. */
const limits: readonly (readonly [before: number, warning: Warning | undefined, says: string])[] = [
  [60 * day, undefined, until],
  [60 * day - 1, 60, `${until}, 59 days left: ${next}`],
  [30 * day, 60, `${until}, 30 days left: ${next}`],
  [30 * day - 1, 30, `${until}, 29 days left: ${next}`],
  [7 * day, 30, `${until}, 7 days left: ${next}`],
  [7 * day - 1, 7, `${until}, 6 days left: ${next}`],
  [day, 7, `${until}, 1 day left: ${next}`],
  [0, 7, `${until}, 0 days left: ${next}`],
  [-1, 'expired', `${until} and now expired: expect a new one from the identity provider (the key is still accepted)`],
];
for (const [before, warning, says] of limits)
  test(`${before / day} days before the end: ${warning ?? 'no warning'}`, () => {
    const facts = certificateFacts(pem, end - before);
    assert.deepEqual([facts.warning, validityOf(facts)], [warning, says]);
  });
