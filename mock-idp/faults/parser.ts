/** Faults that aim at XML parsers: document types, entities, attributes, namespaces, encodings, depth and size. */
import type { Fault } from '../fault.ts';
import { assertionClaimsFault, at, bytesFault, documentFault, extended, type Facts } from '../fault-builders.ts';
import { element, withAttributes } from '../response/xml.ts';

const text = ['text'];
const dtd = 'SAML deployment profile SDP-G03; SAML implementation profile IIP-G03';
const nowhere = 'http://127.0.0.1:9/outside';

/** A document type before the message; `use` is written into the first NameID. */
const doctypeFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string },
  declaration: string,
  use = '',
): Fault<Code> =>
  bytesFault({ rule: dtd, ...facts, touches: text }, (xml) => `${declaration}${use === '' ? xml : inNameId(xml, use)}`);

/** Only what strikes a NameID can say that it struck. */
const inNameId = (xml: string | Buffer, added: string): string =>
  String(xml).replace(/(<saml:NameID[^<>]*>)/, `$1${added.replaceAll('$', '$$$$')}`);
const nameIdTextFault = <const Code extends string>(facts: Omit<Facts<Code>, 'touches'>, added: string): Fault<Code> =>
  bytesFault({ ...facts, touches: ['text', 'NameID'] }, (xml) => {
    const changed = inNameId(xml, added);
    return changed === String(xml) ? xml : changed;
  });

const rootAttributeFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  attribute: string,
): Fault<Code> =>
  bytesFault({ ...facts, touches: ['text', 'Response'] }, (xml) =>
    String(xml).replace('<samlp:Response', `<samlp:Response ${attribute}`),
  );

const billionLaughs = [
  '<!ENTITY a0 "ha">',
  ...Array.from({ length: 9 }, (_, level) => `<!ENTITY a${level + 1} "${`&a${level};`.repeat(10)}">`),
].join('');

export const parserFaults = {
  'an entity inside the NameID': doctypeFault(
    { code: 'entity-in-nameid', sentence: 'The NameID uses an entity that a document type declares.' },
    '<!DOCTYPE r [<!ENTITY who "mallory">]>',
    '&who;',
  ),
  'a bare document type': doctypeFault(
    { code: 'doctype-present', sentence: 'A document type that declares nothing stands before the message.' },
    '<!DOCTYPE Response>',
  ),
  'a document type that parsers read differently': doctypeFault(
    {
      code: 'doctype-parser-differential',
      sentence: 'A document type holds what one parser takes for a comment and another for the message.',
      rule: `${dtd}; CVE-2025-25291`,
    },
    '<!DOCTYPE r SYSTEM "x>" [<!ENTITY quote "<!--">]>',
  ),
  'a document type that declares IDs': doctypeFault(
    {
      code: 'doctype-id-attribute',
      sentence: 'A document type declares another attribute to be the ID of assertions.',
    },
    '<!DOCTYPE r [<!ATTLIST saml:Assertion Version ID #IMPLIED>]>',
  ),
  'an external entity that is a file': doctypeFault(
    { code: 'xxe-file', sentence: 'An entity in the NameID is a file of the SP.', rule: `${dtd}; OWASP XXE` },
    '<!DOCTYPE r [<!ENTITY file SYSTEM "file:///etc/hostname">]>',
    '&file;',
  ),
  'an external entity in the web': doctypeFault(
    {
      code: 'xxe-http',
      sentence: 'An entity in the NameID is to be fetched from an address.',
      rule: `${dtd}; OWASP XXE`,
    },
    `<!DOCTYPE r [<!ENTITY web SYSTEM "${nowhere}">]>`,
    '&web;',
  ),
  'an external parameter entity': doctypeFault(
    {
      code: 'xxe-parameter',
      sentence: 'The document type fetches its own rest from an address.',
      rule: `${dtd}; CVE-2024-52596`,
    },
    `<!DOCTYPE r [<!ENTITY % rest SYSTEM "${nowhere}"> %rest;]>`,
  ),
  'a billion laughs': doctypeFault(
    {
      code: 'billion-laughs',
      sentence: 'Entities of entities expand the NameID to gigabytes.',
      rule: `${dtd}; denial of service`,
    },
    `<!DOCTYPE r [${billionLaughs}]>`,
    '&a9;',
  ),
  'one long entity used many times': doctypeFault(
    {
      code: 'quadratic-blowup',
      sentence: 'One long entity is used thousands of times in the NameID.',
      rule: `${dtd}; denial of service`,
    },
    `<!DOCTYPE r [<!ENTITY long "${'x'.repeat(10_000)}">]>`,
    '&long;'.repeat(10_000),
  ),
  'an entity that nobody declared': nameIdTextFault(
    { code: 'entity-undeclared', sentence: 'The NameID uses an entity that is declared nowhere.', rule: 'XML 1.0 4.1' },
    '&who;',
  ),

  'a namespace prefix called ID': rootAttributeFault(
    {
      code: 'namespace-parser-differential',
      sentence: 'The root declares a prefix called ID, which some readers take for the attribute.',
      rule: 'SAML core 1.3.4; CVE-2025-25292 and CVE-2025-66567',
    },
    'xmlns:ID="urn:elsewhere:id"',
  ),
  'a second ID in another namespace': documentFault(
    {
      code: 'attribute-pollution',
      sentence: 'The response has an attribute ID of the protocol namespace beside its own.',
      rule: 'SAML core 1.3.4; the “Fragile Lock” class',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { 'samlp:ID': '_other' }),
  ),
  'a namespace with quotation marks': documentFault(
    {
      code: 'namespace-quotes',
      sentence: 'An extension declares a namespace that holds quotation marks, which some readers write as they stand.',
      rule: 'Namespaces in XML 1.0 section 2.2 (a URI)',
      touches: ['Response/Extensions'],
      signedProperly: false,
    },
    (response) => extended(response, element('vendor:Hint', { 'xmlns:vendor': 'https://vendor.example/" ID="_other' })),
  ),
  'a namespace prefix that some readers lose': documentFault(
    {
      code: 'namespace-prefix-proto',
      sentence:
        'An extension declares and uses the prefix __proto__, which is lost where prefixes are the keys of an object.',
      rule: 'Namespaces in XML 1.0 section 4',
      touches: ['Response/Extensions'],
    },
    (response) => {
      const declaration = ' xmlns:__proto__="https://vendor.example/proto"';
      const hint = (outer: string, inner: string): string =>
        `<vendor:Hint${outer}><__proto__:Word${inner}></__proto__:Word></vendor:Hint>`;
      return extended(
        response,
        element(
          'vendor:Box',
          { 'xmlns:vendor': 'https://vendor.example/saml' },
          { verbatim: hint(declaration, ''), canonical: hint('', declaration) },
        ),
      );
    },
  ),
  'an attribute that begins like a namespace': documentFault(
    {
      code: 'attribute-like-namespace',
      sentence: 'The response has an attribute called xmlnsID, which is none of the schema and declares nothing.',
      rule: 'SAML core 3.2.2 (schema); Namespaces in XML 1.0 section 3',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { xmlnsID: '_other' }),
  ),
  'the same attribute twice': rootAttributeFault(
    {
      code: 'attribute-duplicate',
      sentence: 'The root has two attributes called ID.',
      rule: 'XML 1.0 3.1 (unique attributes)',
    },
    'ID="_other"',
  ),
  'an ID in small letters': documentFault(
    {
      code: 'attribute-id-lowercase',
      sentence: 'The subject has an attribute id with the value of the assertion’s ID.',
      rule: 'SAML core 1.3.4',
      touches: ['Subject'],
    },
    (root, strike) =>
      at('saml:Assertion/saml:Subject', (subject) => withAttributes(subject, { id: strike.claims.assertionId }))(
        root,
        strike,
      ),
  ),
  'an ID beside an ID in another case': documentFault(
    {
      code: 'attribute-id-beside',
      sentence: 'The response has an attribute Id beside its ID.',
      rule: 'SAML core 1.3.4 and 3.2.2 (schema)',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { Id: '_other' }),
  ),
  'an attribute with too many colons': rootAttributeFault(
    {
      code: 'colon-attribute-roundtrip',
      sentence: 'The root has an attribute whose name begins with two colons.',
      rule: 'Namespaces in XML 1.0 section 4; CVE-2020-27846',
    },
    '::foo="bar"',
  ),
  'an undeclared prefix': rootAttributeFault(
    {
      code: 'prefix-undeclared',
      sentence: 'The root has an attribute with a prefix that nothing declares.',
      rule: 'Namespaces in XML 1.0 section 5',
    },
    'nobody:knows="it"',
  ),
  // Left open by the catalogue (accept or reject, never fetch): accepted, for some honest products write it.
  'a schema location in the web': documentFault(
    {
      code: 'schemalocation-remote',
      sentence: 'The root says where its schema might be fetched, which nobody should.',
      rule: 'XML Schema Part 1, 4.3.2 (a hint)',
      verdict: 'accept',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { 'xsi:schemaLocation': `urn:oasis:names:tc:SAML:2.0:protocol ${nowhere}` }),
  ),

  'extensions nested {levels} levels deep': documentFault(
    {
      code: 'deep-nesting',
      sentence: 'The extensions hold an element in an element in an element.',
      rule: 'denial of service: a limit of the SP',
      amount: { unit: 'levels', accept: [10], reject: [100, 10_000] },
      touches: ['Response/Extensions'],
    },
    (response, { amount }) => {
      const [open, close] = [
        '<vendor:Box>'.repeat(Math.max(0, amount - 1)),
        '</vendor:Box>'.repeat(Math.max(0, amount - 1)),
      ];
      return extended(
        response,
        element(
          'vendor:Box',
          { 'xmlns:vendor': 'https://vendor.example/saml' },
          { verbatim: open + close, canonical: open + close },
        ),
      );
    },
  ),
  'an element with a thousand attributes': documentFault(
    {
      code: 'many-attributes',
      sentence: 'An extension has a thousand attributes.',
      rule: 'denial of service: a limit of the SP',
      touches: ['Response/Extensions'],
    },
    (response) =>
      extended(
        response,
        element('vendor:Box', {
          'xmlns:vendor': 'https://vendor.example/saml',
          ...Object.fromEntries(
            Array.from({ length: 1000 }, (_, index) => [`a${String(index).padStart(4, '0')}`, 'x']),
          ),
        }),
      ),
  ),
  'twenty thousand elements': documentFault(
    {
      code: 'many-elements',
      sentence: 'The extensions hold twenty thousand elements.',
      rule: 'denial of service: a limit of the SP',
      touches: ['Response/Extensions'],
    },
    (response) =>
      extended(
        response,
        element(
          'vendor:Box',
          { 'xmlns:vendor': 'https://vendor.example/saml' },
          {
            verbatim: '<vendor:Item></vendor:Item>'.repeat(20_000),
            canonical: '<vendor:Item></vendor:Item>'.repeat(20_000),
          },
        ),
      ),
  ),
  'many attributes on many elements': documentFault(
    {
      code: 'many-attributes-in-all',
      sentence: 'The extensions hold three hundred elements of fifty attributes each.',
      rule: 'denial of service: a limit of the SP',
      touches: ['Response/Extensions'],
    },
    (response) => {
      const attributes = Array.from({ length: 50 }, (_, index) => `a${String(index).padStart(2, '0')}="x"`);
      const items = `<vendor:Item ${attributes.join(' ')}></vendor:Item>`.repeat(300);
      return extended(
        response,
        element('vendor:Box', { 'xmlns:vendor': 'https://vendor.example/saml' }, { verbatim: items, canonical: items }),
      );
    },
  ),
  'a thousand comments': documentFault(
    {
      code: 'many-comments',
      sentence: 'The extensions hold a thousand comments.',
      rule: 'denial of service: a limit of the SP',
      touches: ['Response/Extensions'],
    },
    (response) =>
      extended(
        response,
        element(
          'vendor:Box',
          { 'xmlns:vendor': 'https://vendor.example/saml' },
          { verbatim: '<!--x-->'.repeat(1_000), canonical: '' },
        ),
      ),
  ),
  'two thousand sections of character data': documentFault(
    {
      code: 'many-cdata-sections',
      sentence: 'The extensions hold two thousand CDATA sections.',
      rule: 'denial of service: a limit of the SP',
      touches: ['Response/Extensions'],
    },
    (response) =>
      extended(
        response,
        element(
          'vendor:Box',
          { 'xmlns:vendor': 'https://vendor.example/saml' },
          { verbatim: '<![CDATA[x]]>'.repeat(2_000), canonical: 'x'.repeat(2_000) },
        ),
      ),
  ),
  'a response of {megabytes} megabytes': assertionClaimsFault(
    {
      code: 'huge-response',
      sentence: 'One attribute fills the response.',
      rule: 'denial of service: a limit of the SP; CVE-2025-54572',
      amount: { unit: 'megabytes', accept: [], reject: [2, 20] },
      touches: ['AttributeStatement'],
    },
    (claims, { amount }) => ({
      ...claims,
      attributes: [
        ...claims.attributes,
        { name: 'essay', nameFormat: undefined, values: ['x'.repeat(amount * 1024 * 1024)] },
      ],
    }),
  ),
  'five hundred groups': assertionClaimsFault(
    {
      code: 'many-groups',
      sentence: 'The user is in five hundred groups, which is much and honest.',
      rule: 'SAML core 2.7.3.1 (any number of values)',
      verdict: 'accept',
      touches: ['AttributeStatement'],
    },
    (claims) => ({
      ...claims,
      attributes: [
        ...claims.attributes,
        {
          name: 'allGroups',
          nameFormat: undefined,
          values: Array.from({ length: 500 }, (_, index) => `group-${index}`),
        },
      ],
    }),
  ),

  // The catalogue allows to decode it correctly or to reject it. Rejected: a wrong guess changes what was signed.
  'a message in UTF-16': bytesFault(
    {
      code: 'xml-encoding-utf16',
      sentence: 'The message is written in UTF-16 with a byte order mark.',
      rule: 'XML 1.0 4.3.3; refused by rule',
      touches: text,
    },
    (xml) => Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>${xml}`, 'utf16le'),
  ),
  'a message in ISO 8859-1': bytesFault(
    {
      code: 'xml-encoding-iso-8859-1',
      sentence: 'The message declares ISO 8859-1 and holds a comment with an umlaut in it.',
      rule: 'XML 1.0 4.3.3; refused by rule',
      touches: text,
    },
    (xml) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!--\u00fc-->${xml}`, 'latin1'),
  ),
  'a message in UTF-7': bytesFault(
    {
      code: 'xml-encoding-utf7',
      sentence: 'The message declares UTF-7, in which harmless text may hold markup.',
      rule: 'XML 1.0 4.3.3; refused by rule',
      touches: text,
    },
    (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`,
  ),
  'a message with a byte order mark': bytesFault(
    {
      code: 'xml-encoding-bom',
      sentence: 'The message begins with the byte order mark of UTF-8.',
      rule: 'XML 1.0 4.3.3; refused by rule',
      touches: text,
    },
    (xml) => `\uFEFF${xml}`,
  ),
  'octets that are no UTF-8': bytesFault(
    {
      code: 'xml-encoding-invalid',
      sentence: 'A comment before the message holds an octet that UTF-8 does not know.',
      rule: 'XML 1.0 4.3.3',
      touches: text,
    },
    (xml) => Buffer.concat([Buffer.from('<!--'), Buffer.from([0xfc]), Buffer.from('-->'), Buffer.from(xml)]),
  ),
  'a message of XML 1.1': bytesFault(
    {
      code: 'xml-version-1-1',
      sentence: 'The message declares XML 1.1, which allows other characters.',
      rule: 'XML 1.0 2.8; refused by rule',
      touches: text,
    },
    (xml) => `<?xml version="1.1" encoding="UTF-8"?>${xml}`,
  ),
  'a NUL inside the NameID': nameIdTextFault(
    { code: 'nul-characters', sentence: 'The NameID begins with the character U+0000.', rule: 'XML 1.0 2.2' },
    '\u0000',
  ),
  'a control character inside the NameID': nameIdTextFault(
    {
      code: 'control-characters',
      sentence: 'The NameID begins with a reference to the character U+0001.',
      rule: 'XML 1.0 2.2 and 4.1',
    },
    '&#1;',
  ),
  'a noncharacter inside the NameID': nameIdTextFault(
    { code: 'noncharacter-fffe', sentence: 'The NameID begins with the character U+FFFE.', rule: 'XML 1.0 2.2' },
    '\uFFFE',
  ),
  'a message cut in half': bytesFault(
    {
      code: 'xml-truncated',
      sentence: 'The second half of the message is missing.',
      rule: 'XML 1.0 2.1',
      touches: text,
    },
    (xml) => String(xml).slice(0, Math.floor(String(xml).length / 2)),
  ),
  'a tag that is closed wrongly': bytesFault(
    { code: 'xml-mismatched-tag', sentence: 'The root is closed by another name.', rule: 'XML 1.0 3', touches: text },
    (xml) => String(xml).replace(/<\/samlp:Response>$/, '</samlp:Answer>'),
  ),
} satisfies Record<string, Fault>;
