/** Forged content names another user in every place, and leaves the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Strike } from './fault.ts';
import { forgedNameId, forgeNames } from './forged-names.ts';
import { cdata, comment, type Element, element, render } from './response/xml.ts';

type Names = Pick<Strike, 'user' | 'elsewhere'>;
const sam = (more: object = {}): Names =>
  ({
    user: { nameId: 'Sam.Nameid@acme.example', attributes: { mail: ['sam@acme.example'], role: ['dev'] } },
    ...more,
  }) as unknown as Names;
const withForged = sam({
  elsewhere: { forged: { nameId: 'ada@acme.example', attributes: { role: ['boss', 'auditor'], mail: [] } } },
});

const attribute = (name: string, ...values: Parameters<typeof element>[2][]): Element =>
  element('saml:Attribute', { Name: name }, ...values.map((one) => element('saml:AttributeValue', { type: 'x' }, one)));
const forged = (tree: Element, names: Names): string => render(forgeNames(element('a', {}, tree), names));
const inA = (tree: Element): string => render(element('a', {}, tree));

test('the name is that of a stranger, unless the app has another user', () => {
  for (const none of [sam(), sam({ elsewhere: {} })]) {
    assert.equal(forgedNameId(none), 'mallory@elsewhere.example');
    assert.equal(forged(attribute('any', 'sam'), none), inA(attribute('any', 'mallory')));
  }
  assert.equal(forgedNameId(withForged), 'ada@acme.example');
});

test('each NameID is replaced', () => {
  const nameId = (text: string): Element => element('saml:NameID', { Format: 'f' }, text);
  assert.equal(forged(nameId('sam'), sam()), inA(nameId('mallory@elsewhere.example')));
  assert.equal(forged(nameId('sam'), withForged), inA(nameId('ada@acme.example')));
});

const values: readonly (readonly [value: Parameters<typeof element>[2], forgedValue: string])[] = [
  ['other@acme.example', 'mallory@elsewhere.example'],
  ['sam', 'mallory'],
  ['SAM.nameid', 'mallory'],
  ['dev', 'dev'],
  ['samuel', 'samuel'],
];
for (const [value, forgedValue] of values)
  test(`the value ${String(value)} becomes ${forgedValue}`, () =>
    assert.equal(forged(attribute('any', value), sam()), inA(attribute('any', forgedValue))));

test('a value is read without its comments, and one that is not plain text stays', () => {
  const commented = element('saml:Attribute', {}, element('saml:AttributeValue', {}, 'sa', comment('x'), 'm'));
  assert.match(forged(commented, sam()), /<saml:AttributeValue>mallory</);
  const tree = attribute('any', cdata('sam'), element('saml:NameID', {}, 'mallory@elsewhere.example'));
  assert.equal(forged(tree, sam()), inA(tree));
});

test('the attributes of the other user replace those of the same name', () => {
  assert.equal(forged(attribute('role', 'dev'), withForged), inA(attribute('role', 'boss', 'auditor')));
  assert.equal(forged(attribute('mail', 'a@b'), withForged), inA(attribute('mail')));
  const spaced = element('saml:Attribute', { Name: 'role' }, '\n', element('saml:AttributeValue', { type: 'x' }, 'a'));
  assert.equal(forged(spaced, withForged), inA(attribute('role', 'boss', 'auditor')));
  assert.equal(forged(attribute('team', 'dev'), withForged), inA(attribute('team', 'dev')));
  assert.equal(forged(attribute('role'), withForged), inA(attribute('role')), 'without a value to repeat');
});
