/** The parts of a response that products write differently, and where an error response has an assertion. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeOf, childOf, parseXml, textOf } from '../sign-in/parse.ts';
import { unneededKeys } from '../tenants/keys.ts';
import { type Claims, honestClaims } from './claims.ts';
import { honestDocument } from './document.ts';
import { authnContexts, nameIdFormats, statusCode } from './saml-values.ts';
import { child, render } from './xml.ts';

const claims = honestClaims({
  issuer: 'http://idp/metadata',
  keys: unneededKeys,
  untrustedKeys: unneededKeys,
  app: { entityId: 'http://sp/metadata', acsUrl: 'http://sp/acs' },
  user: { nameId: 'sam', nameIdFormat: nameIdFormats.persistent, attributes: { mail: ['sam@acme.example'] } },
  now: new Date('2026-03-01T12:00:00Z'),
  authnInstant: new Date('2026-03-01T11:00:00Z'),
  sessionIndex: '_session',
  authnContextClassRef: authnContexts.password,
});
const read = (change: Partial<Claims> = {}): Element =>
  parseXml(render(honestDocument({ ...claims, ...change }))).documentElement!;
/** The first element on this path. */
const at = (root: Element, ...path: string[]): Element | undefined =>
  path.reduce<Element | undefined>((parent, name) => parent && childOf(parent, name), root);
const namesIn = (parent: Element | undefined): string[] =>
  Array.from(parent?.childNodes ?? [], ({ nodeName }) => nodeName);

const failed = (code = statusCode('Responder')): Partial<Claims> => ({ status: { code, message: 'why' } });
/** The status, and the parts of the response. */
const statuses: [rule: string, change: Partial<Claims>, parts: string[]][] = [
  ['success', {}, ['saml:Issuer', 'samlp:Status', 'saml:Assertion']],
  [
    'success by a product that writes empty assertions',
    { hasEmptyAssertion: true },
    ['saml:Issuer', 'samlp:Status', 'saml:Assertion'],
  ],
  ['an error', failed(), ['saml:Issuer', 'samlp:Status']],
  [
    'an error with an empty assertion',
    { ...failed(), hasEmptyAssertion: true },
    ['saml:Issuer', 'samlp:Status', 'saml:Assertion'],
  ],
  ['a status without a code', { status: { code: undefined } }, ['saml:Issuer', 'samlp:Status', 'saml:Assertion']],
  ['no status', { status: undefined }, ['saml:Issuer', 'saml:Assertion']],
];
for (const [rule, change, parts] of statuses)
  test(`a response with ${rule} has ${parts.join(', ')}`, () => assert.deepEqual(namesIn(read(change)), parts));

test('an empty assertion has empty attributes and an empty Issuer', () => {
  const assertion = at(read({ ...failed(), hasEmptyAssertion: true }), 'saml:Assertion')!;
  const attributes = (['Version', 'ID', 'IssueInstant'] as const).map((name) => attributeOf(assertion, name));
  assert.deepEqual([attributes, namesIn(assertion)], [['', '', ''], ['saml:Issuer']]);
  assert.deepEqual(namesIn(at(assertion, 'saml:Issuer')), []);
});

test('the text of a status is its content, or in the attribute of a product', () => {
  const messageIn = (change: Partial<Claims>) => {
    const message = at(read({ ...failed(), ...change }), 'samlp:Status', 'samlp:StatusMessage')!;
    return [textOf(message), attributeOf(message, 'Value')];
  };
  assert.deepEqual(messageIn({}), ['why', undefined]);
  assert.deepEqual(messageIn({ hasMessageInAttribute: true }), ['', 'why']);
});

test('the attributes follow the sign-in, or come first', () => {
  const statementsIn = (change: Partial<Claims>) => namesIn(at(read(change), 'saml:Assertion')).slice(-2);
  assert.deepEqual(statementsIn({}), ['saml:AuthnStatement', 'saml:AttributeStatement']);
  assert.deepEqual(statementsIn({ isAttributesFirst: true }), ['saml:AttributeStatement', 'saml:AuthnStatement']);
});

test('the address of the user and the authority are written if there are any', () => {
  const { authn } = claims;
  const statementOf = (change: Partial<Claims['authn']>) =>
    at(read({ authn: { ...authn, ...change } }), 'saml:Assertion', 'saml:AuthnStatement')!;
  const plain = statementOf({});
  assert.deepEqual(namesIn(plain), ['saml:AuthnContext']);
  assert.deepEqual(namesIn(at(plain, 'saml:AuthnContext')), ['saml:AuthnContextClassRef']);
  const full = statementOf({ address: '192.0.2.7', authority: 'http://authority' });
  assert.deepEqual(namesIn(full), ['saml:SubjectLocality', 'saml:AuthnContext']);
  assert.equal(attributeOf(at(full, 'saml:SubjectLocality')!, 'Address'), '192.0.2.7');
  assert.equal(textOf(at(full, 'saml:AuthnContext', 'saml:AuthenticatingAuthority')), 'http://authority');
});

test('a response says whether the user has consented, if the product says so', () => {
  assert.equal(attributeOf(read(), 'Consent'), undefined);
  assert.equal(attributeOf(read({ consent: 'urn:given' }), 'Consent'), 'urn:given');
});

test('the type of a value is written if there is one, and declared once', () => {
  const [mail] = claims.attributes;
  const valueWith = (change: object): Element => {
    const root = read({ attributes: [{ ...mail!, ...change }] });
    return at(root, 'saml:Assertion', 'saml:AttributeStatement', 'saml:Attribute', 'saml:AttributeValue')!;
  };
  const writtenOn = (value: Element): string[] => Array.from(value.attributes, ({ name }) => name);
  assert.deepEqual(writtenOn(valueWith({})), []);
  const typed = valueWith({ type: 'xs:string' });
  assert.equal(typed.getAttributeNS('http://www.w3.org/2001/XMLSchema-instance', 'type'), 'xs:string');
  assert.deepEqual(writtenOn(typed), ['xmlns:xs', 'xmlns:xsi', 'xsi:type']);
  const attributes = [{ ...mail!, type: 'xs:string', isTypeDeclared: true }];
  const path = ['saml:Assertion', 'saml:AttributeStatement', 'saml:Attribute', 'saml:AttributeValue'];
  const value = path.reduce((parent, name) => child(parent, name)!, honestDocument({ ...claims, attributes }));
  assert.deepEqual(value.attributes, { 'xsi:type': 'xs:string' });
});

test('without attributes there is no AttributeStatement', () => {
  assert.deepEqual(namesIn(at(read({ attributes: [] }), 'saml:Assertion')).slice(-1), ['saml:AuthnStatement']);
});
