/** Faults in the structure of a signature: references, transforms, place, additional content. */
import { createHash } from 'node:crypto';
import type { Fault, Strike, Strikes } from '../fault.ts';
import { extended, type Facts, fault, hasAssertion, hasPlainAssertion, signingFault } from '../fault-builders.ts';
import { forgedNameId, forgeNames } from '../forged-names.ts';
import { algorithms, prefixListIn, type Signature, transform, withoutSignature } from '../response/signing.ts';
import {
  canonical,
  comment,
  type Element,
  element,
  find,
  type Node,
  replace,
  replaceAt,
  withAttributes,
  withChildren,
} from '../response/xml.ts';

const rule = 'SAML core 5.4.2';
const reference = ['Response/Signature/SignedInfo/Reference'];
const transforms = ['Response/Signature/SignedInfo/Reference/Transforms'];

/** Changes how the response is signed; the assertion's signature stays valid. An empty change does not strike. */
export const responseSignatureFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (signature: Signature, strike: Strike) => Partial<Signature>,
): Fault<Code> =>
  signingFault(facts, (signing, strike) => {
    const changed = signing.response && change(signing.response, strike);
    return changed === undefined || Object.keys(changed).length === 0
      ? signing
      : { ...signing, response: { ...signing.response!, ...changed } };
  });

const digestOf = (unsigned: Element, transforms: readonly Node[]): string =>
  createHash('sha256')
    .update(canonical(unsigned, 'exclusive', prefixListIn(transforms)))
    .digest('base64');

/** Changes both signatures so that they cannot be verified. The names stay: not every SP has an account for others. */
const unverifiableFault = <const Code extends string>(
  facts: Facts<Code>,
  finished: (signature: Element) => Element,
): Fault<Code> =>
  signingFault(facts, ({ assertion, response }) => ({
    assertion: assertion && { ...assertion, finished },
    response: response && { ...response, finished },
  }));

/** Signs only the response, then changes the NameID and tampers with the signature to hide it. */
const hiddenChangeFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  tamper: (signature: Element, digest: string) => Element,
): Fault<Code> => {
  const strikes: Strikes = {
    signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, assertion: undefined } : signing),
    transit: (response, strike) => {
      const changed = forgeNames(response, strike);
      if (changed === response) return response;
      const transforms = find(changed, 'ds:Transforms')?.children ?? [];
      const digest = digestOf(withoutSignature(changed), transforms);
      return replaceAt(changed, 'ds:Signature', (signature) => tamper(signature, digest));
    },
  };
  return {
    verdict: 'reject',
    ...facts,
    touches: ['NameID', 'AttributeValue', 'Response/Signature', 'Assertion/Signature'],
    strikes,
  };
};

const withDigest = (signed: Element, digest: string): Element =>
  replace(signed, 'ds:DigestValue', (value) => withChildren(value, digest));

export const signatureStructureFaults = {
  'a signature with an XSLT transform': responseSignatureFault(
    {
      code: 'transform-xslt',
      sentence: 'The signature of the Response has a transform that runs a style sheet.',
      rule: 'SAML core 5.4.4',
      touches: transforms,
    },
    ({ transforms }) => ({
      transforms: [
        ...transforms,
        transform(
          algorithms.xslt,
          element('xsl:stylesheet', { 'xmlns:xsl': 'http://www.w3.org/1999/XSL/Transform', version: '1.0' }),
        ),
      ],
    }),
  ),
  'a signature with an XPath transform': responseSignatureFault(
    {
      code: 'transform-xpath',
      sentence: 'The signature of the Response has a transform that excludes what an XPath expression selects.',
      rule: 'SAML core 5.4.4',
      touches: transforms,
    },
    ({ transforms }) => ({
      transforms: [
        ...transforms,
        transform(algorithms.xpath, element('ds:XPath', {}, 'not(ancestor-or-self::*[local-name()="Subject"])')),
      ],
    }),
  ),
  'a signature with an unknown transform': responseSignatureFault(
    {
      code: 'transform-unknown',
      sentence: 'The signature of the Response has an unknown transform.',
      rule: 'SAML core 5.4.4',
      touches: transforms,
    },
    ({ transforms }) => ({ transforms: [...transforms, transform('urn:elsewhere:shuffle')] }),
  ),
  'a signature with a hundred transforms': responseSignatureFault(
    {
      code: 'transform-too-many',
      sentence: 'The signature of the Response has a hundred canonicalization transforms.',
      rule: 'SAML core 5.4.4; denial of service',
      touches: transforms,
      signedProperly: true,
    },
    ({ transforms }) => ({
      transforms: [...transforms, ...Array.from({ length: 100 }, () => transform(algorithms.exclusive))],
    }),
  ),
  // The digest excludes the signature as SAML requires, although no transform says so.
  'a signature without Transforms': responseSignatureFault(
    {
      code: 'transform-none',
      sentence:
        'The Reference of the Response’s signature has no Transforms, so nothing excludes the signature itself.',
      rule: 'SAML core 5.4.4; XML Signature 6.6.4',
      touches: transforms,
    },
    () => ({ transforms: [] }),
  ),
  // Rejected: SAML requires the ID, and an empty URI matches any document.
  'a signature with an empty Reference URI': responseSignatureFault(
    {
      code: 'reference-uri-empty',
      sentence:
        'The Reference URI of the Response’s signature is empty: it refers to the whole document instead of an ID.',
      rule,
      touches: reference,
      signedProperly: true,
    },
    () => ({ referenceUri: () => '' }),
  ),
  'a signature without Reference URI': responseSignatureFault(
    {
      code: 'reference-uri-missing',
      sentence: 'The Reference of the Response’s signature has no URI.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: () => undefined }),
  ),
  'a signature with an external Reference URI': responseSignatureFault(
    {
      code: 'reference-uri-external',
      sentence: 'The Reference URI of the Response’s signature is a web address, which the SP must not fetch.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: () => 'http://127.0.0.1:9/signed.xml' }),
  ),
  'a signature with an XPointer Reference URI': responseSignatureFault(
    {
      code: 'reference-uri-xpointer',
      sentence: 'The Reference URI of the Response’s signature is an XPointer to the ID of the Response.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: (id) => `#xpointer(id('${id}'))` }),
  ),
  'a signature with a Reference to a nonexistent ID': responseSignatureFault(
    {
      code: 'reference-uri-missing-id',
      sentence: 'The Reference URI of the Response’s signature is an ID that no element has.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: () => '#_nowhere' }),
  ),
  'a signature with a Reference to a duplicate ID': fault(
    {
      code: 'reference-uri-duplicate',
      sentence: 'After signing, another element got the ID of the Response.',
      rule: `${rule}; SAML core 1.3.4`,
      touches: ['Response/Extensions', 'Response/Signature'],
    },
    {
      transit: (response) =>
        withChildren(
          response,
          ...response.children.slice(0, 2),
          element('samlp:Extensions', {}, element('samlp:Response', { ID: response.attributes.ID })),
          ...response.children.slice(2),
        ),
    },
  ),
  'a signature with two References': responseSignatureFault(
    { code: 'reference-two', sentence: 'The signature of the Response has two References.', rule, touches: reference },
    () => ({ signedInfo: (info) => replaceAt(info, 'ds:Reference', (one) => [one, one]) }),
  ),
  'a forged response that fits the second of two References': fault(
    {
      code: 'reference-two-forged',
      sentence:
        'The IdP signed two References; the digest of the second one, which refers to another ID, is that of the ' +
        'forged response.',
      rule: 'XML Signature 3.2.1 (each digest belongs to its Reference); CVE-2026-33487',
      touches: ['Response/Signature', 'Assertion/Signature', 'NameID', 'AttributeValue'],
    },
    {
      signing(signing, strike) {
        const honest = signing.response;
        if (honest === undefined || !hasPlainAssertion(strike)) return signing;
        let forged = '';
        const response: Signature = {
          ...honest,
          octets(unsigned, transforms) {
            forged = digestOf(forgeNames(unsigned, strike), transforms);
            return honest.octets(unsigned, transforms);
          },
          signedInfo: (info) =>
            replaceAt(info, 'ds:Reference', (one) => [
              one,
              withAttributes(withDigest(one, forged), { URI: '#_elsewhere' }),
            ]),
        };
        return { assertion: undefined, response };
      },
      transit: (response, strike) => (hasPlainAssertion(strike) ? forgeNames(response, strike) : response),
    },
  ),
  'a response signature over the assertion only': responseSignatureFault(
    {
      code: 'reference-wrong-element',
      sentence: 'The signature in the Response covers the Assertion only.',
      rule: 'SAML core 5.4.2 (it must refer to the element that contains it)',
      touches: reference,
      signedProperly: true,
    },
    ({ octets }, strike) =>
      hasPlainAssertion(strike)
        ? {
            referenceUri: () => `#${strike.claims.assertionId}`,
            octets: (unsigned, transforms) => octets(find(unsigned, 'saml:Assertion') ?? unsigned, transforms),
          }
        : {},
  ),
  'a response signature over the Subject only': fault(
    {
      code: 'reference-wrong-element-subject',
      sentence: 'The signature in the Response covers the Subject only, which has an ID for the purpose.',
      rule: 'SAML core 5.4.2',
      touches: [...reference, 'Subject/@ID'],
    },
    {
      document: (response) =>
        replace(response, 'saml:Subject', (subject) => withAttributes(subject, { ID: '_subject' })),
      signing: (signing, strike) =>
        signing.response && hasPlainAssertion(strike)
          ? {
              ...signing,
              response: {
                ...signing.response,
                referenceUri: () => '#_subject',
                octets: (unsigned, transforms) =>
                  signing.response!.octets(find(unsigned, 'saml:Subject') ?? unsigned, transforms),
              },
            }
          : signing,
    },
  ),

  'a signature at the end of the response': responseSignatureFault(
    {
      code: 'signature-position-last',
      sentence: 'The signature of the Response is its last child element.',
      rule: 'SAML core 5.4.1 and 3.2.2 (schema: after the issuer)',
      touches: ['Response', 'Response/Signature'],
      signedProperly: true,
    },
    () => ({ place: (unsigned, signature) => withChildren(unsigned, ...unsigned.children, signature) }),
  ),
  'a signature in the Extensions': responseSignatureFault(
    {
      code: 'signature-position-wrong',
      sentence: 'The signature of the Response is in its Extensions.',
      rule: 'SAML core 5.4.1',
      touches: ['Response/Extensions', 'Response/Signature'],
    },
    () => ({ place: (unsigned, signature) => extended(unsigned, signature) }),
  ),
  'a duplicate response signature': responseSignatureFault(
    {
      code: 'signature-two-on-element',
      sentence: 'The Response contains the same signature twice.',
      rule: 'SAML core 5.4.1 (schema: at most one)',
      touches: ['Response/Signature'],
    },
    () => ({
      place: (unsigned, signature) =>
        withChildren(unsigned, ...unsigned.children.slice(0, 1), signature, signature, ...unsigned.children.slice(1)),
    }),
  ),
  'a signature with an assertion in a ds:Object': responseSignatureFault(
    {
      code: 'signature-ds-object',
      sentence: 'The signature of the Response has an Object that contains an Assertion for another user.',
      rule: 'SAML core 5.4 (nothing else is signed)',
      touches: ['Response/Signature/Object'],
      signedProperly: true,
    },
    (_signature, strike) => ({
      finished: (signature) =>
        withChildren(
          signature,
          ...signature.children,
          element(
            'ds:Object',
            {},
            element(
              'saml:Assertion',
              { ID: '_object', Version: '2.0' },
              element('saml:Subject', {}, element('saml:NameID', {}, forgedNameId(strike))),
            ),
          ),
        ),
    }),
  ),
  'a signed response with an invalid assertion signature': signingFault(
    {
      code: 'signed-message-assertion-sig-bad',
      sentence: 'The signature of the Response is valid; that of the Assertion in it is not.',
      rule: 'SAML core 5.4; XML Signature 3.2.2',
      touches: ['Assertion/Signature/SignatureValue'],
    },
    (signing, strike) =>
      signing.assertion && hasAssertion(strike)
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
  ),
  'a one-octet SignatureValue': unverifiableFault(
    {
      code: 'error-as-success',
      sentence: 'Both SignatureValues are so short that verification throws instead of failing.',
      rule: 'XML Signature 3.2.2; GHSA-9wrw-p9rm-r782 (an error is not a success)',
      touches: ['SignatureValue'],
    },
    (signature) => replaceAt(signature, 'ds:SignatureValue', (value) => withChildren(value, 'AA==')),
  ),
  'an ECDSA signature for an RSA key': unverifiableFault(
    {
      code: 'error-as-success-key-type',
      sentence: 'Both SignatureMethods are ECDSA, but the key is RSA, or the other way round.',
      rule: 'XML Signature 3.2.2 (an error is not a success)',
      touches: ['SignatureMethod'],
    },
    (signature) =>
      replaceAt(signature, 'ds:SignedInfo/ds:SignatureMethod', (method) =>
        withAttributes(method, {
          Algorithm:
            method.attributes.Algorithm === algorithms.rsaSha256 ? algorithms.ecdsaSha256 : algorithms.rsaSha256,
        }),
      ),
  ),

  'two SignedInfo elements': hiddenChangeFault(
    {
      code: 'signedinfo-multiple',
      sentence:
        'The signature has a forged SignedInfo with the digest of the altered response, before the original one.',
      rule: 'XML Signature 4.1 (schema); CVE-2025-29774',
    },
    (signature, digest) => replaceAt(signature, 'ds:SignedInfo', (info) => [withDigest(info, digest), info]),
  ),
  'two SignedInfo elements, the original first': hiddenChangeFault(
    {
      code: 'signedinfo-multiple-last',
      sentence:
        'The signature has a forged SignedInfo with the digest of the altered response, after the original one.',
      rule: 'XML Signature 4.1 (schema); CVE-2025-29774',
    },
    (signature, digest) => replaceAt(signature, 'ds:SignedInfo', (info) => [info, withDigest(info, digest)]),
  ),
  'a forged digest in a comment': hiddenChangeFault(
    {
      code: 'digestvalue-comment',
      sentence: 'A comment in the DigestValue contains the digest of the altered response.',
      rule: 'XML Signature 4.3.3.6; CVE-2025-29775',
    },
    (signature, digest) =>
      replace(signature, 'ds:DigestValue', (value) => withChildren(value, comment(digest), ...value.children)),
  ),
  'a forged DigestValue in a ds:Object': hiddenChangeFault(
    {
      code: 'digestvalue-smuggled',
      sentence: 'An Object before the SignedInfo contains the digest of the altered response.',
      rule: 'XML Signature 4.3.3.6; CVE-2024-45409',
    },
    (signature, digest) =>
      withChildren(signature, element('ds:Object', {}, element('ds:DigestValue', {}, digest)), ...signature.children),
  ),
  'two DigestValues': hiddenChangeFault(
    {
      code: 'digestvalue-two',
      sentence: 'The Reference has a second DigestValue: that of the altered response.',
      rule: 'XML Signature 4.3.3 (schema)',
    },
    (signature, digest) => replace(signature, 'ds:DigestValue', (value) => [value, withChildren(value, digest)]),
  ),
  'a digest of failed canonicalization': fault(
    {
      code: 'void-canonicalisation',
      sentence:
        'A relative namespace URI makes canonicalization fail; the digest is that of an empty string, and the names ' +
        'are forged.',
      rule: 'Canonical XML 1.0 1.3; CVE-2025-66568 and CVE-2025-66475',
      touches: ['Response/Extensions', 'Response/Signature', 'Assertion/Signature', 'NameID', 'AttributeValue'],
    },
    {
      document: (response) => extended(response, element('void:Hint', { 'xmlns:void': '../void' })),
      signing: (signing, strike) =>
        signing.response
          ? {
              assertion: hasPlainAssertion(strike) ? undefined : signing.assertion,
              response: { ...signing.response, octets: () => '' },
            }
          : signing,
      transit: (response, strike) => (hasPlainAssertion(strike) ? forgeNames(response, strike) : response),
    },
  ),
  'a detached assertion signature': fault(
    {
      code: 'signature-detached',
      sentence: 'The signature of the Assertion is next to it, in an unsigned Response.',
      rule: 'SAML core 5.4.1',
      touches: ['Response/Signature', 'Assertion/Signature', 'Response'],
    },
    {
      signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, response: undefined } : signing),
      transit: (response) => {
        const signature = find(response, 'ds:Signature');
        const bare = replaceAt(response, 'saml:Assertion', withoutSignature);
        return signature && bare !== response ? withChildren(bare, ...bare.children, signature) : response;
      },
    },
  ),
} satisfies Record<string, Fault>;
