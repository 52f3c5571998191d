/** Faults in signing: key, KeyInfo, algorithms, unsigned responses, changes after signing. */
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Fault, Strike } from '../fault.ts';
import { type Facts, hasAssertion, signingFault, transitFault } from '../fault-builders.ts';
import { forgeNames } from '../forged-names.ts';
import { algorithms, honestSignature, type Signature, transform, x509Data } from '../response/signing.ts';
import { element, namespaces, render, replace, replaceAt, withChildren } from '../response/xml.ts';

/** Changes how both elements are signed. An empty change does not strike. */
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
/** A 1024-bit key, made when first used. */
const weakKey = (): KeyObject => (weak ??= generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);

let elliptic: KeyObject | undefined;
/** An EC key that no SP trusts, made when first used. */
const ellipticKey = (): KeyObject => (elliptic ??= generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

let short: KeyObject | undefined;
/** An EC key on a curve that is too short, made when first used. */
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
    'SHA-1 no longer resists collisions, but some older IdPs support nothing better. ' +
    'An SP may accept it knowingly for a while.',
} as const;

/** The text of the public certificate as an HMAC secret. */
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
  'an unsigned response with an unsigned assertion': signingFault(
    {
      code: 'unsigned-all',
      sentence: 'Neither the Response nor the Assertion is signed.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Response/Signature', 'Assertion/Signature'],
    },
    () => ({ assertion: undefined, response: undefined }),
  ),
  'an unsigned response with a signed assertion': signingFault(
    {
      code: 'signed-assertion-only',
      sentence: 'The Assertion is signed; the Response is not.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Response/Signature'],
      signedProperly: true,
      verdict: {
        policy: 'requireSignedMessage',
        acceptWhen: false,
        because:
          'SAML allows a response in which only the assertion is signed. ' +
          'An SP may require the whole response to be signed.',
      },
    },
    (signing) => ({ ...signing, response: undefined }),
  ),
  'a signed response with an unsigned assertion': signingFault(
    {
      code: 'signed-message-only',
      sentence: 'The Response is signed; the Assertion in it is not.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Assertion/Signature'],
      signedProperly: true,
      verdict: {
        policy: 'requireSignedAssertion',
        acceptWhen: false,
        because:
          'The signature of the response covers the assertion. ' +
          'An SP that stores assertions may require each to be signed.',
      },
    },
    (signing, strike) => (hasAssertion(strike) ? { ...signing, assertion: undefined } : signing),
  ),
  'signatures by an unknown key': bothSignaturesFault(
    {
      code: 'signature-other-key',
      usesUntrustedKeys: true,
      sentence: 'Both signatures are made with a key that the SP does not trust, and contain its certificate.',
      rule: 'SAML core 5.4.5; SAML profiles 4.1.4.3',
      touches: ['X509Certificate'],
    },
    (_, { untrustedKeys }) => ({ ...honestSignature(untrustedKeys) }),
  ),
  'signatures by an unknown key with the right certificate': bothSignaturesFault(
    {
      code: 'keyinfo-trusted-cert-attacker-sig',
      usesUntrustedKeys: true,
      sentence: 'KeyInfo contains the right certificate, but both signatures are made with another key.',
      rule: 'XML Signature 3.2.2',
      touches: ['SignatureValue', ...algorithm],
    },
    (signature, { untrustedKeys }) => ({ ...honestSignature(untrustedKeys), keyInfo: signature.keyInfo }),
  ),
  'signatures by a 1024-bit RSA key': bothSignaturesFault(
    {
      code: 'rsa-1024',
      sentence: 'Both signatures are made with a 1024-bit key that the SP does not trust, and contain its public key.',
      rule: 'SAML deployment profile SDP-MD06',
      touches: [...keyInfo, ...algorithm],
    },
    () => ({ key: weakKey(), signatureAlgorithm: algorithms.rsaSha256, keyInfo: [keyValue(weakKey())] }),
  ),
  'RSA-PSS signatures by an unknown key': bothSignaturesFault(
    {
      code: 'signature-other-key-pss',
      usesUntrustedKeys: true,
      sentence: 'Both signatures are made by RSA-PSS with a key that the SP does not trust.',
      rule: 'SAML core 5.4.5; RFC 9231 2.3.9',
      touches: [...algorithm, 'X509Certificate'],
    },
    (_, { untrustedKeys }) => ({ ...honestSignature(untrustedKeys), signatureAlgorithm: algorithms.rsaPssSha256 }),
  ),
  'ECDSA signatures by an unknown key': bothSignaturesFault(
    {
      code: 'signature-other-key-ecdsa',
      sentence: 'Both signatures are made by ECDSA with a key that the SP does not trust.',
      rule: 'SAML core 5.4.5; RFC 9231 2.3.6',
      touches: [...algorithm, ...keyInfo],
    },
    () => ({ key: ellipticKey(), signatureAlgorithm: algorithms.ecdsaSha256, keyInfo: [] }),
  ),
  'ECDSA signatures by a P-192 key': bothSignaturesFault(
    {
      code: 'ecdsa-192',
      sentence: 'Both signatures are made with a P-192 key that the SP does not trust, and contain its public key.',
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
  'signatures by an unknown key with a malformed certificate': bothSignaturesFault(
    {
      code: 'keyinfo-unreadable-attacker-sig',
      usesUntrustedKeys: true,
      sentence:
        'Both signatures are made with a key that the SP does not trust, and the certificate in ' +
        'KeyInfo is malformed.',
      rule: 'SAML core 5.4.5; XML Signature 4.5.4',
      touches: ['X509Certificate', 'SignatureValue', ...algorithm],
    },
    (_, { untrustedKeys }) => ({ ...honestSignature(untrustedKeys), keyInfo: [x509Data('bm90IGEgY2VydGlmaWNhdGU=')] }),
  ),
  'signatures with two certificates': bothSignaturesFault(
    {
      code: 'keyinfo-two-certificates',
      usesUntrustedKeys: true,
      sentence: 'KeyInfo contains the right certificate, then that of another key.',
      rule: 'SAML core 5.4.5 (a hint only)',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    (signature, { untrustedKeys }) => ({ keyInfo: [...signature.keyInfo, x509Data(untrustedKeys.certificate)] }),
  ),
  'signatures without KeyInfo': bothSignaturesFault(
    {
      code: 'keyinfo-absent',
      sentence: 'The signatures have no KeyInfo.',
      rule: 'SAML core 5.4.5',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    () => ({ keyInfo: [] }),
  ),
  'signatures with KeyValue instead of a certificate': bothSignaturesFault(
    {
      code: 'keyinfo-keyvalue-only',
      sentence: 'KeyInfo contains the public key without a certificate.',
      rule: 'SAML core 5.4.5 (only the pinned key counts)',
      verdict: 'accept',
      touches: keyInfo,
      signedProperly: true,
    },
    ({ key }) => (key.asymmetricKeyType === 'rsa' ? { keyInfo: [keyValue(key)] } : {}),
  ),
  'signatures with a certificate URL': bothSignaturesFault(
    {
      code: 'keyinfo-retrievalmethod',
      sentence: 'KeyInfo contains a RetrievalMethod with the URL of a certificate, which the SP must not fetch.',
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
  'signatures with a URL as KeyName': bothSignaturesFault(
    {
      code: 'keyinfo-x509url',
      sentence: 'The KeyName in KeyInfo is a URL, which the SP must not fetch.',
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
      sentence: 'The NameID of the signed response was changed on its way, and the attributes that name the user.',
      rule: 'XML Signature 3.2.1 (core validation)',
      touches: ['NameID', 'AttributeValue'],
    },
    (response, strike) => forgeNames(response, strike),
  ),
  'a Status altered after signing': transitFault(
    {
      code: 'digest-mismatch-status',
      sentence: 'A StatusMessage was added to the signed response on its way.',
      rule: 'XML Signature 3.2.1',
      touches: ['Response/Status'],
    },
    (response) =>
      replaceAt(response, 'samlp:Status', (status) =>
        withChildren(status, ...status.children, element('samlp:StatusMessage', {}, 'Passed on')),
      ),
  ),
  'a corrupted SignatureValue': transitFault(
    {
      code: 'signature-value-mangled',
      sentence: 'The first character of both SignatureValues is wrong.',
      rule: 'XML Signature 3.2.2',
      touches: ['SignatureValue'],
    },
    (response) =>
      replace(response, 'ds:SignatureValue', (value) => withChildren(value, mangled(String(value.children[0])))),
  ),
  'an empty SignatureValue': transitFault(
    {
      code: 'signature-value-empty',
      sentence: 'Both SignatureValues are empty.',
      rule: 'XML Signature 4.2',
      touches: ['SignatureValue'],
    },
    (response) => replace(response, 'ds:SignatureValue', (value) => withChildren(value)),
  ),
  'a corrupted DigestValue': transitFault(
    {
      code: 'digest-value-mangled',
      sentence: 'The first character of both DigestValues is wrong.',
      rule: 'XML Signature 3.2.2',
      touches: ['DigestValue'],
    },
    (response) =>
      replace(response, 'ds:DigestValue', (value) => withChildren(value, mangled(String(value.children[0])))),
  ),
  'a line-wrapped SignatureValue': transitFault(
    {
      code: 'signature-value-wrapped',
      sentence: 'The SignatureValue of the Response is wrapped at 64 characters.',
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

  'RSA-SHA1 signatures': bothSignaturesFault(
    {
      code: 'alg-rsa-sha1',
      sentence: 'Both signatures use SHA-1; their digests do not.',
      rule: 'SAML deployment profile SDP-ALG01',
      verdict: sha1Policy,
      touches: algorithm,
      signedProperly: true,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaSha1 }),
  ),
  'SHA-1 digests': bothSignaturesFault(
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
  'RSA-MD5 signatures': bothSignaturesFault(
    {
      code: 'alg-rsa-md5',
      sentence: 'Both signatures use MD5.',
      rule: 'SAML deployment profile SDP-ALG01; RFC 9231 2.3.1',
      touches: algorithm,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaMd5 }),
  ),
  'MD5 digests': bothSignaturesFault(
    {
      code: 'digest-md5',
      sentence: 'Both digests use MD5.',
      rule: 'SAML deployment profile SDP-ALG01',
      touches: digest,
    },
    () => ({ digestAlgorithm: algorithms.md5 }),
  ),
  'signatures labelled DSA': bothSignaturesFault(
    {
      code: 'alg-dsa',
      sentence: 'The SignatureMethod of both signatures is DSA-SHA1, but the key is RSA.',
      rule: 'SAML deployment profile SDP-ALG01',
      touches: algorithm,
    },
    () => ({ signatureAlgorithm: algorithms.dsaSha1 }),
  ),
  'an HMAC signature keyed with the public certificate': bothSignaturesFault(
    {
      code: 'alg-hmac-sha1-public-key',
      sentence: 'Both signatures are HMAC-SHA1 and use the public certificate as the secret.',
      rule: 'CVE-2021-21239; SAML core 5.4.5',
      touches: algorithm,
    },
    ({ certificate }) => ({ signatureAlgorithm: algorithms.hmacSha1, key: publicText(certificate) }),
  ),
  'an HMAC-SHA256 signature keyed with the public certificate': bothSignaturesFault(
    {
      code: 'alg-hmac-sha256-public-key',
      sentence: 'Both signatures are HMAC-SHA256 and use the public certificate as the secret.',
      rule: 'CVE-2021-21239; SAML core 5.4.5',
      touches: algorithm,
    },
    ({ certificate }) => ({ signatureAlgorithm: algorithms.hmacSha256, key: publicText(certificate) }),
  ),
  // More than another weak algorithm: a verifier that honours the length compares a single bit.
  'an HMAC signature truncated to one bit': bothSignaturesFault(
    {
      code: 'hmac-truncation',
      sentence: 'Both signatures are HMACs with an HMACOutputLength of one bit.',
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
  'RSA-SHA384 signatures': bothSignaturesFault(
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
  'SHA-512 signatures and digests': bothSignaturesFault(
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
  // Accepted: RFC 9231 defines it, and no rule forbids it.
  'RSA-PSS signatures': bothSignaturesFault(
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
  'RSA-PSS signatures with a short salt': bothSignaturesFault(
    {
      code: 'rsa-pss-salt',
      sentence: 'Both signatures use RSA-PSS with a salt of eight octets.',
      rule: 'RFC 9231 2.3.9 (the salt is as long as the digest)',
      touches: algorithm,
    },
    rsaOnly({ signatureAlgorithm: algorithms.rsaPssSha256, saltLength: 8 }),
  ),
  'signatures with an unknown SignatureMethod': transitFault(
    {
      code: 'alg-unknown',
      sentence: 'The SignatureMethod of both signatures is an unknown algorithm.',
      rule: 'XML Signature 4.3.2; SAML deployment profile SDP-ALG01',
      touches: algorithm,
    },
    (response) =>
      replace(response, 'ds:SignatureMethod', (method) => ({
        ...method,
        attributes: { Algorithm: 'urn:elsewhere:rot13' },
      })),
  ),

  'signatures with inclusive canonicalization': signingFault(
    {
      code: 'c14n-inclusive',
      sentence: 'Signatures and digests use inclusive canonicalization.',
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
  // SAML allows it. Rejected: comments would then be signed, and no real IdP sends any.
  'signatures with comment-preserving canonicalization': bothSignaturesFault(
    {
      code: 'c14n-with-comments',
      sentence: 'Signatures and digests use exclusive canonicalization with comments.',
      rule: 'SAML core 5.4.3; hardening beyond the specification',
      touches: ['CanonicalizationMethod/@Algorithm', 'Transform/@Algorithm'],
      signedProperly: true,
    },
    () => ({
      canonicalization: algorithms.exclusiveWithComments,
      transforms: [transform(algorithms.enveloped), transform(algorithms.exclusiveWithComments)],
    }),
  ),
} satisfies Record<string, Fault>;
