/** A persona learned from one response: its writing, without its names and values, and what stays unknown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Read, read } from '../../../sp/saml/read.ts';
import { learnPersona } from './learn.ts';
import { learnable } from './learned.ts';
import { time, type Writing, writtenAs } from './written-as.fixture.ts';

const guid = '0a1b2c3d-4e5f-4061-8273-8495a6b7c8d9';
const guid2 = '9d8c7b6a-5948-4372-a1b0-c0d1e2f3a4b5';

function parsed(xml: string): Read {
  const outcome = read(xml);
  assert.ok(outcome.ok, xml);
  return outcome.message;
}
const learn = (xml: string, code?: string): ReturnType<typeof learnPersona> =>
  learnPersona(parsed(xml), { personaFor: () => code });

const unusual: Writing = {
  declaration: '<?xml version="1.0" encoding="UTF-8"?>\n',
  prefixes: ['p', 'a', 's'],
  root: 'Version ID Destination IssueInstant InResponseTo',
  ids: [`x-${guid}`, `x-${guid2}`],
  issuer: 'https://idp.customer.example/',
  issuerFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
  signed: ['assertion'],
  prefixList: 'xs',
  keyInfo:
    '<s:KeyInfo><s:KeyName>secret-key-name</s:KeyName><s:X509Data><s:X509Certificate>AAAA</s:X509Certificate>' +
    '</s:X509Data></s:KeyInfo>',
  signatureValue: `${'A'.repeat(64)}\r\n${'A'.repeat(20)}`.replace('\r', '&#13;'),
  conditions: [7, 77],
  confirmation: `Recipient="https://sp.example/acs" NotOnOrAfter="${time(88)}"`,
  authn:
    `SessionIndex="_request" AuthnInstant="${time(-60).replace('.000Z', '.123Z')}" ` +
    `SessionNotOnOrAfter="${time(99)}"`,
  authority: true,
  attributesFirst: true,
  attributes:
    '<a:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" Name="urn:customer:mail">' +
    '<a:AttributeValue>sam@customer.example</a:AttributeValue></a:Attribute>' +
    '<a:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" Name="urn:customer:empty"/>',
};

test('what a response shows is learned', () => {
  const { set, name } = learn(writtenAs(unusual));
  assert.equal(name, undefined);
  const { prefixes, ids, keyInfo, lines, conditions, confirmation, session, sessionIndex, statements } = set;
  assert.deepEqual(
    { prefixes, ids, keyInfo, lines, conditions, confirmation, session, sessionIndex, statements },
    {
      prefixes: { samlp: 'p', saml: 'a', ds: 's' },
      ids: { response: 'x-{guid}', assertion: 'x-{guid}' },
      keyInfo: ['KeyName', 'X509Certificate'],
      lines: { signatureValue: { width: 64, end: '\r\n' } },
      conditions: [7, 77],
      confirmation: 88,
      session: 99,
      sessionIndex: { asked: '{request}' },
      statements: 'attributes first',
    },
  );
  const { declaration, signed, prefixList, issuerFormat, authenticatingAuthority, attributeFormat, emptyAttributes } =
    set;
  assert.deepEqual(
    { declaration, signed, prefixList, issuerFormat, authenticatingAuthority, attributeFormat, emptyAttributes },
    {
      declaration: unusual.declaration,
      signed: 'assertion',
      prefixList: 'xs',
      issuerFormat: unusual.issuerFormat,
      authenticatingAuthority: true,
      attributeFormat: { usual: 'uri' },
      emptyAttributes: 'sent empty',
    },
  );
  assert.deepEqual(set.attributeNames, { email: 'urn:customer:mail' });
  assert.deepEqual((set.attributeOrder as Record<string, string[]>)['samlp:Response'], unusual.root!.split(' '));
  assert.deepEqual((set.attributeOrder as Record<string, string[]>)['saml:AuthnStatement'], [
    'SessionIndex',
    'AuthnInstant',
    'SessionNotOnOrAfter',
  ]);
});

test('neither the names nor the values of the customer are learned', () => {
  const text = JSON.stringify(learn(writtenAs(unusual)));
  for (const secret of ['idp.customer.example', 'sam@', 'secret-key-name', 'sp.example', guid, 'AAAA'])
    assert.ok(!text.includes(secret), secret);
});

test('what a response does not show is listed as unknown', () => {
  const { set, learned } = learn(writtenAs({ prefixes: ['p', 'a', 's'], ids: [`_${guid}`, `_${guid2}`] }));
  for (const key of ['lines', 'attributeFormat', 'encryption', 'errorResponse', 'keyInfo'])
    assert.ok(learned.unknown.includes(key) && !(key in set), key);
  const others = [...Object.keys(learned.notLearned), ...Object.keys(set)];
  assert.deepEqual([...learned.unknown, ...others].toSorted(), learnable.toSorted());
  assert.equal(learned.year, 2026);
});

test('the layout of an indented message is its tool’s, as may be its declaration, so they are not learned', () => {
  const indented = writtenAs(unusual).replace(/></g, '>\n  <');
  const { learned } = learn(indented);
  for (const key of ['lines', 'signatureLayout', 'declares', 'declaration', 'emptyTag'])
    assert.match(learned.notLearned[key] ?? '', /indented the message/, key);
});

test('what a response shows, but does not tell reliably, is not listed as unknown', () => {
  const signed = learn(writtenAs({ ...unusual, signed: ['response'] }), 'okta').learned;
  assert.match(signed.notLearned.destination ?? '', /not signed/);
  assert.equal(learn(writtenAs(unusual)).set.destination, 'always');
  const odd = learn(
    writtenAs({
      ...unusual,
      ids: ['?', '!'],
      attributes: '<a:Attribute Name="x" NameFormat="urn:x"><a:AttributeValue>1</a:AttributeValue></a:Attribute>',
    }).replaceAll('.000Z', '.0000000Z'),
  ).learned;
  for (const key of ['ids', 'decimals', 'attributeFormat', 'attributeNames', 'signatureAlgorithm'])
    assert.ok(key in odd.notLearned && !odd.unknown.includes(key), key);
});

test('a known product is the base', () => {
  const okta: Writing = {
    ...unusual,
    prefixes: ['saml2p', 'saml2', 'ds'],
    root: 'Destination ID InResponseTo IssueInstant Version',
    keyInfo: '<ds:KeyInfo/>',
    ids: ['id1234567890123456789012345', 'id1234567890123456789054321'],
    attributes: '<saml2:Attribute Name="mail"/>',
  };
  const { name, learned, set } = learn(writtenAs(okta), 'okta');
  assert.match(learned.notLearned.declares ?? '', /persona of the product/);
  assert.equal(name, 'okta');
  assert.match(learned.product, /^This looks like Okta: /);
  assert.deepEqual(set.ids, { response: 'id{digits:25}', assertion: 'id{digits:25}' });
});

const otherwise: Writing = {
  ...unusual,
  ids: ['_aBcDeFgHiJkLmNoPqRsT', '_tSrQpOnMlKjIhGfEdCbA'],
  nameId: `<a:NameID SPNameQualifier="https://sp.example">${guid}</a:NameID>`,
  conditions: [299.9, 3600],
  confirmation: `Recipient="https://sp.example/acs" NotBefore="${time(0)}" NotOnOrAfter="${time(88.015)}"`,
  attributes:
    '<a:Attribute Name="urn:oid:2.5.4.42" FriendlyName="givenName"><a:AttributeValue>Sam</a:AttributeValue>' +
    '</a:Attribute>' +
    '<a:Attribute Name="http://schemas.example/claims/name"><a:AttributeValue>Sam</a:AttributeValue></a:Attribute>',
};

test('the parts that few products write are learned, too', () => {
  const declared = writtenAs(otherwise).replace(
    '<p:Response ',
    '<p:Response xmlns:xsd="http://www.w3.org/2001/XMLSchema" ',
  );
  const {
    prefixes,
    ids,
    nameId,
    delays,
    conditions,
    confirmation,
    confirmationNotBefore,
    friendlyNames,
    attributeNames,
  } = learn(declared).set;
  assert.deepEqual(
    { prefixes, ids, nameId, delays, conditions, confirmation, confirmationNotBefore, friendlyNames, attributeNames },
    {
      prefixes: { samlp: 'p', saml: 'a', ds: 's', xs: 'xsd' },
      ids: { response: '_{random:20}', assertion: '_{random:20}' },
      nameId: { format: 'none', value: 'identifier', qualifiers: false, spQualifier: true },
      delays: { assertion: 0, conditions: 100, confirmation: 15 },
      conditions: [300, 3600],
      confirmation: 88,
      confirmationNotBefore: true,
      friendlyNames: { 'urn:oid:2.5.4.42': 'givenName' },
      attributeNames: { firstName: 'urn:oid:2.5.4.42', displayName: 'http://schemas.example/claims/name' },
    },
  );
});

test('if only the assertion can be signed, and it is encrypted, it is taken to be signed', () => {
  const encrypted = '<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/>';
  const signedIn = (parts: Writing['signed'] & {}): unknown =>
    learn(writtenAs({ ...unusual, encrypted, signed: parts })).set.signed;
  assert.equal(signedIn([]), 'assertion');
  assert.equal(signedIn(['response']), 'response');
});
