/** An SP decrypts the signed assertion with its private key, for every supported algorithm. */
import assert from 'node:assert/strict';
import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { test } from 'node:test';
import { childOf, parseXml, textOf } from '../sign-in/parse.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { type BuildInput, buildResponse } from './build-response.ts';
import { type Encryption, encryptAssertion, encryptionAlgorithms, honestEncryption } from './encryption.ts';
import { element, render } from './xml.ts';

const span = { commonName: 'sp', notBefore: new Date('2026-01-01'), notAfter: new Date('2046-01-01') };
const sp = await createKeyPair(span);
const assertion = element('saml:Assertion', { ID: '_1' }, 'é & text');
const honest = honestEncryption(sp.certificate)!;

/** Octets of the IV and of the key (XML Encryption 5.2). */
const ciphers: [algorithm: string, name: string, iv: number, key: number][] = [
  [encryptionAlgorithms.aes128Gcm, 'aes-128-gcm', 12, 16],
  [encryptionAlgorithms.aes256Gcm, 'aes-256-gcm', 12, 32],
  [encryptionAlgorithms.aes128Cbc, 'aes-128-cbc', 16, 16],
  [encryptionAlgorithms.aes256Cbc, 'aes-256-cbc', 16, 32],
  [encryptionAlgorithms.tripleDes, 'des-ede3-cbc', 8, 24],
];

interface Read {
  text: string;
  keyLength: number;
  contentAlgorithm: string | null;
  keyTransport: string | null;
  digest: string | null | undefined;
}

/** Decrypts as an SP would. */
function decrypt(xml: string, padding = constants.RSA_PKCS1_OAEP_PADDING): Read {
  const root = parseXml(xml).documentElement;
  const data = root.localName === 'EncryptedAssertion' ? root : childOf(root, 'saml:EncryptedAssertion')!;
  const content = childOf(data, 'xenc:EncryptedData')!;
  assert.equal(content.getAttribute('Type'), 'http://www.w3.org/2001/04/xmlenc#Element');
  const encryptedKey = childOf(childOf(content, 'ds:KeyInfo')!, 'xenc:EncryptedKey')!;
  const method = childOf(encryptedKey, 'xenc:EncryptionMethod')!;
  const contentAlgorithm = childOf(content, 'xenc:EncryptionMethod')!.getAttribute('Algorithm');
  const oaep = padding === constants.RSA_PKCS1_OAEP_PADDING ? { oaepHash: 'sha1' } : {};
  const key = privateDecrypt({ key: sp.privateKey, padding, ...oaep }, cipherValue(encryptedKey));
  return {
    text: decipher(cipherValue(content), key, contentAlgorithm),
    keyLength: key.length,
    contentAlgorithm,
    keyTransport: method.getAttribute('Algorithm'),
    digest: childOf(method, 'ds:DigestMethod')?.getAttribute('Algorithm'),
  };
}

const cipherValue = (parent: Element): Buffer =>
  Buffer.from(textOf(childOf(childOf(parent, 'xenc:CipherData')!, 'xenc:CipherValue'))!, 'base64');

function decipher(octets: Buffer, key: Buffer, algorithm: string | null): string {
  const [, name, ivLength] = ciphers.find(([one]) => one === algorithm)!;
  const isGcm = name.endsWith('gcm');
  const cipher = createDecipheriv(name as 'aes-256-gcm', key, octets.subarray(0, ivLength));
  if (isGcm) cipher.setAuthTag(octets.subarray(-16));
  const body = octets.subarray(ivLength, isGcm ? -16 : undefined);
  return Buffer.concat([cipher.update(body), cipher.final()]).toString();
}

const encrypted = (change: Partial<Encryption> = {}): string =>
  render(encryptAssertion(assertion, { ...honest, ...change }));

for (const [contentAlgorithm, name, , keyLength] of ciphers)
  test(`${name} is written as defined by XML Encryption`, () => {
    const read = decrypt(encrypted({ contentAlgorithm }));
    assert.deepEqual(
      [read.text, read.contentAlgorithm, read.keyLength],
      [render(assertion), contentAlgorithm, keyLength],
    );
  });

test('the default is AES-256-GCM with RSA-OAEP', () => {
  const { contentAlgorithm, keyTransport, digest } = decrypt(encrypted());
  assert.deepEqual(
    [contentAlgorithm, keyTransport, digest],
    [encryptionAlgorithms.aes256Gcm, encryptionAlgorithms.rsaOaepSha1, 'http://www.w3.org/2000/09/xmldsig#sha1'],
  );
});

test('the key can be wrapped by RSA 1.5, which has no digest', () => {
  const { text, keyTransport, digest } = decrypt(
    encrypted({ keyTransport: encryptionAlgorithms.rsa15 }),
    constants.RSA_PKCS1_PADDING,
  );
  assert.deepEqual([text, keyTransport, digest], [render(assertion), encryptionAlgorithms.rsa15, undefined]);
});

test('each assertion has its own content key and IV', () => {
  const values = [encrypted(), encrypted()].flatMap((xml) => xml.match(/(?<=<xenc:CipherValue>)[^<]+/g));
  assert.equal(new Set(values).size, 4);
});

test('faults can change the ciphertext, the key and its place', () => {
  const changed = encrypted({
    cipherValue: () => Buffer.from('content'),
    keyValue: () => Buffer.from('key'),
    assemble: ({ data, key }) => element('saml:EncryptedAssertion', {}, data(), key),
  });
  assert.deepEqual(
    changed.match(/(?<=<xenc:CipherValue>)[^<]+/g)!.map((one) => Buffer.from(one, 'base64').toString()),
    ['content', 'key'],
  );
  assert.doesNotMatch(changed, /KeyInfo/);
  assert.equal(decrypt(encrypted({ plaintext: () => 'other' })).text, 'other');
});

test('without a certificate nothing is encrypted, and an unknown algorithm is an error', () => {
  assert.equal(honestEncryption(undefined), undefined);
  assert.throws(() => encrypted({ contentAlgorithm: 'urn:none' }), /unknown encryption algorithm urn:none/);
});

test('the assertion is signed, then encrypted, and the response around it is signed', async () => {
  const keys = await createKeyPair({ ...span, algorithm: 'ecdsa-p256' });
  const input: BuildInput = {
    issuer: 'http://idp/metadata',
    keys,
    untrustedKeys: keys,
    app: { entityId: 'http://sp/metadata', acsUrl: 'http://sp/acs', encryptionCertificate: sp.certificate },
    user: { nameId: 'sam', nameIdFormat: 'f', attributes: {} },
    now: new Date(),
    authnInstant: new Date(),
    sessionIndex: '_s',
    authnContextClassRef: 'c',
    faults: [],
  };
  const { xml } = buildResponse(input);
  const root = parseXml(xml).documentElement;
  assert.equal(childOf(root, 'saml:Assertion'), undefined);
  assert.ok(childOf(root, 'ds:Signature'));
  assert.ok(childOf(parseXml(decrypt(xml).text).documentElement, 'ds:Signature'));
  assert.doesNotMatch(buildResponse({ ...input, status: { code: 'Responder' } }).xml, /EncryptedAssertion/);
});
