/** Place and number of assertions in a response. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ns, placeOf } from '../dom.ts';
import { parse } from '../read.ts';
import { assertionPlacement, assertionPresence, assertionsInside } from './envelope.ts';

const rootOf = (name: string, content: string): Element =>
  parse(`<${name} xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}">${content}</${name}>`).documentElement;
const plain = '<saml:Assertion/>';
const encrypted = '<saml:EncryptedAssertion/>';

/** The content of a response, the path and parent of each misplaced part, and the number of assertions if too many. */
const placed: readonly (readonly [content: string, misplaced: readonly (readonly string[])[], tooMany?: string])[] = [
  ['', []],
  [plain, []],
  [encrypted, []],
  [plain + plain, [], '2'],
  [encrypted + encrypted, [], '2'],
  [plain + encrypted, [], '2'],
  [plain + encrypted + plain, [], '3'],
  [`<samlp:Extensions>${plain}</samlp:Extensions>`, [['samlp:Extensions/saml:Assertion', 'samlp:Extensions']]],
  [
    `<samlp:Extensions>${encrypted}</samlp:Extensions>${plain}`,
    [['samlp:Extensions/saml:EncryptedAssertion', 'samlp:Extensions']],
  ],
  [`<saml:Assertion>${plain}</saml:Assertion>`, [['saml:Assertion/saml:Assertion', 'saml:Assertion']]],
  ['<samlp:Response/>', [['samlp:Response', 'samlp:Response']]],
  [`<samlp:Extensions><samlp:Response/></samlp:Extensions>`, [['samlp:Extensions/samlp:Response', 'samlp:Extensions']]],
  [`<saml:Assertion><saml:Advice>${plain}${encrypted}<samlp:Response/></saml:Advice></saml:Assertion>`, []],
  ['<samlp:Assertion/><saml:Response/>', []],
];
for (const [content, misplaced, tooMany] of placed)
  test(`in a response: ${content || 'nothing'}`, () =>
    assert.deepEqual(
      assertionPlacement(rootOf('samlp:Response', content), placeOf).map(({ code, path, received }) => [
        code,
        path,
        received,
      ]),
      [
        ...misplaced.map(([path, parent]) => ['assertion-misplaced', `/samlp:Response/${path}`, `inside ${parent}`]),
        ...(tooMany ? [['assertion-multiple', '/samlp:Response', tooMany]] : []),
      ],
    ));

test('an assertion may contain others in its Advice only', () => {
  const inside = (content: string) =>
    assertionsInside(rootOf('saml:Assertion', content), placeOf).map(({ code, path }) => [code, path]);
  assert.deepEqual(inside(`<saml:Subject/><saml:Advice>${plain}</saml:Advice>`), []);
  assert.deepEqual(inside(`<saml:Subject>${encrypted}</saml:Subject><samlp:Response/>`), [
    ['assertion-misplaced', '/saml:Assertion/saml:Subject/saml:EncryptedAssertion'],
    ['assertion-misplaced', '/saml:Assertion/samlp:Response'],
  ]);
});

test('a response without an assertion is found at its Status, if it has one', () => {
  const found = (content: string) =>
    assertionPresence(rootOf('samlp:Response', content), placeOf).map(({ code, path, received }) => [
      code,
      path,
      received,
    ]);
  for (const content of [plain, encrypted, `<samlp:Status/>${plain}`]) assert.deepEqual(found(content), []);
  for (const content of ['<samlp:Status/>', `<samlp:Status/><samlp:Extensions>${plain}</samlp:Extensions>`])
    assert.deepEqual(found(content), [['assertion-missing', '/samlp:Response/samlp:Status', 'none']]);
  assert.deepEqual(found('<samlp:Assertion/>'), [['assertion-missing', '/samlp:Response', 'none']]);
});
