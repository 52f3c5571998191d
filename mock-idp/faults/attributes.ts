/** Faults in the AttributeStatement. */

import type { Fault } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, type Facts } from '../fault-builders.ts';
import type { Attribute } from '../response/claims.ts';
import { element, type Node, withChildren } from '../response/xml.ts';

const basic = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';
const touches = ['AttributeStatement'];

const basicAttribute = (name: string, ...values: readonly Node[]): Attribute => ({ name, nameFormat: basic, values });

/** Adds one attribute or several. */
const addedAttributesFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  ...attributes: readonly Attribute[]
): Fault<Code> =>
  assertionClaimsFault({ ...facts, touches }, (claims) => ({
    ...claims,
    attributes: [...claims.attributes, ...attributes],
  }));

/** Adds an attribute with one hand-made AttributeValue. */
export const attributeElementFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  attribute: ReturnType<typeof element>,
): Fault<Code> =>
  documentFault({ ...facts, touches }, (root, strike) =>
    at('saml:Assertion', (assertion) => {
      const present = assertion.children.some(
        (node) => typeof node === 'object' && 'name' in node && node.name === 'saml:AttributeStatement',
      );
      return present
        ? at('saml:AttributeStatement', (found) => withChildren(found, ...found.children, attribute))(assertion, strike)
        : withChildren(assertion, ...assertion.children, element('saml:AttributeStatement', {}, attribute));
    })(root, strike),
  );

const requiredAttributes = {
  policy: 'requiredAttributes',
  acceptWhen: '',
  because: 'SAML requires no attribute. An SP may require some, and must then name the one that is missing.',
} as const;

/** The names of products, too: a claim type, and an OID. */
const isEmail = (name = ''): boolean =>
  /^e?mail$|\/claims\/emailaddress$|^urn:oid:0\.9\.2342\.19200300\.100\.1\.3$/i.test(name);

export const attributeFaults = {
  'an assertion without AttributeStatement': assertionClaimsFault(
    {
      code: 'attributestatement-missing',
      sentence: 'The Assertion has no AttributeStatement.',
      rule: 'SAML deployment profile SDP-SP12',
      verdict: requiredAttributes,
      touches,
    },
    (claims) => (claims.attributes.length === 0 ? claims : { ...claims, attributes: [] }),
  ),
  'an empty AttributeStatement': documentFault(
    {
      code: 'attributestatement-empty',
      sentence: 'The AttributeStatement has no Attribute.',
      rule: 'SAML core 2.7.3 (schema: one or more)',
      touches,
    },
    at('saml:Assertion', (found) =>
      withChildren(
        found,
        ...found.children.filter(
          (node) => !(typeof node === 'object' && 'name' in node && node.name === 'saml:AttributeStatement'),
        ),
        element('saml:AttributeStatement'),
      ),
    ),
  ),
  'an Attribute without Name': addedAttributesFault(
    { code: 'attribute-empty', sentence: 'An Attribute has no Name.', rule: 'SAML core 2.7.3.1 (schema)' },
    { name: undefined, nameFormat: basic, values: ['unknown'] },
  ),
  'an Attribute without AttributeValue': addedAttributesFault(
    {
      code: 'attribute-without-value',
      sentence: 'An Attribute has no AttributeValue.',
      rule: 'SAML core 2.7.3.1',
      verdict: 'accept',
    },
    basicAttribute('department'),
  ),
  'an empty AttributeValue': addedAttributesFault(
    {
      code: 'attribute-value-empty',
      sentence: 'An AttributeValue is empty.',
      rule: 'SAML core 2.7.3.1.1',
      verdict: 'accept',
    },
    basicAttribute('department', ''),
  ),
  'an Attribute without NameFormat': addedAttributesFault(
    {
      code: 'attribute-nameformat-missing',
      sentence: 'An Attribute has no NameFormat.',
      rule: 'SAML core 2.7.3.1 (optional)',
      verdict: 'accept',
    },
    { name: 'department', nameFormat: undefined, values: ['Rehearsals'] },
  ),
  'an unrequested Attribute': addedAttributesFault(
    {
      code: 'attribute-unrecognised',
      sentence: 'The Assertion has an Attribute that the SP does not know.',
      rule: 'SAML implementation profile IIP-SP10',
      verdict: 'accept',
    },
    basicAttribute('https://vendor.example/claims/shoe-size', '43'),
  ),
  'an assertion without the email Attribute': assertionClaimsFault(
    {
      code: 'attribute-required-missing',
      sentence: 'The attributes mail and email are missing; the others are there.',
      rule: 'SAML deployment profile SDP-SP12',
      verdict: { ...requiredAttributes },
      touches,
    },
    (claims) => {
      const attributes = claims.attributes.filter(({ name }) => !isEmail(name));
      return attributes.length === claims.attributes.length ? claims : { ...claims, attributes };
    },
  ),
  'an empty email Attribute': assertionClaimsFault(
    {
      code: 'attribute-required-empty',
      sentence: 'The attributes mail and email have an empty value.',
      rule: 'SAML deployment profile SDP-SP12; SAML core 2.7.3.1.1',
      verdict: { ...requiredAttributes },
      touches,
    },
    (claims) => {
      const attributes = claims.attributes.map((one) => (isEmail(one.name) ? { ...one, values: [''] } : one));
      return attributes.every((one, index) => one === claims.attributes[index]) ? claims : { ...claims, attributes };
    },
  ),
  'a duplicate Attribute with a different value': addedAttributesFault(
    {
      code: 'attribute-duplicate-name',
      sentence: 'Two Attributes have the same Name and different values.',
      rule: 'SAML core 2.7.3.1; an SP must not silently pick one',
    },
    basicAttribute('role', 'reader'),
    basicAttribute('role', 'administrator'),
  ),
  'a duplicate Attribute with the same value': addedAttributesFault(
    {
      code: 'attribute-duplicate-same',
      sentence: 'Two Attributes have the same Name and the same value.',
      rule: 'SAML core 2.7.3.1',
      verdict: 'accept',
    },
    basicAttribute('role', 'reader'),
    basicAttribute('role', 'reader'),
  ),
  'an Attribute with a spoofed FriendlyName': addedAttributesFault(
    {
      code: 'attribute-friendlyname-spoof',
      sentence: 'An Attribute with a different Name has the FriendlyName mail.',
      rule: 'SAML core 2.7.3.1; SAML implementation profile IIP-SP11',
      verdict: 'accept',
    },
    { name: 'urn:elsewhere:anything', nameFormat: basic, friendlyName: 'mail', values: ['mallory@elsewhere.example'] },
  ),
  'an email Attribute with two values': addedAttributesFault(
    {
      code: 'attribute-multivalued-email',
      sentence: 'The attribute mail has two emails.',
      rule: 'SAML deployment profile SDP-SP19',
      verdict: 'accept',
    },
    basicAttribute('otherMail', 'first@elsewhere.example', 'second@elsewhere.example'),
  ),
  'a nil AttributeValue': attributeElementFault(
    {
      code: 'attribute-nil',
      sentence: 'An AttributeValue has xsi:nil.',
      rule: 'SAML core 2.7.3.1.1',
      verdict: 'accept',
    },
    element(
      'saml:Attribute',
      { Name: 'department', NameFormat: basic },
      element('saml:AttributeValue', { 'xsi:nil': 'true' }),
    ),
  ),
  'an AttributeValue with xsi:type': attributeElementFault(
    {
      code: 'attribute-xsi-type',
      sentence: 'An AttributeValue has the xsi:type xs:string.',
      rule: 'SAML core 2.7.3.1.1',
      verdict: 'accept',
    },
    element(
      'saml:Attribute',
      { Name: 'department', NameFormat: basic },
      element(
        'saml:AttributeValue',
        { 'xmlns:xs': 'http://www.w3.org/2001/XMLSchema', 'xsi:type': 'xs:string' },
        'Rehearsals',
      ),
    ),
  ),
  'an AttributeValue with XML elements': attributeElementFault(
    {
      code: 'attribute-xml-content',
      sentence: 'An AttributeValue contains XML elements.',
      rule: 'SAML core 2.7.3.1.1; SAML implementation profile IIP-SP02',
      verdict: 'accept',
    },
    element(
      'saml:Attribute',
      { Name: 'address', NameFormat: basic },
      element(
        'saml:AttributeValue',
        {},
        element(
          'vendor:Address',
          { 'xmlns:vendor': 'https://vendor.example/saml' },
          element('vendor:City', {}, 'Bern'),
        ),
      ),
    ),
  ),
  'an AttributeValue with an assertion': attributeElementFault(
    {
      code: 'attribute-assertion',
      sentence:
        'An AttributeValue contains an Assertion for another user, which some parsers find before the real one.',
      rule: 'SAML core 2.7.3.1.1 and 5.4.2; hardening beyond the specification',
    },
    element(
      'saml:Attribute',
      { Name: 'delegate', NameFormat: basic },
      element(
        'saml:AttributeValue',
        {},
        element(
          'saml:Assertion',
          { ID: '_delegate', Version: '2.0', IssueInstant: '2026-01-01T00:00:00Z' },
          element('saml:Issuer', {}, 'https://elsewhere.example/idp'),
          element('saml:Subject', {}, element('saml:NameID', {}, 'mallory@elsewhere.example')),
        ),
      ),
    ),
  ),
  'an AttributeValue of {characters} characters': assertionClaimsFault(
    {
      code: 'attribute-oversize-256',
      sentence: 'One AttributeValue is very long.',
      rule: 'SAML implementation profile IIP-G02',
      verdict: 'accept',
      amount: { unit: 'characters', accept: [257, 10_000], reject: [] },
      touches,
    },
    (claims, { amount }) => ({
      ...claims,
      attributes: [...claims.attributes, basicAttribute('essay', 'x'.repeat(amount))],
    }),
  ),
  'an AttributeValue with Cyrillic letters and emoji': addedAttributesFault(
    {
      code: 'attribute-unicode',
      sentence: 'An AttributeValue has non-ASCII characters, some of them outside the Basic Multilingual Plane.',
      rule: 'XML 1.0 2.2',
      verdict: 'accept',
    },
    basicAttribute('motto', 'Анна Ωmega 🎭'),
  ),
  'an AttributeValue with Unicode line separators': addedAttributesFault(
    {
      code: 'attribute-line-separators',
      sentence: 'An AttributeValue contains U+0085 and U+2028: line breaks in XML 1.1, ordinary characters in XML 1.0.',
      rule: 'XML 1.0 2.11',
      verdict: 'accept',
    },
    basicAttribute('motto', 'first\u0085second\u2028third'),
  ),
  'an AttributeValue with HTML': addedAttributesFault(
    {
      code: 'attribute-html',
      sentence: 'An AttributeValue is HTML with a script.',
      rule: 'SAML core 2.7.3.1.1 (it is text)',
      verdict: 'accept',
    },
    basicAttribute('motto', '<img src=x onerror="document.title=\'owned\'">'),
  ),
  'an AttributeValue with an escaped assertion': addedAttributesFault(
    {
      code: 'attribute-embedded-escaped-assertion',
      sentence: 'An AttributeValue contains the escaped XML of an Assertion for another user.',
      rule: 'SAML core 2.7.3.1.1 (it is text)',
      verdict: 'accept',
    },
    basicAttribute(
      'note',
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Subject>' +
        '<saml:NameID>mallory@elsewhere.example</saml:NameID></saml:Subject></saml:Assertion>',
    ),
  ),
} satisfies Record<string, Fault>;
