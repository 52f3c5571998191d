/** Signature wrapping: a valid signature beside forged content. The forger has no key, only one honest message. */

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
import { encryptAssertion, honestEncryption } from '../response/encryption.ts';
import { withoutSignature } from '../response/signing.ts';
import {
  child,
  type Element,
  element,
  type Node,
  replace,
  replaceAt,
  withAttributes,
  withChildren,
} from '../response/xml.ts';

const evil = 'mallory@elsewhere.example';
const rule = 'SAML core 5.4.2; Somorovsky and others, “On Breaking SAML” (2012)';

type Forged<Code extends string> = Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string };

/** The forger’s copy: another ID, another NameID, no signature. */
export const forgery = (assertion: Element): Element =>
  replace(withAttributes(withoutSignature(assertion), { ID: '_forged' }), 'saml:NameID', (nameId) =>
    withChildren(nameId, evil),
  );

/** The forger’s response around a forged assertion, without a signature. */
const forgedResponse = (response: Element): Element =>
  withAttributes(replaceAt(withoutSignature(response), 'saml:Assertion', forgery), { ID: '_forged_response' });

/** Only the response was signed; the forger has it with and without its signature. */
const wrappedResponseFault = <const Code extends string>(
  facts: Forged<Code>,
  forge: (parts: { response: Element; bare: Element; signature: Element; forged: Element }) => Element,
): Fault<Code> => {
  const strikes: Strikes = {
    signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, assertion: undefined } : signing),
    transit: (response) => {
      const signature = child(response, 'ds:Signature');
      return signature && child(response, 'saml:Assertion')
        ? forge({ response, bare: withoutSignature(response), signature, forged: forgedResponse(response) })
        : response;
    },
  };
  return { verdict: 'reject', rule, ...facts, touches: ['Response', 'Envelope'], strikes };
};

/** Only the assertion was signed; the forger puts something in its place. */
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
          ? forge({ assertion, bare: withoutSignature(assertion), signature, forged: forgery(assertion) }, strike)
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

export const wrappingFaults = {
  'a forged response by wrapping variant 1': wrappedResponseFault(
    { code: 'xsw1', sentence: 'A forged response whose signature holds the original response.' },
    ({ bare, signature, forged }) => withSignature(forged, withContent(signature, bare)),
  ),
  'a forged response by wrapping variant 2': wrappedResponseFault(
    { code: 'xsw2', sentence: 'A forged response with the original response before a detached signature.' },
    ({ bare, signature, forged }) =>
      withChildren(forged, ...forged.children.slice(0, 1), bare, signature, ...forged.children.slice(1)),
  ),
  'a forged assertion by wrapping variant 3': wrappedAssertionFault(
    { code: 'xsw3', sentence: 'A forged assertion stands before the signed one.' },
    ({ assertion, forged }) => [forged, assertion],
  ),
  'a forged assertion by wrapping variant 4': wrappedAssertionFault(
    { code: 'xsw4', sentence: 'A forged assertion holds the signed one as its last child.' },
    ({ assertion, forged }) => [withChildren(forged, ...forged.children, assertion)],
  ),
  'a forged assertion by wrapping variant 5': wrappedAssertionFault(
    {
      code: 'xsw5',
      sentence:
        'The signed assertion is changed in its place; a copy of the original without signature stands at the end.',
    },
    ({ bare, signature, forged }) => [withSignature(forged, signature), bare],
  ),
  'a forged assertion by wrapping variant 6': wrappedAssertionFault(
    { code: 'xsw6', sentence: 'The signed assertion is changed in its place; its signature holds the original.' },
    ({ bare, signature, forged }) => [withSignature(forged, withContent(signature, bare))],
  ),
  'a forged assertion by wrapping variant 7': wrappedAssertionFault(
    { code: 'xsw7', sentence: 'A forged assertion stands in the extensions of the response.' },
    ({ assertion, forged }) => [element('samlp:Extensions', {}, forged), assertion],
  ),
  'a forged assertion by wrapping variant 8': wrappedAssertionFault(
    {
      code: 'xsw8',
      sentence: 'The signed assertion is changed in its place; an object in its signature holds the original.',
    },
    ({ bare, signature, forged }) => [withSignature(forged, withContent(signature, element('ds:Object', {}, bare)))],
  ),
  'a forged assertion by wrapping variant 9': wrappedAssertionFault(
    {
      code: 'xsw9',
      sentence: 'A forged assertion has a copy of the signature; the signed assertion is put into a wrapper.',
    },
    ({ assertion, signature, forged }) => [withSignature(forged, signature), wrapper(assertion)],
  ),
  'a forged response around the signed one': wrappedResponseFault(
    { code: 'xsw-after-root', sentence: 'The signed response is the last child of a forged one.' },
    ({ response, forged }) => withChildren(forged, ...forged.children, response),
  ),
  'a forged response that holds the signed one in its extensions': wrappedResponseFault(
    { code: 'xsw-response-in-extensions', sentence: 'The signed response is an extension of a forged one.' },
    ({ response, forged }) => extended(forged, response),
  ),
  'a forged response beside the signed one': wrappedResponseFault(
    { code: 'sibling-response', sentence: 'A forged and the signed response stand in one envelope.' },
    ({ response, forged }) =>
      element('wrap:Envelope', { 'xmlns:wrap': 'https://elsewhere.example/wrap' }, forged, response),
  ),
  'a forged encrypted assertion beside the signed one': fault(
    {
      code: 'xsw-encrypted',
      sentence: 'An unsigned assertion about somebody else, encrypted for the SP, stands before the signed one.',
      rule: 'SAML core 6.2 and 5.4.2; CVE-2024-4985',
      touches: ['Response/Signature', 'Response/EncryptedAssertion', 'Response/Assertion'],
    },
    {
      encryption: (honest, strike) => (hasAssertion(strike) ? undefined : honest),
      signing: (signing, strike) =>
        strike.app.encryptionCertificate && hasAssertion(strike) ? { ...signing, response: undefined } : signing,
      transit: (response, { app }) => {
        const encryption = honestEncryption(app.encryptionCertificate);
        return encryption
          ? replaceAt(response, 'saml:Assertion', (assertion) => [
              encryptAssertion(forgery(assertion), encryption),
              assertion,
            ])
          : response;
      },
    },
  ),
  'a forged NameID before the message': bytesFault(
    {
      code: 'xsw-nameid-prefix',
      sentence: 'A NameID of somebody else stands before the root of the message.',
      rule: 'XML 1.0 2.1; CVE-2025-47949',
      touches: ['text'],
    },
    (xml) => `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${evil}</saml:NameID>${xml}`,
  ),
  'a forged subject beside the signed assertion': wrappedAssertionFault(
    {
      code: 'assertion-read-from-unsigned',
      sentence: 'An unsigned Subject about somebody else stands before the signed assertion.',
      rule: 'SAML core 3.3.3 (schema); CVE-2025-54419 and CVE-2025-54369',
    },
    ({ assertion, forged }) => [child(forged, 'saml:Subject') ?? forged, assertion],
  ),
  'a forged assertion after the signed one': wrappedAssertionFault(
    {
      code: 'multiple-assertions',
      sentence: 'An unsigned assertion about somebody else follows the signed one.',
      rule: 'SAML core 5.4.2; CVE-2022-41912',
    },
    ({ assertion, forged }) => [assertion, forged],
  ),
  'a harmless signed assertion before a forged one': wrappedAssertionFault(
    {
      code: 'signed-message-first-element-good',
      sentence:
        'What is signed comes first, with its subject; a verifier that looks no further is content with the second.',
      rule: 'SAML core 5.4.2; CVE-2024-8698',
    },
    ({ assertion, forged, signature }) => [assertion, withSignature(forged, signature)],
  ),
  'two assertions in a well signed response': documentFault(
    {
      code: 'multiple-assertions-signed',
      sentence: 'The signed response holds a second assertion, about somebody else.',
      rule: 'SAML profiles 4.1.4.2 (an SP may take one only); CVE-2022-41912',
      touches: ['Response/Assertion'],
    },
    (response) => replaceAt(response, 'saml:Assertion', (assertion) => [assertion, forgery(assertion)]),
  ),
  'two messages in one text': bytesFault(
    {
      code: 'multiple-roots',
      sentence: 'The text holds the message twice, so it has two roots.',
      rule: 'XML 1.0 2.1; CVE-2022-39299',
      touches: ['text'],
    },
    (xml) => `${xml}${xml}`,
  ),
} satisfies Record<string, Fault>;
