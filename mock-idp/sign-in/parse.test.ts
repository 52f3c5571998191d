/** Limits and checks of XML that service providers send. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeOf, childOf, childrenOf, InvalidXml, isNamed, type Limits, parseXml, textOf } from './parse.ts';

test('line and paragraph separators cost no more than other characters', () => {
  for (const separator of ['\u2028', '\u2029']) {
    const costOf = (text: string): number => {
      const begun = process.cpuUsage();
      parseXml(`<a>${text}</a>`);
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1_000;
    };
    const [x, y] = ['x'.repeat(60_000), 'y'.repeat(60_000)];
    const [plain, separated] = [costOf(`${x}-${y}`), costOf(`${x}${separator}${y}`)];
    // Quadratic growth would take seconds.
    assert.ok(separated < 8 * plain + 100, `${JSON.stringify(separator)}: ${separated} ms, a letter ${plain} ms`);
  }
});

const rejectionOf = (text: string, limits?: Limits): string | undefined => {
  try {
    parseXml(text, limits);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof InvalidXml && error.name === 'InvalidXml', String(error));
    return error.message;
  }
};

/** Each limit, a document that reaches it, one that exceeds it, and the reason. */
const limited: [limit: string, limits: Limits, within: string, exceeding: string, reason: RegExp][] = [
  ['characters', { length: 8 }, '<a>1</a>', '<a>12</a>', /longer than 8 characters/],
  ['levels', { depth: 2 }, '<a><b/><b/></a>', '<a><b><c/></b></a>', /nested deeper than 2 levels/],
  ['elements', { elements: 3 }, '<a><b/><b/></a>', '<a><b/><b/><b/></a>', /more than 3 elements/],
  ['attributes', { attributes: 2 }, '<a b="" c=""><a d=""/></a>', '<a b="" c="" d=""/>', /more than 2 attributes/],
  [
    'attributes in total',
    { attributesInAll: 3 },
    '<a b="" c=""><a d=""/></a>',
    '<a b="" c=""><a d="" e=""/></a>',
    /more than 3 attributes/,
  ],
  [
    'namespace declarations',
    { declarations: 2 },
    '<a xmlns="u" b=""><a xmlns:x="u" x:c=""/></a>',
    '<a xmlns="u"><a xmlns:x="u" xmlns:y="u"/></a>',
    /more than 2 namespace declarations/,
  ],
  ['comments', { others: 1 }, '<a><!----></a>', '<a><!----><!----></a>', /more than 1 comments/],
  ['instructions', { others: 1 }, '<a><?x?></a>', '<a><?x?><?x?></a>', /more than 1 comments/],
  ['CDATA sections', { others: 1 }, '<a><![CDATA[]]></a>', '<a><![CDATA[]]><![CDATA[]]></a>', /more than 1 comments/],
];
for (const [limit, limits, within, exceeding, reason] of limited)
  test(`the number of ${limit} has a limit`, () => {
    assert.equal(rejectionOf(within, limits), undefined);
    assert.match(rejectionOf(exceeding, limits)!, reason);
    assert.equal(rejectionOf(exceeding), undefined, 'the default limit is higher');
  });

test('a document may have 262,144 characters by default', () => {
  const text = `<a>${'x'.repeat(256 * 1024 - 7)}</a>`;
  assert.equal(rejectionOf(text), undefined);
  assert.match(rejectionOf(`${text} `)!, /longer than 262144/);
});

const rejected: [what: string, text: string, reason: RegExp][] = [
  ['an unclosed element', '<a><b></a>', /not well-formed/],
  ['an empty document', '', /not well-formed/],
  ['an undeclared prefix', '<x:a/>', /not well-formed/],
  ['a DOCTYPE', '<!DOCTYPE a><a/>', /has a DOCTYPE/],
  ...['ID', 'Id', 'id', 'xml:id'].map((name): [string, string, RegExp] => [
    `a duplicate ID, as ${name}`,
    `<a ID="1"><b ${name}="1"/></a>`,
    /the ID 1 occurs twice/,
  ]),
];
for (const [what, text, reason] of rejected)
  test(`${what} is rejected`, () => assert.match(rejectionOf(text)!, reason));

test('only ID attributes must be unique', () => {
  assert.equal(rejectionOf('<a ID="1" aID="1" IDs="1" b="1"><b c="1" Id="2"/></a>'), undefined);
});

const saml = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';

test('elements are found by namespace and local name, with any prefix, and only among the children', () => {
  const root = parseXml(
    `<r ${saml}>text<saml:A>1</saml:A><x:A xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion">2</x:A><A>3</A>` +
      '<saml:B><saml:A>4</saml:A></saml:B></r>',
  ).documentElement;
  assert.deepEqual(
    childrenOf(root, 'saml:A').map((one) => textOf(one)),
    ['1', '2'],
  );
  assert.equal(textOf(childOf(root, 'saml:A')), '1');
  assert.equal(childOf(root, 'saml:C'), undefined);
  assert.deepEqual(
    [root.firstElementChild ?? childOf(root, 'saml:A')!].map((one) => [
      isNamed(one, 'saml:A'),
      isNamed(one, 'saml:B'),
      isNamed(one, 'samlp:A'),
    ]),
    [[true, false, false]],
  );
  assert.equal(isNamed(null, 'saml:A'), false);
});

test('the text of an element excludes its children, is trimmed, and has CDATA but no comments', () => {
  const { documentElement } = parseXml('<a> 1<!--2--><![CDATA[3]]><b>4</b><?x 5?>6 </a>');
  assert.equal(textOf(documentElement), '136');
  assert.equal(textOf(undefined), undefined);
});

test('a missing attribute is undefined, an empty one is empty', () => {
  const { documentElement } = parseXml('<a b=""/>');
  assert.deepEqual(
    ['b', 'c'].map((name) => attributeOf(documentElement, name)),
    ['', undefined],
  );
  assert.equal(attributeOf(undefined, 'b'), undefined);
});

test("malformed XML is reported with its line, not in the parser's words", () => {
  for (const [xml, line] of [
    ['<a>\n<b></a>', 2],
    ['hello', 1],
    ['<a x="1" x="2"/>', 1],
    ['<p:a/>', 1],
  ] as const)
    assert.throws(() => parseXml(xml), { message: `the document is not well-formed XML (line ${line})` });
});
