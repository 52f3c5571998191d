/** Signature wrapping: a valid signature next to forged content. The attacker has no key, only one valid response. */

import type { Fault, Strike, Strikes } from '../fault.ts';
import {
  bytesFault,
  documentFault,
  extended,
  type Facts,
  fault,
  hasAssertion,
  hasPlainAssertion,
} from '../fault-builders.ts';
import { forgedNameId, forgeNames } from '../forged-names.ts';
import { encryptAssertion, honestEncryption } from '../response/encryption.ts';
import { withoutSignature } from '../response/signing.ts';
import {
  child,
  type Element,
  element,
  escapeText,
  type Node,
  replaceAt,
  withAttributes,
  withChildren,
} from '../response/xml.ts';

const rule = 'SAML core 5.4.2; Somorovsky and others, “On Breaking SAML” (2012)';

type Forged<Code extends string> = Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string };

/** The forged copy of an assertion: another ID and other names, no signature. */
export const forgery = (assertion: Element, strike: Strike): Element =>
  forgeNames(withAttributes(withoutSignature(assertion), { ID: '_forged' }), strike);

/** An unsigned, forged response with a forged assertion. */
export const forgedResponse = (response: Element, strike: Strike): Element =>
  withAttributes(
    replaceAt(withoutSignature(response), 'saml:Assertion', (assertion) => forgery(assertion, strike)),
    { ID: '_forged_response' },
  );

/** Signs only the response, then lets `forge` rearrange it. */
const wrappedResponseFault = <const Code extends string>(
  facts: Forged<Code>,
  forge: (parts: { response: Element; bare: Element; signature: Element; forged: Element }) => Element,
): Fault<Code> => {
  const strikes: Strikes = {
    signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, assertion: undefined } : signing),
    transit: (response, strike) => {
      const signature = child(response, 'ds:Signature');
      return signature && child(response, 'saml:Assertion')
        ? forge({ response, bare: withoutSignature(response), signature, forged: forgedResponse(response, strike) })
        : response;
    },
  };
  return { verdict: 'reject', rule, ...facts, touches: ['Response', 'Envelope'], strikes };
};

/** Signs only the assertion, then replaces it by what `forge` returns. */
const wrappedAssertionFault = <const Code extends string>(
  facts: Forged<Code>,
  forge: (
    parts: { assertion: Element; bare: Element; signature: Element; forged: Element },
    strike: Strike,
  ) => readonly Node[],
): Fault<Code> => {
  const strikes: Strikes = {
    signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, response: undefined } : signing),
    transit: (response, strike) =>
      replaceAt(response, 'saml:Assertion', (assertion) => {
        const signature = child(assertion, 'ds:Signature');
        return signature
          ? forge(
              { assertion, bare: withoutSignature(assertion), signature, forged: forgery(assertion, strike) },
              strike,
            )
          : assertion;
      }),
  };
  return {
    verdict: 'reject',
    rule,
    ...facts,
    touches: [
      'Response/Signature',
      'Response/Assertion',
      'Response/EncryptedAssertion',
      'Response/Subject',
      'Response/AttributeStatement',
      'Response/Wrapper',
      'Response/Extensions',
    ],
    strikes,
  };
};

const withSignature = (forged: Element, signature: Element): Element =>
  withChildren(forged, ...forged.children.slice(0, 1), signature, ...forged.children.slice(1));
const withContent = (signature: Element, content: Node): Element =>
  withChildren(signature, ...signature.children, content);
const wrapper = (...content: readonly Node[]): Element =>
  element('wrap:Wrapper', { 'xmlns:wrap': 'https://elsewhere.example/wrap' }, ...content);

const emailOf = (strike: Strike): Element =>
  element('saml:Attribute', { Name: 'mail' }, element('saml:AttributeValue', {}, forgedNameId(strike)));

export const wrappingFaults = {
  'a forged response by signature wrapping XSW1': wrappedResponseFault(
    { code: 'xsw1', sentence: 'A forged Response; its signature contains the original Response.' },
    ({ bare, signature, forged }) => withSignature(forged, withContent(signature, bare)),
  ),
  'a forged response by signature wrapping XSW2': wrappedResponseFault(
    { code: 'xsw2', sentence: 'A forged Response with the original Response before a detached signature.' },
    ({ bare, signature, forged }) =>
      withChildren(forged, ...forged.children.slice(0, 1), bare, signature, ...forged.children.slice(1)),
  ),
  'a forged assertion by signature wrapping XSW3': wrappedAssertionFault(
    { code: 'xsw3', sentence: 'A forged Assertion precedes the signed one.' },
    ({ assertion, forged }) => [forged, assertion],
  ),
  'a forged assertion by signature wrapping XSW4': wrappedAssertionFault(
    { code: 'xsw4', sentence: 'A forged Assertion contains the signed one as its last child.' },
    ({ assertion, forged }) => [withChildren(forged, ...forged.children, assertion)],
  ),
  'a forged assertion by signature wrapping XSW5': wrappedAssertionFault(
    {
      code: 'xsw5',
      sentence: 'The signed Assertion is altered; an unsigned copy of the original is at the end.',
    },
    ({ bare, signature, forged }) => [withSignature(forged, signature), bare],
  ),
  'a forged assertion by signature wrapping XSW6': wrappedAssertionFault(
    { code: 'xsw6', sentence: 'The signed Assertion is altered; its signature contains the original.' },
    ({ bare, signature, forged }) => [withSignature(forged, withContent(signature, bare))],
  ),
  'a forged assertion by signature wrapping XSW7': wrappedAssertionFault(
    { code: 'xsw7', sentence: 'A forged Assertion is in the Extensions of the Response.' },
    ({ assertion, forged }) => [element('samlp:Extensions', {}, forged), assertion],
  ),
  'a forged assertion by signature wrapping XSW8': wrappedAssertionFault(
    {
      code: 'xsw8',
      sentence: 'The signed Assertion is altered; an Object in its signature contains the original.',
    },
    ({ bare, signature, forged }) => [withSignature(forged, withContent(signature, element('ds:Object', {}, bare)))],
  ),
  'a forged assertion with a copied signature': wrappedAssertionFault(
    {
      code: 'xsw9',
      sentence: 'A forged Assertion has a copy of the signature; the signed Assertion is moved into a wrapper element.',
    },
    ({ assertion, signature, forged }) => [withSignature(forged, signature), wrapper(assertion)],
  ),
  'a forged assertion with the signed one in the Extensions': wrappedAssertionFault(
    {
      code: 'xsw-signed-in-extensions',
      sentence:
        'A forged Assertion has the ID of the signed one and a copy of its signature; the signed one is in the ' +
        'Extensions.',
      rule: 'SAML core 5.4.2 and 1.3.4; OneUptime issue 2949',
    },
    ({ assertion, signature, forged }) => [
      element('samlp:Extensions', {}, assertion),
      withSignature(withAttributes(forged, { ID: assertion.attributes.ID }), signature),
    ],
  ),
  'a forged assertion in a second signature': wrappedResponseFault(
    {
      code: 'xsw-second-signature',
      sentence:
        'The Response has a second signature with the same SignatureValue; its Object contains a forged Assertion.',
      rule: 'XML Signature 6.6.4 (a transform excludes its own signature only); OneUptime issue 2981',
    },
    ({ response, signature, forged }) => {
      const value = child(signature, 'ds:SignatureValue');
      const second = element('ds:Signature', {}, value, element('ds:Object', {}, child(forged, 'saml:Assertion')));
      const place = response.children.indexOf(signature) + 1;
      return withChildren(response, ...response.children.slice(0, place), second, ...response.children.slice(place));
    },
  ),
  'a forged response with the signed ID in the protocol namespace': wrappedResponseFault(
    {
      code: 'xsw-attribute-pollution',
      sentence:
        'A forged Response has a copy of the signature and, in the protocol namespace, the ID of the signed one, ' +
        'which is in its Extensions.',
      rule: 'SAML core 5.4.2 and 1.3.4; “The Fragile Lock” (PortSwigger, 2025)',
    },
    ({ bare, signature, forged }) =>
      extended(withAttributes(withSignature(forged, signature), { 'samlp:ID': bare.attributes.ID }), bare),
  ),
  'a forged response around the signed one': wrappedResponseFault(
    { code: 'xsw-after-root', sentence: 'The signed Response is the last child of a forged one.' },
    ({ response, forged }) => withChildren(forged, ...forged.children, response),
  ),
  'a forged response with the signed one in its Extensions': wrappedResponseFault(
    { code: 'xsw-response-in-extensions', sentence: 'The signed Response is in the Extensions of a forged one.' },
    ({ response, forged }) => extended(forged, response),
  ),
  'a forged response next to the signed one': wrappedResponseFault(
    { code: 'sibling-response', sentence: 'A forged Response and the signed one are in the same envelope.' },
    ({ response, forged }) =>
      element('wrap:Envelope', { 'xmlns:wrap': 'https://elsewhere.example/wrap' }, forged, response),
  ),
  'a forged encrypted assertion before the signed one': fault(
    {
      code: 'xsw-encrypted',
      encrypts: true,
      sentence: 'An unsigned Assertion for another user, encrypted for the SP, precedes the signed one.',
      rule: 'SAML core 6.2 and 5.4.2; CVE-2024-4985',
      touches: ['Response/Signature', 'Response/EncryptedAssertion', 'Response/Assertion'],
    },
    {
      encryption: (honest, strike) => (hasAssertion(strike) ? undefined : honest),
      signing: (signing, strike) =>
        strike.app.encryptionCertificate && hasAssertion(strike) ? { ...signing, response: undefined } : signing,
      transit: (response, strike) => {
        const encryption = honestEncryption(strike.app.encryptionCertificate);
        return encryption
          ? replaceAt(response, 'saml:Assertion', (assertion) => [
              encryptAssertion(forgery(assertion, strike), encryption),
              assertion,
            ])
          : response;
      },
    },
  ),
  'a forged NameID before the root element': bytesFault(
    {
      code: 'xsw-nameid-prefix',
      sentence: 'A NameID of another user precedes the Response.',
      rule: 'XML 1.0 2.1; CVE-2025-47949',
      touches: ['text'],
    },
    (xml, strike) =>
      `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeText(forgedNameId(strike))}` +
      `</saml:NameID>${xml}`,
  ),
  'a forged Subject before the signed assertion': wrappedAssertionFault(
    {
      code: 'assertion-read-from-unsigned',
      sentence: 'An unsigned Subject of another user precedes the signed Assertion.',
      rule: 'SAML core 3.3.3 (schema); CVE-2025-54419 and CVE-2025-54369',
    },
    ({ assertion, forged }) => [child(forged, 'saml:Subject') ?? forged, assertion],
  ),
  'a forged AttributeStatement before the signed assertion': wrappedAssertionFault(
    {
      code: 'attributes-read-from-unsigned',
      sentence: 'An unsigned AttributeStatement with the email of another user precedes the signed Assertion.',
      rule: 'SAML core 3.3.3 (schema); CVE-2025-46573',
    },
    ({ assertion, forged }, strike) => [
      child(forged, 'saml:AttributeStatement') ?? element('saml:AttributeStatement', {}, emailOf(strike)),
      assertion,
    ],
  ),
  'a forged assertion after the signed one': wrappedAssertionFault(
    {
      code: 'multiple-assertions',
      sentence: 'An unsigned Assertion for another user follows the signed one.',
      rule: 'SAML core 5.4.2; CVE-2022-41912',
    },
    ({ assertion, forged }) => [assertion, forged],
  ),
  'a signed decoy assertion before a forged one': wrappedAssertionFault(
    {
      code: 'signed-message-first-element-good',
      sentence:
        'The first Assertion is signed and names its subject; the second is forged. A verifier that ' +
        'checks only the first accepts both.',
      rule: 'SAML core 5.4.2; CVE-2024-8698',
    },
    ({ assertion, forged, signature }) => [assertion, withSignature(forged, signature)],
  ),
  'two assertions in a signed response': documentFault(
    {
      code: 'multiple-assertions-signed',
      sentence: 'The signed Response contains a second Assertion, for another user.',
      rule: 'SAML profiles 4.1.4.2 (an SP may accept only one); CVE-2022-41912',
      touches: ['Response/Assertion'],
    },
    (response, strike) => replaceAt(response, 'saml:Assertion', (assertion) => [assertion, forgery(assertion, strike)]),
  ),
  'two root elements': bytesFault(
    {
      code: 'multiple-roots',
      sentence: 'The message contains the Response twice, so it has two root elements.',
      rule: 'XML 1.0 2.1; CVE-2022-39299',
      touches: ['text'],
    },
    (xml) => `${xml}${xml}`,
  ),
} satisfies Record<string, Fault>;
