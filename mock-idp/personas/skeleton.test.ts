/** The skeleton of a message: what of it stays, and what becomes a pattern. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { skeletonOf } from './skeleton.ts';

const guid = '01234567-89ab-cdef-0123-456789abcdef';

/** The rule, a message, its lines, and those of one that its source has laid out again, if they differ. */
const messages: [rule: string, xml: string, lines: string[], relaid?: string[]][] = [
  ['tags stay, and texts are left out', '<a><b>Sam</b></a>', ['<a>', '  <b>', '    text']],
  ['an end closes its element', '<a><b></b><c>x</c></a>', ['<a>', '  <b>', '  <c>', '    text']],
  ['an empty tag has nothing in it', '<a><b/><c/></a>', ['<a>', '  <b/>', '  <c/>']],
  ['an end may have a space', '<a><b></b ><c></c></a>', ['<a>', '  <b>', '  <c>']],
  ['the space before a slash stays', '<a><b c="1" /></a>', ['<a>', '  <b c="1" />'], ['<a>', '  <b c="1"/>']],
  ['the declaration stays', '<?xml version="1.0"?><a/>', ['<?xml version="1.0"?>', '<a/>'], ['<a/>']],
  ['a comment is left out', '<!-- x --><a><!-- y --><b/></a>', ['<a>', '  <b/>']],
  ['white space stays', '<a>\n <b/></a>', ['<a>', '  white space "\\n "', '  <b/>'], ['<a>', '  <b/>']],
  ['attributes keep their order', `<a c="1" b='23'/>`, ['<a c="1" b="23"/>']],
  [
    'declarations keep their place',
    '<a xmlns:z="u" c="1" xmlns:b="v"/>',
    ['<a xmlns:z="u" c="1" xmlns:b="v"/>'],
    ['<a c="1" xmlns:b="v" xmlns:z="u"/>'],
  ],
  ['an attribute may have spaces around its sign', '<a b = "1"\n c="2"/>', ['<a b="1" c="2"/>']],
  ['an empty value stays', '<a b=""/>', ['<a b=""/>']],
  [
    'the issuer is named again where it is a qualifier',
    '<a><s:Issuer>urn:i</s:Issuer><n NameQualifier="urn:i" SPNameQualifier="urn:o"/></a>',
    ['<a>', '  <s:Issuer>', '    entity ID', '  <n NameQualifier="entity ID" SPNameQualifier="text"/>'],
  ],
  [
    'a reference names what it refers to',
    '<r ID="_r" InResponseTo="_q" Destination="http://a"><Assertion ID="_a"/><x URI="#_r"/><x URI="#_a"/>' +
      '<d Recipient="http://a" InResponseTo="_q"/></r>',
    [
      '<r ID="_r" InResponseTo="request" Destination="ACS">',
      '  <Assertion ID="_a"/>',
      '  <x URI="#response"/>',
      '  <x URI="#assertion"/>',
      '  <d Recipient="ACS" InResponseTo="request"/>',
    ],
  ],
  [
    'without a Destination, the recipient is the address',
    '<r><p:SubjectConfirmationData Recipient="http://a"/><d>http://a</d></r>',
    ['<r>', '  <p:SubjectConfirmationData Recipient="ACS"/>', '  <d>', '    ACS'],
  ],
  [
    'encrypted parts are named',
    '<r><x:EncryptedData Id="_d"/><x:EncryptedKey Id="_k"/><x URI="#_d"/><x URI="#_k"/></r>',
    ['<r>', '  <x:EncryptedData Id="_d"/>', '  <x:EncryptedKey Id="_k"/>', '  <x URI="#data"/>', '  <x URI="#key"/>'],
  ],
  [
    'of equal IDs, the first meaning counts',
    '<r ID="_1"><Assertion ID="_1"/><x SessionIndex="_1"/></r>',
    ['<r ID="_1">', '  <Assertion ID="_1"/>', '  <x SessionIndex="response"/>'],
  ],
  ['an address of a person is left out', '<a Address="10.0.0.1"/>', ['<a Address="address"/>']],
  [
    'times are offsets from the issue, with their decimals',
    '<r IssueInstant="2026-03-01T12:00:00.4Z">' +
      '<c NotBefore="2026-03-01T11:59:59Z" NotOnOrAfter="2026-03-01T12:05:00.456Z"/></r>',
    [
      '<r IssueInstant="issue +0 s, 1 decimals">',
      '  <c NotBefore="issue -1 s, 0 decimals" NotOnOrAfter="issue +300 s, 3 decimals"/>',
    ],
  ],
  [
    'the instant of the sign-in may be any',
    '<r><a AuthnInstant="2026-03-01T12:00:00.000Z"/><a AuthnInstant="2026-03-01T12:00:00.12Z"/></r>',
    ['<r>', '  <a AuthnInstant="sign-in, zeros decimals"/>', '  <a AuthnInstant="sign-in, 2 decimals"/>'],
  ],
  [
    'what only resembles a time stays',
    '<r><a b="x2026-03-01T12:00:00Z"/><a b="2026-03-01T12:00:00Zx"/><a b="2026-03-01"/></r>',
    ['<r>', '  <a b="x2026-03-01T12:00:00Z"/>', '  <a b="2026-03-01T12:00:00Zx"/>', '  <a b="2026-03-01"/>'],
  ],
  [
    'formats stay',
    '<r><p:AuthnContextClassRef>urn:c</p:AuthnContextClassRef></r>',
    ['<r>', '  <p:AuthnContextClassRef>', '    urn:c'],
  ],
  [
    'the type of a Microsoft value stays',
    '<r><v>http://schemas.x</v><v>a http://schemas.x</v></r>',
    ['<r>', '  <v>', '    http://schemas.x', '  <v>', '    text'],
  ],
  ['a GUID is a text with a pattern', `<r><v>${guid}</v></r>`, ['<r>', '  <v>', '    {guid}']],
  ['an exponent stays', '<r><Exponent>AQAB</Exponent></r>', ['<r>', '  <Exponent>', '    AQAB']],
  [
    'with the line feeds around it',
    '<r><Exponent>\nAQAB\n</Exponent></r>',
    ['<r>', '  <Exponent>', '    AQAB between line feeds'],
    ['<r>', '  <Exponent>', '    AQAB'],
  ],
  [
    'base64 has one line',
    '<r><d:DigestValue>abcd</d:DigestValue></r>',
    ['<r>', '  <d:DigestValue>', '    base64 in one line'],
    ['<r>', '  <d:DigestValue>', '    base64'],
  ],
  [
    'or lines of a width',
    '<r><Modulus>abcd\nef</Modulus></r>',
    ['<r>', '  <Modulus>', '    base64 in lines of 4, which end in a line feed'],
    ['<r>', '  <Modulus>', '    base64'],
  ],
  [
    'with the end that Java writes',
    '<r><X509Certificate>abcd&#13;\nef</X509Certificate></r>',
    ['<r>', '  <X509Certificate>', '    base64 in lines of 4, which end in &#13; and a line feed'],
    ['<r>', '  <X509Certificate>', '    base64'],
  ],
  [
    'and perhaps a line feed before',
    '<r><SignatureValue>\nabcd</SignatureValue><CipherValue>abcd</CipherValue></r>',
    [
      '<r>',
      '  <SignatureValue>',
      '    a line feed, and base64 in one line',
      '  <CipherValue>',
      '    base64 in one line',
    ],
    ['<r>', '  <SignatureValue>', '    base64', '  <CipherValue>', '    base64'],
  ],
];

describe('a message', () => {
  for (const [rule, xml, lines, relaid = lines] of messages)
    test(rule, () => {
      assert.deepEqual(skeletonOf(xml), lines);
      assert.deepEqual(skeletonOf(xml, { isRelaid: true }), relaid);
    });
});

const hex = '0123456789abcdef0123456789abcdef';
const ids: [id: string, shape: string][] = [
  [`_${hex.toUpperCase()}`, '_{HEX:32}'],
  [`_${hex.toUpperCase()}0`, `_${hex.toUpperCase()}0`],
  [guid, '{guid}'],
  [`_${guid}`, '_{guid}'],
  [`id-${guid.slice(0, 30)}`, `id-${guid.slice(0, 30)}`],
  [`_${hex}`, '_{hex:32}'],
  [`a${hex.slice(0, 19)}`.slice(1), hex.slice(0, 19)],
  [`_${hex.slice(0, 20)}`, '_{hex:20}'],
  [`_${'Ab3'.repeat(11).slice(0, 32)}`, '_{letters:32}'],
  [`_${'Ab3'.repeat(11).slice(0, 31)}`, `_${'Ab3'.repeat(11).slice(0, 31)}`],
  ['1234567890123.123456789', '{milliseconds}.{digits}'],
  ['id1234567890123456789012345', 'id{digits}'],
  ['12345', '12345'],
  ['123456', '{number}'],
  ['1234567890', '{number}'],
  ['12345678901', '12345678901'],
  ['abcdefghijklmnopqrstuvwxy-.', '{random:27}'],
  ['abcdefghijklmnopqrstuvwxy-', 'abcdefghijklmnopqrstuvwxy-'],
];

describe('an ID becomes a pattern', () => {
  for (const [id, shape] of ids)
    test(`${id} is ${shape}`, () => {
      assert.deepEqual(skeletonOf(`<a ID="${id}"/>`), [`<a ID="${shape}"/>`]);
      assert.deepEqual(
        skeletonOf(`<a><b Id="${id}" SessionIndex="${id}"/></a>`)[1],
        `  <b Id="${shape}" SessionIndex="${shape}"/>`,
      );
    });
});

describe('a text without a root element is rejected', () => {
  for (const text of ['', 'x', '<?xml version="1.0"?>', '<!-- <a/> -->', '</a>'])
    test(`“${text}”`, () => assert.throws(() => skeletonOf(text), { message: 'the text has no root element' }));
});
