/** Faults in what else the assertion says of the user. */

import type { Fault } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, type Facts } from '../fault-builders.ts';
import type { Attribute } from '../response/claims.ts';
import { element, type Node, withChildren } from '../response/xml.ts';

const basic = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';
const touches = ['AttributeStatement'];

const basicAttribute = (name: string, ...values: readonly Node[]): Attribute => ({ name, nameFormat: basic, values });

/** One more attribute, or several. */
const addedAttributesFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  ...attributes: readonly Attribute[]
): Fault<Code> =>
  assertionClaimsFault({ ...facts, touches }, (claims) => ({
    ...claims,
    attributes: [...claims.attributes, ...attributes],
  }));

/** One more attribute whose only value is made by hand. */
const attributeElementFault = <const Code extends string>(
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
  because: 'SAML requires no attribute; an SP may require some, and must then name the one that is missing.',
} as const;

export const attributeFaults = {
  'an assertion without attributes': assertionClaimsFault(
    {
      code: 'attributestatement-missing',
      sentence: 'The assertion has no AttributeStatement.',
      rule: 'SAML deployment profile SDP-SP12',
      verdict: requiredAttributes,
      touches,
    },
    (claims) => (claims.attributes.length === 0 ? claims : { ...claims, attributes: [] }),
  ),
  'an empty attribute statement': documentFault(
    {
      code: 'attributestatement-empty',
      sentence: 'The AttributeStatement holds no Attribute.',
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
  'an attribute without a name': addedAttributesFault(
    { code: 'attribute-empty', sentence: 'An Attribute has no Name.', rule: 'SAML core 2.7.3.1 (schema)' },
    { name: undefined, nameFormat: basic, values: ['nobody knows'] },
  ),
  'an attribute without a value': addedAttributesFault(
    {
      code: 'attribute-without-value',
      sentence: 'An Attribute has no AttributeValue.',
      rule: 'SAML core 2.7.3.1',
      verdict: 'accept',
    },
    basicAttribute('department'),
  ),
  'an attribute with an empty value': addedAttributesFault(
    {
      code: 'attribute-value-empty',
      sentence: 'An AttributeValue is empty.',
      rule: 'SAML core 2.7.3.1.1',
      verdict: 'accept',
    },
    basicAttribute('department', ''),
  ),
  'an attribute without a name format': addedAttributesFault(
    {
      code: 'attribute-nameformat-missing',
      sentence: 'An Attribute does not say the format of its name.',
      rule: 'SAML core 2.7.3.1 (optional)',
      verdict: 'accept',
    },
    { name: 'department', nameFormat: undefined, values: ['Rehearsals'] },
  ),
  'an attribute that nobody asked for': addedAttributesFault(
    {
      code: 'attribute-unrecognised',
      sentence: 'The assertion holds one attribute more than the SP knows.',
      rule: 'SAML implementation profile IIP-SP10',
      verdict: 'accept',
    },
    basicAttribute('https://vendor.example/claims/shoe-size', '43'),
  ),
  'an assertion without the mail attribute': assertionClaimsFault(
    {
      code: 'attribute-required-missing',
      sentence: 'The attributes mail and email are left out, the others stay.',
      rule: 'SAML deployment profile SDP-SP12',
      verdict: { ...requiredAttributes },
      touches,
    },
    (claims) => {
      const attributes = claims.attributes.filter(({ name }) => !/^e?mail$/i.test(name ?? ''));
      return attributes.length === claims.attributes.length ? claims : { ...claims, attributes };
    },
  ),
  'an empty mail attribute': assertionClaimsFault(
    {
      code: 'attribute-required-empty',
      sentence: 'The attributes mail and email have an empty value.',
      rule: 'SAML deployment profile SDP-SP12; SAML core 2.7.3.1.1',
      verdict: { ...requiredAttributes },
      touches,
    },
    (claims) => {
      const attributes = claims.attributes.map((one) =>
        /^e?mail$/i.test(one.name ?? '') ? { ...one, values: [''] } : one,
      );
      return attributes.every((one, index) => one === claims.attributes[index]) ? claims : { ...claims, attributes };
    },
  ),
  'two attributes of the same name that disagree': addedAttributesFault(
    {
      code: 'attribute-duplicate-name',
      sentence: 'Two Attributes have the same Name and different values.',
      rule: 'SAML core 2.7.3.1; never silently the first or the last',
    },
    basicAttribute('role', 'reader'),
    basicAttribute('role', 'administrator'),
  ),
  'two attributes of the same name that agree': addedAttributesFault(
    {
      code: 'attribute-duplicate-same',
      sentence: 'Two Attributes have the same Name and the same value.',
      rule: 'SAML core 2.7.3.1',
      verdict: 'accept',
    },
    basicAttribute('role', 'reader'),
    basicAttribute('role', 'reader'),
  ),
  'an attribute that is right only by its friendly name': addedAttributesFault(
    {
      code: 'attribute-friendlyname-spoof',
      sentence: 'An Attribute of another Name calls itself mail as a FriendlyName.',
      rule: 'SAML core 2.7.3.1; SAML implementation profile IIP-SP11',
      verdict: 'accept',
    },
    { name: 'urn:elsewhere:anything', nameFormat: basic, friendlyName: 'mail', values: ['mallory@elsewhere.example'] },
  ),
  'an attribute with two mail addresses': addedAttributesFault(
    {
      code: 'attribute-multivalued-email',
      sentence: 'One attribute holds two mail addresses.',
      rule: 'SAML deployment profile SDP-SP19',
      verdict: 'accept',
    },
    basicAttribute('otherMail', 'first@elsewhere.example', 'second@elsewhere.example'),
  ),
  'an attribute that is nil': attributeElementFault(
    {
      code: 'attribute-nil',
      sentence: 'An AttributeValue says that it is nil.',
      rule: 'SAML core 2.7.3.1.1',
      verdict: 'accept',
    },
    element(
      'saml:Attribute',
      { Name: 'department', NameFormat: basic },
      element('saml:AttributeValue', { 'xsi:nil': 'true' }),
    ),
  ),
  'an attribute of a declared type': attributeElementFault(
    {
      code: 'attribute-xsi-type',
      sentence: 'An AttributeValue says that it is a string.',
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
  'an attribute with XML inside': attributeElementFault(
    {
      code: 'attribute-xml-content',
      sentence: 'An AttributeValue holds elements.',
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
  'an attribute with an assertion inside': attributeElementFault(
    {
      code: 'attribute-assertion',
      sentence:
        'An AttributeValue holds an assertion about somebody else, which some readers find before the right one.',
      rule: 'SAML core 2.7.3.1.1 and 5.4.2; hardening of this catalogue',
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
  'an attribute of {characters} characters': assertionClaimsFault(
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
  'an attribute in Cyrillic and emoji': addedAttributesFault(
    {
      code: 'attribute-unicode',
      sentence: 'An AttributeValue holds letters beyond ASCII and beyond the basic plane.',
      rule: 'XML 1.0 2.2',
      verdict: 'accept',
    },
    basicAttribute('motto', 'Анна Ωmega 🎭'),
  ),
  'an attribute with line separators of other standards': addedAttributesFault(
    {
      code: 'attribute-line-separators',
      sentence:
        'An AttributeValue holds U+0085 and U+2028, which are line ends in XML 1.1 and letters like any other here.',
      rule: 'XML 1.0 2.11',
      verdict: 'accept',
    },
    basicAttribute('motto', 'first\u0085second\u2028third'),
  ),
  'an attribute with HTML': addedAttributesFault(
    {
      code: 'attribute-html',
      sentence: 'An AttributeValue is HTML with a script.',
      rule: 'SAML core 2.7.3.1.1 (it is text)',
      verdict: 'accept',
    },
    basicAttribute('motto', '<img src=x onerror="document.title=\'owned\'">'),
  ),
  'an attribute with an escaped assertion': addedAttributesFault(
    {
      code: 'attribute-embedded-escaped-assertion',
      sentence: 'An AttributeValue holds the text of an assertion about somebody else, escaped.',
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
