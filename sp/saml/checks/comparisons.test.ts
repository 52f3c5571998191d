/** Values that must match exactly: any difference is a mismatch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../rejection-advice.ts';
import {
  acsUrl,
  type Edit,
  expectation,
  findingsOf,
  honest,
  idpEntityId,
  inTurn,
  type Settings,
  spEntityId,
  swap,
} from '../message.fixture.ts';

const nearly = (url: string): string[] => {
  const { origin, protocol, hostname, pathname } = new URL(url);
  return [
    `${url}/`,
    `${url}?`,
    `${url}#`,
    `${url}x`,
    url.slice(0, -1),
    `x${url}`,
    ` ${url}`,
    `${url} `,
    `${url}&#10;`,
    `${url}\u200B`,
    url.toUpperCase(),
    url.replace('acme', 'Acme'),
    url.replace('localhost', 'Localhost'),
    url.replace('http:', 'HTTP:'),
    url.replace('http:', 'https:'),
    `${protocol}//${hostname}${pathname}`,
    `${protocol}//${hostname}:80${pathname}`,
    `${protocol}//${hostname}:4002${pathname}`,
    `${protocol}//${hostname}.${url.slice(`${protocol}//${hostname}`.length)}`,
    url.replace('/acme/', '//acme/'),
    url.replace('/acme/', '/acme/./'),
    url.replace('/acme/', '/%61cme/'),
    url.replace('http://', 'http://ada@'),
    origin,
    'http://elsewhere.example/acme',
  ];
};
const nearlyId = ['_request ', ' _request', '_Request', '_reques', '_requestx', '_request,_request', '#_request', '_'];

interface Compared {
  expected: string;
  values: readonly string[];
  write: (value: string) => Edit;
  code: Finding['code'];
  path: string;
  empty: Finding['code'];
  /** Without these settings, the value cannot be compared. */
  missing?: Settings;
  /** For values where an empty one counts as missing. */
  emptyIs?: 'none';
}

const assertion = '/samlp:Response/saml:Assertion';
const data = `${assertion}/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData`;
const sp = expectation().sp;
const inAssertion =
  (edit: Edit): Edit =>
  (xml) => {
    const start = xml.indexOf('<saml:Assertion');
    return xml.slice(0, start) + edit(xml.slice(start));
  };
const issuer = (value: string): Edit => swap(/<saml:Issuer>[^<]*/, `<saml:Issuer>${value}`);

const compared: Readonly<Record<string, Compared>> = {
  Destination: {
    expected: acsUrl,
    values: nearly(acsUrl),
    write: (value) => swap(`Destination="${acsUrl}"`, `Destination="${value}"`),
    code: 'destination-mismatch',
    empty: 'destination-mismatch',
    path: '/samlp:Response/@Destination',
    missing: { sp: { ...sp, acsUrl: undefined as never } },
  },
  Recipient: {
    expected: acsUrl,
    values: nearly(acsUrl),
    write: (value) => swap(`Recipient="${acsUrl}"`, `Recipient="${value}"`),
    code: 'recipient-mismatch',
    empty: 'recipient-blank',
    path: `${data}/@Recipient`,
    missing: { sp: { ...sp, acsUrl: undefined as never } },
  },
  Audience: {
    expected: spEntityId,
    values: nearly(spEntityId),
    write: (value) => swap(`<saml:Audience>${spEntityId}`, `<saml:Audience>${value}`),
    code: 'audience-mismatch',
    empty: 'audience-missing',
    emptyIs: 'none',
    path: `${assertion}/saml:Conditions/saml:AudienceRestriction/saml:Audience`,
    missing: { sp: { ...sp, entityId: undefined as never } },
  },
  SPNameQualifier: {
    expected: spEntityId,
    values: nearly(spEntityId),
    write: (value) => swap('<saml:NameID ', `<saml:NameID SPNameQualifier="${value}" `),
    code: 'nameid-qualifier-wrong',
    empty: 'nameid-qualifier-wrong',
    path: `${assertion}/saml:Subject/saml:NameID/@SPNameQualifier`,
    missing: { sp: { ...sp, entityId: undefined as never } },
  },
  'Issuer of the response': {
    expected: idpEntityId,
    values: nearly(idpEntityId),
    write: issuer,
    code: 'issuer-mismatch',
    empty: 'issuer-missing',
    emptyIs: 'none',
    path: '/samlp:Response/saml:Issuer',
    missing: { idp: { ...expectation().idp, entityId: undefined as never } },
  },
  'Issuer of the assertion': {
    expected: idpEntityId,
    values: nearly(idpEntityId),
    write: (value) => inAssertion(issuer(value)),
    code: 'issuer-mismatch',
    empty: 'issuer-missing',
    emptyIs: 'none',
    path: `${assertion}/saml:Issuer`,
    missing: { idp: { ...expectation().idp, entityId: undefined as never } },
  },
  'InResponseTo of the response': {
    expected: '_request',
    values: nearlyId,
    write: (value) => swap('InResponseTo="_request"', `InResponseTo="${value}"`),
    code: 'in-response-to-mismatch',
    empty: 'in-response-to-mismatch',
    path: '/samlp:Response/@InResponseTo',
  },
  'InResponseTo of the confirmation': {
    expected: '_request',
    values: nearlyId,
    write: (value) => inAssertion(swap('InResponseTo="_request"', `InResponseTo="${value}"`)),
    code: 'confirmation-in-response-to-mismatch',
    empty: 'confirmation-in-response-to-mismatch',
    path: `${data}/@InResponseTo`,
  },
};

const received = (value: string): string => value.replace('&#10;', '\n');
for (const [name, { expected, values, write, code, empty, emptyIs, path, missing }] of Object.entries(compared)) {
  test(`${name} as expected: no finding`, () => assert.deepEqual(findingsOf(write(expected)), []));
  test(`${name} almost as expected: a mismatch`, () => {
    for (const value of values)
      assert.deepEqual(findingsOf(write(value)), [{ code, expected, received: received(value), path }], value);
  });
  test(`${name}: an empty value`, () => {
    const [finding, ...more] = findingsOf(write(''));
    assert.deepEqual([finding!.code, finding!.expected, more], [empty, expected, []]);
    assert.equal(finding!.received, emptyIs ?? '');
  });
  if (missing)
    test(`${name}: nothing to compare with`, () => {
      // Destination and Recipient are compared with each other if the ACS URL is unknown.
      const both: Edit = (xml) => xml.replaceAll(`"${acsUrl}"`, `"${values[0]!}"`);
      const edit = name === 'Destination' || name === 'Recipient' ? both : write(values[0]!);
      assert.deepEqual(findingsOf(edit, missing), []);
    });
}

const relayState = (value: string | undefined, policies: Settings['policies'] = {}, request = expectation().request) =>
  findingsOf((xml) => xml, { relayState: value, policies, request });
test('RelayState: must be exactly the value that was sent; it is not shown', () => {
  const expected = 'the RelayState sent with the request';
  assert.deepEqual(relayState('relay'), []);
  for (const value of ['', 'Relay', 'relay ', ' relay', 'rela', 'relay0'])
    assert.deepEqual(relayState(value), [{ code: 'relay-state-mismatch', expected, received: 'another value' }], value);
  assert.deepEqual(relayState(undefined), [{ code: 'relay-state-missing', expected, received: 'none' }]);
});
test('RelayState: not compared if not required, or if the sent value is unknown', () => {
  for (const value of ['other', undefined]) {
    assert.deepEqual(relayState(value, { requireRelayState: false }), []);
    assert.deepEqual(relayState(value, {}, { id: '_request', issuedAt: new Date('2026-03-01T11:59:00Z') }), []);
  }
});

test('Destination: required only on a signed response', () => {
  const noDestination = swap(` Destination="${acsUrl}"`, '');
  const finding = { code: 'destination-missing', expected: acsUrl, received: 'none' };
  assert.deepEqual(findingsOf(noDestination), [{ ...finding, path: '/samlp:Response/@Destination' }]);
  assert.deepEqual(findingsOf(noDestination, {}, { responseSigned: false }), []);
  const missing = findingsOf(noDestination, { sp: { ...sp, acsUrl: undefined as never } });
  assert.deepEqual(missing, [{ code: 'destination-missing', received: 'none', path: '/samlp:Response/@Destination' }]);
});

test('Issuer: required on a response that is signed or has an encrypted assertion, and on every assertion', () => {
  const finding = { code: 'issuer-missing', expected: idpEntityId, received: 'none' };
  const withoutFirst = swap(/<saml:Issuer>[^<]*<\/saml:Issuer>/, '');
  assert.deepEqual(findingsOf(withoutFirst), [{ ...finding, path: '/samlp:Response' }]);
  assert.deepEqual(findingsOf(withoutFirst, {}, { responseSigned: false }), []);
  const encrypted = inTurn(withoutFirst, (xml) =>
    xml.replace(/<saml:Assertion[\s\S]*<\/saml:Assertion>/, '<saml:EncryptedAssertion/>'),
  );
  assert.deepEqual(findingsOf(encrypted, {}, { responseSigned: false }), [{ ...finding, path: '/samlp:Response' }]);
  const withoutSecond = inAssertion(withoutFirst);
  assert.deepEqual(findingsOf(withoutSecond, {}, { responseSigned: false }), [{ ...finding, path: assertion }]);
});

test('Issuer: a format other than entity is a finding, besides one for a wrong value', () => {
  const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
  const format = (value: string): Edit => swap('<saml:Issuer>', `<saml:Issuer Format="${value}">`);
  assert.deepEqual(findingsOf(format(entity)), []);
  for (const value of ['', entity.toUpperCase(), `${entity} `, 'urn:x']) {
    const path = '/samlp:Response/saml:Issuer/@Format';
    const finding = { code: 'issuer-format-wrong', expected: entity, received: value, path };
    assert.deepEqual(findingsOf(format(value)), [finding]);
    assert.deepEqual(
      findingsOf(inTurn(format(value), swap(idpEntityId, 'x'))).map(({ code }) => code),
      ['issuer-mismatch', 'issuer-format-wrong'],
    );
  }
});

const unasked: Settings = { request: undefined, relayState: undefined };
const withoutRequest: Edit = (xml) => xml.replaceAll(' InResponseTo="_request"', '');
test('InResponseTo: without a known request, it may be present, or absent if unsolicited is allowed', () => {
  const expected = 'a response to a request';
  const unsolicited = { code: 'response-unsolicited', expected, received: 'an unsolicited response' };
  assert.deepEqual(
    findingsOf((xml) => xml, unasked),
    [],
  );
  assert.deepEqual(findingsOf(withoutRequest, unasked), [{ ...unsolicited, path: '/samlp:Response' }]);
  assert.deepEqual(findingsOf(withoutRequest, { ...unasked, policies: { allowIdpInitiated: true } }), []);
});
test('InResponseTo: if missing although there was a request, two findings, even if unsolicited is allowed', () => {
  const facts = { expected: '_request', received: 'none' };
  assert.deepEqual(findingsOf(withoutRequest, { policies: { allowIdpInitiated: true } }), [
    { code: 'in-response-to-missing', ...facts, path: '/samlp:Response/@InResponseTo' },
    { code: 'confirmation-in-response-to-mismatch', ...facts, path: `${data}/@InResponseTo` },
  ]);
});
test('InResponseTo: response and confirmation must agree even if the request is unknown', () => {
  const [first, second] = [swap(' InResponseTo="_request"', ''), inAssertion(swap(' InResponseTo="_request"', ''))];
  const allowed: Settings = { ...unasked, policies: { allowIdpInitiated: true } };
  const found = { code: 'confirmation-in-response-to-mismatch', path: `${data}/@InResponseTo` };
  assert.deepEqual(findingsOf(first, allowed), [
    {
      ...found,
      circumstance: 'only-in-assertion',
      expected: 'none, as in the unsolicited response',
      received: '_request',
    },
  ]);
  assert.deepEqual(findingsOf(second, allowed), [{ ...found, expected: '_request', received: 'none' }]);
});

const restriction = (...audiences: string[]): string =>
  `<saml:AudienceRestriction>${audiences.map((one) => `<saml:Audience>${one}</saml:Audience>`).join('')}` +
  '</saml:AudienceRestriction>';
const audiences = (...restrictions: string[]): Finding[] =>
  findingsOf(swap(/<saml:AudienceRestriction>[\s\S]*<\/saml:AudienceRestriction>/, restrictions.join('')));
test('Audience: one match in a restriction is enough, even next to an empty Audience', () => {
  assert.deepEqual(audiences(restriction('x', spEntityId)), []);
  assert.deepEqual(audiences(restriction(spEntityId, 'x')), []);
  assert.deepEqual(audiences(restriction('', spEntityId)), []);
  assert.deepEqual(audiences(restriction(spEntityId), restriction('x', spEntityId)), []);
});
test('Audience: every restriction must match; each mismatch is shown with all its audiences', () => {
  const at = `${assertion}/saml:Conditions`;
  const missing = { code: 'audience-missing', expected: spEntityId, received: 'none' };
  assert.deepEqual(audiences(), [{ ...missing, path: at }]);
  assert.deepEqual(audiences(restriction()), [{ ...missing, path: `${at}/saml:AudienceRestriction` }]);
  assert.deepEqual(audiences(restriction('', '')), [{ ...missing, path: `${at}/saml:AudienceRestriction` }]);
  const mismatch = { code: 'audience-mismatch', expected: spEntityId };
  assert.deepEqual(audiences(restriction('', 'x')), [
    { ...mismatch, received: ', x', path: `${at}/saml:AudienceRestriction/saml:Audience[1]` },
  ]);
  assert.deepEqual(audiences(restriction('x', 'y'), restriction(spEntityId), restriction('z')), [
    { ...mismatch, received: 'x, y', path: `${at}/saml:AudienceRestriction[1]/saml:Audience[1]` },
    { ...mismatch, received: 'z', path: `${at}/saml:AudienceRestriction[3]/saml:Audience` },
  ]);
});

test('the valid message has no finding', () =>
  assert.deepEqual(
    findingsOf(() => honest),
    [],
  ));
