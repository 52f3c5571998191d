/** Offline everything is examined: what an ACS must not touch is reported, and the diagnosis goes on. */
import assert from 'node:assert/strict';
import { constants, createCipheriv, createHash, createPublicKey, publicEncrypt, randomBytes, sign } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import {
  acsUrl,
  address,
  assertionOf,
  certificateOf,
  type Edit,
  forgeForExponentOne,
  honest,
  idpEntityId,
  inTurn,
  judged,
  type Making,
  make,
  now,
  readers,
  type Settings,
  signers,
  sign as signXml,
  spEntityId,
  swap,
  uris,
} from '../../sp/saml/message.fixture.ts';
import { messagesIn } from './capture.ts';
import type { ConnectionSettings } from './connection-options.ts';
import { diagnose } from './diagnose.ts';
import { explain } from './explain.ts';
import { findingsView } from './findings-view.ts';
import { diagnosePastedText } from './pasted.ts';
import { type DiagnosisPolicies, hardenedPolicies } from './policies.ts';
import { createRedactor } from './redact.ts';

const settings = (policies: Partial<DiagnosisPolicies> = {}, certificates = [signers.idp.certificate]) => ({
  at: now,
  requestId: '_request',
  sp: { entityId: spEntityId, acsUrl, decryptionKeys: [readers.own.pem] },
  idp: { entityId: idpEntityId, certificates },
  policies: { ...hardenedPolicies, ...policies },
});
const codesIn = (text: string, connection: ConnectionSettings = settings()): string[] => {
  const [only, ...more] = diagnose(messagesIn(Buffer.from(text)), { settings: connection, redactor: createRedactor() });
  assert.deepEqual(more, []);
  const { verdict, findings } = only!.diagnosis;
  return findings.length === 0 ? [verdict] : findings.map(({ code }) => code);
};

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';
const ds = 'http://www.w3.org/2000/09/xmldsig#';

const ciphers = {
  'AES-128-CBC': { name: 'aes-128-cbc', uri: `${xenc}aes128-cbc`, key: 16, iv: 16 },
  'AES-192-CBC': { name: 'aes-192-cbc', uri: `${xenc}aes192-cbc`, key: 24, iv: 16 },
  'AES-256-CBC': { name: 'aes-256-cbc', uri: `${xenc}aes256-cbc`, key: 32, iv: 16 },
  'Triple DES': { name: 'des-ede3-cbc', uri: `${xenc}tripledes-cbc`, key: 24, iv: 8 },
  'AES-256-GCM': { name: 'aes-256-gcm', uri: `${xenc11}aes256-gcm`, key: 32, iv: 12 },
} as const;
const wrappers = {
  'RSA 1.5': `<xenc:EncryptionMethod Algorithm="${xenc}rsa-1_5"/>`,
  OAEP: `<xenc:EncryptionMethod Algorithm="${xenc}rsa-oaep-mgf1p"/>`,
  'OAEP with SHA-256 and the default mask':
    `<xenc:EncryptionMethod Algorithm="${xenc11}rsa-oaep">` +
    `<ds:DigestMethod xmlns:ds="${ds}" Algorithm="${xenc}sha256"/></xenc:EncryptionMethod>`,
} as const;

/** RSA-OAEP with SHA-256 for the label and SHA-1 for the mask (RFC 8017, 7.1.1). */
function wrapMixed(key: Buffer, reader: typeof readers.own): Buffer {
  const hash = createHash('sha256').digest();
  const block = Buffer.concat([hash, Buffer.alloc(256 - key.length - 2 * hash.length - 2), Buffer.from([1]), key]);
  const seed = randomBytes(hash.length);
  const masked = xor(block, mask(seed, block.length));
  const encoded = Buffer.concat([Buffer.from([0]), xor(seed, mask(masked, seed.length)), masked]);
  return publicEncrypt({ key: reader.publicKey, padding: constants.RSA_NO_PADDING }, encoded);
}
const xor = (one: Buffer, other: Buffer): Buffer => Buffer.from(one.map((octet, index) => octet ^ other[index]!));
const mask = (seed: Buffer, length: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 20) }, (_, index) =>
      createHash('sha1')
        .update(seed)
        .update(Buffer.from([0, 0, 0, index]))
        .digest(),
    ),
  ).subarray(0, length);

function encryptedKeyFor(wrapper: keyof typeof wrappers, key: Buffer, reader = readers.own): string {
  const padding = wrapper === 'RSA 1.5' ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped =
    wrapper === 'OAEP with SHA-256 and the default mask'
      ? wrapMixed(key, reader)
      : publicEncrypt({ key: reader.publicKey, padding, oaepHash: 'sha1' }, key);
  return `<xenc:EncryptedKey xmlns:xenc="${xenc}">${wrappers[wrapper]}${value(wrapped)}</xenc:EncryptedKey>`;
}
const value = (octets: Buffer): string =>
  `<xenc:CipherData><xenc:CipherValue>${octets.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;

/** The signed assertion, encrypted; the response around it is not signed. */
function encrypted(
  cipher: keyof typeof ciphers,
  wrapper: keyof typeof wrappers,
  { edit = (xml) => xml, alter = (xml) => xml, reader = readers.own, before = '' }: Encrypting = {},
): string {
  const xml = alter(make({ sign: ['_assertion'], edit }));
  const { name, uri, key: length, iv: ivLength } = ciphers[cipher];
  const [key, iv] = [randomBytes(length), randomBytes(ivLength)];
  const sealed = createCipheriv(name, key, iv);
  const octets = Buffer.concat([iv, sealed.update(assertionOf(xml)), sealed.final()]);
  const tag =
    'getAuthTag' in sealed && name === 'aes-256-gcm'
      ? (sealed as never as { getAuthTag(): Buffer }).getAuthTag()
      : Buffer.alloc(0);
  return xml.replace(
    assertionOf(xml),
    () =>
      `<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="${xenc}" Type="${xenc}Element">` +
      `<xenc:EncryptionMethod Algorithm="${uri}"/><ds:KeyInfo xmlns:ds="${ds}">${before}` +
      `${encryptedKeyFor(wrapper, key, reader)}</ds:KeyInfo>${value(Buffer.concat([octets, tag]))}` +
      '</xenc:EncryptedData></saml:EncryptedAssertion>',
  );
}
interface Encrypting {
  edit?: Edit;
  alter?: Edit;
  reader?: typeof readers.own;
  before?: string;
}

const byAssertion: Partial<DiagnosisPolicies> = { requireSignedMessage: false };
const lax: Partial<DiagnosisPolicies> = { ...byAssertion, allowCbc: true, allowTripleDes: true, allowRsa15: true };
const audience = swap(`<saml:Audience>${spEntityId}`, '<saml:Audience>https://other.example/sp');
const tampered = swap(`>${address}</saml:NameID>`, '>eve@acme.example</saml:NameID>');
const weak = 'encryption-algorithm-refused';

for (const cipher of ['AES-128-CBC', 'AES-192-CBC', 'AES-256-CBC', 'Triple DES'] as const)
  for (const wrapper of ['RSA 1.5', 'OAEP'] as const) {
    const reported = wrapper === 'OAEP' ? [weak] : [weak, weak];
    test(`${cipher} with ${wrapper}: reported, and the content is examined`, () => {
      const codes = (encrypting: Encrypting, policies = byAssertion): string[] =>
        codesIn(encrypted(cipher, wrapper, encrypting), settings(policies));
      assert.deepEqual(codes({}), reported);
      assert.deepEqual(codes({ edit: audience }), ['audience-mismatch', ...reported]);
      assert.deepEqual(codes({ alter: tampered }), ['altered-in-transit', ...reported]);
      assert.deepEqual(codes({ reader: readers.other }), ['decryption-failed', ...reported]);
      assert.deepEqual(codes({}, lax), ['accept']);
      assert.deepEqual(codes({ alter: tampered }, lax), ['altered-in-transit']);
      assert.deepEqual(codes({ reader: readers.other }, lax), ['decryption-failed']);
    });
    test(`${cipher} with ${wrapper}: an ACS says the same about every content`, () => {
      const results = [{}, { alter: tampered }, { edit: audience }, { reader: readers.other }].map((encrypting) =>
        judged(encrypted(cipher, wrapper, encrypting), { policies: { requireSignedMessage: false } }).findings.map(
          ({ line, ...facts }) => facts,
        ),
      );
      for (const findings of results) assert.deepEqual(findings, results[0]);
      assert.deepEqual(
        results[0]!.map(({ code }) => code),
        [weak],
      );
    });
  }

test('each policy allows its own algorithm only', () => {
  const codes = (policies: Partial<DiagnosisPolicies>): string[] =>
    codesIn(encrypted('AES-128-CBC', 'RSA 1.5'), settings({ ...byAssertion, ...policies }));
  assert.deepEqual(codes({ allowTripleDes: true }), [weak, weak]);
  assert.deepEqual(codes({ allowCbc: true }), [weak]);
  assert.deepEqual(codes({ allowRsa15: true }), [weak]);
  const tripleDes = (policies: Partial<DiagnosisPolicies>): string[] =>
    codesIn(encrypted('Triple DES', 'OAEP'), settings({ ...byAssertion, ...policies }));
  assert.deepEqual(tripleDes({ allowCbc: true, allowRsa15: true }), [weak]);
  assert.deepEqual(tripleDes({ allowTripleDes: true }), ['accept']);
});

test('without a key the algorithms are examined', () => {
  const keyless = (policies: Partial<DiagnosisPolicies>): ConnectionSettings => ({
    ...settings({ ...byAssertion, ...policies }),
    sp: { entityId: spEntityId, acsUrl },
  });
  assert.deepEqual(codesIn(encrypted('AES-128-CBC', 'RSA 1.5'), keyless({})), [weak, weak]);
  assert.deepEqual(codesIn(encrypted('Triple DES', 'OAEP'), keyless({})), [weak]);
  assert.deepEqual(codesIn(encrypted('AES-128-CBC', 'OAEP'), keyless(lax)), ['undetermined']);
  assert.deepEqual(codesIn(encrypted('AES-256-GCM', 'OAEP'), keyless({})), ['undetermined']);
});

test('OAEP with SHA-256 and the default mask is named for what it is, and opened', () => {
  const text = (edit?: Edit): string =>
    encrypted('AES-256-GCM', 'OAEP with SHA-256 and the default mask', edit ? { edit } : {});
  const [found] = diagnose(messagesIn(Buffer.from(text())), {
    settings: settings(byAssertion),
    redactor: createRedactor(),
  });
  assert.match(found!.diagnosis.findings[0]!.message, /different hashes for digest and mask/);
  assert.deepEqual(codesIn(text(), settings(byAssertion)), [weak]);
  assert.deepEqual(codesIn(text(audience), settings(byAssertion)), ['audience-mismatch', weak]);
});

test('an encrypted assertion that is decrypted but malformed is named for what it is', () => {
  const alter = swap('<saml:Subject>', '<saml:Subject><x:y/>');
  const text = encrypted('AES-256-GCM', 'OAEP', { alter });
  const [found] = diagnose(messagesIn(Buffer.from(text)), {
    settings: settings(byAssertion),
    redactor: createRedactor(),
  });
  const { code, path, received, message, fix } = found!.diagnosis.findings[0]!;
  assert.deepEqual([code, path], ['xml-malformed', '/samlp:Response/saml:EncryptedAssertion']);
  assert.match(received!, /prefix/);
  assert.match(message, /decrypted assertion is not well-formed/);
  assert.doesNotMatch(fix, /line shown|proxy/, 'no proxy changes what is encrypted');
  assert.deepEqual(codesIn(text, settings(byAssertion)), ['xml-malformed']);
  assert.deepEqual(codesIn(encrypted('AES-128-CBC', 'OAEP', { alter }), settings(byAssertion)), [
    'xml-malformed',
    weak,
  ]);
  assert.equal(judged(text, { policies: { requireSignedMessage: false } }).findings[0]!.code, 'decryption-failed');
});

test('with two EncryptedKeys of which ours is the second, that is named', () => {
  const before = encryptedKeyFor('OAEP', randomBytes(32), readers.other);
  const text = encrypted('AES-256-GCM', 'OAEP', { before, edit: audience });
  const [found] = diagnose(messagesIn(Buffer.from(text)), {
    settings: settings(byAssertion),
    redactor: createRedactor(),
  });
  assert.match(found!.diagnosis.findings[0]!.message, /several EncryptedKeys/);
  assert.deepEqual(codesIn(text, settings(byAssertion)), ['decryption-failed', 'audience-mismatch']);
});

const signing = (making: Making['signing'], rest: Making = {}): string =>
  make({ sign: ['_response'], signing: making!, ...rest });
const md5 = { algorithm: uris.rsaMd5, digest: 'http://www.w3.org/2001/04/xmldsig-more#md5' };
const sha1 = { algorithm: uris.rsaSha1, digest: uris.sha1 };
const tooWeak = 'signature-algorithm-refused';

test('SHA-1, MD5 and short keys: reported, and the signature is verified', () => {
  const short = [signers.weak.certificate];
  const rows: readonly [string, string[], ConnectionSettings?][] = [
    [signing(sha1), [tooWeak, tooWeak]],
    [signing(sha1), ['accept'], settings({ allowSha1: true })],
    [signing(md5), [tooWeak, tooWeak]],
    [signing(md5), ['accept'], settings({ allowMd5: true })],
    [signing(md5), [tooWeak, tooWeak], settings({ allowSha1: true })],
    [signing(md5, { alter: tampered }), ['altered-in-transit', tooWeak, tooWeak]],
    [signing(md5, { alter: tampered }), ['altered-in-transit'], settings({ allowMd5: true })],
    [signing({ signer: signers.weak }), ['key-too-weak'], settings({}, short)],
    [signing({ signer: signers.weak }), ['accept'], settings({ allowShortKeys: true }, short)],
    [
      signing({ signer: signers.weak }, { alter: tampered }),
      ['altered-in-transit'],
      settings({ allowShortKeys: true }, short),
    ],
    [signing({ signer: signers.weak }, { edit: audience }), ['audience-mismatch', 'key-too-weak'], settings({}, short)],
  ];
  for (const [xml, codes, connection] of rows) assert.deepEqual(codesIn(xml, connection), codes);
});

const transform = 'signature-transform-refused';
const structure = 'signature-structure-refused';
const canonicalXml = uris.inclusive;
const canonicalXml11 = 'http://www.w3.org/2006/12/xml-c14n11';
const inclusive = { canonicalization: canonicalXml, transforms: [uris.enveloped, canonicalXml] };
/** Names another canonicalization that gives the same octets here, and signs SignedInfo again. */
const renamed = (from: string, to: string, original = inclusive): string => {
  const xml = signing(original).replaceAll(`"${from}"`, `"${to}"`);
  return withSignedInfo(xml, (text) => text);
};
/** Edits a message signed as a whole by Canonical XML, and signs its SignedInfo. */
function withSignedInfo(xml: string, edit: Edit): string {
  const edited = edit(xml);
  const info = /<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/.exec(edited)![0];
  const declared = [ds, 'urn:oasis:names:tc:SAML:2.0:assertion', 'urn:oasis:names:tc:SAML:2.0:protocol'];
  const octets = info
    .replace(
      '<ds:SignedInfo>',
      `<ds:SignedInfo xmlns:ds="${declared[0]}" xmlns:saml="${declared[1]}" xmlns:samlp="${declared[2]}">`,
    )
    .replace(/<(ds:\w+)([^<>]*)\/>/g, '<$1$2></$1>');
  const signed = sign('sha256', Buffer.from(octets), signers.idp.privateKey).toString('base64');
  return edited.replace(/(?<=<ds:SignatureValue>)[^<]*/, signed);
}
const whole = (xml: string): string => withSignedInfo(xml, swap('URI="#_response"', 'URI=""'));
const anyForm = { allowOtherCanonicalization: true };

test('another canonicalization: reported, and the signature is verified', () => {
  const assertionOnly = (rest: Making = {}): string => make({ sign: ['_assertion'], signing: inclusive, ...rest });
  const late = settings({ ...byAssertion });
  const rows: readonly [string, string[], ConnectionSettings?][] = [
    [signing(inclusive), [transform, transform]],
    [signing({ canonicalization: canonicalXml }), [transform]],
    [signing({ transforms: inclusive.transforms }), [transform]],
    [signing({ transforms: [uris.enveloped] }), [transform]],
    [signing({ transforms: [uris.enveloped, uris.commented] }), [transform]],
    [signing({ canonicalization: uris.commented }), [transform]],
    [renamed(canonicalXml, `${canonicalXml}#WithComments`), [transform, transform]],
    [renamed(canonicalXml, canonicalXml11), [transform, transform]],
    [renamed(canonicalXml, `${canonicalXml11}#WithComments`), [transform, transform]],
    [assertionOnly(), [transform, transform], late],
    [assertionOnly({ alter: tampered }), ['altered-in-transit', transform, transform], late],
    [signing(inclusive, { edit: audience }), ['audience-mismatch', transform, transform]],
    [signing(inclusive, { alter: tampered }), ['altered-in-transit', transform, transform]],
    [signing({ ...inclusive, signer: signers.stranger }), ['signing-cert-mismatch', transform, transform]],
    [renamed(canonicalXml, 'urn:unknown'), [transform, transform]],
  ];
  for (const [xml, codes, connection] of rows) assert.deepEqual(codesIn(xml, connection), codes, xml);
});

test('an assertion signed before it was put into the response was not altered on its way', () => {
  const apart = signXml(assertionOf(honest), '_assertion', inclusive);
  const xml = honest.replace(assertionOf(honest), () => apart);
  for (const policies of [byAssertion, { ...byAssertion, ...anyForm }]) {
    const [found] = diagnose(messagesIn(Buffer.from(xml)), {
      settings: settings(policies),
      redactor: createRedactor(),
    });
    const { verdict, findings } = found!.diagnosis;
    assert.equal(verdict, 'reject');
    assert.deepEqual([...new Set(findings.map(({ code }) => code))], [transform]);
    assert.match(findings[0]!.message, /signed before it was put into the response/);
  }
  assert.equal(codesIn(tampered(xml), settings(byAssertion))[0], 'signature-invalid');
  const bySignedInfo = { transforms: inclusive.transforms };
  const content = signXml(assertionOf(honest), '_assertion', bySignedInfo);
  const placed = honest.replace(assertionOf(honest), () => content);
  assert.deepEqual(codesIn(placed, settings(byAssertion)), [transform, transform]);
  assert.deepEqual(codesIn(tampered(placed), settings(byAssertion)), ['altered-in-transit', transform]);
});

test('a damaged signature with another canonicalization is damaged in the first place', () => {
  const xml = signing(inclusive).replace(
    /(<ds:SignatureValue>)(.)/,
    (_, start: string, one: string) => start + (one === 'A' ? 'B' : 'A'),
  );
  assert.deepEqual(codesIn(xml), ['signature-invalid', transform, transform]);
  assert.deepEqual(codesIn(xml, settings(anyForm)), ['signature-invalid']);
});

test('the policy for another canonicalization allows what is valid, and no unknown transform', () => {
  const lenient = settings(anyForm);
  for (const xml of [
    signing(inclusive),
    signing({ transforms: [uris.enveloped] }),
    signing({ transforms: [uris.enveloped, uris.commented] }),
    renamed(canonicalXml, canonicalXml11),
  ])
    assert.deepEqual(codesIn(xml, lenient), ['accept']);
  assert.deepEqual(codesIn(signing(inclusive, { alter: tampered }), lenient), ['altered-in-transit']);
  assert.deepEqual(codesIn(renamed(canonicalXml, 'urn:unknown'), lenient), [transform, transform]);
  const twice = signing({ transforms: [uris.enveloped, uris.exclusive, uris.exclusive] });
  assert.deepEqual(codesIn(twice, lenient), [transform]);
});

test('a reference to the whole document: reported, and the digest of the root is checked', () => {
  const everything = { ...anyForm, allowWholeDocumentReference: true };
  const rows: readonly [string, string[], Partial<DiagnosisPolicies>?][] = [
    [whole(signing(inclusive)), [structure, transform, transform]],
    [whole(signing(inclusive)), [structure], anyForm],
    [whole(signing(inclusive)), ['accept'], everything],
    [whole(signing(inclusive, { edit: audience })), ['audience-mismatch', structure], anyForm],
    [tampered(whole(signing(inclusive))), ['altered-in-transit', structure], anyForm],
    [tampered(whole(signing(inclusive))), ['altered-in-transit'], everything],
    [swap('URI="#_response"', 'URI=""')(signing({})), ['signature-invalid', structure]],
    [
      make({ sign: ['_assertion'], alter: swap('URI="#_assertion"', 'URI=""') }),
      [structure],
      { ...everything, ...byAssertion },
    ],
  ];
  for (const [xml, codes, policies] of rows) assert.deepEqual(codesIn(xml, settings(policies)).slice(0, 9), codes, xml);
});

test('the policy for short keys allows no other weak key', async () => {
  const { n } = signers.idp.publicKey.export({ format: 'jwk' });
  const one = await certificateOf(createPublicKey({ key: { kty: 'RSA', n: n!, e: 'AQ' }, format: 'jwk' }));
  const forged = forgeForExponentOne(signing({}), 2048);
  assert.deepEqual(codesIn(forged, settings({ allowShortKeys: true }, [one])), ['key-too-weak']);
});

test('what the policies allow is what a finding expects', () => {
  const expected = (policies: Partial<DiagnosisPolicies>): string | null => {
    const unknown = signing({}).replaceAll(uris.rsaSha256, uris.hmacSha256);
    const [found] = diagnose(messagesIn(Buffer.from(unknown)), {
      settings: settings(policies),
      redactor: createRedactor(),
    });
    return found!.diagnosis.findings[0]!.expected;
  };
  assert.equal(expected({}), 'RSA or ECDSA with SHA-256 or stronger');
  assert.equal(expected({ allowSha1: true }), 'RSA or ECDSA with SHA-1 or stronger');
  assert.equal(expected({ allowMd5: true }), 'RSA or ECDSA with MD5 or stronger');
});

test('what a HAR shows as sent is not read on if its text is in doubt', () => {
  const har = (text: string): string => {
    const value = encodeURIComponent(Buffer.from(text).toString('base64'));
    return JSON.stringify({ request: { method: 'POST', url: acsUrl, postData: { text: `SAMLResponse=${value}` } } });
  };
  const allowed = settings({ requireRelayState: false, allowOtherEncodings: true, allowDeflate: true });
  const accented = make({ edit: inTurn(audience, swap('FriendlyName="department"', 'FriendlyName="é"')) });
  const declared = `<?xml version="1.0" encoding="ISO-8859-1"?>\n${accented}`;
  assert.deepEqual(codesIn(har(declared), allowed), ['response-not-utf8']);
  const marked = har(make({ edit: audience })).replace('SAMLResponse=', 'SAMLResponse=!');
  assert.deepEqual(codesIn(marked, allowed), ['response-not-base64']);
});

test('deflate in a posted form: reported, and read on', () => {
  const form = (xml: string): string =>
    `SAMLResponse=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}&RelayState=x`;
  const withoutState = { requireRelayState: false };
  assert.deepEqual(codesIn(form(make()), settings(withoutState)), ['response-deflated']);
  assert.deepEqual(codesIn(form(make({ edit: audience })), settings(withoutState)), [
    'audience-mismatch',
    'response-deflated',
  ]);
  assert.deepEqual(codesIn(form(make()), settings({ ...withoutState, allowDeflate: true })), ['accept']);
});

test('whitespace before the XML declaration: reported, and read on', () => {
  const after = (space: string, xml: string): string =>
    Buffer.from(`${space}<?xml version="1.0" encoding="UTF-8"?>${xml}`).toString('base64');
  for (const space of ['\n', ' \r\n\t']) {
    assert.deepEqual(codesIn(after(space, make())), ['xml-malformed']);
    assert.deepEqual(codesIn(after(space, make({ edit: audience }))), ['xml-malformed', 'audience-mismatch']);
    const altered = make({ sign: ['_response'], alter: tampered });
    assert.deepEqual(codesIn(after(space, altered)), ['xml-malformed', 'altered-in-transit']);
  }
  assert.deepEqual(codesIn(after('\n', `${make({ edit: audience })}<x>`)), ['xml-malformed'], 'not only that');
});

test('another declared encoding: reported, and read on if the message is in ASCII', () => {
  const declared = (encoding: string, xml: string): string => `<?xml version="1.0" encoding="${encoding}"?>\n${xml}`;
  for (const encoding of ['ISO-8859-1', 'windows-1252', 'US-ASCII', 'iso-8859-15']) {
    assert.deepEqual(codesIn(declared(encoding, make())), ['response-not-utf8']);
    assert.deepEqual(codesIn(declared(encoding, make({ sign: ['_response'], alter: tampered }))), [
      'altered-in-transit',
      'response-not-utf8',
    ]);
    assert.deepEqual(codesIn(declared(encoding, make()), settings({ allowOtherEncodings: true })), ['accept']);
  }
  const accented = make({ edit: swap('FriendlyName="department"', 'FriendlyName="é"') });
  const allowed = settings({ allowOtherEncodings: true });
  assert.deepEqual(codesIn(declared('UTF-16', make()), allowed), ['response-not-utf8']);
  assert.deepEqual(codesIn(declared('ISO-8859-1', accented), allowed), ['undetermined']); // copied so, perhaps
});

test('a byte order mark in a posted form: named, and read on', () => {
  const form = (xml: string): string =>
    `SAMLResponse=${encodeURIComponent(Buffer.from(`\uFEFF${xml}`).toString('base64'))}`;
  const withoutState = { requireRelayState: false };
  const accented = make({ edit: swap('FriendlyName="department"', 'FriendlyName="é"') });
  const [found] = diagnose(messagesIn(Buffer.from(form(accented))), {
    settings: settings(withoutState),
    redactor: createRedactor(),
  });
  const { code, message } = found!.diagnosis.findings[0]!;
  assert.equal(code, 'response-not-utf8');
  assert.match(message, /byte order mark/);
  assert.deepEqual(codesIn(form(make({ edit: audience })), settings(withoutState)), [
    'audience-mismatch',
    'response-not-utf8',
  ]);
  assert.deepEqual(codesIn(form(accented), settings({ ...withoutState, allowOtherEncodings: true })), ['accept']);
});

test('several Attributes of one name are a policy', () => {
  const repeated = make({
    edit: swap(
      '</saml:AttributeStatement>',
      '<saml:Attribute Name="mail"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>' +
        '</saml:AttributeStatement>',
    ),
  });
  assert.deepEqual(codesIn(repeated), ['attribute-duplicate']);
  assert.deepEqual(codesIn(repeated, settings({ allowRepeatedAttributes: true })), ['accept']);
});

test('without a certificate the shape of signatures is examined', () => {
  const signed = make({ sign: ['_response'] });
  const info = /<ds:SignedInfo>[\s\S]*?<\/ds:SignedInfo>/.exec(signed)![0];
  const shapes: readonly [string, string][] = [
    [
      swap('<ds:DigestValue>', '<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>')(signed),
      'signature-structure-refused',
    ],
    [signed.replaceAll(uris.rsaSha256, uris.hmacSha256), tooWeak],
    [signed.replace('<ds:SignedInfo>', () => `${info}<ds:SignedInfo>`), 'signature-structure-refused'],
    [signed.replace(uris.enveloped, 'http://www.w3.org/TR/1999/REC-xslt-19991116'), 'signature-transform-refused'],
    [inTurn(swap('URI="#_response"', 'URI=""'))(signed), 'signature-structure-refused'],
  ];
  const unknown: ConnectionSettings = { ...settings(), idp: { entityId: idpEntityId } };
  for (const [xml, code] of shapes) assert.deepEqual(codesIn(xml, unknown), [code]);
  assert.deepEqual(codesIn(signed, unknown), ['undetermined']);
});

test('a response whose namespace was forgotten is named, and not overlooked', () => {
  const [found] = diagnose(messagesIn(Buffer.from('<Response ID="_1" Version="2.0"><Status/></Response>')), {
    settings: settings(),
    redactor: createRedactor(),
  });
  assert.equal(found!.diagnosis.findings[0]!.code, 'root-not-response');
  assert.match(found!.diagnosis.findings[0]!.message, /in no namespace/);
});

test('the advice on a damaged signature by the pinned key does not compare certificates, here and in the text', () => {
  const damaged = signing({}).replace(
    /(<ds:SignatureValue>)(.)/,
    (_, start: string, one: string) => start + (one === 'A' ? 'B' : 'A'),
  );
  const [found] = diagnose(messagesIn(Buffer.from(damaged)), { settings: settings(), redactor: createRedactor() });
  const { code, message, fix } = found!.diagnosis.findings[0]!;
  assert.equal(code, 'signature-invalid');
  assert.match(message, /damaged or forged/);
  const text = explain(found!, { number: 1, total: 1 });
  for (const shown of [message, fix]) assert.ok(text.includes(shown), shown);
  assert.doesNotMatch(text, /Compare the certificate/);
});

test('pasted into the page, a finding has the advice of its circumstance', () => {
  const hmac = signing({}).replaceAll(uris.rsaSha256, uris.hmacSha256);
  const [pasted] = diagnosePastedText(hmac, { now });
  assert.match(String(findingsView(pasted!.findings)), /suspected forgery/);
});

test('damaged messages never throw offline, and none is accepted that was changed', () => {
  const bases = [
    encrypted('AES-128-CBC', 'RSA 1.5'),
    encrypted('Triple DES', 'OAEP'),
    encrypted('AES-256-GCM', 'OAEP with SHA-256 and the default mask'),
    signing(md5),
    signing({ signer: signers.weak }),
    signing(inclusive),
    whole(signing(inclusive)),
  ];
  const allowed = { ...anyForm, allowWholeDocumentReference: true };
  const everything = { ...lax, ...allowed, allowMd5: true, allowShortKeys: true, allowSha1: true };
  const connection = settings(everything, [signers.idp.certificate, signers.weak.certificate]);
  const token = fc.constantFrom(
    '',
    'A',
    '=',
    '"',
    '<',
    '/>',
    '<x/>',
    '<!-- -->',
    ' ID="_assertion"',
    'eve@acme.example',
  );
  fc.assert(
    fc.property(fc.constantFrom(...bases), fc.nat(), fc.nat(40), token, (base, at, length, inserted) => {
      const start = at % base.length;
      const changed = base.slice(0, start) + inserted + base.slice(start + length);
      const isIn = changed.startsWith('<') && changed.includes('<samlp:Response');
      if (!isIn) return;
      const [found] = diagnose(messagesIn(Buffer.from(changed)), { settings: connection, redactor: createRedactor() });
      if (found!.diagnosis.verdict === 'accept') assert.ok(!changed.includes('eve@acme.example'));
    }),
    { numRuns: 150, seed: 20260301 },
  );
});

test('an ACS never has the policies of a diagnosis', () => {
  const lenient: Settings = { policies: { ...lax, allowMd5: true, allowShortKeys: true } as never };
  assert.equal(judged(encrypted('AES-128-CBC', 'RSA 1.5'), lenient).verdict, 'reject');
  assert.equal(judged(signing(md5), lenient).verdict, 'reject');
  const open: Settings = { policies: { ...anyForm, allowWholeDocumentReference: true } as never };
  for (const xml of [signing(inclusive), signing({ transforms: [uris.enveloped] }), whole(signing(inclusive))]) {
    const results = [xml, tampered(xml), swap('11:55:00Z', '12:55:00Z')(xml)].map((one) => judged(one, open));
    for (const { verdict, findings } of results) {
      assert.equal(verdict, 'reject');
      assert.ok([transform, structure].includes(findings[0]!.code));
      assert.ok(findings.every(({ circumstance }) => circumstance === undefined));
    }
  }
  const short: Settings = { ...lenient, idp: { entityId: idpEntityId, certificates: [signers.weak.certificate] } };
  assert.equal(judged(signing({ signer: signers.weak }), short).verdict, 'reject');
});
