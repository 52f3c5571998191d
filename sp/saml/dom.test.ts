/** Reading a tree: by namespace and name, attributes, text, and the path of each element. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attribute,
  childElements,
  childNamed,
  childrenNamed,
  descendantsNamed,
  hasAncestor,
  is,
  isElement,
  longestPath,
  nameOf,
  ns,
  pathOf,
  placeOf,
  textOf,
} from './dom.ts';
import { parse } from './read.ts';

const declared = Object.entries(ns).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`);
const rootOf = (xml: string): Element => parse(xml).documentElement;
const response = (content: string): Element =>
  rootOf(`<samlp:Response${declared.join('')}>${content}</samlp:Response>`);
const namesOf = (nodes: readonly Element[]): (string | null)[] => nodes.map((node) => node.getAttribute('n'));

test('only elements are elements', () => {
  const root = rootOf('<a>text<!-- comment --><![CDATA[x]]><?pi x?><b/></a>');
  assert.deepEqual(
    Array.from(root.childNodes, (node) => isElement(node)),
    [false, false, false, false, true],
  );
  for (const none of [null, undefined, root.ownerDocument]) assert.ok(!isElement(none));
  assert.deepEqual(childElements(root).map(nameOf), ['b']);
  assert.deepEqual(childElements(rootOf('<a/>')), []);
});

test('an element is found by its namespace and its local name, with any prefix', () => {
  const root = response(
    '<saml:Issuer n="1"/><x:Issuer xmlns:x="urn:x"/><other:Issuer xmlns:other="urn:oasis:names:tc:SAML:2.0:assertion"' +
      ' n="2"/><samlp:Issuer/><saml:issuer/><Issuer/><saml:Subject><saml:Issuer n="3"/></saml:Subject>',
  );
  assert.deepEqual(namesOf(childrenNamed(root, ns.saml, 'Issuer')), ['1', '2']);
  assert.equal(childNamed(root, ns.saml, 'Issuer')?.getAttribute('n'), '1');
  assert.equal(childNamed(root, ns.ds, 'Issuer'), undefined);
  assert.equal(childNamed(undefined, ns.saml, 'Issuer'), undefined);
  assert.ok(is(root, ns.samlp, 'Response'));
  assert.ok(!is(root, ns.saml, 'Response') && !is(root, ns.samlp, 'Assertion'));
});

test('descendants come at any depth, in document order, without the node itself', () => {
  const root = response(
    '<samlp:Response n="1"><saml:A><samlp:Response n="2"/></saml:A></samlp:Response><samlp:Response n="3"/>',
  );
  assert.deepEqual(namesOf(descendantsNamed(root, ns.samlp, 'Response')), ['1', '2', '3']);
  assert.deepEqual(descendantsNamed(root, ns.saml, 'Response'), []);
});

test('an ancestor may be any distance above, but is not the node itself', () => {
  const root = response('<saml:Advice><saml:A><saml:B/></saml:A></saml:Advice>');
  const [advice] = childElements(root) as [Element];
  const [inner] = descendantsNamed(root, ns.saml, 'B') as [Element];
  assert.ok(hasAncestor(inner, ns.saml, 'Advice'));
  assert.ok(hasAncestor(inner, ns.samlp, 'Response'));
  assert.ok(!hasAncestor(advice, ns.saml, 'Advice'));
  assert.ok(!hasAncestor(inner, ns.samlp, 'Advice'));
  assert.ok(!hasAncestor(inner, ns.saml, 'B'));
});

test('an empty attribute is there, and a missing one is not', () => {
  const root = rootOf('<a empty="" full="x"/>');
  assert.equal(attribute(root, 'empty'), '');
  assert.equal(attribute(root, 'full'), 'x');
  assert.equal(attribute(root, 'none'), undefined);
  assert.equal(attribute(undefined, 'full'), undefined);
});

test('the text of an element is whole', () => {
  assert.equal(textOf(rootOf('<a>x<!-- -->y<b>z</b><![CDATA[<w>]]></a>')), 'xyz<w>');
  assert.equal(textOf(undefined), '');
});

const names: Readonly<Record<string, string>> = {
  '<x:Response xmlns:x="urn:oasis:names:tc:SAML:2.0:protocol"/>': 'samlp:Response',
  '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>': 'saml:Assertion',
  '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>': 'md:EntityDescriptor',
  '<x:Signature xmlns:x="http://www.w3.org/2000/09/xmldsig#"/>': 'ds:Signature',
  '<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>': 'xenc:EncryptedData',
  '<x:Fortune xmlns:x="urn:x"/>': 'Fortune',
  '<Fortune/>': 'Fortune',
};
for (const [xml, name] of Object.entries(names))
  test(`the usual name of ${xml}`, () => {
    assert.equal(nameOf(rootOf(xml)), name);
    assert.equal(pathOf(rootOf(xml)), `/${name}`);
  });

const paths: readonly (readonly [content: string, ...paths: string[]])[] = [
  ['<saml:A/>', 'saml:A'],
  ['<saml:A/><saml:A/><saml:A/>', 'saml:A[1]', 'saml:A[2]', 'saml:A[3]'],
  ['<saml:A/><saml:B/><saml:A/>', 'saml:A[1]', 'saml:B', 'saml:A[2]'],
  ['<saml:A/><samlp:A/><A/>', 'saml:A', 'samlp:A', 'A'],
  ['<x:A xmlns:x="urn:x"/><y:A xmlns:y="urn:y"/>', 'A[1]', 'A[2]'],
  [`<saml:A/><s:A xmlns:s="${ns.saml}"/>`, 'saml:A[1]', 'saml:A[2]'],
];
for (const [content, ...expected] of paths)
  test(`the paths of ${content}`, () => {
    const found = childElements(response(content)).map(pathOf);
    assert.deepEqual(
      found,
      expected.map((step) => `/samlp:Response/${step}`),
    );
  });

test('a path numbers each step among its own siblings', () => {
  const root = response('<saml:A><saml:B/></saml:A><saml:A><saml:B/><saml:B/></saml:A>');
  assert.deepEqual(descendantsNamed(root, ns.saml, 'B').map(pathOf), [
    '/samlp:Response/saml:A[1]/saml:B',
    '/samlp:Response/saml:A[2]/saml:B[1]',
    '/samlp:Response/saml:A[2]/saml:B[2]',
  ]);
});

test('a path stops below an ancestor whose own path is longer than the maximum', () => {
  const below = (length: number): string =>
    pathOf(childElements(rootOf(`<${'a'.repeat(length - 1)}><b/></${'a'.repeat(length - 1)}>`))[0]!);
  assert.equal(below(longestPath), `/${'a'.repeat(longestPath - 1)}/b`);
  assert.equal(below(longestPath + 1), `/${'a'.repeat(longestPath)}`);
});

test('the place of an element has the line if the parser read it, and none if the element was made', () => {
  const root = response('\n\n<saml:A/>');
  const [third] = childElements(root) as [Element];
  assert.deepEqual(placeOf(third), { path: '/samlp:Response/saml:A', line: 3 });
  const made = root.ownerDocument.createElementNS(ns.saml, 'saml:B');
  assert.deepEqual(placeOf(made), { path: '/saml:B' });
});
