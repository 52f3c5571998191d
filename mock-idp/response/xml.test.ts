/** Serialization of the XML tree in each form, and changed copies of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handOf } from './handwriting.ts';
import {
  canonical,
  cdata,
  child,
  comment,
  type Element,
  element,
  escapeAttribute,
  escapeText,
  find,
  type Hand,
  instruction,
  isElement,
  type Node,
  type Rendering,
  render,
  replace,
  replaceAt,
  withAttributes,
  withChildren,
  writtenBy,
  writtenName,
} from './xml.ts';

const assertion = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
const ds = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const spare = element('a', { 'xmlns:x': 'urn:x' }, element('x:b'), element('x:c'));
const marked = element('a', {}, comment('1'), cdata('<2>'), instruction('3'), 'x');

/** The rule, a tree, and its text in these forms. */
const written: [rule: string, tree: Element, ...texts: [text: string, rendering?: Rendering][]][] = [
  [
    'a prefix is declared where it is first used, and not again below',
    element('saml:A', {}, element('saml:B', {}, 'x')),
    [`<saml:A ${assertion}><saml:B>x</saml:B></saml:A>`],
    [`<saml:A ${assertion}><saml:B>x</saml:B></saml:A>`, { form: 'exclusive' }],
  ],
  [
    'siblings declare it each',
    element('a', {}, element('saml:B'), element('saml:C')),
    [`<a><saml:B ${assertion}></saml:B><saml:C ${assertion}></saml:C></a>`],
  ],
  [
    'a prefix of an attribute is declared, and xml is not',
    element('a', { 'xml:lang': 'en', 'xsi:type': 't' }),
    [`<a ${xsi} xml:lang="en" xsi:type="t"></a>`],
  ],
  [
    'attributes without a prefix come first, then by namespace, then by name',
    element('a', { 'xsi:b': '1', 'xsi:a': '2', c: '3', b: '4', 'ds:z': '5' }),
    [`<a ${ds} ${xsi} b="4" c="3" ds:z="5" xsi:a="2" xsi:b="1"></a>`],
  ],
  [
    'the namespace orders attributes, not the prefix',
    element('a', { 'xmlns:p': 'urn:2', 'xmlns:q': 'urn:1', 'p:x': '', 'q:x': '', z: '' }),
    ['<a xmlns:p="urn:2" xmlns:q="urn:1" z="" q:x="" p:x=""></a>'],
  ],
  [
    'declarations are ordered by prefix, the default first',
    element('x:a', { 'xmlns:x': 'urn:x', 'xmlns:b': 'urn:b', xmlns: 'urn:d', c: '' }),
    ['<x:a xmlns="urn:d" xmlns:b="urn:b" xmlns:x="urn:x" c=""></x:a>'],
    ['<x:a xmlns:x="urn:x" c=""></x:a>', { form: 'exclusive' }],
  ],
  [
    'a declaration that nothing uses yet waits for its use in exclusive form',
    spare,
    ['<a xmlns:x="urn:x"><x:b></x:b><x:c></x:c></a>'],
    ['<a xmlns:x="urn:x"><x:b></x:b><x:c></x:c></a>', { form: 'inclusive' }],
    ['<a><x:b xmlns:x="urn:x"></x:b><x:c xmlns:x="urn:x"></x:c></a>', { form: 'exclusive' }],
    ['<a><x:b xmlns:x="urn:x"></x:b><x:c xmlns:x="urn:x"></x:c></a>', { form: 'with-comments' }],
  ],
  [
    'the innermost declaration of a prefix counts',
    element('x:a', { 'xmlns:x': 'urn:1' }, element('x:b', { 'xmlns:x': 'urn:2' }, element('x:c'))),
    ['<x:a xmlns:x="urn:1"><x:b xmlns:x="urn:2"><x:c></x:c></x:b></x:a>'],
    ['<x:a xmlns:x="urn:1"><x:b xmlns:x="urn:2"><x:c></x:c></x:b></x:a>', { form: 'exclusive' }],
  ],
  [
    'a declaration replaces the namespace that a prefix has by custom',
    element('saml:A', { 'xmlns:saml': 'urn:mine' }, element('saml:B')),
    ['<saml:A xmlns:saml="urn:mine"><saml:B></saml:B></saml:A>'],
  ],
  ['an unknown prefix is not declared', element('y:a', { 'z:b': '' }), ['<y:a z:b=""></y:a>']],
  [
    'an empty default namespace is written only below another',
    element('a', { xmlns: '' }, element('b', { xmlns: 'urn:d' }, element('c', { xmlns: '' }))),
    ['<a><b xmlns="urn:d"><c xmlns=""></c></b></a>'],
    ['<a><b xmlns="urn:d"><c xmlns=""></c></b></a>', { form: 'exclusive' }],
  ],
  [
    'only inclusive form writes the namespaces of the elements around it, and its own come before them',
    element('a', { 'xmlns:x': 'urn:own' }),
    ['<a xmlns:x="urn:own" xmlns:y="urn:y"></a>', { form: 'inclusive', inherited: { x: 'urn:x', y: 'urn:y' } }],
    ['<a></a>', { form: 'exclusive', inherited: { x: 'urn:x', y: 'urn:y' } }],
    ['<a xmlns:x="urn:own"></a>', { inherited: { y: 'urn:y' } }],
  ],
  [
    'comments and CDATA are written as they are in a document, and instructions everywhere',
    marked,
    ['<a><!--1--><![CDATA[<2>]]><?3?>x</a>'],
    ['<a>&lt;2&gt;<?3?>x</a>', { form: 'exclusive' }],
    ['<a>&lt;2&gt;<?3?>x</a>', { form: 'inclusive' }],
    ['<a><!--1-->&lt;2&gt;<?3?>x</a>', { form: 'with-comments' }],
  ],
];
for (const [rule, tree, ...texts] of written)
  test(rule, () => {
    for (const [text, rendering] of texts)
      assert.equal(rendering ? render(tree, rendering) : render(tree), text, rendering?.form);
  });

test('the canonical form is exclusive unless another is asked for', () => {
  assert.equal(canonical(spare), render(spare, { form: 'exclusive' }));
  assert.equal(canonical(spare, 'inclusive'), render(spare, { form: 'inclusive' }));
});

test('attributes are sorted', () => {
  for (const names of [
    ['A', 'B', 'C'],
    ['A', 'C', 'B'],
    ['B', 'A', 'C'],
    ['C', 'B', 'A'],
  ]) {
    const given = Object.fromEntries(names.map((name) => [name, '']));
    assert.equal(render(element('saml:A', given)), `<saml:A ${assertion} A="" B="" C=""></saml:A>`);
  }
});

test('everything is written by a hand until its act ends, also with an error', () => {
  const hand: Hand = { render: ({ name }) => `by hand: ${name}`, nameOf: (name) => `other-${name}` };
  const inner: Hand = { ...hand, nameOf: () => 'inner' };
  const names = writtenBy(hand, () => [writtenName('a'), writtenBy(inner, () => writtenName('a')), writtenName('a')]);
  assert.deepEqual(names, ['other-a', 'inner', 'other-a']);
  assert.equal(
    writtenBy(hand, () => render(element('a'))),
    'by hand: a',
  );
  const failing = () => writtenBy(hand, () => assert.fail('the act'));
  assert.throws(failing, /the act/);
  assert.deepEqual([render(element('a')), writtenName('a')], ['<a></a>', 'a']);
});

test('an element is written again where its surroundings declare other prefixes', () => {
  const inside = element('ds:B', {}, element('saml:C'));
  assert.equal(render(inside), `<ds:B ${ds}><saml:C ${assertion}></saml:C></ds:B>`);
  assert.equal(
    render(element('saml:A', {}, inside)),
    `<saml:A ${assertion}><ds:B ${ds}><saml:C></saml:C></ds:B></saml:A>`,
  );
  assert.equal(render(inside), `<ds:B ${ds}><saml:C ${assertion}></saml:C></ds:B>`);
  assert.equal(render(element('ds:A', {}, inside)), `<ds:A ${ds}><ds:B><saml:C ${assertion}></saml:C></ds:B></ds:A>`);
});

test('each character that ends text or an attribute is escaped, and no other', () => {
  const inText = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;', '"': '"', '\t': '\t', '\n': '\n' };
  for (const [letter, escaped] of Object.entries(inText))
    assert.equal(escapeText(`${letter}a${letter}`), `${escaped}a${escaped}`);
  const inAttribute = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '>',
    '"': '&quot;',
    '\t': '&#x9;',
    '\n': '&#xA;',
    '\r': '&#xD;',
    "'": "'",
  };
  for (const [letter, escaped] of Object.entries(inAttribute))
    assert.equal(escapeAttribute(`${letter}a${letter}`), `${escaped}a${escaped}`);
  assert.equal(render(element('a', { 'xmlns:x': '"', b: '<' }, '>')), '<a xmlns:x="&quot;" b="&lt;">&gt;</a>');
});

test('undefined attributes and children are omitted, empty ones stay', () => {
  assert.equal(render(element('a', { b: undefined, c: '' }, undefined, '', 'x')), '<a c="">x</a>');
  assert.deepEqual(element('a').children, []);
});

const inner = element('c', {}, 'inner');
const tree = element('a', {}, 'text', element('b', {}, inner, element('d')), comment('x'), element('c', {}, 'outer'));

test('an element is distinguished from text and verbatim nodes', () => {
  assert.deepEqual([inner, 'c', comment('c')].map(isElement), [true, false, false]);
});

test('find looks in document order, child only at direct children', () => {
  assert.equal(find(tree, 'a'), tree);
  assert.equal(find(tree, 'c'), inner);
  assert.equal(find(tree, 'e'), undefined);
  assert.equal(child(tree, 'c'), tree.children[3]);
  assert.equal(child(tree, 'd'), undefined);
});

const replaced: [rule: string, name: string, by: Node | Node[] | undefined, text: string][] = [
  ['every element of the name is replaced', 'c', 'y', '<a>text<b>y<d></d></b><!--x-->y</a>'],
  ['by several', 'd', ['1', element('e')], '<a>text<b><c>inner</c>1<e></e></b><!--x--><c>outer</c></a>'],
  ['by nothing', 'd', undefined, '<a>text<b><c>inner</c></b><!--x--><c>outer</c></a>'],
  ['what is inside goes with it', 'b', element('c'), '<a>text<c></c><!--x--><c>outer</c></a>'],
  ['the root as well', 'a', inner, '<c>inner</c>'],
];
for (const [rule, name, by, text] of replaced)
  test(`replace: ${rule}`, () => {
    const before = render(tree);
    assert.equal(render(replace(tree, name, () => by)), text);
    assert.equal(render(tree), before, 'the tree itself stays');
  });

test('replace returns the identical tree if no element matches, and does not remove the root', () => {
  assert.equal(
    replace(tree, 'e', () => undefined),
    tree,
  );
  for (const by of [undefined, 'text']) assert.throws(() => replace(tree, 'a', () => by), /root a cannot be removed/);
});

const atPath: [rule: string, path: string, by: Node | Node[] | undefined, text: string][] = [
  ['an element is found by its path', 'b/c', 'y', '<a>text<b>y<d></d></b><!--x--><c>outer</c></a>'],
  ['and replaced by several', 'b/d', ['1', '2'], '<a>text<b><c>inner</c>12</b><!--x--><c>outer</c></a>'],
  ['and removed', 'b', undefined, '<a>text<!--x--><c>outer</c></a>'],
];
for (const [rule, path, by, text] of atPath)
  test(`replaceAt: ${rule}`, () => assert.equal(render(replaceAt(tree, path, () => by)), text));

test('replaceAt returns the identical tree if the path does not exist or nothing changes', () => {
  for (const path of ['e', 'b/e', 'e/c'])
    assert.equal(
      replaceAt(tree, path, () => 'y'),
      tree,
    );
  assert.equal(
    replaceAt(tree, 'b/c', (found) => found),
    tree,
  );
});

test('copies get other attributes and children', () => {
  const node = element('a', { b: '1', c: '2' }, 'x');
  assert.equal(render(withAttributes(node, { b: undefined, d: '3' })), '<a c="2" d="3">x</a>');
  assert.equal(render(withChildren(node, 'y', undefined, 'z')), '<a b="1" c="2">yz</a>');
});

const hands = {
  'by this identity provider': undefined,
  'by a product': handOf({ prefixes: { saml: 'saml2', samlp: '' }, declarationsFirst: true, emptyTag: '/>' }),
};
for (const [name, hand] of Object.entries(hands))
  test(`a part is written again where the declarations around it differ, ${name}`, () => {
    const write = (node: Element): string => (hand ? writtenBy(hand, () => canonical(node)) : canonical(node));
    const make = (prefix: string): Element =>
      element('saml:Assertion', { ID: '_1' }, element('saml:Advice', {}, element(`${prefix}:Status`), 'text'));
    for (const prefix of ['saml', 'samlp', 'ds']) {
      const assertion = make(prefix);
      const inResponse = (one: Element): string => write(element('samlp:Response', { ID: '_2' }, one));
      const alone = write(assertion);
      assert.equal(inResponse(assertion), inResponse(make(prefix)), prefix);
      assert.equal(write(assertion), alone);
    }
  });
