/** The schema: place, order and number of elements and attributes, for each element of a response. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childNamed, ns, pathOf } from '../dom.ts';
import { placed } from '../line-numbers.ts';
import { parse } from '../read.ts';
import { schemaFindings } from './schema.ts';

const declared =
  Object.entries(ns)
    .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
    .join('') + ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:x"';
const shown = (xml: string, { decrypted }: { decrypted?: string } = {}) => {
  const original = parse(xml.replace(/^<[\w:]+/, (start) => start + declared)).documentElement;
  const assertion =
    decrypted === undefined
      ? childNamed(original, ns.saml, 'Assertion')
      : parse(decrypted.replace('<saml:Assertion', `<saml:Assertion${declared}`)).documentElement;
  const at = (node: Element, name?: string) => placed(pathOf(node), name, () => undefined);
  const subject = { original, response: original, assertion, responseSigned: true, at };
  return schemaFindings(subject, undefined as never);
};

/** Each element: its attributes, and its children in order; `+` for any number. */
const elements: Readonly<Record<string, readonly [attributes: string, children: readonly string[]]>> = {
  'samlp:Response': [
    'ID InResponseTo Version IssueInstant Destination Consent',
    ['saml:Issuer', 'ds:Signature+', 'samlp:Extensions', 'samlp:Status', 'saml:Assertion|saml:EncryptedAssertion+'],
  ],
  'samlp:Status': ['', ['samlp:StatusCode', 'samlp:StatusMessage', 'samlp:StatusDetail']],
  'samlp:StatusCode': ['Value', ['samlp:StatusCode']],
  'samlp:StatusMessage': ['', []],
  'saml:Issuer': ['Format NameQualifier SPNameQualifier SPProvidedID', []],
  'saml:Assertion': [
    'ID Version IssueInstant',
    [
      'saml:Issuer',
      'ds:Signature+',
      'saml:Subject',
      'saml:Conditions',
      'saml:Advice',
      'saml:AuthnStatement|saml:AttributeStatement|saml:AuthzDecisionStatement|saml:Statement+',
    ],
  ],
  'saml:Subject': ['', ['saml:NameID|saml:EncryptedID|saml:BaseID', 'saml:SubjectConfirmation+']],
  'saml:NameID': ['Format NameQualifier SPNameQualifier SPProvidedID', []],
  'saml:SubjectConfirmation': ['Method', ['saml:NameID|saml:EncryptedID|saml:BaseID', 'saml:SubjectConfirmationData']],
  'saml:AudienceRestriction': ['', ['saml:Audience+']],
  'saml:Audience': ['', []],
  'saml:AuthnStatement': [
    'AuthnInstant SessionIndex SessionNotOnOrAfter',
    ['saml:SubjectLocality', 'saml:AuthnContext'],
  ],
  'saml:AuthnContext': [
    '',
    ['saml:AuthnContextClassRef', 'saml:AuthnContextDecl', 'saml:AuthnContextDeclRef', 'saml:AuthenticatingAuthority+'],
  ],
  'saml:AuthnContextClassRef': ['', []],
  'saml:AttributeStatement': ['', ['saml:Attribute|saml:EncryptedAttribute+']],
  'saml:Attribute': ['Name NameFormat FriendlyName x:Other Other', ['saml:AttributeValue+']],
};
const needed: Readonly<Record<string, string>> = {
  'saml:Attribute': ' Name="a"',
};
const leaf: Readonly<Record<string, string>> = { 'saml:AttributeStatement': '<saml:Attribute Name="a"/>' };
const empty = (name: string): string => `<${name}${needed[name] ?? ''}>${leaf[name] ?? ''}</${name}>`;
const holding = (name: string, inside: string): string => `<${name}${needed[name] ?? ''}>${inside}</${name}>`;

for (const [name, [attributes, children]] of Object.entries(elements)) {
  const slots = children.map((slot) => slot.replace('+', '').split('|'));
  const many = (index: number): boolean => children[index]!.endsWith('+');
  const expected = slots.map((names) => names.join(' or ')).join(', ') || 'text only';
  const rejected = (...path: readonly [string, string]) => ({
    code: 'schema-invalid',
    expected,
    received: path[1],
    path: `/${path[0]}/${path[1]}`,
  });
  const whole = slots.map((names) => names.map(empty)[0]!).join('');
  const isFilled = name !== 'saml:AttributeStatement';

  test(`${name} with all its parts in order, or some of them`, () => {
    assert.deepEqual(shown(holding(name, whole)), []);
    if (isFilled) assert.deepEqual(shown(holding(name, '')), []);
    for (const names of slots) for (const one of names) assert.deepEqual(shown(holding(name, empty(one))), [], one);
    for (const [index, names] of slots.entries())
      if (many(index)) assert.deepEqual(shown(holding(name, names.map(empty).join('').repeat(2))), []);
  });
  test(`${name} with a duplicate part`, () => {
    for (const [index, names] of slots.entries())
      if (!many(index))
        for (const one of names) {
          const path = `/${name}/${one}${one === names[0] ? '[2]' : ''}`;
          const finding = { ...rejected(name, one), path };
          assert.deepEqual(shown(holding(name, empty(names[0]!) + empty(one))), [finding]);
        }
  });
  test(`${name} with two parts in the wrong order`, () => {
    for (let index = 1; index < slots.length; index++) {
      const [first, second] = [slots[index - 1]![0]!, slots[index]![0]!];
      assert.deepEqual(shown(holding(name, empty(second) + empty(first))), [rejected(name, first)]);
    }
  });
  test(`${name} with an unexpected part, alone and among the expected ones`, () => {
    for (const stranger of ['saml:Fortune', 'x:Issuer'])
      assert.deepEqual(
        shown(holding(name, `<${stranger}/>${whole}`)).map(({ received, path }) => [received, path]),
        [[stranger.replace('x:', ''), `/${name}/${stranger.replace('x:', '')}`]],
      );
  });
  test(`${name} with text`, () => {
    const texts = shown(holding(name, ` \n ${whole} eve${whole ? '<![CDATA[ @x]]>' : ''} <!-- -->`));
    const finding = {
      code: 'schema-invalid',
      expected: 'elements only',
      received: 'the text “eve@x”',
      path: `/${name}`,
    };
    assert.deepEqual(texts, children.length === 0 ? [] : [finding]);
  });
  test(`${name} with its attributes, with none, and with an unknown one`, () => {
    const filled = isFilled ? '' : leaf[name];
    const withAttributes = (list: string): string => `<${name} ${list}>${filled}</${name}>`;
    const own = attributes.split(' ').filter((one) => one !== '');
    const all = own.map((one) => `${one}="1"`).join(' ');
    const general = 'xmlns:y="urn:y" xmlns="urn:z" xsi:type="y" xsi:nil="true"';
    assert.deepEqual(shown(withAttributes(`${all} ${general}`)), []);
    if (attributes.includes('Other')) return;
    for (const other of ['Other', 'x:Other', 'xmlnsOther', 'id', ...own.slice(0, 1).map((one) => `x:${one}`)])
      assert.deepEqual(shown(withAttributes(`${other}="1"`)), [
        {
          code: 'schema-invalid',
          expected: `attributes ${own.join(', ') || 'none'}`,
          received: other,
          path: `/${name}/@${other}`,
        },
      ]);
  });
}

test('Conditions: another check judges the kinds of conditions, this one their attributes', () => {
  assert.deepEqual(shown('<saml:Conditions NotBefore="" NotOnOrAfter=""><x:y/><saml:z/></saml:Conditions>'), []);
  const [other, text] = shown('<saml:Conditions Other="">text</saml:Conditions>');
  assert.deepEqual([other!.received, text!.received], ['Other', 'the text “text”']);
});

for (const name of [
  ...['saml:AttributeValue', 'saml:Advice', 'samlp:Extensions', 'samlp:StatusDetail'],
  'saml:SubjectConfirmationData',
])
  test(`${name}: any content is allowed, even if wrong elsewhere`, () => {
    const inside = 'text<x:y z="1"/><saml:Attribute/><saml:Issuer><a/></saml:Issuer>';
    const parents: Readonly<Record<string, string>> = {
      'saml:AttributeValue': 'saml:Attribute',
      'saml:Advice': 'saml:Assertion',
      'samlp:Extensions': 'samlp:Response',
      'samlp:StatusDetail': 'samlp:Status',
    };
    const parent = parents[name] ?? 'saml:SubjectConfirmation';
    assert.deepEqual(shown(holding(parent, `<${name} Other="1">${inside}</${name}>`)), []);
  });

test('faults are found at any depth, and after other faults', () => {
  const xml =
    '<samlp:Response><samlp:Status Other="1"><samlp:StatusCode><samlp:StatusCode><x:y/></samlp:StatusCode>' +
    '</samlp:StatusCode></samlp:Status><saml:Assertion>text<saml:Subject Other="1"/></saml:Assertion></samlp:Response>';
  assert.deepEqual(
    shown(xml).map(({ received }) => received),
    ['Other', 'y', 'the text “text”', 'Other'],
  );
});

test('an AttributeStatement must have an Attribute, and an Attribute a Name', () => {
  const at = '/saml:AttributeStatement';
  assert.deepEqual(shown('<saml:AttributeStatement/>'), [
    { code: 'schema-invalid', expected: 'at least one saml:Attribute', received: 'none', path: at },
  ]);
  for (const attribute of ['', ' Name=""', ' FriendlyName="a"'])
    assert.deepEqual(shown(`<saml:AttributeStatement><saml:Attribute${attribute}/></saml:AttributeStatement>`), [
      { code: 'schema-invalid', expected: 'a name', received: 'none', path: `${at}/saml:Attribute/@Name` },
    ]);
  assert.deepEqual(shown('<x:Attribute/>'), []);
});

test('a decrypted assertion is checked, and a plain one only once', () => {
  const bad = '<saml:Assertion Other="1"/>';
  const good = '<saml:Assertion/>';
  const count = (xml: string, decrypted?: string): number =>
    shown(`<samlp:Response>${xml}</samlp:Response>`, decrypted === undefined ? {} : { decrypted }).length;
  assert.deepEqual([count(bad), count(good), count(''), count('', bad), count('', good)], [1, 0, 0, 1, 0]);
});

test('at most 60 characters of a text and 50 faults are shown', () => {
  const [first] = shown(`<saml:Subject>${'x'.repeat(61)}</saml:Subject>`);
  assert.equal(first!.received, `the text “${'x'.repeat(60)}”`);
  assert.equal(shown(`<saml:Subject>${'<x:y/>'.repeat(51)}</saml:Subject>`).length, 50);
});
