/** Faults in how the message is signed: the key, the algorithm, the key information, and unsigned messages. */
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Fault, Strike } from '../fault.ts';
import { type Facts, hasAssertion, signingFault, transitFault } from '../fault-builders.ts';
import { algorithms, honestSignature, type Signature, transform, x509Data } from '../response/signing.ts';
import { element, namespaces, render, replace, replaceAt, withChildren } from '../response/xml.ts';

/** Both signatures made otherwise; an empty change is none. */
const bothSignaturesFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (signature: Signature, strike: Strike) => Partial<Signature>,
): Fault<Code> =>
  signingFault(facts, (signing, strike) => {
    const other = (signature: Signature | undefined): Signature | undefined => {
      const changed = signature && change(signature, strike);
      return changed === undefined || Object.keys(changed).length === 0 ? signature : { ...signature!, ...changed };
    };
    const [assertion, response] = [other(signing.assertion), other(signing.response)];
    return assertion === signing.assertion && response === signing.response ? signing : { assertion, response };
  });

const algorithm = ['SignatureMethod/@Algorithm'];
const digest = ['DigestMethod/@Algorithm'];
const rsaOnly =
  (change: Partial<Signature>) =>
  ({ key }: Signature): Partial<Signature> =>
    key.asymmetricKeyType === 'rsa' ? change : {};
const keyInfo = ['KeyInfo'];

let weak: KeyObject | undefined;
/** Made when first needed: nobody else has a use for a key of 1024 bits. */
const weakKey = (): KeyObject => (weak ??= generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);

let elliptic: KeyObject | undefined;
/** The same of an elliptic key that no SP knows. */
const ellipticKey = (): KeyObject => (elliptic ??= generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

let short: KeyObject | undefined;
/** The same of a curve that is too short. */
const shortKey = (): KeyObject => (short ??= generateKeyPairSync('ec', { namedCurve: 'prime192v1' }).privateKey);

const keyValue = (key: KeyObject) => {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const padded = (part: string): string => Buffer.from(part, 'base64url').toString('base64');
  return element(
    'ds:KeyValue',
    {},
    element('ds:RSAKeyValue', {}, element('ds:Modulus', {}, padded(n)), element('ds:Exponent', {}, padded(e))),
  );
};

const sha1Policy = {
  policy: 'allowSha1',
  acceptWhen: true,
  because:
    'SHA-1 no longer resists collisions, but old identity providers know nothing better; ' +
    'an SP may take it for a while, knowingly.',
} as const;

/** Keyed with what everybody knows: the text of the certificate. */
const publicText = (certificate: string | undefined): KeyObject => createSecretKey(Buffer.from(certificate ?? ''));

const mangled = (value: string): string => (value.startsWith('A') ? `B${value.slice(1)}` : `A${value.slice(1)}`);

/**
 * Inclusive canonical XML writes every namespace in scope: those around the signed element,
 * and its own around ds:SignedInfo.
 */
const withInclusiveCanonicalization = (
  signature: Signature,
  around: Record<string, string>,
  own: Record<string, string>,
): Signature => ({
  ...signature,
  canonicalization: algorithms.inclusive,
  transforms: [transform(algorithms.enveloped), transform(algorithms.inclusive)],
  octets: (unsigned) => render(unsigned, { form: 'inclusive', inherited: around }),
  signedOctets: (signedInfo) =>
    render(signedInfo, { form: 'inclusive', inherited: { ...around, ...own, ds: namespaces.ds! } }),
});

export const signatureFaults = {
  'an unsigned message around an unsigned assertion': signingFault(
    {
      code: 'unsigned-all',
      sentence: 'Nothing is signed.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Response/Signature', 'Assertion/Signature'],
    },
    () => ({ assertion: undefined, response: undefined }),
  ),
  'an unsigned message around a signed assertion': signingFault(
    {
      code: 'signed-assertion-only',
      sentence: 'The assertion is signed and the response around it is not.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Response/Signature'],
      signedProperly: true,
      verdict: {
        policy: 'requireSignedMessage',
        acceptWhen: false,
        because: 'SAML lets the assertion alone be signed; an SP may want the whole message signed.',
      },
    },
    (signing) => ({ ...signing, response: undefined }),
  ),
  'a signed message around an unsigned assertion': signingFault(
    {
      code: 'signed-message-only',
      sentence: 'The response is signed and the assertion in it is not.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Assertion/Signature'],
      signedProperly: true,
      verdict: {
        policy: 'requireSignedAssertion',
        acceptWhen: false,
        because:
          'The signature of the response covers the assertion in it; ' +
          'an SP that keeps assertions may want them signed by themselves.',
      },
    },
    (signing, strike) => (hasAssertion(strike) ? { ...signing, assertion: undefined } : signing),
  ),
  "signatures made with a stranger's key": bothSignaturesFault(
    {
      code: 'signature-other-key',
      sentence: 'Both signatures are made with a key that the SP was never given, and carry its certificate.',
      rule: 'SAML core 5.4.5; SAML profiles 4.1.4.3',
      touches: ['X509Certificate'],
    },
    (_, { stranger }) => ({ ...honestSignature(stranger) }),
  ),
  "signatures made with a stranger's key beside the right certificate": bothSignaturesFault(
    {
      code: 'keyinfo-trusted-cert-attacker-sig',
      sentence: 'The certificate is the right one, but another key signed.',
      rule: 'XML Signature 3.2.2',
      touches: ['SignatureValue', ...algorithm],
    },
    (signature, { stranger }) => ({ ...honestSignature(stranger), keyInfo: signature.keyInfo }),
  ),
  'signatures made with a key of 1024 bits': bothSignaturesFault(
    {
      code: 'rsa-1024',
      sentence: 'Both signatures are made with a short key that the SP was never given, and carry it.',
      rule: 'SAML deployment profile SDP-MD06',
      touches: [...keyInfo, ...algorithm],
    },
    () => ({ key: weakKey(), signatureAlgorithm: algorithms.rsaSha256, keyInfo: [keyValue(weakKey())] }),
  ),
  "signatures by RSA-PSS with a stranger's key": bothSignaturesFault(
    {
      code: 'signature-other-key-pss',
      sentence: 'Both signatures are made by RSA-PSS with a key that the SP was never given.',
      rule: 'SAML core 5.4.5; RFC 9231 2.3.9',
      touches: [...algorithm, 'X509Certificate'],
    },
    (_, { stranger }) => ({ ...honestSignature(stranger), signatureAlgorithm: algorithms.rsaPssSha256 }),
  ),
  'signatures by an elliptic key that nobody knows': bothSignaturesFault(
    {
      code: 'signature-other-key-ecdsa',
      sentence: 'Both signatures are made by ECDSA with a key that the SP was never given.',
      rule: 'SAML core 5.4.5; RFC 9231 2.3.6',
      touches: [...algorithm, ...keyInfo],
    },
    () => ({ key: ellipticKey(), signatureAlgorithm: algorithms.ecdsaSha256, keyInfo: [] }),
  ),
  'signatures made with a key on a short curve': bothSignaturesFault(
    {
      code: 'ecdsa-192',
      sentence: 'Both signatures are made with a key on the curve P-192 that the SP was never given, and carry it.',
      rule: 'SAML deployment profile SDP-MD06; SP 800-186 (no longer allowed)',
      touches: [...keyInfo, ...algorithm],
    },
    () => ({
      key: shortKey(),
      signatureAlgorithm: algorithms.ecdsaSha256,
      keyInfo: [
        element(
          'dsig11:DEREncodedKeyValue',
          {},
          createPublicKey(shortKey()).export({ type: 'spki', format: 'der' }).toString('base64'),
        ),
      ],
    }),
  ),
  "a stranger's signatures with a certificate that cannot be read": bothSignaturesFault(
    {
      code: 'keyinfo-unreadable-attacker-sig',
      sentence: 'A key that the SP was never given has signed, and the certificate is no certificate.',
      rule: 'SAML core 5.4.5; XML Signature 4.5.4',
      touches: ['X509Certificate', 'SignatureValue', ...algorithm],
    },
    (_, { stranger }) => ({ ...honestSignature(stranger), keyInfo: [x509Data('bm90IGEgY2VydGlmaWNhdGU=')] }),
  ),
  'signatures that carry two certificates': bothSignaturesFault(
    {
      code: 'keyinfo-two-certificates',
      sentence: 'The key information holds a certificate of a stranger after the right one.',
      rule: 'SAML core 5.4.5 (a hint only)',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    (signature, { stranger }) => ({ keyInfo: [...signature.keyInfo, x509Data(stranger.certificate)] }),
  ),
  'signatures without key information': bothSignaturesFault(
    {
      code: 'keyinfo-absent',
      sentence: 'The signatures do not say whose they are.',
      rule: 'SAML core 5.4.5',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    () => ({ keyInfo: [] }),
  ),
  'signatures that carry the bare key': bothSignaturesFault(
    {
      code: 'keyinfo-keyvalue-only',
      sentence: 'The key information is the public key without a certificate.',
      rule: 'SAML core 5.4.5 (the pinned key counts)',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    ({ key }) => (key.asymmetricKeyType === 'rsa' ? { keyInfo: [keyValue(key)] } : {}),
  ),
  'signatures that say where to fetch the certificate': bothSignaturesFault(
    {
      code: 'keyinfo-retrievalmethod',
      sentence: 'The key information is the address of a certificate, which nobody should fetch.',
      rule: 'XML Signature 4.4.3; SAML core 5.4.5',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    () => ({
      keyInfo: [
        element('ds:RetrievalMethod', {
          URI: 'http://127.0.0.1:9/certificate',
          Type: 'http://www.w3.org/2000/09/xmldsig#rawX509Certificate',
        }),
      ],
    }),
  ),
  'signatures whose key has a name and an address': bothSignaturesFault(
    {
      code: 'keyinfo-x509url',
      sentence: 'The key information is a name that is an address, which nobody should fetch.',
      rule: 'SAML core 5.4.5; CVE-2023-36661',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    () => ({ keyInfo: [element('ds:KeyName', {}, 'http://127.0.0.1:9/certificate')] }),
  ),

  'a NameID altered after signing': transitFault(
    {
      code: 'digest-mismatch',
      sentence: 'Somebody changed the NameID of the signed message on its way.',
      rule: 'XML Signature 3.2.1 (core validation)',
      touches: ['NameID'],
    },
    (response) => replace(response, 'saml:NameID', (nameId) => withChildren(nameId, 'mallory@elsewhere.example')),
  ),
  'a status altered after signing': transitFault(
    {
      code: 'digest-mismatch-status',
      sentence: 'Somebody wrote a message into the status of the signed response.',
      rule: 'XML Signature 3.2.1',
      touches: ['Response/Status'],
    },
    (response) =>
      replaceAt(response, 'samlp:Status', (status) =>
        withChildren(status, ...status.children, element('samlp:StatusMessage', {}, 'Passed on')),
      ),
  ),
  'a mangled signature value': transitFault(
    {
      code: 'signature-value-mangled',
      sentence: 'The first character of both signature values is another.',
      rule: 'XML Signature 3.2.2',
      touches: ['SignatureValue'],
    },
    (response) =>
      replace(response, 'ds:SignatureValue', (value) => withChildren(value, mangled(String(value.children[0])))),
  ),
  'an empty signature value': transitFault(
    {
      code: 'signature-value-empty',
      sentence: 'The signature values are empty.',
      rule: 'XML Signature 4.2',
      touches: ['SignatureValue'],
    },
    (response) => replace(response, 'ds:SignatureValue', (value) => withChildren(value)),
  ),
  'a mangled digest value': transitFault(
    {
      code: 'digest-value-mangled',
      sentence: 'The first character of both digest values is another.',
      rule: 'XML Signature 3.2.2',
      touches: ['DigestValue'],
    },
    (response) =>
      replace(response, 'ds:DigestValue', (value) => withChildren(value, mangled(String(value.children[0])))),
  ),
  'a signature value on many lines': transitFault(
    {
      code: 'signature-value-wrapped',
      sentence: 'The signature value of the response is broken into lines of 64 characters.',
      rule: 'XML Signature 4.2; RFC 2045 6.8',
      verdict: 'accept',
      touches: ['Response/Signature/SignatureValue'],
      signedProperly: true,
    },
    (response) =>
      replaceAt(response, 'ds:Signature/ds:SignatureValue', (value) =>
        withChildren(value, `\n${String(value.children[0]).replace(/.{64}/g, '$&\n')}\n`),
      ),
  ),

  'signatures by RSA with SHA-1': bothSignaturesFault(
    {
      code: 'alg-rsa-sha1',
      sentence: 'Both signatures use SHA-1; the digests do not.',
      rule: 'SAML deployment profile SDP-ALG01',
      verdict: sha1Policy,
      touches: algorithm,
      signedProperly: true,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaSha1 }),
  ),
  'digests by SHA-1': bothSignaturesFault(
    {
      code: 'digest-sha1',
      sentence: 'Both digests use SHA-1; the signatures do not.',
      rule: 'SAML deployment profile SDP-ALG01',
      verdict: { ...sha1Policy },
      touches: digest,
      signedProperly: true,
    },
    () => ({ digestAlgorithm: algorithms.sha1 }),
  ),
  'signatures by RSA with MD5': bothSignaturesFault(
    {
      code: 'alg-rsa-md5',
      sentence: 'Both signatures use MD5.',
      rule: 'SAML deployment profile SDP-ALG01; RFC 9231 2.3.1',
      touches: algorithm,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaMd5 }),
  ),
  'digests by MD5': bothSignaturesFault(
    {
      code: 'digest-md5',
      sentence: 'Both digests use MD5.',
      rule: 'SAML deployment profile SDP-ALG01',
      touches: digest,
    },
    () => ({ digestAlgorithm: algorithms.md5 }),
  ),
  'signatures that call themselves DSA': bothSignaturesFault(
    {
      code: 'alg-dsa',
      sentence: 'Both signatures announce DSA with SHA-1.',
      rule: 'SAML deployment profile SDP-ALG01',
      touches: algorithm,
    },
    () => ({ signatureAlgorithm: algorithms.dsaSha1 }),
  ),
  'a secret made of the public certificate with SHA-1': bothSignaturesFault(
    {
      code: 'alg-hmac-sha1-public-key',
      sentence: 'Both signatures are HMACs whose secret is the certificate that everybody has.',
      rule: 'CVE-2021-21239; SAML core 5.4.5',
      touches: algorithm,
    },
    ({ certificate }) => ({ signatureAlgorithm: algorithms.hmacSha1, key: publicText(certificate) }),
  ),
  'a secret made of the public certificate with SHA-256': bothSignaturesFault(
    {
      code: 'alg-hmac-sha256-public-key',
      sentence: 'Both signatures are HMACs of SHA-256 whose secret is the certificate that everybody has.',
      rule: 'CVE-2021-21239; SAML core 5.4.5',
      touches: algorithm,
    },
    ({ certificate }) => ({ signatureAlgorithm: algorithms.hmacSha256, key: publicText(certificate) }),
  ),
  // Not a test of one algorithm among others: a verifier that honours the length compares a single bit.
  'a secret seal cut down to one bit': bothSignaturesFault(
    {
      code: 'hmac-truncation',
      sentence: 'Both signatures are HMACs of which one bit counts.',
      rule: 'CVE-2009-0217; XML Signature 6.3.1',
      touches: ['SignatureMethod'],
    },
    ({ certificate }) => ({
      signatureAlgorithm: algorithms.hmacSha1,
      key: publicText(certificate),
      signedInfo: (info) =>
        replaceAt(info, 'ds:SignatureMethod', (method) =>
          withChildren(method, element('ds:HMACOutputLength', {}, '1')),
        ),
    }),
  ),
  'signatures by RSA with SHA-384': bothSignaturesFault(
    {
      code: 'alg-rsa-sha384',
      sentence: 'Both signatures use SHA-384.',
      rule: 'SAML deployment profile SDP-ALG01 (nothing forbids stronger)',
      verdict: 'accept',
      touches: algorithm,
      signedProperly: true,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaSha384 }),
  ),
  'signatures and digests by SHA-512': bothSignaturesFault(
    {
      code: 'alg-sha512',
      sentence: 'Signatures and digests use SHA-512.',
      rule: 'SAML deployment profile SDP-ALG01 (nothing forbids stronger)',
      verdict: 'accept',
      touches: [...algorithm, ...digest],
      signedProperly: true,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaSha512, digestAlgorithm: algorithms.sha512 }),
  ),
  // Left to policy by the catalogue, and there is none: RFC 9231 defines it and nothing speaks against it.
  'signatures by RSA-PSS': bothSignaturesFault(
    {
      code: 'rsa-pss',
      sentence: 'Both signatures use RSA-PSS with SHA-256.',
      rule: 'RFC 9231 2.3.9',
      verdict: 'accept',
      touches: algorithm,
      signedProperly: true,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaPssSha256 }),
  ),
  'signatures by RSA-PSS with a short salt': bothSignaturesFault(
    {
      code: 'rsa-pss-salt',
      sentence: 'Both signatures use RSA-PSS with a salt of eight octets.',
      rule: 'RFC 9231 2.3.9 (the salt is as long as the digest)',
      touches: algorithm,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaPssSha256, saltLength: 8 }),
  ),
  'signatures by an unheard-of algorithm': transitFault(
    {
      code: 'alg-unknown',
      sentence: 'Both signatures announce an algorithm that nobody knows.',
      rule: 'XML Signature 4.3.2; SAML deployment profile SDP-ALG01',
      touches: algorithm,
    },
    (response) =>
      replace(response, 'ds:SignatureMethod', (method) => ({
        ...method,
        attributes: { Algorithm: 'urn:elsewhere:rot13' },
      })),
  ),

  'signatures over inclusive canonical XML': signingFault(
    {
      code: 'c14n-inclusive',
      sentence: 'Signatures and digests go over inclusive canonical XML.',
      rule: 'SAML core 5.4.3',
      touches: ['CanonicalizationMethod/@Algorithm', 'Transform/@Algorithm'],
      signedProperly: true,
    },
    ({ assertion, response }) => ({
      assertion:
        assertion && withInclusiveCanonicalization(assertion, { samlp: namespaces.samlp! }, { saml: namespaces.saml! }),
      response: response && withInclusiveCanonicalization(response, {}, { samlp: namespaces.samlp! }),
    }),
  ),
  // SAML allows it. Rejected: comments are then part of what is signed, and no honest identity provider sends any.
  'signatures over canonical XML with comments': bothSignaturesFault(
    {
      code: 'c14n-with-comments',
      sentence: 'Signatures and digests go over exclusive canonical XML with comments.',
      rule: 'SAML core 5.4.3; hardening of this catalogue',
      touches: ['CanonicalizationMethod/@Algorithm', 'Transform/@Algorithm'],
      signedProperly: true,
    },
    () => ({
      canonicalization: algorithms.exclusiveWithComments,
      transforms: [transform(algorithms.enveloped), transform(algorithms.exclusiveWithComments)],
    }),
  ),
} satisfies Record<string, Fault>;
