/** Faults in how a signature is built: its references and transforms, its place, and what else stands in it. */
import { createHash } from 'node:crypto';
import type { Fault, Strike, Strikes } from '../fault.ts';
import { extended, type Facts, fault, hasAssertion, hasPlainAssertion, signingFault } from '../fault-builders.ts';
import { algorithms, type Signature, transform, withoutSignature } from '../response/signing.ts';
import {
  canonical,
  comment,
  type Element,
  element,
  find,
  replace,
  replaceAt,
  withAttributes,
  withChildren,
} from '../response/xml.ts';

const rule = 'SAML core 5.4.2';
const reference = ['Response/Signature/SignedInfo/Reference'];
const transforms = ['Response/Signature/SignedInfo/Reference/Transforms'];
const evil = 'mallory@elsewhere.example';

/** The signature of the response made otherwise; that of the assertion stays good. An empty change is none. */
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

/** Only the response is signed; then somebody changes the NameID and tampers with the signature to hide it. */
const hiddenChangeFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  tamper: (signature: Element, digest: string) => Element,
): Fault<Code> => {
  const strikes: Strikes = {
    signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, assertion: undefined } : signing),
    transit: (response) => {
      const changed = replace(response, 'saml:NameID', (nameId) => withChildren(nameId, evil));
      if (changed === response) return response;
      const digest = createHash('sha256')
        .update(canonical(withoutSignature(changed)))
        .digest('base64');
      return replaceAt(changed, 'ds:Signature', (signature) => tamper(signature, digest));
    },
  };
  return { verdict: 'reject', ...facts, touches: ['NameID', 'Response/Signature', 'Assertion/Signature'], strikes };
};

const withDigest = (signedInfo: Element, digest: string): Element =>
  replace(signedInfo, 'ds:DigestValue', (value) => withChildren(value, digest));

export const signatureStructureFaults = {
  'a signature with an XSLT transform': responseSignatureFault(
    {
      code: 'transform-xslt',
      sentence: 'The signature of the response wants a style sheet to be run.',
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
      sentence: 'The signature of the response leaves out whatever an XPath says.',
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
      sentence: 'The signature of the response uses a transform that nobody knows.',
      rule: 'SAML core 5.4.4',
      touches: transforms,
    },
    ({ transforms }) => ({ transforms: [...transforms, transform('urn:elsewhere:shuffle')] }),
  ),
  'a signature with a hundred transforms': responseSignatureFault(
    {
      code: 'transform-too-many',
      sentence: 'The signature of the response canonicalizes a hundred times.',
      rule: 'SAML core 5.4.4; denial of service',
      touches: transforms,
      signedProperly: true,
    },
    ({ transforms }) => ({
      transforms: [...transforms, ...Array.from({ length: 100 }, () => transform(algorithms.exclusive))],
    }),
  ),
  // The digest is right by SAML’s rules; without the transform the signature would have to sign itself.
  'a signature without transforms': responseSignatureFault(
    {
      code: 'transform-none',
      sentence: 'The signature of the response does not say that it leaves itself out.',
      rule: 'SAML core 5.4.4; XML Signature 6.6.4',
      touches: transforms,
    },
    () => ({ transforms: [] }),
  ),
  // The catalogue leaves this to policy. Rejected: SAML demands the ID, and an empty reference fits any document.
  'a signature over the whole document': responseSignatureFault(
    {
      code: 'reference-uri-empty',
      sentence: 'The Reference of the response’s signature is to the document, not to an ID.',
      rule,
      touches: reference,
      signedProperly: true,
    },
    () => ({ referenceUri: () => '' }),
  ),
  'a signature without a reference URI': responseSignatureFault(
    {
      code: 'reference-uri-missing',
      sentence: 'The Reference of the response’s signature has no URI.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: () => undefined }),
  ),
  'a signature over something in the web': responseSignatureFault(
    {
      code: 'reference-uri-external',
      sentence: 'The Reference of the response’s signature is a web address, which nobody should fetch.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: () => 'http://127.0.0.1:9/signed.xml' }),
  ),
  'a signature over an XPointer': responseSignatureFault(
    {
      code: 'reference-uri-xpointer',
      sentence: 'The Reference of the response’s signature is an XPointer to its ID.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: (id) => `#xpointer(id('${id}'))` }),
  ),
  'a signature over an ID that does not exist': responseSignatureFault(
    {
      code: 'reference-uri-missing-id',
      sentence: 'The Reference of the response’s signature is to an ID that no element has.',
      rule,
      touches: reference,
    },
    () => ({ referenceUri: () => '#_nowhere' }),
  ),
  'a signature over an ID that two elements have': fault(
    {
      code: 'reference-uri-duplicate',
      sentence: 'After signing, the ID of the response appears a second time, on another element.',
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
  'a signature with two references': responseSignatureFault(
    { code: 'reference-two', sentence: 'The signature of the response has two References.', rule, touches: reference },
    () => ({ signedInfo: (info) => replaceAt(info, 'ds:Reference', (one) => [one, one]) }),
  ),
  'a response signature over the assertion': responseSignatureFault(
    {
      code: 'reference-wrong-element',
      sentence: 'The signature in the response signs the assertion only.',
      rule: 'SAML core 5.4.2 (the root element of what it stands in)',
      touches: reference,
      signedProperly: true,
    },
    (_, strike) =>
      hasPlainAssertion(strike)
        ? {
            referenceUri: () => `#${strike.claims.assertionId}`,
            octets: (unsigned) => canonical(find(unsigned, 'saml:Assertion') ?? unsigned),
          }
        : {},
  ),
  'a response signature over the subject': fault(
    {
      code: 'reference-wrong-element-subject',
      sentence: 'The signature in the response signs the subject only, which has an ID for the purpose.',
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
                octets: (unsigned) => canonical(find(unsigned, 'saml:Subject') ?? unsigned),
              },
            }
          : signing,
    },
  ),

  'a signature at the end of the response': responseSignatureFault(
    {
      code: 'signature-position-last',
      sentence: 'The signature of the response stands after everything else.',
      rule: 'SAML core 5.4.1 and 3.2.2 (schema: after the issuer)',
      touches: ['Response', 'Response/Signature'],
      signedProperly: true,
    },
    () => ({ place: (unsigned, signature) => withChildren(unsigned, ...unsigned.children, signature) }),
  ),
  'a signature inside the extensions': responseSignatureFault(
    {
      code: 'signature-position-wrong',
      sentence: 'The signature of the response stands in its extensions.',
      rule: 'SAML core 5.4.1',
      touches: ['Response/Extensions', 'Response/Signature'],
    },
    () => ({ place: (unsigned, signature) => extended(unsigned, signature) }),
  ),
  'two signatures on one response': responseSignatureFault(
    {
      code: 'signature-two-on-element',
      sentence: 'The same signature stands in the response twice.',
      rule: 'SAML core 5.4.1 (schema: at most one)',
      touches: ['Response/Signature'],
    },
    () => ({
      place: (unsigned, signature) =>
        withChildren(unsigned, ...unsigned.children.slice(0, 1), signature, signature, ...unsigned.children.slice(1)),
    }),
  ),
  'a signature with an object inside': responseSignatureFault(
    {
      code: 'signature-ds-object',
      sentence: 'The signature of the response holds an object with an assertion about somebody else.',
      rule: 'SAML core 5.4 (nothing else is signed)',
      touches: ['Response/Signature/Object'],
      signedProperly: true,
    },
    () => ({
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
              element('saml:Subject', {}, element('saml:NameID', {}, evil)),
            ),
          ),
        ),
    }),
  ),
  'a broken assertion signature in a well signed response': signingFault(
    {
      code: 'signed-message-assertion-sig-bad',
      sentence: 'The signature of the response is good and covers an assertion whose own signature is broken.',
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
  'a signature of a single octet': responseSignatureFault(
    {
      code: 'error-as-success',
      sentence: 'The signature value of the response is too short for any verifier to try.',
      rule: 'XML Signature 3.2.2; GHSA-9wrw-p9rm-r782 (an error is no success)',
      touches: ['Response/Signature/SignatureValue'],
    },
    () => ({
      finished: (signature) => replaceAt(signature, 'ds:SignatureValue', (value) => withChildren(value, 'AA==')),
    }),
  ),
  'an elliptic signature by an RSA key': responseSignatureFault(
    {
      code: 'error-as-success-key-type',
      sentence: 'The response announces ECDSA, and the key is RSA.',
      rule: 'XML Signature 3.2.2 (an error is no success)',
      touches: ['Response/Signature/SignedInfo/SignatureMethod'],
    },
    ({ key }) =>
      key.asymmetricKeyType === 'rsa'
        ? {
            finished: (signature) =>
              replaceAt(signature, 'ds:SignedInfo/ds:SignatureMethod', (method) =>
                withAttributes(method, { Algorithm: algorithms.ecdsaSha256 }),
              ),
          }
        : {},
  ),

  'two sets of signed information': hiddenChangeFault(
    {
      code: 'signedinfo-multiple',
      sentence: 'The signature holds a second SignedInfo with the digest of the altered response.',
      rule: 'XML Signature 4.1 (schema); CVE-2025-29774',
    },
    (signature, digest) => replaceAt(signature, 'ds:SignedInfo', (info) => [withDigest(info, digest), info]),
  ),
  'two sets of signed information with the good one first': hiddenChangeFault(
    {
      code: 'signedinfo-multiple-last',
      sentence: 'The second SignedInfo, after the good one, has the digest of the altered response.',
      rule: 'XML Signature 4.1 (schema); CVE-2025-29774',
    },
    (signature, digest) => replaceAt(signature, 'ds:SignedInfo', (info) => [info, withDigest(info, digest)]),
  ),
  'a digest inside a comment': hiddenChangeFault(
    {
      code: 'digestvalue-comment',
      sentence: 'The DigestValue holds, in a comment, the digest of the altered response.',
      rule: 'XML Signature 4.3.3.6; CVE-2025-29775',
    },
    (signature, digest) =>
      replace(signature, 'ds:DigestValue', (value) => withChildren(value, comment(digest), ...value.children)),
  ),
  'a smuggled digest': hiddenChangeFault(
    {
      code: 'digestvalue-smuggled',
      sentence: 'Before the signed information stands an object with the digest of the altered response.',
      rule: 'XML Signature 4.3.3.6; CVE-2024-45409',
    },
    (signature, digest) =>
      withChildren(signature, element('ds:Object', {}, element('ds:DigestValue', {}, digest)), ...signature.children),
  ),
  'two digest values': hiddenChangeFault(
    {
      code: 'digestvalue-two',
      sentence: 'The Reference holds a second DigestValue: that of the altered response.',
      rule: 'XML Signature 4.3.3 (schema)',
    },
    (signature, digest) => replace(signature, 'ds:DigestValue', (value) => [value, withChildren(value, digest)]),
  ),
  'a signature over nothing where canonicalisation fails': fault(
    {
      code: 'void-canonicalisation',
      sentence: 'A relative namespace makes canonicalisation fail, and the digest is that of no octets at all.',
      rule: 'Canonical XML 1.0 1.3; CVE-2025-66568 and CVE-2025-66475',
      touches: ['Response/Extensions', 'Response/Signature'],
    },
    {
      document: (response) => extended(response, element('void:Hint', { 'xmlns:void': '../void' })),
      signing: (signing) =>
        signing.response ? { ...signing, response: { ...signing.response, octets: () => '' } } : signing,
    },
  ),
  'a detached assertion signature': fault(
    {
      code: 'signature-detached',
      sentence: 'The signature of the assertion stands beside it, in an unsigned response.',
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
