/** Checks whose removal the stand cannot show: something else rejects instead, or the SP accepts nothing more. */

/** What refuses instead: the library, the runtime, or a check of the same thing at another place. */
export const elsewhere: Readonly<Record<string, string>> = {
  'decode: NUL': '“read: well-formed”: a NUL is no character of XML',
  'read: what a parser throws is a finding':
    '“read: well-formed”: at what the parser of the tree would throw, the gate has stopped before',
  'shape: both values are there':
    '“shape: children of Signature” and “shape: children of Reference”, which miss the value as well',
  'verify: the octets are those of the digest': 'the library, which compares the digest itself: sp/saml/verify.test.ts',
  'verify: something was digested': 'the library, which says of no signature without a reference that it is good',
  'verify: the library read the SignedInfo that was verified':
    'our own check of the signature value: library and check canonicalize the same element',
  'verify: what the library throws is a finding':
    '“shape: …” and the gate for XML: at what the library would throw, they have stopped before: ' +
    'sp/saml/verify.test.ts',
  'keys: an unreadable certificate is none': 'the profile, which takes no such certificate: sp/saml/verify.test.ts',
  'decrypt: length of the content key': 'node:crypto, which makes no cipher of a key of another length',
  'decrypt: length of the tag': '“decrypt: the tag is verified”: octets so few that their tag is shorter hold no text',
  'judge: the decrypted assertion is read from its signed octets':
    'the gate for XML, which what was decrypted has passed, so that tree and octets say the same',
  'judge: what is decrypted is read from signed octets':
    '“shape: reference to the parent”: nothing but the whole response is signed, so that tree and octets say the same',
  'times: a time at all': '“times: UTC and whole”, whose pattern fits nothing that is no time',
  'schema: one of the list itself':
    '“schema: what may stand there”: ' +
    'an element that is called like a property of every object is none that may stand there',
  'acs: no HEAD': '“decode: only POST”',
  'acs: used up meanwhile':
    '“acs: request-answered”: an answer is judged without a pause, so that no other one comes in between',
  'request: used up once only': '“acs: request-answered”, for the same reason',
  'session: its user exists': '“acs: the user exists”; users are deactivated and never removed',
  'acs: a verdict of acceptance':
    '“acs: the story counts”: whatever the judge does not accept has findings; ' +
    'only what is undetermined has none, and that has findings there',
};

const diagnosis =
  'the service provider tells the judge everything; only `npm run diagnose` may leave it untold: sp/saml/judge.test.ts';
const exactOnly =
  'the service provider asks for exactly one class; ' +
  'only `npm run diagnose` compares otherwise: sp/saml/checks/checks.test.ts';

const bound = 'it bounds the work for a message, good or bad: sp/saml/cost.test.ts and sp/saml/read.test.ts';
const setting = 'it is about what an administrator enters, and no message: sp/saml/uris.test.ts';
const rareKey = 'no identity provider of the stand has such a key: sp/saml/trust-key.test.ts';

/** Why the service provider without it takes no message more, and what notices it. */
export const harmless: Readonly<Record<string, string>> = {
  'decode: number of fields': bound,
  'read: number of values': bound,
  'read: namespaces around one element': bound,
  'shape: number of prefixes in a list': bound,
  'keys: greatest length': rareKey,
  'keys: type': rareKey,
  'keys: smallest exponent': rareKey,
  'keys: odd exponent': rareKey,
  'keys: greatest exponent': rareKey,
  'keys: small factors': rareKey,
  'keys: ROCA': rareKey,
  'keys: close factors': rareKey,
  'keys: a prime for a modulus': rareKey,
  'keys: length of a certificate': rareKey,
  'endpoints: nothing to be escaped': setting,
  'endpoints: a plain host': setting,
  'endpoints: no user': setting,
  'endpoints: no parameters of a message': setting,
  'content security policy: one source':
    'it is about an address that the profile no longer takes: sp/send-to-idp.test.ts',
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
  'judge: replays are remembered as long as the conditions hold':
    'a confirmation must hold, and have an end, so that its end is late enough',
  'second level of the list itself':
    'the message is refused already; it decides the words: sp/saml/checks/checks.test.ts',
  'judge: fifty of one code at most':
    'the message is refused by the first; it bounds what is kept of it: sp/saml/judge.test.ts',
  'acs: only a waiting test gets a verdict':
    'the message is refused already; it decides what the administrator reads of a test ' +
    'whose answer came too late: support/system-tests/acs.test.ts',
};
