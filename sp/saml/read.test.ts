/** Tests of the gate for XML. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import type { RejectionCode } from '../rejection-advice.ts';
import { lineOf, pathOf, textOf } from './dom.ts';
import { honest } from './message.fixture.ts';
import { peek } from './peek.ts';
import { assertQuick, spentMs } from './processor-time.fixture.ts';
import { parse, read, spellLineEnds } from './read.ts';

const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
const entities = (count: number): string =>
  Array.from({ length: count }, (_, index) => `<!ENTITY a${index} "${'&a;'.repeat(10)}">`).join('');
const attributes = (count: number): string => Array.from({ length: count }, (_, index) => ` a${index}=""`).join('');

/** With 30 different names, because of the limit for one name. */
const elements = (count: number): string => Array.from({ length: count }, (_, index) => `<b${index % 30}/>`).join('');
const namespaces = (count: number, prefix: string): string =>
  Array.from({ length: count }, (_, index) => ` xmlns:${prefix}${index}="urn:x"`).join('');
const rejected: Readonly<Record<string, readonly [string, RejectionCode]>> = {
  nothing: ['', 'xml-malformed'],
  'text that is not XML': ['hello', 'xml-malformed'],
  'an unclosed element': ['<a><b></a>', 'xml-malformed'],
  'two roots': ['<a/><b/>', 'xml-malformed'],
  'text before the root': ['x<a/>', 'xml-malformed'],
  'text after the root': ['<a/>x', 'xml-malformed'],
  'a DOCTYPE': ['<!DOCTYPE a><a/>', 'xml-doctype'],
  'an external entity': ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'xml-doctype'],
  'a billion laughs': [`<!DOCTYPE a [<!ENTITY a "ha">${entities(20)}]><a>&a9;</a>`, 'xml-doctype'],
  'an unknown entity': ['<a>&x;</a>', 'xml-malformed'],
  'a processing instruction': ['<a>b<?c d?>e</a>', 'xml-processing-instruction'],
  'a processing instruction before the root': ['<?xml-stylesheet href="x"?><a/>', 'xml-processing-instruction'],
  'another encoding': ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'response-not-utf8'],
  'XML 1.1': ['<?xml version="1.1"?><a/>', 'xml-malformed'],
  '65 levels': [nested(65), 'xml-too-deep'],
  '10,000 levels': [nested(10_000), 'xml-too-deep'],
  '5,001 elements': [`<a>${elements(5_000)}</a>`, 'xml-too-complex'],
  '251 elements of one name': [`<a xmlns:x="urn:x">${'<b/><x:b/>'.repeat(125)}<b/></a>`, 'xml-too-complex'],
  '20,001 attribute values': [`<a>${'<AttributeValue/>'.repeat(20_001)}</a>`, 'xml-too-complex'],
  '101 namespaces in scope of one element': [
    `<a${namespaces(50, 'a')}><b${namespaces(50, 'b')}><c xmlns=""/></b></a>`,
    'xml-too-complex',
  ],
  'attribute values with more XML attributes than xsi:type needs': [
    `<a>${`<AttributeValue${attributes(60)}/>`.repeat(200)}</a>`,
    'xml-too-complex',
  ],
  '65 attributes': [`<a${attributes(65)}/>`, 'xml-too-complex'],
  '10,001 attributes': [`<a>${`<b${attributes(60)}/>`.repeat(167)}</a>`, 'xml-too-complex'],
  '101 comments': [`<a>${'<!---->'.repeat(101)}</a>`, 'xml-too-complex'],
  '1,001 CDATA sections': [`<a>${'<![CDATA[]]>'.repeat(1_001)}</a>`, 'xml-too-complex'],
  'an element with a name of 201 characters': [`<${'a'.repeat(201)}/>`, 'xml-too-complex'],
  'an attribute with a name of 201 characters': [`<a ${'a'.repeat(201)}="x"/>`, 'xml-too-complex'],
  '20 MB': [`<a>${'x'.repeat(20_000_000)}</a>`, 'response-too-large'],
  '20 MB of tags': ['<a>'.repeat(7_000_000), 'response-too-large'],
  'a duplicate ID': ['<a ID="x"><b ID="x"/></a>', 'xml-duplicate-id'],
  'an ID and an Id with the same value': ['<a ID="x"><b Id="x"/></a>', 'xml-duplicate-id'],
  'an ID in a namespace': ['<a xmlns:x="urn:x" ID="x" x:ID="y"/>', 'xml-attribute-ambiguous'],
  'only an ID in a namespace': ['<a xmlns:x="urn:x" x:Id="y"/>', 'xml-attribute-ambiguous'],
  'ID and Id on one element': ['<a ID="x" Id="y"/>', 'xml-attribute-ambiguous'],
  'a prefix called ID': ['<a xmlns:ID="urn:x"/>', 'xml-attribute-ambiguous'],
  'a prefix with an inherited property name': ['<a xmlns:__proto__="urn:x"/>', 'xml-attribute-ambiguous'],
  'a relative namespace': ['<a xmlns="1"/>', 'xml-attribute-ambiguous'],
  'a namespace with an escaped quotation mark': [
    '<a xmlns:x="urn:x&quot; ID=&quot;y"><x:b/></a>',
    'xml-attribute-ambiguous',
  ],
  'a duplicate attribute': ['<a b="" b=""/>', 'xml-malformed'],
  'a duplicate attribute by two prefixes': ['<a xmlns:x="urn:x" xmlns:y="urn:x" x:b="" y:b=""/>', 'xml-malformed'],
  'colons before a name': ['<a ::foo="bar"/>', 'xml-malformed'],
  'a colon before an element': ['<:a/>', 'xml-malformed'],
  'two colons in an element': ['<a xmlns:b="urn:b"><b:c:d/></a>', 'xml-malformed'],
  'an unbound prefix': ['<x:a/>', 'xml-malformed'],
  'the prefix xml bound to another namespace': ['<a xmlns:xml="urn:x"/>', 'xml-malformed'],
  'the prefix xmlns bound': ['<a xmlns:xmlns="urn:x"/>', 'xml-malformed'],
  'the xmlns namespace as default': ['<a xmlns="http://www.w3.org/2000/xmlns/"/>', 'xml-malformed'],
  NUL: ['<a>\0</a>', 'xml-malformed'],
  'NUL as a character reference': ['<a>&#0;</a>', 'xml-malformed'],
  'a control character': ['<a>\u0001</a>', 'xml-malformed'],
  'U+FFFE': ['<a>\uFFFE</a>', 'xml-malformed'],
  'a lone surrogate': ['<a>\uD800</a>', 'xml-malformed'],
  'a lone surrogate as a character reference': ['<a>&#xD800;</a>', 'xml-malformed'],
};

for (const [name, [xml, code]] of Object.entries(rejected)) {
  test(`${name}: ${code}`, () => {
    const reading = (): void => {
      const outcome = read(xml);
      assert.equal(outcome.ok ? 'taken' : outcome.finding.code, code);
    };
    assertQuick(spentMs(reading), 500);
  });
}

const taken: Readonly<Record<string, string>> = {
  '64 levels': nested(64),
  '5,000 elements': `<a>${elements(4_999)}</a>`,
  '250 elements of one name': `<a>${'<b/>'.repeat(250)}</a>`,
  '20,000 attribute values': `<a>${'<AttributeValue/>'.repeat(20_000)}</a>`,
  '100 namespaces in scope of one element, again and again':
    `<a${namespaces(50, 'a')}>` + `${`<b${namespaces(50, 'b')}/>`.repeat(2)}</a>`,
  'attribute values with xsi:type': `<a>${`<AttributeValue${attributes(4)}/>`.repeat(4_000)}</a>`,
  'a declaration in UTF-8': '<?xml version="1.0" encoding="utf-8" standalone="yes"?><a/>',
  'namespaces as URLs and URNs': '<a xmlns="http://a/b#c" xmlns:x="urn:x:y"><b xmlns=""/></a>',
  'an upper-case prefix': '<SAML:a xmlns:SAML="urn:x"/>',
};
for (const [name, xml] of Object.entries(taken)) test(`accepted: ${name}`, () => assert.ok(read(xml).ok));

const message = (xml: string): Document => {
  const outcome = read(xml);
  assert.ok(outcome.ok);
  return outcome.message.document;
};

test('comments do not split a text, and CDATA is part of it', () => {
  assert.equal(
    textOf(message('<a>ada@acme.example<!-- -->.evil<![CDATA[.com]]></a>').documentElement),
    'ada@acme.example.evil.com',
  );
});

test('only XML 1.0 line ends are normalized', () => {
  assert.equal(
    textOf(message('<a>1\r\n2\r3\u00854\u20285\u20296</a>').documentElement),
    '1\n2\n3\u00854\u20285\u20296',
  );
});

test('line and paragraph separators cost no more than other characters', () => {
  for (const separator of ['\u0085', '\u2028', '\u2029', '<![CDATA[\u2028]]>']) {
    const costOf = (text: string): number =>
      spentMs(() => assert.equal(textOf(message(`<a>${text}</a>`).documentElement).length, 120_001));
    const [x, y] = ['x'.repeat(60_000), 'y'.repeat(60_000)];
    const [plain, separated] = [costOf(`${x}-${y}`), costOf(`${x}${separator}${y}`)];
    // Quadratic growth would take seconds.
    assert.ok(separated < 8 * plain + 100, `${JSON.stringify(separator)}: ${separated} ms, a letter ${plain} ms`);
  }
});

test('nodes know their path and their line', () => {
  const root = message(
    honest.replaceAll('saml:', 'a2:').replaceAll(':saml=', ':a2=').replaceAll('samlp', 'p'),
  ).documentElement;
  const audience = root.getElementsByTagName('a2:Audience')[0]!;
  assert.equal(
    pathOf(audience),
    '/samlp:Response/saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience',
  );
  assert.equal(lineOf(audience), 13);
  const twice = message('<a><b/><c/><b/></a>').documentElement;
  assert.deepEqual(
    [0, 1, 2].map((index) => pathOf(twice.childNodes[index] as Element)),
    ['/a/b[1]', '/a/c', '/a/b[2]'],
  );
});

test('a peek reads the message’s claims without verifying them', () => {
  const outcome = read(honest);
  assert.ok(outcome.ok);
  assert.deepEqual(peek(outcome.message), {
    responseId: '_response',
    inResponseTo: '_request',
    issuer: 'http://idp.localhost:4000/acme/metadata',
    nameId: 'ada@acme.example',
  });
});

/** The content of a text: elements, attributes and texts with their namespaces, in any notation. */
const start = (uri: string | null, local: string, attributes: readonly string[]): string =>
  `<{${uri ?? ''}}${local} ${attributes.toSorted().join(' ')}`;
const isDeclaration = (name: string): boolean => /^xmlns(:|$)/.test(name);

function eventsOfSaxes(xml: string): string[] {
  const events: string[] = [];
  let depth = 0;
  const text = (more: string): void => {
    if (depth === 0) return; // whitespace around the root is not in the tree
    if (events.at(-1)?.startsWith('text ')) events[events.length - 1] += more;
    else events.push(`text ${more}`);
  };
  const parser = new SaxesParser({ xmlns: true });
  parser.on(
    'opentag',
    ({ uri, local, attributes: all }) =>
      void events.push(
        start(
          uri,
          local,
          Object.values(all)
            .filter(({ name }) => !isDeclaration(name))
            .map((one) => `{${one.uri}}${one.local}=${one.value}`),
        ),
      ),
  );
  parser.on('opentagstart', () => void depth++);
  parser.on('closetag', () => {
    depth--;
    events.push('>');
  });
  parser.on('text', text);
  parser.on('cdata', text);
  parser.write(xml).close();
  return events.filter((one) => one !== 'text ');
}

function eventsOfTree(node: Element): string[] {
  const own = Array.from({ length: node.attributes.length }, (_, index) => node.attributes.item(index)!).filter(
    ({ name }) => !isDeclaration(name),
  );
  const events = [
    start(
      node.namespaceURI,
      node.localName,
      own.map((one) => `{${one.namespaceURI ?? ''}}${one.localName}=${one.value}`),
    ),
  ];
  let open = false;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const isText = child.nodeType === 3 || child.nodeType === 4;
    if (isText && open) events[events.length - 1] += child.nodeValue ?? '';
    else if (isText) events.push(`text ${child.nodeValue}`);
    else if (child.nodeType === 1) events.push(...eventsOfTree(child as Element));
    open = isText || (open && child.nodeType === 8);
  }
  return [...events, '>'].filter((one) => one !== 'text ');
}

const sound = [
  '<p:a xmlns:p="urn:p" xmlns="urn:d" ID="_1" p:x="1" y="&lt;&amp;&#10;">text<b z=\'q"q\'>more</b>' +
    '<!-- c --><c/><![CDATA[<x>&]]>&#65;tail</p:a>',
  '<a xmlns="urn:a"><b xmlns="" c="d">1<d xmlns="urn:x" xmlns:e="urn:e" e:f="g" f="h"/>2</b></a>',
];
const scraps = fc.constantFrom(
  ...'<>/"\'=&;:!-{}\\%_.0 \n\r\t\u0085\u00a0\u2028\u2029\ufeff\u0301é',
  '\r\n',
  '--',
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  ' xmlns:p="urn:z"',
  ' xmlns=""',
  ' xml:lang="x"',
  '&#x41;',
  '&#13;',
  '&#9;',
  '&quot;',
  '&gt;',
  '<b/>',
  '</b>',
  '<b>',
  ' q="r"',
  ' p:q="r"',
  '<b\n/>',
  "<b c='>'/>",
  '<b  c = "d" />',
);

test('two parsers agree on all accepted messages', () => {
  let count = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...sound),
      fc.array(fc.tuple(fc.nat(200), fc.nat(3), scraps), { maxLength: 3 }),
      (base, edits) => {
        const xml = edits.reduce(
          (text, [at, length, scrap]) => text.slice(0, at) + scrap + text.slice(at + length),
          base,
        );
        const outcome = read(xml);
        if (!outcome.ok) return;
        count++;
        assert.deepEqual(eventsOfTree(outcome.message.document.documentElement), eventsOfSaxes(xml), xml);
      },
    ),
    { numRuns: 3_000, seed: 20260301 },
  );
  assert.ok(count > 300, `${count} texts were taken`);
});

/** The finding of each rejection, and the last accepted value with the first rejected one. */
const findingIn = (xml: string): Record<string, unknown> => {
  const outcome = read(xml);
  return outcome.ok ? { ok: true } : { ...outcome.finding };
};
const values = (count: number): string => '<AttributeValue/>'.repeat(count);
const many = (count: number, one: string): string => `<a>${one.repeat(count)}</a>`;
const limits: Readonly<Record<string, readonly [taken: string, rejected: string, expected: string]>> = {
  levels: [nested(64), nested(65), 'at most 64 levels'],
  comments: [many(100, '<!---->'), many(101, '<!---->'), 'at most 100 comments'],
  'CDATA sections': [many(1_000, '<![CDATA[]]>'), many(1_001, '<![CDATA[]]>'), 'at most 1000 CDATA sections'],
  'attributes in one element': [
    `<a${attributes(64)}/>`,
    `<a${attributes(65)}/>`,
    'at most 64 attributes in one element',
  ],
  'elements of one name with any prefix': [
    `<x xmlns:y="urn:y">${'<b/><y:b/>'.repeat(125)}</x>`,
    `<x xmlns:y="urn:y">${'<b/><y:b/>'.repeat(125)}<b/></x>`,
    'at most 250 elements named b',
  ],
  elements: [
    `<a>${elements(4_999)}${values(10)}<Attribute/></a>`,
    `<a>${values(10)}${elements(5_000)}</a>`,
    'at most 5000 elements',
  ],
  'attribute values, across attributes': [
    `<a>${values(19_999)}<Attribute/></a>`,
    `<a>${values(20_000)}<Attribute/></a>`,
    'at most 20000 attribute values',
  ],
  'XML attributes in total, with more for attribute values': [
    `<a>${values(3)}${`<b${attributes(50)}/>`.repeat(200)}<c${attributes(12)}/></a>`,
    `<a>${values(3)}${`<b${attributes(50)}/>`.repeat(200)}<c${attributes(13)}/></a>`,
    'at most 10000 attributes in total',
  ],
  'namespaces in scope of one element': [
    `<a${namespaces(50, 'a')}><b xmlns="urn:x"${namespaces(49, 'b')} c="" d=""/><b${namespaces(50, 'b')}/></a>`,
    `<a${namespaces(50, 'a')}><b xmlns="urn:x"${namespaces(50, 'b')}/></a>`,
    'at most 100 namespaces in scope of one element',
  ],
  'characters in an element name': [
    `<${'a'.repeat(200)}/>`,
    `<${'a'.repeat(201)}/>`,
    'names of at most 200 characters',
  ],
  'characters in an attribute name': [
    `<a ${'a'.repeat(200)}=""/>`,
    `<a ${'a'.repeat(201)}=""/>`,
    'names of at most 200 characters',
  ],
};
for (const [name, [last, first, expected]] of Object.entries(limits))
  test(`the maximum of ${name}, and one more`, () => {
    assert.deepEqual(findingIn(last), { ok: true });
    const { code, expected: shown, line } = findingIn(first) as { code: string; expected: string; line: number };
    assert.deepEqual([code, shown, line], [name === 'levels' ? 'xml-too-deep' : 'xml-too-complex', expected, 1]);
  });
test('attributes whose names merely contain xmlns declare no namespace', () => {
  const near = ' a-xmlns="" xmlns-a="" yxmlns=""';
  assert.deepEqual(findingIn(`<a${namespaces(50, 'a')}><b${namespaces(50, 'b')}${near}/></a>`), { ok: true });
});
test('1,048,576 characters are accepted, one more is not', () => {
  const most = 1024 * 1024;
  const xml = (length: number): string => `<a>${'x'.repeat(length - 7)}</a>`;
  assert.deepEqual(findingIn(xml(most)), { ok: true });
  const tooLarge = { code: 'response-too-large', expected: `at most ${most} characters`, received: String(most + 1) };
  assert.deepEqual(findingIn(xml(most + 1)), tooLarge);
});

const shown: Readonly<Record<string, readonly [xml: string, received: string, expected?: string]>> = {
  'an unclosed element, with our line number and not the parser’s': ['<a>\n<b>\n</a>', 'unexpected close tag.'],
  'a processing instruction': ['<a>\n\n<?php x?></a>', '<?php'],
  'another version': ['\n<a/>'.replace('\n', '<?xml version="1.1"?>\n\n'), '1.1', 'XML 1.0'],
  'another encoding': ['<?xml version="1.0" encoding="latin1"?>\n\n<a/>', 'latin1', 'UTF-8'],
  'two IDs': ['<a\nID="x"\nz="" id="y"/>', 'ID, z, id', 'one ID'],
  'a duplicate ID': ['<a ID="x">\n\n<b id="x"/></a>', 'x'],
  'a relative namespace': ['<a\n\nxmlns="x"/>', 'x', 'an absolute namespace name'],
  'a long relative namespace': [`<a\n\nxmlns="${'x'.repeat(201)}"/>`, 'x'.repeat(200), 'an absolute namespace name'],
  'a namespace with text before its scheme': ['<a\n\nxmlns="-urn:x"/>', '-urn:x', 'an absolute namespace name'],
  'a namespace with a space': ['<a\n\nxmlns="urn:x y"/>', 'urn:x y', 'an absolute namespace name'],
  'a prefix with an inherited property name': ['<a\n\nxmlns:__PROTO__="urn:x"/>', 'xmlns:__PROTO__'],
  'an ID with a prefix': ['<a\n\nxmlns:x="urn:x" x:iD=""/>', 'x:iD', 'ID'],
};
for (const [name, [xml, received, expected]] of Object.entries(shown))
  test(`finding: ${name}`, () => {
    const finding = findingIn(xml) as { received: string; expected?: string; line: number };
    assert.deepEqual([finding.received, finding.expected], [received, expected]);
    assert.equal(finding.line, name === 'another version' || name === 'another encoding' ? 1 : 3);
  });

for (const [name, xml] of Object.entries({
  'names that only start or end with ID':
    '<a ID="x" IDs="x" myid="x"><b id="y" identity="x" grid="y"/><c IDs="x"/></a>',
  'names with a prefix that only start or end with ID': '<a xmlns:x="urn:x" x:ids="1" x:grid="1"/>',
  'prefixes that only start or end like that':
    '<a xmlns:ids="urn:x" xmlns:grid="urn:y" xmlns:a__proto__="urn:z" xmlns:__proto__a="urn:w"/>',
  'a declaration without encoding': '<?xml version="1.0"?><a/>',
  'namespaces with capitals, digits and signs': '<a xmlns="URN:x" xmlns:b="a1+.-:"/>',
}))
  test(`accepted: ${name}`, () => assert.deepEqual(findingIn(xml), { ok: true }));

/** XML 1.1 line ends in any position: written as references, except where a reference would mean something else. */
const [next, line, paragraph] = ['\u0085', '\u2028', '\u2029'];
const spelt: Readonly<Record<string, string>> = {
  '<a>1</a>': '<a>1</a>',
  [`<a>${next}${line}${paragraph}</a>`]: '<a>&#133;&#8232;&#8233;</a>',
  [`${line}<a/>`]: '&#8232;<a/>',
  [`<a b="${line}"/>`]: '<a b="&#8232;"/>',
  [`<a><!-- ${line} --></a>`]: '<a><!-- &#8232; --></a>',
  [`<a><!-- <![CDATA[ ${line} --><![CDATA[x]]></a>`]: '<a><!-- <![CDATA[ &#8232; --><![CDATA[x]]></a>',
  [`<a><![CDATA[<&>${line}]]>${line}<b/></a>`]: '<a>&#60;&#38;&#62;&#8232;&#8232;<b/></a>',
  [`<a><![CDATA[${line}]]></a>`]: '<a>&#8232;</a>',
  [`<a>${line}<![CDATA[<&>]]></a>`]: '<a>&#8232;<![CDATA[<&>]]></a>',
  [`<a><![CDATA[<!--]]>${line}--></a>`]: '<a><![CDATA[<!--]]>&#8232;--></a>',
  [`<a><![CDATA[a${line}`]: '<a><![CDATA[a&#8232;',
  [`<a><!-- ${line}`]: '<a><!-- &#8232;',
  [`<a><![CDATA[1]]>${line}<![CDATA[2${next}]]>3</a>`]: '<a><![CDATA[1]]>&#8232;2&#133;3</a>',
};
/** TAP parsers treat them as the end of a line. */
const escaped = (text: string): string => text.replaceAll(line, '\\u2028').replaceAll(paragraph, '\\u2029');
for (const [xml, expected] of Object.entries(spelt))
  test(`line ends of XML 1.1 in ${escaped(JSON.stringify(xml))}`, () => assert.equal(spellLineEnds(xml), expected));

test('parse throws for a text that has not passed read', () => assert.throws(() => parse('<a><b></a>')));
