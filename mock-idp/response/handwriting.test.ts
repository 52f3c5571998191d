/** Messages as a product writes them: prefixes, declarations, order of attributes, and the canonical forms. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Handwriting, handOf } from './handwriting.ts';
import { cdata, comment, type Element, element, namespaces, type Rendering } from './xml.ts';

const plain: Handwriting = { prefixes: {}, declarationsFirst: true, emptyTag: '><' };
const samlp = `xmlns:samlp="${namespaces.samlp}"`;
const saml = `xmlns:saml="${namespaces.saml}"`;
const ds = `xmlns:ds="${namespaces.ds}"`;
const xs = `xmlns:xs="${namespaces.xs}"`;
const xsi = `xmlns:xsi="${namespaces.xsi}"`;
const exclusive: Rendering = { form: 'exclusive' };
const inclusive: Rendering = { form: 'inclusive' };

type Text = [text: string, rendering?: Rendering];

/** Writes the tree twice, because tags are kept, and compares each form. */
function check(writing: Partial<Handwriting>, tree: Element, texts: readonly Text[]): void {
  const hand = handOf({ ...plain, ...writing });
  for (const turn of ['at first', 'again'])
    for (const [text, rendering = {}] of texts) assert.equal(hand.render(tree, rendering), text, turn);
}

type Rule = [rule: string, writing: Partial<Handwriting>, tree: Element, ...texts: Text[]];

const nested = element('saml:A', {}, element('saml:B', {}, 'x'));
const prefixes: Rule[] = [
  [
    'a prefix without another stays, and is declared once',
    {},
    nested,
    [`<saml:A ${saml}><saml:B>x</saml:B></saml:A>`],
    [`<saml:A ${saml}><saml:B>x</saml:B></saml:A>`, exclusive],
    [`<saml:A ${saml}><saml:B>x</saml:B></saml:A>`, inclusive],
  ],
  [
    'a prefix is the product’s',
    { prefixes: { saml: 's' } },
    nested,
    [`<s:A xmlns:s="${namespaces.saml}"><s:B>x</s:B></s:A>`],
    [`<s:A xmlns:s="${namespaces.saml}"><s:B>x</s:B></s:A>`, exclusive],
  ],
  [
    'an empty prefix is a default namespace',
    { prefixes: { saml: '' } },
    nested,
    [`<A xmlns="${namespaces.saml}"><B>x</B></A>`],
  ],
  [
    'a name without a namespace ends a default one',
    { prefixes: { saml: '' } },
    element('saml:A', {}, element('b', {}, element('c'))),
    [`<A xmlns="${namespaces.saml}"><b xmlns=""><c></c></b></A>`],
    [`<A xmlns="${namespaces.saml}"><b xmlns=""><c></c></b></A>`, exclusive],
  ],
  ['a name without a namespace declares none', {}, element('a', {}, element('b')), ['<a><b></b></a>']],
  [
    'below a default namespace, attributes without a prefix need no declaration',
    { prefixes: { saml: '' } },
    element('saml:A', { b: '1' }, element('saml:B', { c: '2' })),
    [`<A xmlns="${namespaces.saml}" b="1"><B c="2"></B></A>`],
    [`<A xmlns="${namespaces.saml}" b="1"><B c="2"></B></A>`, exclusive],
  ],
  [
    'names that begin with a prefix of the product do not end its declaration',
    { prefixes: { saml: 's' } },
    element('saml:A', {}, element('s:B', { 's:c': '1' }), element('d', { 's:e': '2' })),
    [`<s:A xmlns:s="${namespaces.saml}"><s:B s:c="1"></s:B><d s:e="2"></d></s:A>`],
  ],
  [
    'a name without a colon has no prefix',
    {},
    element('abc', { 'xmlns:ab': 'urn:x' }, element('xyz')),
    ['<abc xmlns:ab="urn:x"><xyz></xyz></abc>'],
    ['<abc><xyz></xyz></abc>', exclusive],
  ],
  ['an unknown prefix stays', { prefixes: { x: 'y' } }, element('x:a', { b: '1' }), ['<x:a b="1"></x:a>']],
  ['also that of an attribute', {}, element('a', { 'x:b': '1' }), ['<a x:b="1"></a>']],
  [
    'an attribute has the product’s prefix',
    { prefixes: { xsi: 'i' } },
    element('a', { 'xsi:type': 't' }),
    [`<a xmlns:i="${namespaces.xsi}" i:type="t"></a>`],
  ],
  [
    'an attribute has no default namespace, so it keeps its prefix',
    { prefixes: { xsi: '' } },
    element('xsi:a', { 'xsi:type': 't' }),
    [`<a xmlns="${namespaces.xsi}" ${xsi} xsi:type="t"></a>`],
  ],
  [
    'xml is not declared',
    { prefixes: { xml: 'y' } },
    element('a', { 'xml:lang': 'en', b: '' }),
    ['<a b="" xml:lang="en"></a>'],
    ['<a b="" xml:lang="en"></a>', exclusive],
  ],
  [
    'what the tree declares itself counts, and not the product’s prefix',
    { prefixes: { saml: 's' } },
    element('saml:A', { 'xmlns:saml': 'urn:x', 'saml:b': '' }, element('saml:C')),
    ['<saml:A xmlns:saml="urn:x" saml:b=""><saml:C></saml:C></saml:A>'],
    ['<saml:A xmlns:saml="urn:x" saml:b=""><saml:C></saml:C></saml:A>', exclusive],
  ],
  [
    'a prefix that the tree declares for something else is not used',
    { prefixes: { saml: 's' } },
    element('saml:A', { 'xmlns:s': 'urn:x' }),
    [`<saml:A xmlns:s="urn:x" ${saml}></saml:A>`],
    [`<saml:A ${saml}></saml:A>`, exclusive],
  ],
  [
    'an own declaration that nothing uses is not in the exclusive form',
    {},
    element('a', { 'xmlns:x': 'urn:x', b: '' }, element('x:c')),
    ['<a xmlns:x="urn:x" b=""><x:c></x:c></a>'],
    ['<a xmlns:x="urn:x" b=""><x:c></x:c></a>', inclusive],
    ['<a b=""><x:c xmlns:x="urn:x"></x:c></a>', exclusive],
  ],
];

const keyInfo = element('ds:S', {}, element('ds:KeyInfo', {}, element('ds:X')));
const declarations: Rule[] = [
  [
    'an element and what is in it may have other prefixes',
    { inside: { 'ds:KeyInfo': { own: { ds: '' }, below: { ds: 'd' } } } },
    keyInfo,
    [`<ds:S ${ds}><KeyInfo xmlns="${namespaces.ds}"><d:X xmlns:d="${namespaces.ds}"></d:X></KeyInfo></ds:S>`],
  ],
  [
    'its own prefix holds below if there is no other',
    { inside: { 'ds:KeyInfo': { own: { ds: 'k' }, below: {} } } },
    keyInfo,
    [`<ds:S ${ds}><k:KeyInfo xmlns:k="${namespaces.ds}"><k:X></k:X></k:KeyInfo></ds:S>`],
  ],
  [
    'what is in it may have another prefix than itself and its parent',
    { inside: { 'ds:KeyInfo': { own: {}, below: { ds: 'd' } } } },
    keyInfo,
    [`<ds:S ${ds}><ds:KeyInfo><d:X xmlns:d="${namespaces.ds}"></d:X></ds:KeyInfo></ds:S>`],
  ],
  [
    'what is declared above is written in exclusive form where it is first used, and not again below',
    { declares: { 'saml:A': [['xsi', 'xsi']] } },
    element('saml:A', {}, element('saml:B', { 'xsi:b': '' }, element('saml:C', { 'xsi:c': '' }))),
    [`<saml:A ${xsi} ${saml}><saml:B xsi:b=""><saml:C xsi:c=""></saml:C></saml:B></saml:A>`],
    [`<saml:A ${saml}><saml:B ${xsi} xsi:b=""><saml:C xsi:c=""></saml:C></saml:B></saml:A>`, exclusive],
  ],
  [
    'what the product declares is there unused, but for the exclusive form',
    {
      declares: {
        'saml:A': [
          ['xs', 'xs'],
          ['xsi', 'xsi'],
        ],
      },
    },
    nested,
    [`<saml:A ${xs} ${xsi} ${saml}><saml:B>x</saml:B></saml:A>`],
    [`<saml:A ${saml} ${xs} ${xsi}><saml:B>x</saml:B></saml:A>`, inclusive],
    [`<saml:A ${saml}><saml:B>x</saml:B></saml:A>`, exclusive],
    [`<saml:A ${saml} ${xs}><saml:B>x</saml:B></saml:A>`, { form: 'exclusive', prefixList: ['xs'] }],
  ],
  [
    'it is declared where it is in scope already',
    { declares: { 'saml:B': [['saml', 'saml']] } },
    nested,
    [`<saml:A ${saml}><saml:B ${saml}>x</saml:B></saml:A>`],
    [`<saml:A ${saml}><saml:B>x</saml:B></saml:A>`, exclusive],
  ],
  [
    'children declare their own prefix again, and grandchildren do not',
    { declareAgainBelow: ['saml:A'] },
    element('saml:A', {}, element('saml:B', {}, element('saml:C')), element('saml:D')),
    [`<saml:A ${saml}><saml:B ${saml}><saml:C></saml:C></saml:B><saml:D ${saml}></saml:D></saml:A>`],
    [`<saml:A ${saml}><saml:B><saml:C></saml:C></saml:B><saml:D></saml:D></saml:A>`, exclusive],
  ],
  [
    'so do children of an element that itself has nothing to declare',
    { declareAgainBelow: ['saml:B'] },
    element('saml:A', {}, element('saml:B', {}, element('saml:C'))),
    [`<saml:A ${saml}><saml:B><saml:C ${saml}></saml:C></saml:B></saml:A>`],
  ],
  [
    'only their own prefix is declared again, not that of attributes',
    { declareAgainBelow: ['saml:A'] },
    element('saml:A', { 'xsi:x': '' }, element('saml:B', { 'xsi:y': '' })),
    [`<saml:A ${saml} ${xsi} xsi:x=""><saml:B ${saml} xsi:y=""></saml:B></saml:A>`],
  ],
  ['declarations are before the attributes', {}, element('saml:A', { b: '1' }), [`<saml:A ${saml} b="1"></saml:A>`]],
  [
    'or after them, but not in a canonical form',
    { declarationsFirst: false },
    element('saml:A', { b: '1' }),
    [`<saml:A b="1" ${saml}></saml:A>`],
    [`<saml:A ${saml} b="1"></saml:A>`, exclusive],
  ],
  [
    'the other place holds for some elements',
    { declarationsFirst: false, declarationsOtherwise: ['saml:A'] },
    element('saml:A', { b: '1' }, element('ds:B', { c: '2' })),
    [`<saml:A ${saml} b="1"><ds:B c="2" ${ds}></ds:B></saml:A>`],
  ],
  [
    'the innermost of two declarations counts',
    {},
    element('x:a', { 'xmlns:x': 'urn:1' }, element('x:b', { 'xmlns:x': 'urn:2' }), element('x:c')),
    ['<x:a xmlns:x="urn:1"><x:b xmlns:x="urn:2"></x:b><x:c></x:c></x:a>'],
    ['<x:a xmlns:x="urn:1"><x:b xmlns:x="urn:2"></x:b><x:c></x:c></x:a>', exclusive],
  ],
];

const many = element('a', { 'xsi:b': '1', 'ds:z': '2', d: '3', c: '4', 'xsi:a': '5' });
const order: Rule[] = [
  [
    'attributes are in the order of their names, and in canonical form by namespace',
    {},
    many,
    [`<a ${xsi} ${ds} c="4" d="3" ds:z="2" xsi:a="5" xsi:b="1"></a>`],
    [`<a ${ds} ${xsi} c="4" d="3" ds:z="2" xsi:a="5" xsi:b="1"></a>`, exclusive],
  ],
  [
    'the namespace decides, not the prefix',
    { prefixes: { ds: 'z', xsi: 'b' } },
    element('a', { 'xsi:a': '', 'ds:z': '', y: '' }),
    [`<a xmlns:b="${namespaces.xsi}" xmlns:z="${namespaces.ds}" y="" z:z="" b:a=""></a>`, exclusive],
  ],
  [
    'of one namespace with two prefixes, the local name decides',
    {},
    element('a', { 'xmlns:p': 'urn:x', 'xmlns:q': 'urn:x', 'p:b': '', 'q:a': '', 'p:c': '' }),
    ['<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="" p:c="" q:a=""></a>'],
    ['<a xmlns:p="urn:x" xmlns:q="urn:x" q:a="" p:b="" p:c=""></a>', exclusive],
  ],
  [
    'in canonical form, a prefixed attribute follows one without a prefix',
    {},
    element('a', { 'ds:b': '', z: '' }),
    [`<a ${ds} ds:b="" z=""></a>`],
    [`<a ${ds} z="" ds:b=""></a>`, exclusive],
  ],
  [
    'in each order in which they are given',
    {},
    element('a', { z: '', 'ds:b': '' }),
    [`<a ${ds} ds:b="" z=""></a>`],
    [`<a ${ds} z="" ds:b=""></a>`, exclusive],
  ],
  [
    'listed attributes are first, in the order of the list, and others follow by name',
    { order: { a: ['d', 'xsi:b'] } },
    many,
    [`<a ${xsi} ${ds} d="3" xsi:b="1" c="4" ds:z="2" xsi:a="5"></a>`],
    [`<a ${ds} ${xsi} c="4" d="3" ds:z="2" xsi:a="5" xsi:b="1"></a>`, exclusive],
  ],
  [
    'a list is for its element only',
    { order: { b: ['d', 'c'] } },
    element('a', { d: '', c: '' }),
    ['<a c="" d=""></a>'],
  ],
];

const texts: Rule[] = [
  ['an empty element has two tags', {}, element('a', { b: '' }), ['<a b=""></a>']],
  ['or one', { emptyTag: '/>' }, element('a', { b: '' }), ['<a b=""/>'], ['<a b=""></a>', exclusive]],
  ['or one with a space', { emptyTag: ' />' }, element('saml:A'), [`<saml:A ${saml} />`]],
  [
    'which ends after its declarations',
    { emptyTag: '/>', declarationsFirst: false },
    element('saml:A', { b: '' }),
    [`<saml:A b="" ${saml}/>`],
  ],
  ['an element with a text does not have one tag', { emptyTag: '/>' }, element('a', {}, 'x'), ['<a>x</a>']],
  ['values and texts are escaped', {}, element('a', { b: '"<&' }, '<&>'), ['<a b="&quot;&lt;&amp;">&lt;&amp;&gt;</a>']],
  [
    'a carriage return is a decimal reference in the document only',
    {},
    element('a', {}, 'x\r\n', 'y'),
    ['<a>x&#13;\ny</a>'],
    ['<a>x&#xD;\ny</a>', exclusive],
  ],
  [
    'comments are in the document, and not in the canonical form without them',
    {},
    element('a', {}, comment('c'), cdata('<')),
    ['<a><!--c--><![CDATA[<]]></a>'],
    ['<a>&lt;</a>', exclusive],
    ['<a><!--c-->&lt;</a>', { form: 'with-comments' }],
  ],
];

const part = element('ds:SignedInfo', {}, 'x');
const declaresXs: Partial<Handwriting> = {
  prefixes: { samlp: 'p' },
  declares: { 'samlp:Response': [['xs', 'xs']], 'saml:Assertion': [['xsi', 'xsi']] },
};
const list = ['xs', 'other'];
const parts: Rule[] = [
  [
    'a listed prefix of the message is in scope for a part',
    declaresXs,
    part,
    [`<ds:SignedInfo ${ds}>x</ds:SignedInfo>`, exclusive],
    [`<ds:SignedInfo ${ds} ${xs}>x</ds:SignedInfo>`, { form: 'exclusive', prefixList: list }],
  ],
  [
    'and only a listed one',
    declaresXs,
    part,
    [`<ds:SignedInfo ${ds} ${xs}>x</ds:SignedInfo>`, { form: 'inclusive', prefixList: list }],
  ],
  [
    'a part may be named after an assertion',
    declaresXs,
    element('saml:AssertionIDRef'),
    [`<saml:AssertionIDRef ${saml} ${xs}></saml:AssertionIDRef>`, { form: 'exclusive', prefixList: list }],
  ],
  [
    'but not for a message, which declares it itself',
    { declares: { other: [['xs', 'xs']] } },
    element('saml:Assertion'),
    [`<saml:Assertion ${saml}></saml:Assertion>`, { form: 'exclusive', prefixList: list }],
  ],
  [
    'an inclusive form of a part has the declarations of the response around it, in the product’s prefixes',
    declaresXs,
    part,
    [
      `<ds:SignedInfo ${ds} xmlns:p="${namespaces.samlp}" ${xs}>x</ds:SignedInfo>`,
      { form: 'inclusive', inherited: { samlp: namespaces.samlp! } },
    ],
    [
      `<ds:SignedInfo ${ds} ${saml} ${xsi}>x</ds:SignedInfo>`,
      { form: 'inclusive', inherited: { saml: namespaces.saml! } },
    ],
    [`<ds:SignedInfo ${ds} xmlns:q="urn:q">x</ds:SignedInfo>`, { form: 'inclusive', inherited: { q: 'urn:q' } }],
  ],
];

for (const [what, rules] of Object.entries({ prefixes, declarations, order, texts, parts }))
  describe(what, () => {
    for (const [rule, writing, tree, ...written] of rules) test(rule, () => check(writing, tree, written));
  });

test('elements of one name are written with their own attributes and declarations', () => {
  const hand = handOf(plain);
  const rows: [attributes: Record<string, string>, text: string][] = [
    [{ b: '1' }, '<a b="1"></a>'],
    [{ b: '2' }, '<a b="2"></a>'],
    [{ c: '1' }, '<a c="1"></a>'],
    [{}, '<a></a>'],
    [{ b: '1', c: '2' }, '<a b="1" c="2"></a>'],
    [{ 'xmlns:x': 'urn:1', 'x:b': '' }, '<a xmlns:x="urn:1" x:b=""></a>'],
    [{ 'xmlns:x': 'urn:2', 'x:b': '' }, '<a xmlns:x="urn:2" x:b=""></a>'],
    [{ xmlns: 'urn:1' }, '<a xmlns="urn:1"></a>'],
    [{ xmlns: 'urn:2' }, '<a xmlns="urn:2"></a>'],
  ];
  for (const [attributes, text] of [...rows, ...rows]) assert.equal(hand.render(element('a', attributes), {}), text);
});

test('forms and lists of prefixes do not mix', () => {
  const hand = handOf({ ...plain, declares: { 'saml:Assertion': [['xs', 'xs']] }, emptyTag: '/>' });
  const assertion = element('saml:Assertion');
  for (let turn = 0; turn < 30; turn++) {
    assert.equal(hand.render(assertion, {}), `<saml:Assertion ${xs} ${saml}/>`);
    assert.equal(hand.render(assertion, exclusive), `<saml:Assertion ${saml}></saml:Assertion>`);
    const listed = hand.render(assertion, { form: 'exclusive', prefixList: ['xs', `p${turn}`] });
    assert.equal(listed, `<saml:Assertion ${saml} ${xs}></saml:Assertion>`);
  }
});

describe('the name in the text', () => {
  const hand = handOf({ ...plain, prefixes: { saml: 's', samlp: '' } });
  const names: [name: string, written: string][] = [
    ['saml:Issuer', 's:Issuer'],
    ['samlp:Response', 'Response'],
    ['ds:Signature', 'ds:Signature'],
    ['Issuer', 'Issuer'],
  ];
  for (const [name, written] of names) test(`${name} is ${written}`, () => assert.equal(hand.nameOf(name), written));
});

test('a message with both elements keeps each in its own namespace', () => {
  const tree = element('samlp:Response', { ID: '1' }, element('saml:Issuer', {}, 'i'), element('saml:B', {}, 'j'));
  const children = `<saml:Issuer ${saml}>i</saml:Issuer><saml:B ${saml}>j</saml:B>`;
  check({}, tree, [[`<samlp:Response ${samlp} ID="1">${children}</samlp:Response>`]]);
});
