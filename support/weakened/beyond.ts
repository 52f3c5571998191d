/** Checks whose removal no message of the stand shows: why, and what notices it instead. */

const diagnosis = 'the service provider tells the judge everything; `npm run diagnose` may leave it untold: sp/saml/judge.test.ts';
const story = 'the stand plays no connection test';
const waiting = 'the stand does not wait';
const weakKey = 'the service provider would have to pin a weak key: sp/saml/verify.test.ts';
const exactOnly = 'the service provider asks for exactly one class; the comparison is there for `npm run diagnose`: sp/saml/checks/checks.test.ts';
const instant = 'the difference is one millisecond: sp/saml/checks/checks.test.ts';

export const beyond: Readonly<Record<string, string>> = {
  'decode: inflating is bounded': 'the answer stays the same and costs memory: sp/saml/decode.test.ts',

  'verify: there is a certificate': 'a profile without a certificate sends nobody to an identity provider: sp/saml/verify.test.ts',
  'verify: weak keys': weakKey,
  'verify: weak keys are named': weakKey,
  'algorithms: minimal length of a key': weakKey,
  'verify: one reference was digested': 'its twin is “shape: children of SignedInfo”, and behind that “shape: every part is there”: of a signature with two references no part is read',
  'verify: the octets are those of the digest': 'its twin is the library, which compares the digest itself: sp/saml/verify.test.ts',
  'decrypt: length of the content key': 'its twin is node:crypto, which makes no cipher of a key of another length',
  'decrypt: length of the tag': 'its twin is “decrypt: the tag is verified”: octets so few that their tag is shorter hold no text',

  'judge: what could not be opened is not verified': diagnosis,
  'judge: a key nobody told': diagnosis,
  'judge: untold signature': diagnosis,
  'judge: untold issuer': diagnosis,
  'judge: untold destination': diagnosis,
  'judge: untold recipient': diagnosis,
  'judge: untold audience': diagnosis,
  'judge: untold RelayState': diagnosis,
  'judge: untold account': diagnosis,
  'judge: untold replay': diagnosis,
  'judge: the decrypted assertion is read from its signed octets': 'its twin is the gate for XML, which what was decrypted has passed, so that tree and octets say the same',
  'judge: fifty of one code at most': 'it bounds what is kept of a message, not who gets in: sp/saml/judge.test.ts',
  'judge: the order of stages decides': 'its twin is the assertion consumer service, which puts all findings in order once more: sp/saml/judge.test.ts',
  'judge: the session ends with the first statement': `${waiting} for a session to end: sp/saml/judge.test.ts`,
  'judge: replays are remembered as long as any confirmation holds': `${waiting} for a message to expire: sp/saml/judge.test.ts`,

  'requested context, minimum': exactOnly,
  'requested context, maximum': exactOnly,
  'requested context, better': exactOnly,
  'requested context, better than all that is known': exactOnly,
  'requested context, unknown class': exactOnly,
  'expired: on or after': instant,
  'confirmation expired: on or after': instant,

  'acs: an organization without a profile': 'nobody can sign in there, so it cannot be on the stand: support/acs.test.ts',
  'acs: what the story says of the test': `${story}: features/security/answers.feature`,
  'acs: request-expired': `${waiting} for a request to expire: features/security/answers.feature`,
  'acs: test-superseded': `${story}: features/security/answers.feature`,
  'acs: test-already-answered': `${story}: support/acs.test.ts`,
  'acs: test-answer-late': `${story}: support/acs.test.ts`,
  'acs: only a waiting test gets a verdict': `${story}: support/acs.test.ts`,
  'acs: a verdict of acceptance': 'whatever the judge does not accept has findings, which refuse it; only what is undetermined has none, as under “acs: the story counts”',
};
