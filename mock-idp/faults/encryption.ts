/** Faults in encryption: for whom, how, and what the cipher text holds. All but two need an SP with a certificate. */
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
/** Decryption says one thing whatever is wrong, or it becomes an oracle. */
const oracle = 'XML Encryption 1.1, 6.1 (no oracle: one answer for every failure)';

/** Strikes where the honest identity provider encrypts. */
const changedEncryptionFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (honest: Encryption) => Partial<Encryption>,
): Fault<Code> =>
  encryptionFault({ signedProperly: true, ...facts }, (honest) => honest && { ...honest, ...change(honest) });

const lastFlipped = (octets: Buffer): Buffer =>
  Buffer.concat([octets.subarray(0, -1), Buffer.from([octets.at(-1)! ^ 1])]);
const middleFlipped = (octets: Buffer): Buffer => {
  const changed = Buffer.from(octets);
  changed[octets.length >> 1]! ^= 1;
  return changed;
};

/** The content key in its usual place, how it is encrypted being said otherwise. */
const withKeyMethod = (change: (method: Element) => Element): Partial<Encryption> => ({
  assemble: ({ data, key }) =>
    element(
      'saml:EncryptedAssertion',
      {},
      data(element('ds:KeyInfo', {}, replaceAt(key, 'xenc:EncryptionMethod', change))),
    ),
});

/** The same of the cipher text. */
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

/** One part of the assertion encrypted for the SP instead of the whole. */
const encryptedPartFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'verdict'>,
  path: string,
  name: string,
): Fault<Code> => ({
  verdict: 'reject',
  signedProperly: true,
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
  'an assertion encrypted for somebody else': encryptionFault(
    {
      code: 'encrypted-other-key',
      sentence: 'The assertion is encrypted with a key that the SP does not hold.',
      rule: 'SAML core 2.3.4; XML Encryption 1.1',
      touches: ['Response/Assertion', ...touches, ...cipherValue],
      signedProperly: true,
    },
    (_, { stranger }) => encryptionFor(createPublicKey(stranger.privateKey)),
  ),
  'an encrypted assertion for an SP without a key': encryptionFault(
    {
      code: 'encrypted-no-key-configured',
      sentence: 'The assertion is encrypted although the SP published no certificate for it.',
      rule: 'SAML metadata 2.4.1.1; SAML deployment profile SDP-SP10',
      touches: ['Response/Assertion', 'Response/EncryptedAssertion'],
      signedProperly: true,
    },
    (honest, { stranger }) => honest ?? encryptionFor(createPublicKey(stranger.privateKey)),
  ),
  'a plain assertion for an SP that has a key': encryptionFault(
    {
      code: 'plain-when-encryption-required',
      sentence: 'The assertion is not encrypted although the SP published a certificate for it.',
      rule: 'SAML core 6.1',
      touches: ['Response/Assertion', 'Response/EncryptedAssertion'],
      signedProperly: true,
      verdict: {
        policy: 'requireEncryption',
        acceptWhen: false,
        because:
          'SAML leaves encryption to the parties; an SP that publishes a key may still take plain assertions over TLS.',
      },
    },
    (honest) => (honest ? undefined : honest),
  ),
  'an encrypted assertion that nobody signed': fault(
    {
      code: 'encrypted-unsigned',
      sentence: 'The assertion is encrypted, and nothing is signed: anybody may have encrypted it.',
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
  'an encrypted assertion with a broken signature inside': fault(
    {
      code: 'encrypted-inner-signature-bad',
      sentence: 'The response is well signed; the assertion that it holds encrypted has a broken signature.',
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
  'an encrypted assertion in an unsigned response without an issuer': fault(
    {
      code: 'encrypted-response-issuer-missing',
      sentence: 'The assertion is signed and encrypted; the response around it is neither signed nor says whose it is.',
      rule: 'SAML profiles 4.1.4.2 (an Issuer, where an assertion is encrypted)',
      touches: ['Response/Issuer', 'Response/Signature', ...cipherValue],
    },
    {
      claims: (claims, { app }) =>
        app.encryptionCertificate && hasAssertion({ claims }) ? { ...claims, responseIssuer: undefined } : claims,
      signing: (signing, strike) =>
        strike.app.encryptionCertificate && hasAssertion(strike) ? { ...signing, response: undefined } : signing,
    },
  ),
  'an encrypted assertion in the extensions': fault(
    {
      code: 'encrypted-in-extensions',
      sentence: 'The extensions of the response hold an encrypted assertion about somebody else.',
      rule: 'SAML core 3.2.2 and 5.4.2 (an assertion has its place)',
      signedProperly: true,
      touches: ['Response/Extensions', ...cipherValue],
    },
    {
      document: (response, { app }) => {
        const encryption = honestEncryption(app.encryptionCertificate);
        const assertion = find(response, 'saml:Assertion');
        return encryption && assertion
          ? extended(response, encryptAssertion(forgery(assertion), encryption))
          : response;
      },
    },
  ),
  'a mangled content key': changedEncryptionFault(
    {
      code: 'encrypted-key-mangled',
      sentence: 'One bit of the encrypted content key is wrong.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ keyValue: middleFlipped }),
  ),
  'mangled cipher text': changedEncryptionFault(
    {
      code: 'encrypted-cipher-mangled',
      sentence: 'One bit in the middle of the cipher text is wrong.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ cipherValue: middleFlipped }),
  ),
  'a mangled authentication tag': changedEncryptionFault(
    {
      code: 'encrypted-gcm-tag-mangled',
      sentence: 'One bit of the authentication tag is wrong.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ cipherValue: lastFlipped }),
  ),
  'cipher text that is cut short': changedEncryptionFault(
    {
      code: 'encrypted-cipher-short',
      sentence: 'The cipher text is shorter than its initialization vector.',
      rule: oracle,
      touches: cipherValue,
    },
    () => ({ cipherValue: (octets) => octets.subarray(0, 8) }),
  ),
  'a content key wrapped by RSA 1.5': changedEncryptionFault(
    {
      code: 'enc-rsa-1_5',
      sentence: 'The content key is encrypted by RSA with PKCS #1 1.5 padding.',
      rule: 'SAML deployment profile SDP-ALG01; Bleichenbacher',
      touches: algorithm,
    },
    () => ({ keyTransport: encryptionAlgorithms.rsa15 }),
  ),
  'an assertion encrypted by AES-CBC': changedEncryptionFault(
    {
      code: 'enc-aes-cbc',
      sentence: 'The assertion is encrypted by AES-256 in CBC mode.',
      rule: 'SAML deployment profile SDP-ALG01; Jager and Somorovsky (2011)',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes256Cbc }),
  ),
  'an assertion encrypted by AES-CBC with a short key': changedEncryptionFault(
    {
      code: 'enc-aes-128-cbc',
      sentence: 'The assertion is encrypted by AES-128 in CBC mode.',
      rule: 'SAML deployment profile SDP-ALG01; Jager and Somorovsky (2011)',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes128Cbc }),
  ),
  'an assertion encrypted by Triple DES': changedEncryptionFault(
    {
      code: 'enc-3des',
      sentence: 'The assertion is encrypted by Triple DES.',
      rule: 'SAML deployment profile SDP-ALG01',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.tripleDes }),
  ),
  'an assertion encrypted by AES-128-GCM': changedEncryptionFault(
    {
      code: 'enc-aes-128-gcm',
      sentence: 'The assertion is encrypted by AES-128-GCM.',
      rule: 'SAML deployment profile SDP-ALG01',
      verdict: 'accept',
      touches: algorithm,
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes128Gcm }),
  ),
  'a content key beside the cipher text': changedEncryptionFault(
    {
      code: 'encryptedkey-sibling',
      sentence: 'The encrypted content key stands beside the encrypted data.',
      rule: 'SAML core 2.3.4 (EncryptedKey may be a sibling)',
      verdict: 'accept',
      touches,
    },
    () => ({ assemble: ({ data, key }) => element('saml:EncryptedAssertion', {}, data(), key) }),
  ),
  'a content key that is referred to': changedEncryptionFault(
    {
      code: 'encryptedkey-retrievalmethod',
      sentence: 'The encrypted data refers to the content key beside it by a RetrievalMethod.',
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
  'cipher text without a content key': changedEncryptionFault(
    {
      code: 'encryptedkey-nokeyinfo',
      sentence: 'The content key is nowhere.',
      rule: 'SAML core 2.3.4; XML Encryption 1.1, 3.5',
      touches,
    },
    () => ({ assemble: ({ data }) => element('saml:EncryptedAssertion', {}, data()) }),
  ),
  'the content key twice beside the cipher text': changedEncryptionFault(
    {
      code: 'encryptedkey-two-siblings',
      sentence: 'Two encrypted content keys stand beside the encrypted data, which does not say which one counts.',
      rule: 'XML Encryption 1.1, 3.5; refused by rule',
      touches,
    },
    () => ({ assemble: ({ data, key }) => element('saml:EncryptedAssertion', {}, data(), key, key) }),
  ),
  'a content key that is referred to wrongly': changedEncryptionFault(
    {
      code: 'encryptedkey-retrievalmethod-dangling',
      sentence: 'The encrypted data refers to a content key that is nowhere; another stands beside it.',
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
  'a content key wrapped by another mask than announced': changedEncryptionFault(
    {
      code: 'enc-oaep-mask',
      sentence: 'The content key is said to be masked by SHA-256, and is masked by SHA-1.',
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
  'a content key with a digest called like a property of every object': changedEncryptionFault(
    {
      code: 'enc-oaep-inherited',
      sentence: 'The digest by which the content key is wrapped is said to be “constructor”.',
      rule: 'XML Encryption 1.1, 5.5.2',
      touches: algorithm,
    },
    () => withKeyMethod((method) => withChildren(method, element('ds:DigestMethod', { Algorithm: 'constructor' }))),
  ),
  'cipher text of an algorithm called like a property of every object': changedEncryptionFault(
    {
      code: 'enc-inherited',
      sentence: 'The cipher is said to be “constructor”.',
      rule: 'XML Encryption 1.1, 5.2',
      touches: algorithm,
    },
    () => withDataMethod('constructor'),
  ),
  'a content key too short for its algorithm': changedEncryptionFault(
    {
      code: 'enc-key-short',
      sentence: 'The cipher is said to be AES-256-GCM, and the content key has 128 bits.',
      rule: 'XML Encryption 1.1, 5.2.4',
      touches: [...algorithm, ...cipherValue],
    },
    () => ({ contentAlgorithm: encryptionAlgorithms.aes128Gcm, ...withDataMethod(encryptionAlgorithms.aes256Gcm) }),
  ),
  // The catalogue allows support or a clear rejection. Rejected: this kind of SP identifies users by a plain NameID.
  'an encrypted NameID': encryptedPartFault(
    {
      code: 'encrypted-nameid',
      sentence: 'The NameID is encrypted, and the assertion around it is not.',
      rule: 'SAML core 2.2.4; refused by rule',
      touches: ['NameID', 'EncryptedID', 'Response/Assertion', 'Response/EncryptedAssertion'],
    },
    'saml:Assertion/saml:Subject/saml:NameID',
    'saml:EncryptedID',
  ),
  'an encrypted attribute': encryptedPartFault(
    {
      code: 'encrypted-attribute',
      sentence: 'One attribute is encrypted, and the assertion around it is not.',
      rule: 'SAML core 2.7.3.2; refused by rule',
      touches: ['AttributeStatement', 'Response/Assertion', 'Response/EncryptedAssertion'],
    },
    'saml:Assertion/saml:AttributeStatement/saml:Attribute',
    'saml:EncryptedAttribute',
  ),
  'an encrypted response in place of an assertion': changedEncryptionFault(
    {
      code: 'decrypted-response',
      sentence: 'What is encrypted is a response around the assertion.',
      rule: 'SAML core 2.3.4',
      touches: cipherValue,
    },
    () => ({
      plaintext: (assertion: Element) => render(element('samlp:Response', { ID: '_inner', Version: '2.0' }, assertion)),
    }),
  ),
  'encrypted garbage in place of an assertion': changedEncryptionFault(
    {
      code: 'decrypted-garbage',
      sentence: 'What is encrypted is no XML.',
      rule: 'SAML core 2.3.4',
      touches: cipherValue,
    },
    () => ({ plaintext: () => 'Nothing to see here' }),
  ),
  'octets that are no UTF-8, encrypted before an assertion': changedEncryptionFault(
    {
      code: 'decrypted-not-utf8',
      sentence: 'What is encrypted is an assertion after a comment with an octet that UTF-8 does not know.',
      rule: 'SAML core 2.3.4; XML 1.0 4.3.3',
      touches: cipherValue,
    },
    () => ({
      plaintext: (assertion: Element) =>
        Buffer.concat([Buffer.from('<!--'), Buffer.from([0xfc]), Buffer.from('-->'), Buffer.from(render(assertion))]),
    }),
  ),
  'a byte order mark encrypted before an assertion': changedEncryptionFault(
    {
      code: 'decrypted-bom',
      sentence: 'What is encrypted is an assertion after the byte order mark of UTF-8.',
      rule: 'SAML core 2.3.4; XML 1.0 4.3.3; refused by rule',
      touches: cipherValue,
    },
    () => ({ plaintext: (assertion: Element) => `\uFEFF${render(assertion)}` }),
  ),
  'an assertion encrypted by AES-GCM and said to be by AES-CBC': changedEncryptionFault(
    {
      code: 'enc-gcm-called-cbc',
      sentence: 'The cipher is said to be AES-256-CBC, and is AES-256-GCM.',
      rule: 'SAML deployment profile SDP-ALG01; XML Encryption 1.1, 5.2',
      touches: algorithm,
    },
    () => withDataMethod(encryptionAlgorithms.aes256Cbc),
  ),
  'two assertions encrypted in one': changedEncryptionFault(
    {
      code: 'decrypted-two-assertions',
      sentence: 'What is encrypted is two assertions.',
      rule: 'SAML core 2.3.4',
      touches: cipherValue,
    },
    () => ({ plaintext: (assertion: Element) => render(assertion).repeat(2) }),
  ),
  'an encrypted document type in place of an assertion': changedEncryptionFault(
    {
      code: 'decrypted-doctype',
      sentence: 'What is encrypted is an assertion after a document type.',
      rule: 'SAML core 2.3.4; SAML deployment profile SDP-G03',
      touches: cipherValue,
    },
    () => ({ plaintext: (assertion: Element) => `<!DOCTYPE r [<!ENTITY who "mallory">]>${render(assertion)}` }),
  ),
  'the same encrypted assertion twice': fault(
    {
      code: 'encrypted-two',
      sentence: 'The response holds the same encrypted assertion twice.',
      rule: 'SAML profiles 4.1.4.2 (an SP may take one only)',
      touches: ['Response/EncryptedAssertion'],
    },
    { transit: (response) => replaceAt(response, 'saml:EncryptedAssertion', (one) => [one, one]) },
  ),
} satisfies Record<string, Fault>;
