/** The assertion of a response: its octets, and a diagnosis of one that an ACS does not decrypt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../rejection-advice.ts';
import { placeOf, textOf } from './dom.ts';
import type { OpenedOffline } from './judgement.ts';
import {
  acsUrl,
  address,
  assertionOf,
  drop,
  type Edit,
  expectation,
  honest,
  make,
  readers,
  type Settings,
  sign,
  spEntityId,
  swap,
} from './message.fixture.ts';
import { type Opened, openAssertion } from './open-assertion.ts';
import { parse } from './read.ts';
import { verify } from './verify.ts';

/** As `judge` calls it, but the response is read from the tree. `tree` is what the parser made. */
function opened(xml: string, settings: Settings = {}, tree = xml): Opened {
  const document = parse(tree);
  const expected = expectation(settings);
  const { idp, policies, offline } = expected;
  const verification = verify(xml, document, { certificates: idp.certificates, policies, offline });
  const response = document.documentElement;
  const at = (node: Element) => ({ path: placeOf(node).path });
  return openAssertion({ message: { xml, document }, response, verification, at }, expected);
}
const idOf = ({ assertion }: Opened): string | undefined => assertion?.getAttribute('ID') ?? undefined;
const withKeys = (...decryptionKeys: string[]): Settings => ({ sp: { entityId: spEntityId, acsUrl, decryptionKeys } });
const noKeys: Settings = { sp: { entityId: spEntityId, acsUrl } };
const plainPath = '/samlp:Response/saml:Assertion';
const encryptedPath = '/samlp:Response/saml:EncryptedAssertion';

const unsigned = make({ sign: [] });
const signedInside = make({ sign: ['_assertion'], encrypt: {} });
const unsignedInside = make({ sign: [], encrypt: {} });

test('without an assertion, nothing is opened', () => {
  const { assertion, ...rest } = opened(drop(/<saml:Assertion[\s\S]*<\/saml:Assertion>/)(honest));
  assert.equal(assertion, undefined);
  assert.deepEqual(rest, {
    below: '',
    assertionSignaturePresent: false,
    verified: false,
    findings: [],
    notVerified: [],
  });
});

interface Read {
  signed: boolean;
  verified: boolean;
  below: string;
}
const read: Readonly<Record<string, readonly [xml: string, Read]>> = {
  'plain and unsigned': [unsigned, { signed: false, verified: false, below: '/samlp:Response' }],
  'plain and unsigned, in a signed response': [
    make({ sign: ['_response'] }),
    { signed: false, verified: false, below: '/samlp:Response' },
  ],
  'plain and signed': [make({ sign: ['_assertion'] }), { signed: true, verified: true, below: '/samlp:Response' }],
  'encrypted and unsigned': [unsignedInside, { signed: false, verified: false, below: encryptedPath }],
  'encrypted and signed': [signedInside, { signed: true, verified: true, below: encryptedPath }],
};
for (const [name, [xml, { signed, verified, below }]] of Object.entries(read))
  test(`an assertion that is ${name} is read`, () => {
    const found = opened(xml);
    assert.deepEqual([found.assertionSignaturePresent, found.verified, found.below], [signed, verified, below]);
    assert.deepEqual([idOf(found), found.findings, found.notVerified], ['_assertion', [], []]);
  });

const altered = swap(address, 'eve@acme.example');
test('a signed assertion is read from its signed octets, an unsigned one from the tree', () => {
  const signed = make({ sign: ['_assertion'] });
  const textIn = (xml: string): string => textOf(opened(xml, {}, altered(xml)).assertion);
  assert.deepEqual([textIn(signed).includes(address), textIn(signed).includes('eve@')], [true, false]);
  assert.ok(textIn(unsigned).includes('eve@acme.example'));
});

const plainAllowed: Settings = { policies: { requireEncryption: false } };
const encryptionRequired: Settings = { policies: { requireEncryption: true } };
test('only a policy demands encryption', () => {
  assert.deepEqual(opened(unsigned, plainAllowed).findings, []);
  assert.deepEqual(opened(unsignedInside, encryptionRequired).findings, []);
  assert.deepEqual(opened(unsigned, encryptionRequired).findings, [
    { code: 'encryption-required', expected: 'saml:EncryptedAssertion', received: 'saml:Assertion', path: plainPath },
  ]);
});

// At an ACS

const failed: Finding = { code: 'decryption-failed', path: encryptedPath };
const weak = (received: string): Finding => ({
  code: 'encryption-algorithm-refused',
  expected: 'AES-GCM and RSA-OAEP',
  received,
  path: encryptedPath,
});
const cbc = 'http://www.w3.org/2001/04/xmlenc#aes256-cbc';
const byCbc = swap('http://www.w3.org/2009/xmlenc11#aes256-gcm', cbc);
const oaep = 'http://www.w3.org/2009/xmlenc11#rsa-oaep';
const mixedHashes = swap('#mgf1sha256', '#mgf1sha512');
const ofMixedHashes = mixedHashes(make({ sign: [], encrypt: { hash: 'sha256' } }));
const mixed: Finding = { ...weak(oaep), circumstance: 'mixed-hashes' };

const closed: Readonly<Record<string, readonly [xml: string, settings: Settings, findings: readonly Finding[]]>> = {
  'the profile has no key': [
    unsignedInside,
    withKeys(),
    [
      {
        code: 'encryption-unsupported',
        expected: 'saml:Assertion',
        received: 'saml:EncryptedAssertion',
        path: encryptedPath,
      },
    ],
  ],
  'the key is another': [unsignedInside, withKeys(readers.other.pem), [failed]],
  'the cipher is weak': [byCbc(unsignedInside), {}, [weak(cbc)]],
  'the hashes of OAEP differ': [ofMixedHashes, {}, [mixed]],
};
for (const [name, [xml, settings, findings]] of Object.entries(closed))
  test(`an ACS does not open an assertion if ${name}`, () => {
    const { assertion, ...rest } = opened(xml, settings);
    assert.equal(assertion, undefined);
    const nothing = { below: '', assertionSignaturePresent: false, verified: false, notVerified: [] };
    assert.deepEqual(rest, { ...nothing, findings });
  });

const other = swap('_assertion', '_other');
const nested: Edit = (xml) => swap('<saml:Subject>', `<saml:Subject>${other(xml)}`)(xml);
const innerCodes = (plaintext: Edit, settings: Settings = {}): unknown[] =>
  opened(make({ sign: ['_assertion'], encrypt: { plaintext } }), settings).findings.map(({ code, path }) => [
    code,
    path,
  ]);
test('findings about a decrypted assertion have their place in the response', () => {
  assert.deepEqual(innerCodes(altered), [['altered-in-transit', `${encryptedPath}/saml:Assertion/ds:Signature`]]);
  assert.deepEqual(
    opened(make({ sign: [], encrypt: { plaintext: nested } })).findings.map(({ code, path }) => [code, path]),
    [['assertion-misplaced', `${encryptedPath}/saml:Assertion/saml:Subject/saml:Assertion`]],
  );
});
test('a finding about the profile has no place in the response', () => {
  const noCertificate: Settings = { idp: { ...expectation().idp, certificates: [] } };
  assert.deepEqual(
    innerCodes((xml) => xml, noCertificate),
    [['idp-certificate-absent', undefined]],
  );
});

// In a diagnosis

/** Settings of a diagnosis that decrypts to this, and the calls of its `open`. */
function diagnosis(found: Partial<OpenedOffline>, settings: Settings = {}) {
  const calls: (readonly [name: string, keys: readonly string[]])[] = [];
  const open = (encrypted: Element, keys: readonly string[]): OpenedOffline => {
    calls.push([encrypted.nodeName, keys]);
    return { text: undefined, rejected: [], ...found };
  };
  return { calls, settings: { ...settings, offline: { open } } };
}
const bare = assertionOf(honest);

test('what an ACS decrypts, a diagnosis decrypts in the same way', () => {
  const { calls, settings } = diagnosis({ text: other(bare), rejected: [cbc] });
  const found = opened(signedInside, settings);
  assert.deepEqual([idOf(found), found.verified, found.findings, calls], ['_assertion', true, [], []]);
});

test('without keys, a diagnosis names the weak algorithms and leaves the rest open', () => {
  const { calls, settings } = diagnosis({ text: bare, rejected: [cbc, 'urn:x'] }, noKeys);
  const found = opened(unsignedInside, settings);
  assert.deepEqual(found.findings, [weak(cbc), weak('urn:x')]);
  assert.deepEqual([idOf(found), found.notVerified], [undefined, ['decryption']]);
  assert.deepEqual(calls, [['saml:EncryptedAssertion', []]]);
});
test('without keys, an ACS leaves an encrypted assertion open', () => {
  const found = opened(unsignedInside, noKeys);
  assert.deepEqual([idOf(found), found.findings, found.notVerified], [undefined, [], ['decryption']]);
});

const wrongKey = withKeys(readers.other.pem);
const malformed: Finding = {
  code: 'xml-malformed',
  circumstance: 'inside-encryption',
  received: 'unbound namespace prefix: "saml".',
  path: encryptedPath,
};
interface Diagnosed {
  xml: string;
  settings?: Settings;
  found: Partial<OpenedOffline>;
  findings: readonly Finding[];
  /** The ID of the assertion that is read. */
  read?: string;
}
const diagnosed: Readonly<Record<string, Diagnosed>> = {
  'a weak cipher, decrypted': {
    xml: byCbc(unsignedInside),
    found: { text: bare, rejected: [cbc] },
    findings: [weak(cbc)],
    read: '_assertion',
  },
  'a cipher that a policy allows, decrypted': {
    xml: byCbc(unsignedInside),
    found: { text: bare },
    findings: [],
    read: '_assertion',
  },
  'a weak cipher, not decrypted': {
    xml: byCbc(unsignedInside),
    found: { rejected: [cbc] },
    findings: [weak(cbc), failed],
  },
  'another key, not decrypted': { xml: unsignedInside, settings: wrongKey, found: {}, findings: [failed] },
  'one of several keys, of which an ACS tries the first': {
    xml: unsignedInside,
    settings: wrongKey,
    found: { text: bare },
    findings: [{ ...failed, circumstance: 'several-keys' }],
    read: '_assertion',
  },
  'OAEP with two hashes, decrypted': {
    xml: ofMixedHashes,
    found: { text: bare },
    findings: [mixed],
    read: '_assertion',
  },
  'OAEP with two hashes, not decrypted': { xml: ofMixedHashes, found: {}, findings: [mixed] },
  'decrypted to another element': {
    xml: unsignedInside,
    settings: wrongKey,
    found: { text: honest },
    findings: [failed],
  },
  'decrypted to an assertion of another namespace': {
    xml: unsignedInside,
    settings: wrongKey,
    found: { text: '<Assertion xmlns="urn:x"/>' },
    findings: [failed],
  },
  'decrypted to text other than XML': {
    xml: unsignedInside,
    settings: wrongKey,
    found: { text: 'x<saml:Assertion/>' },
    findings: [failed],
  },
  'decrypted to malformed XML, such as with a prefix declared around it': {
    xml: unsignedInside,
    settings: wrongKey,
    found: { text: '<saml:Assertion/>' },
    findings: [malformed],
  },
  'decrypted to malformed XML after white space, with a weak cipher': {
    xml: byCbc(unsignedInside),
    found: { text: ' \n<saml:Assertion/>', rejected: [cbc] },
    findings: [weak(cbc), malformed],
  },
  'decrypted to a document type': {
    xml: byCbc(unsignedInside),
    found: { text: '<!DOCTYPE x><x/>' },
    findings: [{ code: 'xml-doctype', received: '<!DOCTYPE', path: encryptedPath }],
  },
};
for (const [name, { xml, settings, found, findings, read: id }] of Object.entries(diagnosed))
  test(`a diagnosis: ${name}`, () => {
    const { calls, settings: offline } = diagnosis(found, settings);
    const outcome = opened(xml, offline);
    assert.deepEqual(
      outcome.findings.map(({ line, ...rest }) => rest),
      findings,
    );
    assert.equal(idOf(outcome), id);
    const keys = expectation(settings).sp.decryptionKeys;
    assert.deepEqual(calls, [['saml:EncryptedAssertion', keys]]);
  });

test('a diagnosis verifies and checks what it opened, and keeps what forbids it at an ACS', () => {
  const text = altered(sign(bare, '_assertion'));
  const { findings, ...rest } = opened(byCbc(unsignedInside), diagnosis({ text, rejected: [cbc] }).settings);
  assert.deepEqual(
    findings.map(({ code, path }) => [code, path]),
    [
      ['encryption-algorithm-refused', encryptedPath],
      ['altered-in-transit', `${encryptedPath}/saml:Assertion/ds:Signature`],
    ],
  );
  assert.deepEqual([rest.assertionSignaturePresent, rest.verified], [true, false]);
  const sound = opened(byCbc(unsignedInside), diagnosis({ text: sign(bare, '_assertion') }).settings);
  assert.deepEqual([sound.verified, sound.findings, sound.below], [true, [], encryptedPath]);
});
