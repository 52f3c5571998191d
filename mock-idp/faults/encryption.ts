/**
 * Faults in encryption: key, algorithm, plaintext. All but two need an SP with an encryption certificate, and encrypt
 * for it even if its app does not ask for encryption.
 */
import { createPublicKey } from 'node:crypto';
import type { Fault } from '../fault.ts';
import { encryptionFault, extended, type Facts, fault, hasAssertion } from '../fault-builders.ts';
import {
  type Encryption,
  encryptAssertion,
  encryptionAlgorithms,
  encryptionFor,
  honestEncryption,
} from '../response/encryption.ts';
import { type Element, element, find, render, replaceAt, withAttributes, withChildren } from '../response/xml.ts';
import { forgery } from './wrapping.ts';

const touches = ['EncryptedAssertion'];
const algorithm = ['EncryptionMethod'];
const cipherValue = ['CipherValue'];
/** Decryption must fail in the same way for every cause, or it becomes an oracle. */
const oracle = 'XML Encryption 1.1, 6.1 (no oracle: the same error for every failure)';

/** Strikes if the SP has an encryption certificate. */
const changedEncryptionFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (honest: Encryption) => Partial<Encryption>,
): Fault<Code> =>
  encryptionFault(
    { signedProperly: true, encrypts: true, ...facts },
    (honest) => honest && { ...honest, ...change(honest) },
  );

const lastFlipped = (octets: Buffer): Buffer =>
  Buffer.concat([octets.subarray(0, -1), Buffer.from([octets.at(-1)! ^ 1])]);
const middleFlipped = (octets: Buffer): Buffer => {
  const changed = Buffer.from(octets);
  changed[octets.length >> 1]! ^= 1;
  return changed;
};

/** Changes the EncryptionMethod of the EncryptedKey. */
const withKeyMethod = (change: (method: Element) => Element): Partial<Encryption> => ({
  assemble: ({ data, key }) =>
    element(
      'saml:EncryptedAssertion',
      {},
      data(element('ds:KeyInfo', {}, replaceAt(key, 'xenc:EncryptionMethod', change))),
    ),
});

/** Changes the algorithm that the EncryptedData declares. */
const withDataMethod = (algorithm: string): Partial<Encryption> => ({
  assemble: ({ data, key }) =>
    element(
      'saml:EncryptedAssertion',
      {},
      replaceAt(data(element('ds:KeyInfo', {}, key)), 'xenc:EncryptionMethod', (method) =>
        withAttributes(method, { Algorithm: algorithm }),
      ),
    ),
});

/** Encrypts one element of the assertion instead of the whole assertion. */
const encryptedPartFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'verdict'>,
  path: string,
  name: string,
): Fault<Code> => ({
  verdict: 'reject',
  signedProperly: true,
  encrypts: true,
  ...facts,
  strikes: {
    document: (response, { app }) => {
      const encryption = honestEncryption(app.encryptionCertificate);
      return encryption
        ? replaceAt(response, path, (part) => ({ ...encryptAssertion(part, encryption), name }))
        : response;
    },
    encryption: (honest) => (honest ? undefined : honest),
  },
});

export const encryptionFaults = {
  'an assertion encrypted with a different certificate': encryptionFault(
    {
      code: 'encrypted-other-key',
      usesUntrustedKeys: true,
      sentence: 'The Assertion is encrypted for a key that the SP does not have.',
      rule: 'SAML core 2.3.4; XML Encryption 1.1',
      touches: ['Response/Assertion', ...touches, ...cipherValue],
      signedProperly: true,
    },
    (_, { untrustedKeys }) => encryptionFor(createPublicKey(untrustedKeys.privateKey)),
  ),
  'an encrypted assertion for an SP without an encryption certificate': encryptionFault(
    {
      code: 'encrypted-no-key-configured',
      usesUntrustedKeys: true,
      encrypts: true,
      sentence: 'The Assertion is encrypted although the SP published no encryption certificate.',
      rule: 'SAML metadata 2.4.1.1; SAML deployment profile SDP-SP10',
      touches: ['Response/Assertion', 'Response/EncryptedAssertion'],
      signedProperly: true,
    },
    (honest, { untrustedKeys }) => honest ?? encryptionFor(createPublicKey(untrustedKeys.privateKey)),
  ),
  'a plain assertion for an SP with an encryption certificate': encryptionFault(
    {
      code: 'plain-when-encryption-required',
      encrypts: true,
      sentence: 'The Assertion is not encrypted although the SP published an encryption certificate.',
      rule: 'SAML core 6.1',
      touches: ['Response/Assertion', 'Response/EncryptedAssertion'],
      signedProperly: true,
      verdict: {
        policy: 'requireEncryption',
        acceptWhen: false,
        because:
          'SAML leaves encryption to the two parties. ' +
          'An SP that publishes a certificate may still accept plain assertions over TLS.',
      },
    },
    (honest) => (honest ? undefined : honest),
  ),
  'an unsigned encrypted assertion': fault(
    {
      code: 'encrypted-unsigned',
      encrypts: true,
      sentence: 'The Assertion is encrypted and nothing is signed: anyone can encrypt with the SP’s public key.',
      rule: 'SAML profiles 4.1.4.5; SAML core 6.2',
      touches: ['Response/Signature', ...cipherValue],
    },
    {
      signing: (signing, strike) =>
        strike.app.encryptionCertificate && hasAssertion(strike)
          ? { assertion: undefined, response: undefined }
          : signing,
    },
  ),
  'an encrypted assertion with an invalid signature': fault(
    {
      code: 'encrypted-inner-signature-bad',
      encrypts: true,
      sentence: 'The Response is signed; the signature of the encrypted Assertion in it is invalid.',
      rule: 'SAML core 6.2; XML Signature 3.2.2',
      touches: cipherValue,
    },
    {
      signing: (signing, strike) =>
        strike.app.encryptionCertificate && hasAssertion(strike) && signing.assertion
          ? {
              ...signing,
              assertion: {
                ...signing.assertion,
                finished: (signature) =>
                  replaceAt(signature, 'ds:SignatureValue', (value) =>
                    withChildren(value, Buffer.alloc(256, 7).toString('base64')),
                  ),
              },
            }
          : signing,
    },
  ),
  'an encrypted assertion in an unsigned response without Issuer': fault(
    {
      code: 'encrypted-response-issuer-missing',
      encrypts: true,
      sentence: 'The Assertion is signed and encrypted; the Response has neither a signature nor an Issuer.',
      rule: 'SAML profiles 4.1.4.2 (Issuer is required with an encrypted assertion)',
      touches: ['Response/Issuer', 'Response/Signature', ...cipherValue],
    },
    {
      claims: (claims, { app }) =>
        app.encryptionCertificate && hasAssertion({ claims }) ? { ...claims, responseIssuer: undefined } : claims,
      signing: (signing, strike) =>
        strike.app.encryptionCertificate && hasAssertion(strike) ? { ...signing, response: undefined } : signing,
    },
  ),
  'an encrypted assertion in the Extensions': fault(
    {
      code: 'encrypted-in-extensions',
      encrypts: true,
      sentence: 'The Extensions of the Response contain an encrypted Assertion for another user.',
      rule: 'SAML core 3.2.2 and 5.4.2 (an assertion has a fixed place)',
      signedProperly: true,
      touches: ['Response/Extensions', ...cipherValue],
    },
    {
      document: (response, strike) => {
        const encryption = honestEncryption(strike.app.encryptionCertificate);
        const assertion = find(response, 'saml:Assertion');
        return encryption && assertion
          ? extended(response, encryptAssertion(forgery(assertion, strike), encryption))
          : response;
      },
    },
  ),
  'a corrupted EncryptedKey': changedEncryptionFault(
    {
      code: 'encrypted-key-mangled',
      sentence: 'One bit of the EncryptedKey is wrong.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ keyValue: middleFlipped }),
  ),
  'corrupted ciphertext': changedEncryptionFault(
    {
      code: 'encrypted-cipher-mangled',
      sentence: 'One bit in the middle of the ciphertext is wrong.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ cipherValue: middleFlipped }),
  ),
  'a corrupted GCM authentication tag': changedEncryptionFault(
    {
      code: 'encrypted-gcm-tag-mangled',
      sentence: 'One bit of the authentication tag is wrong.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ cipherValue: lastFlipped }),
  ),
  'truncated ciphertext': changedEncryptionFault(
    {
      code: 'encrypted-cipher-short',
      sentence: 'The ciphertext is shorter than its initialization vector.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ cipherValue: (octets) => octets.subarray(0, 8) }),
  ),
  'an EncryptedKey with RSA 1.5': changedEncryptionFault(
    {
      code: 'enc-rsa-1_5',
      sentence: 'The key is encrypted by RSA with PKCS #1 1.5 padding.',
      rule: 'SAML deployment profile SDP-ALG01; Bleichenbacher',
      touches: algorithm,
    },
    () => ({ keyTransport: encryptionAlgorithms.rsa15 }),
  ),
  'an assertion encrypted with AES-256-CBC': changedEncryptionFault(
    {
      code: 'enc-aes-cbc',
      sentence: 'The Assertion is encrypted with AES-256 in CBC mode.',
      rule: 'SAML deployment profile SDP-ALG01; Jager and Somorovsky (2011)',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes256Cbc }),
  ),
  'an assertion encrypted with AES-128-CBC': changedEncryptionFault(
    {
      code: 'enc-aes-128-cbc',
      sentence: 'The Assertion is encrypted with AES-128 in CBC mode.',
      rule: 'SAML deployment profile SDP-ALG01; Jager and Somorovsky (2011)',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes128Cbc }),
  ),
  'an assertion encrypted with Triple DES': changedEncryptionFault(
    {
      code: 'enc-3des',
      sentence: 'The Assertion is encrypted with Triple DES.',
      rule: 'SAML deployment profile SDP-ALG01',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.tripleDes }),
  ),
  'an assertion encrypted with AES-128-GCM': changedEncryptionFault(
    {
      code: 'enc-aes-128-gcm',
      sentence: 'The Assertion is encrypted with AES-128-GCM.',
      rule: 'SAML deployment profile SDP-ALG01',
      verdict: 'accept',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes128Gcm }),
  ),
  'an EncryptedKey next to the EncryptedData': changedEncryptionFault(
    {
      code: 'encryptedkey-sibling',
      sentence: 'The EncryptedKey is next to the EncryptedData.',
      rule: 'SAML core 2.3.4 (EncryptedKey may be a sibling)',
      verdict: 'accept',
      touches,
    },
    () => ({ assemble: ({ data, key }) => element('saml:EncryptedAssertion', {}, data(), key) }),
  ),
  'an EncryptedKey with a RetrievalMethod': changedEncryptionFault(
    {
      code: 'encryptedkey-retrievalmethod',
      sentence: 'A RetrievalMethod in the EncryptedData refers to the EncryptedKey next to it.',
      rule: 'XML Encryption 1.1, 3.5.3; SAML core 2.3.4',
      verdict: 'accept',
      touches,
    },
    () => ({
      assemble: ({ data, key }) =>
        element(
          'saml:EncryptedAssertion',
          {},
          data(
            element(
              'ds:KeyInfo',
              {},
              element('ds:RetrievalMethod', {
                Type: 'http://www.w3.org/2001/04/xmlenc#EncryptedKey',
                URI: '#_content_key',
              }),
            ),
          ),
          withAttributes(key, { Id: '_content_key' }),
        ),
    }),
  ),
  'EncryptedData without EncryptedKey': changedEncryptionFault(
    {
      code: 'encryptedkey-nokeyinfo',
      sentence: 'The message has no EncryptedKey.',
      rule: 'SAML core 2.3.4; XML Encryption 1.1, 3.5',
      touches,
    },
    () => ({ assemble: ({ data }) => element('saml:EncryptedAssertion', {}, data()) }),
  ),
  'two EncryptedKeys next to the EncryptedData': changedEncryptionFault(
    {
      code: 'encryptedkey-two-siblings',
      sentence: 'Two EncryptedKeys are next to the EncryptedData, which does not say which one to use.',
      rule: 'XML Encryption 1.1, 3.5; rejected by this catalogue',
      touches,
    },
    () => ({ assemble: ({ data, key }) => element('saml:EncryptedAssertion', {}, data(), key, key) }),
  ),
  'a RetrievalMethod to a nonexistent EncryptedKey': changedEncryptionFault(
    {
      code: 'encryptedkey-retrievalmethod-dangling',
      sentence:
        'The RetrievalMethod refers to an EncryptedKey that does not exist; another one is next to ' +
        'the EncryptedData.',
      rule: 'XML Encryption 1.1, 3.5.3',
      touches,
    },
    () => ({
      assemble: ({ data, key }) =>
        element(
          'saml:EncryptedAssertion',
          {},
          data(
            element(
              'ds:KeyInfo',
              {},
              element('ds:RetrievalMethod', {
                Type: 'http://www.w3.org/2001/04/xmlenc#EncryptedKey',
                URI: '#_nowhere',
              }),
            ),
          ),
          withAttributes(key, { Id: '_content_key' }),
        ),
    }),
  ),
  'an EncryptedKey with a mislabelled OAEP mask': changedEncryptionFault(
    {
      code: 'enc-oaep-mask',
      sentence: 'The MGF of the EncryptedKey is labelled SHA-256, but is SHA-1.',
      rule: 'XML Encryption 1.1, 5.5.2',
      touches: algorithm,
    },
    () =>
      withKeyMethod((method) =>
        element(
          'xenc:EncryptionMethod',
          { Algorithm: 'http://www.w3.org/2009/xmlenc11#rsa-oaep' },
          ...method.children,
          element('xenc11:MGF', { Algorithm: 'http://www.w3.org/2009/xmlenc11#mgf1sha256' }),
        ),
      ),
  ),
  'an EncryptedKey with a DigestMethod called constructor': changedEncryptionFault(
    {
      code: 'enc-oaep-inherited',
      sentence:
        'The DigestMethod of the EncryptedKey is “constructor”, a property that every JavaScript object inherits.',
      rule: 'XML Encryption 1.1, 5.5.2',
      touches: algorithm,
    },
    () => withKeyMethod((method) => withChildren(method, element('ds:DigestMethod', { Algorithm: 'constructor' }))),
  ),
  'an EncryptionMethod called constructor': changedEncryptionFault(
    {
      code: 'enc-inherited',
      sentence: 'The EncryptionMethod is “constructor”, a property that every JavaScript object inherits.',
      rule: 'XML Encryption 1.1, 5.2',
      touches: algorithm,
    },
    () => withDataMethod('constructor'),
  ),
  'a content key too short for its algorithm': changedEncryptionFault(
    {
      code: 'enc-key-short',
      sentence: 'The EncryptionMethod is AES-256-GCM, but the key has 128 bits.',
      rule: 'XML Encryption 1.1, 5.2.4',
      touches: [...algorithm, ...cipherValue],
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes128Gcm, ...withDataMethod(encryptionAlgorithms.aes256Gcm) }),
  ),
  // An SP may support it or reject it. Rejected: this kind of SP identifies users by a plain NameID.
  'an EncryptedID': encryptedPartFault(
    {
      code: 'encrypted-nameid',
      sentence: 'The NameID is encrypted; the Assertion is not.',
      rule: 'SAML core 2.2.4; rejected by this catalogue',
      touches: ['NameID', 'EncryptedID', 'Response/Assertion', 'Response/EncryptedAssertion'],
    },
    'saml:Assertion/saml:Subject/saml:NameID',
    'saml:EncryptedID',
  ),
  'an EncryptedAttribute': encryptedPartFault(
    {
      code: 'encrypted-attribute',
      sentence: 'One Attribute is encrypted; the Assertion is not.',
      rule: 'SAML core 2.7.3.2; rejected by this catalogue',
      touches: ['AttributeStatement', 'Response/Assertion', 'Response/EncryptedAssertion'],
    },
    'saml:Assertion/saml:AttributeStatement/saml:Attribute',
    'saml:EncryptedAttribute',
  ),
  'an encrypted Response instead of an assertion': changedEncryptionFault(
    {
      code: 'decrypted-response',
      sentence: 'The plaintext is a Response that contains the Assertion.',
      rule: 'SAML core 2.3.4',
      touches: cipherValue,
    },
    () => ({
      plaintext: (assertion: Element) => render(element('samlp:Response', { ID: '_inner', Version: '2.0' }, assertion)),
    }),
  ),
  'encrypted garbage instead of an assertion': changedEncryptionFault(
    {
      code: 'decrypted-garbage',
      sentence: 'The plaintext is not XML.',
      rule: 'SAML core 2.3.4',
      touches: cipherValue,
    },
    () => ({ plaintext: () => 'Nothing to see here' }),
  ),
  'an encrypted assertion with invalid UTF-8': changedEncryptionFault(
    {
      code: 'decrypted-not-utf8',
      sentence: 'The plaintext is an Assertion after a comment with an octet that is invalid in UTF-8.',
      rule: 'SAML core 2.3.4; XML 1.0 4.3.3',
      touches: cipherValue,
    },
    () => ({
      plaintext: (assertion: Element) =>
        Buffer.concat([Buffer.from('<!--'), Buffer.from([0xfc]), Buffer.from('-->'), Buffer.from(render(assertion))]),
    }),
  ),
  'an encrypted assertion with a byte order mark': changedEncryptionFault(
    {
      code: 'decrypted-bom',
      sentence: 'The plaintext is an Assertion after the UTF-8 byte order mark.',
      rule: 'SAML core 2.3.4; XML 1.0 4.3.3; rejected by this catalogue',
      touches: cipherValue,
    },
    () => ({ plaintext: (assertion: Element) => `\uFEFF${render(assertion)}` }),
  ),
  'an AES-GCM-encrypted assertion labelled AES-CBC': changedEncryptionFault(
    {
      code: 'enc-gcm-called-cbc',
      sentence: 'The EncryptionMethod is AES-256-CBC, but the ciphertext is AES-256-GCM.',
      rule: 'SAML deployment profile SDP-ALG01; XML Encryption 1.1, 5.2',
      touches: algorithm,
    },
    () => withDataMethod(encryptionAlgorithms.aes256Cbc),
  ),
  'two assertions in one EncryptedAssertion': changedEncryptionFault(
    {
      code: 'decrypted-two-assertions',
      sentence: 'The plaintext is two Assertions.',
      rule: 'SAML core 2.3.4',
      touches: cipherValue,
    },
    () => ({ plaintext: (assertion: Element) => render(assertion).repeat(2) }),
  ),
  'an encrypted assertion with a DOCTYPE': changedEncryptionFault(
    {
      code: 'decrypted-doctype',
      sentence: 'The plaintext is an Assertion after a DOCTYPE.',
      rule: 'SAML core 2.3.4; SAML deployment profile SDP-G03',
      touches: cipherValue,
    },
    () => ({ plaintext: (assertion: Element) => `<!DOCTYPE r [<!ENTITY who "mallory">]>${render(assertion)}` }),
  ),
  'a duplicate EncryptedAssertion': fault(
    {
      code: 'encrypted-two',
      encrypts: true,
      sentence: 'The Response contains the same EncryptedAssertion twice.',
      rule: 'SAML profiles 4.1.4.2 (an SP may accept only one)',
      touches: ['Response/EncryptedAssertion'],
    },
    { transit: (response) => replaceAt(response, 'saml:EncryptedAssertion', (one) => [one, one]) },
  ),
} satisfies Record<string, Fault>;
