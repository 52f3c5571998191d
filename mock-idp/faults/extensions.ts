/** Faults in the Extensions of a signed response, and in an unsigned response around a signed assertion. */
import type { Fault, Strike } from '../fault.ts';
import { documentFault, extended, type Facts, hasAssertion } from '../fault-builders.ts';
import { type Element, element, writtenName } from '../response/xml.ts';

const vendor = 'https://vendor.example/saml';
const box = (attributes: Record<string, string> = {}, ...children: Element[]): Element =>
  element('vendor:Box', { 'xmlns:vendor': vendor, ...attributes }, ...children);

/** Adds an extension before signing. */
const signedExtensionFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  content: Element,
): Fault<Code> =>
  documentFault({ ...facts, touches: ['Response/Extensions'] }, (response) => extended(response, content));

/** Signs only the assertion, then edits the response around it. */
const unsignedResponseFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  change: (xml: string, strike: Strike) => string,
): Fault<Code> => ({
  verdict: 'reject',
  ...facts,
  touches: ['Response', 'text'],
  strikes: {
    signing: (signing, strike) => (hasAssertion(strike) ? { ...signing, response: undefined } : signing),
    bytes: (xml, strike) => (hasAssertion(strike) ? change(String(xml), strike) : xml),
  },
});

/** Inserts Extensions after the Issuer (SAML core 3.2.2). */
const extendedText = (xml: string, content: string): string =>
  xml.replace(endTag('saml:Issuer'), (end) => `${end}${tagged('samlp:Extensions', content)}`);

const endTag = (name: string): string => `</${writtenName(name)}>`;
const tagged = (name: string, content: string): string => `<${writtenName(name)}>${content}${endTag(name)}`;

const unsignedExtensionFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  content: string,
): Fault<Code> => unsignedResponseFault(facts, (xml) => extendedText(xml, content));

export const extensionsFaults = {
  'an extension with both ID and Id': signedExtensionFault(
    {
      code: 'extension-ids-two',
      sentence: 'An extension has the attributes ID and Id.',
      rule: 'SAML core 1.3.4; hardening beyond the specification',
    },
    box({ ID: '_one', Id: '_other' }),
  ),
  'two extensions with the same ID': signedExtensionFault(
    { code: 'extension-id-twice', sentence: 'Two extensions have the same ID.', rule: 'SAML core 1.3.4 (unique)' },
    box({}, element('vendor:Item', { ID: '_same' }), element('vendor:Item', { ID: '_same' })),
  ),
  'an extension with an ID in the protocol namespace': signedExtensionFault(
    {
      code: 'extension-id-qualified',
      sentence: 'An extension has an attribute ID in the protocol namespace.',
      rule: 'SAML core 1.3.4; the “Fragile Lock” class',
    },
    box({ 'xmlns:samlp': 'urn:oasis:names:tc:SAML:2.0:protocol', 'samlp:ID': '_other' }),
  ),
  'an extension with a relative namespace URI': signedExtensionFault(
    {
      code: 'extension-namespace-relative',
      sentence: 'The namespace URI of an extension is relative, which canonicalization does not support.',
      rule: 'Canonical XML 1.0, 1.3; Namespaces in XML 1.0, W3C plenary decision of 2000',
      signedProperly: false,
    },
    element('vendor:Box', { 'xmlns:vendor': 'vendor/saml' }),
  ),
  'a Response in the Extensions': signedExtensionFault(
    {
      code: 'extension-response',
      sentence: 'The Extensions contain an empty Response.',
      rule: 'SAML core 3.2.2; hardening beyond the specification',
    },
    element('samlp:Response', { ID: '_inner' }),
  ),

  'an undeclared prefix around a signed assertion': unsignedExtensionFault(
    {
      code: 'around-prefix-undeclared',
      sentence: 'An extension of the unsigned Response has an undeclared prefix.',
      rule: 'Namespaces in XML 1.0 section 5',
    },
    '<unbound:Extension/>',
  ),
  'a namespace URI with quotation marks around a signed assertion': unsignedExtensionFault(
    {
      code: 'around-namespace-quotes',
      sentence: 'An extension of the unsigned Response declares a namespace URI with quotation marks.',
      rule: 'Namespaces in XML 1.0 section 2.2 (a URI)',
    },
    `<vendor:Hint xmlns:vendor='${vendor}/" ID="_other'/>`,
  ),
  'a prefix called __proto__ around a signed assertion': unsignedResponseFault(
    {
      code: 'around-prefix-proto',
      sentence: 'The StatusDetail of the unsigned Response declares and uses the prefix __proto__.',
      rule: 'Namespaces in XML 1.0 section 4',
    },
    (xml) =>
      xml.replace(endTag('samlp:Status'), (end) => {
        const hint =
          `<vendor:Hint xmlns:vendor="${vendor}" xmlns:__proto__="${vendor}/proto">` +
          `<__proto__:Word/></vendor:Hint>`;
        return `${tagged('samlp:StatusDetail', hint)}${end}`;
      }),
  ),
  'an attribute called xmlnsID around a signed assertion': unsignedResponseFault(
    {
      code: 'around-like-namespace',
      sentence:
        'The unsigned Response has an attribute called xmlnsID: it is not in the schema and declares no namespace.',
      rule: 'SAML core 3.2.2 (schema); Namespaces in XML 1.0 section 3',
    },
    (xml) => xml.replace(`<${writtenName('samlp:Response')}`, (tag) => `${tag} xmlnsID="_other"`),
  ),
  'a lower-case id around a signed assertion': unsignedResponseFault(
    {
      code: 'around-id-lowercase',
      sentence: 'An extension of the unsigned Response has an attribute id with the value of the Assertion’s ID.',
      rule: 'SAML core 1.3.4',
    },
    (xml, { claims }) => extendedText(xml, `<vendor:Box xmlns:vendor="${vendor}" id="${claims.assertionId}"/>`),
  ),
  'a comment in the Issuer around a signed assertion': unsignedResponseFault(
    {
      code: 'around-issuer-comment',
      sentence: 'The Issuer of the unsigned Response is the right one up to a comment.',
      rule: 'SAML core 2.2.5; CVE-2018-0489 and similar',
    },
    (xml) => xml.replace(endTag('saml:Issuer'), (end) => `<!-- -->.elsewhere.example${end}`),
  ),
} satisfies Record<string, Fault>;
