/** The outline of a message: its lines, their paths, and where it is cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestPath, pathOf } from './dom.ts';
import { linesOf, placed } from './line-numbers.ts';
import { honest } from './message.fixture.ts';
import { outline } from './outline.ts';
import { peek } from './peek.ts';
import { parse, read } from './read.ts';

const settings = (xml: string): [number, string, ...string[]][] =>
  outline(xml).map(({ depth, text, paths }) => [depth, text, ...paths]);

const laidOut: Readonly<Record<string, readonly [xml: string, ...lines: [number, string, ...string[]][]]>> = {
  'an empty element': ['<a></a>', [0, '<a/>', '/a']],
  'attributes in order': ['<a b="1" c=""/>', [0, '<a b="1" c=""/>', '/a', '/a/@b', '/a/@c']],
  'text unchanged': ['<a> x\ny </a>', [0, '<a> x\ny </a>', '/a']],
  'only whitespace': ['<a> </a>', [0, '<a> </a>', '/a']],
  'children, numbered among those of the same name': [
    '<a><b/><c>1</c><b x="2"/></a>',
    [0, '<a>', '/a'],
    [1, '<b/>', '/a/b[1]'],
    [1, '<c>1</c>', '/a/c'],
    [1, '<b x="2"/>', '/a/b[2]', '/a/b[2]/@x'],
    [0, '</a>'],
  ],
  'whitespace between children is omitted': ['<a>\n  <b/>\n</a>', [0, '<a>', '/a'], [1, '<b/>', '/a/b'], [0, '</a>']],
  'text between children comes first': [
    '<a> x <b><c/></b> y </a>',
    [0, '<a>', '/a'],
    [1, 'x  y'],
    [1, '<b>', '/a/b'],
    [2, '<c/>', '/a/b/c'],
    [1, '</b>'],
    [0, '</a>'],
  ],
  'comments and CDATA': ['<a>x<!--y--><![CDATA[<z>]]></a>', [0, '<a>x<!--y--><z></a>', '/a']],
  'a comment between children': [
    '<a><!--y--><b/></a>',
    [0, '<a>', '/a'],
    [1, '<!--y-->'],
    [1, '<b/>', '/a/b'],
    [0, '</a>'],
  ],
  'names with the document’s prefixes, paths with the usual ones': [
    '<q:Response xmlns:q="urn:oasis:names:tc:SAML:2.0:protocol"/>',
    [0, '<q:Response xmlns:q="urn:oasis:names:tc:SAML:2.0:protocol"/>', '/samlp:Response', '/samlp:Response/@xmlns:q'],
  ],
  'text that is not XML, line by line': ['<a>\n<b>', [0, '<a>'], [0, '<b>']],
};
for (const [name, [xml, ...lines]] of Object.entries(laidOut))
  test(`an outline: ${name}`, () => assert.deepEqual(settings(xml), lines));

test('base64 of 120 characters or more is shortened, other text is not', () => {
  const text = (content: string): string => outline(`<a>${content}</a>`)[0]!.text;
  const base64 = 'Ab9+/'.repeat(24);
  for (const as of [base64.slice(1), `${base64}!`, `!${base64}`]) assert.equal(text(as), `<a>${as}</a>`);
  assert.equal(text(base64), `<a>${base64.slice(0, 32)}… (120 characters of base64)</a>`);
  assert.equal(text(` \n${base64}  ${base64}==\n`), `<a>${base64.slice(0, 32)}… (242 characters of base64)</a>`);
});

test('text that is not XML is shown up to 20,000 characters', () => {
  assert.deepEqual(settings('x'.repeat(20_000)), [[0, 'x'.repeat(20_000)]]);
  assert.deepEqual(settings('x'.repeat(20_001)), [[0, `${'x'.repeat(20_000)}…`]]);
});

/** Nested elements whose paths have exactly this many characters, and one element inside them. */
const deep = (characters: number): string => {
  const names = Array.from({ length: characters / 100 }, () => 'a'.repeat(99));
  return (
    [...names, 'b', 'c'].map((name) => `<${name}>`).join('') + ['c', 'b', ...names].map((name) => `</${name}>`).join('')
  );
};
test('a long path is cut after the last step that fits', () => {
  assert.equal(longestPath, 2_000);
  const inmost = (xml: string): Element => {
    let node: Element = parse(xml).documentElement;
    while (node.firstChild) node = node.firstChild as Element;
    return node;
  };
  const step = `/${'a'.repeat(99)}`;
  assert.equal(pathOf(inmost(deep(1_900))), `${step.repeat(19)}/b/c`);
  assert.equal(pathOf(inmost(deep(2_000))), `${step.repeat(20)}/b`);
  const paths = outline(deep(2_000)).flatMap((line) => line.paths);
  assert.equal(paths.at(-1), step.repeat(20));
  const find = linesOf(parse(deep(2_000)).documentElement);
  assert.deepEqual([find(step.repeat(20)), find(`${step.repeat(20)}/b`)], [1, undefined]);
});

test('lines by path, and the place of a finding', () => {
  const find = linesOf(parse('<a>\n<b/>\n\n<b><c/></b></a>').documentElement);
  assert.deepEqual(['/a', '/a/b[1]', '/a/b[2]', '/a/b[2]/c', '/a/b'].map(find), [1, 2, 4, 4, undefined]);
  assert.deepEqual(placed('/a/b[1]', undefined, find), { path: '/a/b[1]', line: 2 });
  assert.deepEqual(placed('/a/b[1]', 'c', find), { path: '/a/b[1]/@c', line: 2 });
  assert.deepEqual(placed('/x', 'c', find), { path: '/x/@c' });
});

test('a peek finds the Issuer of the response, or else of its assertion', () => {
  const peeked = (xml: string) => {
    const outcome = read(xml);
    assert.ok(outcome.ok);
    return peek(outcome.message);
  };
  const [first, second] = ['<saml:Issuer>http://idp.localhost:4000/acme/metadata</saml:Issuer>', 'urn:second'];
  const other = honest.replace(/(<saml:Assertion[\s\S]*?<saml:Issuer>)[^<]*/, `$1${second}`);
  assert.equal(peeked(other).issuer, 'http://idp.localhost:4000/acme/metadata');
  assert.equal(peeked(other.replace(first, '')).issuer, second);
  assert.equal(peeked(other.replace(first, '<saml:Issuer/>')).issuer, undefined);
  const nothing = { responseId: undefined, inResponseTo: undefined, issuer: undefined, nameId: undefined };
  assert.deepEqual(peeked('<a/>'), nothing);
});
