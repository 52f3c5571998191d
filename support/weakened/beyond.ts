/** Checks that nothing on the stand can show to be gone: since something that stands in no list of ours refuses instead, or since the service provider is none the weaker. */

/** What refuses instead: the library, the runtime, or a check of the same thing at another place. */
export const elsewhere: Readonly<Record<string, string>> = {
  'verify: the octets are those of the digest': 'the library, which compares the digest itself: sp/saml/verify.test.ts',
  'decrypt: length of the content key': 'node:crypto, which makes no cipher of a key of another length',
  'decrypt: length of the tag': '“decrypt: the tag is verified”: octets so few that their tag is shorter hold no text',
  'judge: the decrypted assertion is read from its signed octets': 'the gate for XML, which what was decrypted has passed, so that tree and octets say the same',
  'acs: a verdict of acceptance': '“acs: the story counts”: whatever the judge does not accept has findings; only what is undetermined has none, and that has findings there',
};

const diagnosis = 'the service provider tells the judge everything; only `npm run diagnose` may leave it untold: sp/saml/judge.test.ts';
const exactOnly = 'the service provider asks for exactly one class; only `npm run diagnose` compares otherwise: sp/saml/checks/checks.test.ts';

/** Why the service provider without it takes no message more, and what notices it. */
export const harmless: Readonly<Record<string, string>> = {
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
  'requested context, minimum': exactOnly,
  'requested context, maximum': exactOnly,
  'requested context, better': exactOnly,
  'requested context, better than all that is known': exactOnly,
  'requested context, unknown class': exactOnly,
  'judge: fifty of one code at most': 'the message is refused by the first; it bounds what is kept of it: sp/saml/judge.test.ts',
  'acs: only a waiting test gets a verdict': 'the message is refused already; it decides what the administrator reads of a test whose answer came too late: support/acs.test.ts',
};
