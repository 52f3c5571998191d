/** Tests of encrypted assertions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RejectionCode } from '../rejection-advice.ts';
import {
  acsUrl,
  address,
  assertAccepted,
  assertionOf,
  assertRejected,
  type Encrypting,
  encrypt,
  honest,
  idpEntityId,
  judged,
  type Making,
  make,
  readers,
  type Settings,
  sign,
  spEntityId,
  swap,
} from './message.fixture.ts';

const withKeys = (...decryptionKeys: string[]): Settings => ({ sp: { entityId: spEntityId, acsUrl, decryptionKeys } });
const encrypted = (encrypting: Encrypting = {}, making: Making = {}): string =>
  make({ encrypt: encrypting, ...making });

const accepted: Readonly<Record<string, readonly [string, Settings?]>> = {
  'AES-256 with OAEP': [encrypted()],
  'AES-128': [encrypted({ cipher: 'aes-128-gcm' })],
  'OAEP with SHA-256': [encrypted({ hash: 'sha256' })],
  'EncryptedKey next to EncryptedData': [encrypted({ place: 'beside' })],
  'EncryptedKey found by its RetrievalMethod': [encrypted({ place: 'pointed' })],
  'only the response signed': [encrypted({}, { sign: ['_response'] })],
  'only the assertion signed': [encrypted({}, { sign: ['_assertion'] }), { policies: { requireSignedMessage: false } }],
  'the second key': [encrypted(), withKeys(readers.other.pem, readers.own.pem)],
  'encryption required': [encrypted(), { policies: { requireEncryption: true } }],
};
for (const [name, [xml, settings]] of Object.entries(accepted))
  test(`accepted: ${name}`, () => assert.equal(assertAccepted(xml, settings).identity.nameId, address));

const cipherValue = (which: 'first' | 'last'): RegExp =>
  which === 'first' ? /(<xenc:CipherValue>)(.)/ : /([\s\S]*<xenc:CipherValue>)(.)/;
const mangle =
  (which: 'first' | 'last') =>
  (xml: string): string =>
    sign(
      xml.replace(cipherValue(which), (_, start: string, first: string) => `${start}${first === 'A' ? 'B' : 'A'}`),
      '_response',
    );
const mangleTag = (xml: string): string =>
  sign(
    xml.replace(
      /([\s\S]*)(.)(..==|...=|....)(<\/xenc:CipherValue>)/,
      (_, start: string, one: string, rest: string, end: string) => `${start}${one === 'A' ? 'B' : 'A'}${rest}${end}`,
    ),
    '_response',
  );
const signedInside: Making = { sign: ['_assertion'] };

const rejected: Readonly<Record<string, readonly [string, readonly RejectionCode[], Settings?]>> = {
  'another key': [encrypted(), ['decryption-failed'], withKeys(readers.other.pem)],
  'no key': [encrypted(), ['encryption-unsupported'], withKeys()],
  'an unreadable key': [encrypted(), ['decryption-failed'], withKeys('nonsense')],
  'a plain assertion, encryption required': [
    make(),
    ['encryption-required'],
    { policies: { requireEncryption: true } },
  ],
  'a changed key': [encrypted({}, { ...signedInside, alter: mangle('first') }), ['decryption-failed']],
  'changed ciphertext': [encrypted({}, { ...signedInside, alter: mangle('last') }), ['decryption-failed']],
  'a changed authentication tag': [encrypted({}, { ...signedInside, alter: mangleTag }), ['decryption-failed']],
  'a key of another length': [
    encrypted(
      { cipher: 'aes-128-gcm' },
      { ...signedInside, alter: (xml) => sign(swap('#aes128-gcm', '#aes256-gcm')(xml), '_response') },
    ),
    ['decryption-failed'],
  ],
  'ciphertext shorter than the tag': [
    encrypted(
      {},
      { ...signedInside, alter: (xml) => sign(xml.replace(/([\s\S]*<xenc:CipherValue>)[^<]*/, '$1AAAA'), '_response') },
    ),
    ['decryption-failed'],
  ],
  'no EncryptedKey': [encrypted({ place: 'nowhere' }), ['decryption-failed']],
  'a RetrievalMethod to nothing': [
    encrypted(
      { place: 'pointed' },
      { ...signedInside, alter: (xml) => sign(swap('URI="#_key"', 'URI="#_other"')(xml), '_response') },
    ),
    ['decryption-failed'],
  ],
  'two EncryptedKeys, so that the right one is ambiguous': [
    encrypted(
      { place: 'beside' },
      {
        ...signedInside,
        alter: (xml) =>
          sign(
            xml.replace(
              /<xenc:EncryptedKey [\s\S]*<\/xenc:EncryptedKey>/,
              (key) => key + key.replace('Id="_key"', 'Id="_second"'),
            ),
            '_response',
          ),
      },
    ),
    ['decryption-failed'],
  ],
  'a response as plaintext': [encrypted({ plaintext: () => honest }, { sign: ['_response'] }), ['decryption-failed']],
  'plaintext that is not XML': [
    encrypted({ plaintext: () => 'hello' }, { sign: ['_response'] }),
    ['decryption-failed'],
  ],
  'an ISO-8859-1 character in the plaintext': [
    encrypted(
      {
        plaintext: ((xml: string) =>
          Buffer.from(xml.replace('FriendlyName="department"', 'FriendlyName="\u00fc"'), 'latin1')) as never,
      },
      { sign: ['_response'] },
    ),
    ['decryption-failed'],
  ],
  'a byte order mark in the plaintext': [
    encrypted({ plaintext: (xml) => `\uFEFF${xml}` }, { sign: ['_response'] }),
    ['decryption-failed'],
  ],
  'two assertions as plaintext': [
    encrypted({ plaintext: (xml) => xml + xml }, { sign: ['_response'] }),
    ['decryption-failed'],
  ],
  'the assertion wrapped in an element': [
    encrypted({ plaintext: (xml) => `<a>${xml}</a>` }, { sign: ['_response'] }),
    ['decryption-failed'],
  ],
  'a DOCTYPE in the plaintext': [
    encrypted({ plaintext: (xml) => `<!DOCTYPE a>${xml}` }, { sign: ['_response'] }),
    ['decryption-failed'],
  ],
  'an invalid signature inside': [
    encrypted({ plaintext: swap(address, 'eve@acme.example') }),
    ['altered-in-transit', 'nameid-user-mismatch'],
  ],
  'an unknown element in the decrypted content': [
    encrypted({}, { edit: swap('<saml:Subject>', '<saml:Fortune/><saml:Subject>') }),
    ['schema-invalid'],
  ],
  'an encrypted assertion in a response without Issuer': [
    encrypted({}, { sign: ['_assertion'], edit: (xml) => xml.replace(/<saml:Issuer>[^<]*<\/saml:Issuer>/, '') }),
    ['issuer-missing'],
    { policies: { requireSignedMessage: false } },
  ],
  'nothing signed': [encrypted({}, { sign: [] }), ['nothing-signed']],
  'an unsigned assertion inside, signature required': [
    encrypted({}, { sign: ['_response'] }),
    ['assertion-not-signed'],
    { policies: { requireSignedAssertion: true } },
  ],
  'an encrypted and a signed assertion': [
    make({ alter: (xml) => xml.replace('</saml:Assertion>', `</saml:Assertion>${encrypt(assertionOf(honest))}`) }),
    ['assertion-multiple', 'altered-in-transit'],
  ],
};
for (const [name, [xml, codes, settings]] of Object.entries(rejected))
  test(`rejected: ${name}`, () => void assertRejected(xml, codes, settings));

for (const [name, from, to] of [
  ['CBC', 'http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2001/04/xmlenc#aes256-cbc'],
  ['Triple DES', 'http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc'],
  ['RSA 1.5', 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p', 'http://www.w3.org/2001/04/xmlenc#rsa-1_5'],
  ['an algorithm with an inherited property name', 'http://www.w3.org/2009/xmlenc11#aes256-gcm', 'constructor'],
] as const) {
  test(`rejected without decrypting: ${name}`, () => {
    const { findings } = assertRejected(
      encrypted({}, { ...signedInside, alter: (xml) => sign(swap(from, to)(xml), '_response') }),
      ['encryption-algorithm-refused'],
      withKeys('nonsense'),
    );
    assert.equal(findings[0].received, to);
  });
}

test('rejected: OAEP with two different hashes, which node:crypto does not support', () => {
  const xml = encrypted(
    { hash: 'sha256' },
    { ...signedInside, alter: (text) => sign(swap('#mgf1sha256', '#mgf1sha1')(text), '_response') },
  );
  assertRejected(xml, ['encryption-algorithm-refused']);
});

test('a signed assertion inside the encrypted one is misplaced, and so is its signature', () => {
  const inner = sign(
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_inner">' +
      `<saml:Issuer>${idpEntityId}</saml:Issuer></saml:Assertion>`,
    '_inner',
  );
  const { findings } = judged(
    encrypted({}, { edit: swap('</saml:Assertion>', `${inner}</saml:Assertion>`), sign: ['_assertion', '_response'] }),
  );
  for (const code of ['assertion-misplaced', 'signature-misplaced'])
    assert.ok(
      findings.some((one) => one.code === code),
      code,
    );
});

test('all decryption failures give exactly the same finding', () => {
  const all = Object.values(rejected)
    .filter(([, codes]) => codes[0] === 'decryption-failed')
    .map(([xml, , settings]) => judged(xml, settings).findings);
  assert.ok(all.length > 8);
  for (const findings of all)
    assert.deepEqual(
      findings.map(({ line, ...rest }) => rest),
      [{ code: 'decryption-failed', path: '/samlp:Response/saml:EncryptedAssertion' }],
    );
});

test('without keys the decryption is not verified', () => {
  assert.deepEqual(judged(encrypted(), { sp: { entityId: spEntityId, acsUrl } }).notVerified, ['decryption']);
});

test('findings inside have a path through EncryptedAssertion', () => {
  const { findings } = assertRejected(
    encrypted({}, { edit: swap(`<saml:Audience>${spEntityId}`, '<saml:Audience>x') }),
    ['audience-mismatch'],
  );
  assert.equal(
    findings[0].path,
    '/samlp:Response/saml:EncryptedAssertion/saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience',
  );
});

test('an encrypted NameID and an encrypted attribute are rejected as unsupported', () => {
  assertRejected(make({ edit: swap(/<saml:NameID[\s\S]*<\/saml:NameID>/, '<saml:EncryptedID/>') }), [
    'encryption-unsupported',
  ]);
  assertRejected(
    make({ edit: swap('<saml:AttributeStatement>', '<saml:AttributeStatement><saml:EncryptedAttribute/>') }),
    ['encryption-unsupported'],
  );
});

test('without certificates an encrypted message is undetermined', () => {
  assert.deepEqual(judged(encrypted(), { idp: { entityId: idpEntityId } }).notVerified, ['signature']);
});

/** How the content key is wrapped: the hash for the label and the one for the mask must be the same. */
const mgf = (hash: string): string =>
  `<xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"` +
  ` Algorithm="http://www.w3.org/2009/xmlenc11#mgf1${hash}"/>`;
const digestMethod = (uri: string): string =>
  `<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="${uri}"/>`;
const wrappedBy =
  (algorithm: string, inside: string) =>
  (xml: string): string =>
    sign(
      xml.replace(
        /(<xenc:EncryptedKey [^>]*>)<xenc:EncryptionMethod [\s\S]*?(?=<xenc:CipherData>)/,
        (_, start: string) =>
          `${start}<xenc:EncryptionMethod Algorithm="http://www.w3.org/${algorithm}">${inside}</xenc:EncryptionMethod>`,
      ),
      '_response',
    );
const [mgf1p, oaep] = ['2001/04/xmlenc#rsa-oaep-mgf1p', '2009/xmlenc11#rsa-oaep'];
const [sha1, sha256] = ['http://www.w3.org/2000/09/xmldsig#sha1', 'http://www.w3.org/2001/04/xmlenc#sha256'];
for (const [hash, algorithm, inside, isTaken, circumstance] of [
  ['sha1', mgf1p, '', true],
  ['sha1', mgf1p, digestMethod(sha1), true],
  ['sha1', mgf1p, mgf('sha256'), true],
  ['sha1', oaep, '', true],
  ['sha1', oaep, digestMethod(sha1), true],
  ['sha1', oaep, mgf('sha1'), true],
  ['sha256', oaep, digestMethod(sha256) + mgf('sha256'), true],
  ['sha256', oaep, digestMethod(sha256), false, 'mixed-hashes'],
  ['sha256', oaep, mgf('sha256'), false, 'mixed-hashes'],
  ['sha256', mgf1p, digestMethod(sha256), false, 'mixed-hashes'],
  ['sha256', oaep, digestMethod(sha256) + mgf('sha256x'), false],
  ['sha256', oaep, digestMethod(sha256) + mgf('md5'), false],
  ['sha256', oaep, `${digestMethod(sha256)}<MGF/>`, false],
  ['sha256', oaep, digestMethod('constructor') + mgf('sha256'), false],
  ['sha1', oaep, digestMethod('toString'), false],
  ['sha1', 'sha1', '', false],
  ['sha1', '2001/04/xmlenc#rsa-1_5', '', false],
] as const) {
  const parameters = inside.replaceAll(/ xmlns[^ ]*/g, '');
  test(`${isTaken ? 'accepted' : 'rejected'}: a key by ${algorithm} with ${parameters}`, () => {
    const xml = encrypted({ hash }, { ...signedInside, alter: wrappedBy(algorithm, inside) });
    if (isTaken) return void assertAccepted(xml);
    const { findings } = assertRejected(xml, ['encryption-algorithm-refused']);
    assert.equal(findings[0].expected, 'AES-GCM and RSA-OAEP');
    assert.equal(findings[0].received, `http://www.w3.org/${algorithm}`);
    assert.equal(findings[0].circumstance, circumstance);
  });
}

test('any amount of whitespace in the encrypted content is ignored', () => {
  const spaced = (xml: string): string =>
    sign(xml.replaceAll(/(<xenc:CipherValue>)(.{8})/g, '$1\n $2  \n\t'), '_response');
  assertAccepted(encrypted({}, { ...signedInside, alter: spaced }));
});

test('findings inside, also of the signature, have their place inside', () => {
  const below = '/samlp:Response/saml:EncryptedAssertion/saml:Assertion';
  const places = (xml: string): unknown => judged(xml).findings.map(({ code, path }) => [code, path]);
  assert.deepEqual(places(encrypted({ plaintext: swap('ID="_assertion"', 'ID="_assertion" Other="1"') })), [
    ['altered-in-transit', `${below}/ds:Signature`],
    ['schema-invalid', `${below}/@Other`],
  ]);
  const another = '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>';
  const nested = encrypted({}, { edit: swap('<saml:AttributeValue>', `<saml:AttributeValue>${another}`) });
  assert.deepEqual(places(nested), [
    ['assertion-misplaced', `${below}/saml:AttributeStatement/saml:Attribute/saml:AttributeValue/saml:Assertion`],
  ]);
});

test('missing certificates are a finding without a path, also for a decrypted assertion', () => {
  const { findings } = judged(encrypted(), { idp: { entityId: idpEntityId, certificates: [] } });
  assert.deepEqual(findings, [{ code: 'idp-certificate-absent', expected: 'a signing certificate', received: 'none' }]);
});

test('a plain assertion is a finding where encryption is required', () => {
  const settings: Settings = { policies: { requireEncryption: true } };
  const [finding] = judged(make(), settings).findings;
  assert.deepEqual([finding!.expected, finding!.received], ['saml:EncryptedAssertion', 'saml:Assertion']);
  assert.equal(finding!.path, '/samlp:Response/saml:Assertion');
  const [unsupported] = judged(encrypted(), withKeys()).findings;
  assert.deepEqual([unsupported!.expected, unsupported!.received], ['saml:Assertion', 'saml:EncryptedAssertion']);
});
