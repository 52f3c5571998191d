/** Checks whose removal cannot be shown: something else rejects instead, or the SP accepts nothing more. */

/** The part that rejects instead: the library, the runtime, or another check of the same thing. */
export const elsewhere: Readonly<Record<string, string>> = {
  'decode: NUL': '“read: well-formed”: NUL is not an XML character',
  'read: a parser error is a finding':
    '“read: well-formed”: the gate stops before anything that makes the tree parser throw',
  'shape: presence of both values':
    '“shape: children of Signature” and “shape: children of Reference”, which also notice a missing value',
  'verify: the bytes match the digest': 'the library, which compares the digest itself: sp/saml/verify.test.ts',
  'verify: something was digested': 'the library, which accepts no signature without a reference',
  'verify: the library read the SignedInfo that was verified':
    'our own check of the signature value: library and check canonicalize the same element',
  'verify: a library error is a finding':
    '“shape: …” and the gate for XML, which stop before anything that makes the library throw: ' +
    'sp/saml/verify.test.ts',
  'keys: an unreadable certificate is ignored': 'the profile, which rejects such a certificate: sp/saml/verify.test.ts',
  'decrypt: length of the content key': 'node:crypto, which makes no cipher from a key of another length',
  'decrypt: length of the tag': '“decrypt: the tag is verified”: cipher text with a shorter tag contains no text',
  'judge: the decrypted assertion is read from its signed bytes':
    'the gate for XML, which decrypted text has passed, so that tree and bytes agree',
  'judge: decrypted content is read from signed bytes':
    '“shape: reference to the parent”: only the whole response is signed, so that tree and bytes agree',
  'times: a valid time': '“times: complete and in UTC”, whose pattern matches only times',
  'schema: own properties only':
    '“schema: allowed children”: ' + 'an element named like an Object property is not allowed there',
  'acs: no HEAD': '“decode: only POST”',
  'acs: a request used meanwhile':
    '“acs: request-answered”: a response is judged without a pause, so that no other one can interfere',
  'request: used only once': '“acs: request-answered”, for the same reason',
  'session: the user exists': '“acs: the user exists”; users are deactivated and never removed',
  'acs: the verdict is acceptance':
    '“acs: findings about request and test count”: a response that the judge does not accept has findings; ' +
    'only an undetermined one has none, and that one has findings there',
};

const diagnosis = 'the SP gives the judge every setting; only `npm run diagnose` may omit one: sp/saml/judge.test.ts';
const exactOnly =
  'the SP requests exactly one class; ' +
  'only `npm run diagnose` has other comparisons: sp/saml/checks/checks.test.ts';

const bound = 'it limits the work for a response, valid or not: sp/saml/cost.test.ts and sp/saml/read.test.ts';
const setting = 'it is about settings that an administrator enters, not a response: sp/saml/uris.test.ts';
const rareKey = 'the conformance test has no IdP with such a key: sp/saml/trust-key.test.ts';

/** Why the SP accepts no other responses without the check, and the test that notices its removal. */
export const harmless: Readonly<Record<string, string>> = {
  'decode: number of fields': bound,
  'read: number of values': bound,
  'read: namespaces around one element': bound,
  'shape: number of prefixes': bound,
  'keys: maximum length': rareKey,
  'keys: type': rareKey,
  'keys: minimum exponent': rareKey,
  'keys: odd exponent': rareKey,
  'keys: maximum exponent': rareKey,
  'keys: small factors': rareKey,
  'keys: ROCA': rareKey,
  'keys: close factors': rareKey,
  'keys: the modulus is not a prime': rareKey,
  'keys: length of a certificate': rareKey,
  'endpoints: no characters to escape': setting,
  'endpoints: a plain host': setting,
  'endpoints: no user': setting,
  'endpoints: no SAML parameters': setting,
  'content security policy: one source': 'it is about a URL that the profile no longer accepts: sp/send-to-idp.test.ts',
  'judge: an undecrypted assertion is not verified': diagnosis,
  'judge: a missing decryption key': diagnosis,
  'judge: missing certificates': diagnosis,
  'judge: missing issuer': diagnosis,
  'judge: missing destination': diagnosis,
  'judge: missing recipient': diagnosis,
  'judge: missing audience': diagnosis,
  'judge: missing RelayState': diagnosis,
  'judge: missing account': diagnosis,
  'judge: missing replay': diagnosis,
  'requested context, minimum': exactOnly,
  'requested context, maximum': exactOnly,
  'requested context, better': exactOnly,
  'requested context, better than every known class': exactOnly,
  'requested context, unknown class': exactOnly,
  'judge: replays are remembered until the conditions expire':
    'a confirmation must be valid and have an end, so that its end is late enough',
  'second-level status, own properties only':
    'the response is already rejected; it decides the words: sp/saml/checks/checks.test.ts',
  'judge: at most fifty findings of one code':
    'the response is rejected by the first; it limits what is stored: sp/saml/judge.test.ts',
  'acs: only a pending test gets a verdict':
    'the response is already rejected; it decides what the administrator sees of a test ' +
    'with a late response: support/system-tests/acs.test.ts',
};
