/** Tests of every check: a message that this check alone rejects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RejectionCode } from '../../rejection-advice.ts';
import { checks } from '../judge.ts';
import {
  acsUrl,
  address,
  assertAccepted,
  assertionOf,
  assertRejected,
  codesOf,
  drop,
  type Edit,
  expectation,
  honest,
  idpEntityId,
  inTurn,
  judged,
  make,
  type Settings,
  spEntityId,
  swap,
} from '../message.fixture.ts';
import type { Check } from './check.ts';

type Row = readonly [what: string, edit: Edit, code: RejectionCode, settings?: Settings];

const same: Edit = (xml) => xml;
const inAssertion =
  (edit: Edit): Edit =>
  (xml) =>
    xml.replace(assertionOf(xml), edit);
const asked = (changes: Partial<NonNullable<Settings['request']>> = {}): Settings => ({
  request: { ...expectation().request!, ...changes },
});
const unasked: Settings = { request: undefined, relayState: undefined };
const contexts = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const authnContext = (comparison: 'exact' | 'minimum' | 'maximum' | 'better', ...names: string[]): Settings =>
  asked({ requestedAuthnContext: { comparison, classRefs: names.map((name) => contexts + name) } });
const password = `${contexts}Password`;
const status = (codes: string, message = ''): Edit =>
  inTurn(
    swap(/<samlp:StatusCode[^>]*\/>/, codes + (message && `<samlp:StatusMessage>${message}</samlp:StatusMessage>`)),
    drop(/<saml:Assertion[\s\S]*<\/saml:Assertion>/),
  );
const statuses = 'urn:oasis:names:tc:SAML:2.0:status:';
const code = (name: string, second?: string): string => {
  const inside = second ? `<samlp:StatusCode Value="${statuses}${second}"/>` : '';
  return `<samlp:StatusCode Value="${statuses}${name}">${inside}</samlp:StatusCode>`;
};
const nameIdText = (text: string): Edit => swap(`>${address}</saml:NameID>`, `>${text}</saml:NameID>`);
const anyAccount: Settings = { account: () => ({ kind: 'expected' }) };
const attributeOf = (name: string, ...values: string[]): string => {
  const elements = values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`);
  return `<saml:Attribute Name="${name}">${elements.join('')}</saml:Attribute>`;
};
const moreAttributes = (...xml: string[]): Edit =>
  swap('</saml:AttributeStatement>', `${xml.join('')}</saml:AttributeStatement>`);
const data = (attributes: string): Edit =>
  swap(/<saml:SubjectConfirmationData[^>]*\/>/, `<saml:SubjectConfirmationData ${attributes}/>`);
const soundData = `InResponseTo="_request" NotOnOrAfter="2026-03-01T12:05:01Z" Recipient="${acsUrl}"`;
const restriction = (...audiences: string[]): string => {
  const elements = audiences.map((audience) => `<saml:Audience>${audience}</saml:Audience>`);
  return `<saml:AudienceRestriction>${elements.join('')}</saml:AudienceRestriction>`;
};
const ownRestriction = restriction(spEntityId);
const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
const secondStatement = (attributes: string): Edit =>
  swap(
    '</saml:AuthnStatement>',
    `</saml:AuthnStatement><saml:AuthnStatement ${attributes}><saml:AuthnContext>` +
      `<saml:AuthnContextClassRef>${password}</saml:AuthnContextClassRef>` +
      '</saml:AuthnContext></saml:AuthnStatement>',
  );
const anomaly = (number: number): Edit => status(code('Responder', 'AuthnFailed'), `ErrorCode nr${number}`);

/** By the name of the check. */
const rejected: Readonly<Record<string, readonly Row[]>> = {
  'SAML version 2.0': [
    ['a response of 2.1', swap('Version="2.0"', 'Version="2.1"'), 'saml-version-unsupported'],
    ['a response without a version', drop(' Version="2.0"'), 'saml-version-unsupported'],
    ['an assertion of 1.1', inAssertion(swap('Version="2.0"', 'Version="1.1"')), 'saml-version-unsupported'],
  ],
  'response ID': [
    ['no ID', drop(' ID="_response"'), 'response-id-invalid'],
    ['an empty ID', swap('ID="_response"', 'ID=""'), 'response-id-invalid'],
    ['a leading digit', swap('ID="_response"', 'ID="1response"'), 'response-id-invalid'],
    ['a colon', swap('ID="_response"', 'ID="a:b"'), 'response-id-invalid'],
  ],
  'assertion ID': [
    ['no ID', drop(' ID="_assertion"'), 'assertion-id-invalid'],
    ['a space', swap('ID="_assertion"', 'ID="a b"'), 'assertion-id-invalid'],
  ],
  'times of issue': [
    ['none', drop(' IssueInstant="2026-03-01T11:59:58Z"'), 'issue-instant-invalid'],
    ['empty', swap('IssueInstant="2026-03-01T11:59:58Z"', 'IssueInstant=""'), 'issue-instant-invalid'],
    ['an offset', swap('11:59:58Z', '13:59:58+02:00'), 'issue-instant-invalid'],
    ['no zone', swap('11:59:58Z', '11:59:58'), 'issue-instant-invalid'],
    ['no such day', swap('2026-03-01T11:59:58Z', '2026-02-30T11:59:58Z'), 'issue-instant-invalid'],
    ['an assertion without IssueInstant', drop(' IssueInstant="2026-03-01T11:59:57Z"'), 'issue-instant-invalid'],
  ],
  schema: [
    [
      'the status before the issuer',
      (xml) => {
        const issuer = `<saml:Issuer>${idpEntityId}</saml:Issuer>`;
        return xml.replace(issuer, '').replace('</samlp:Status>', `</samlp:Status>${issuer}`);
      },
      'schema-invalid',
    ],
    ['two issuers', swap('<saml:Issuer>', `<saml:Issuer>${idpEntityId}</saml:Issuer><saml:Issuer>`), 'schema-invalid'],
    ['an unknown element', swap('<samlp:Status>', '<samlp:Fortune/><samlp:Status>'), 'schema-invalid'],
    [
      'a foreign element outside the extensions',
      swap('<samlp:Status>', '<x:y xmlns:x="urn:x"/><samlp:Status>'),
      'schema-invalid',
    ],
    ['an unknown attribute', swap('Version="2.0"', 'Version="2.0" Fortune="good"'), 'schema-invalid'],
    [
      'an attribute whose name only starts with xmlns',
      swap('Version="2.0"', 'Version="2.0" xmlnsFortune="good"'),
      'schema-invalid',
    ],
    [
      'an attribute in the protocol’s namespace',
      swap('Version="2.0"', 'Version="2.0" samlp:Destination="x"'),
      'schema-invalid',
    ],
    [
      'a NameID before the issuer',
      swap('<saml:Issuer>', '<saml:NameID>eve@acme.example</saml:NameID><saml:Issuer>'),
      'schema-invalid',
    ],
    ['two subjects', swap('</saml:Subject>', '</saml:Subject><saml:Subject/>'), 'schema-invalid'],
    [
      'two NameIDs',
      swap('</saml:NameID>', '</saml:NameID><saml:NameID>eve@acme.example</saml:NameID>'),
      'schema-invalid',
    ],
    ['two Conditions', swap('</saml:Conditions>', '</saml:Conditions><saml:Conditions/>'), 'schema-invalid'],
    [
      'Conditions after the statement',
      (xml) => {
        const conditions = /<saml:Conditions[\s\S]*<\/saml:Conditions>/.exec(xml)![0];
        return xml.replace(conditions, '').replace('</saml:AuthnStatement>', `</saml:AuthnStatement>${conditions}`);
      },
      'schema-invalid',
    ],
    ['an element in the NameID', nameIdText(`${address}<x xmlns="urn:x"/>`), 'schema-invalid'],
    ['text between elements', swap('<saml:Subject>', '<saml:Subject>eve@acme.example'), 'schema-invalid'],
    [
      'a statement without attributes',
      swap(/<saml:AttributeStatement>[\s\S]*<\/saml:AttributeStatement>/, '<saml:AttributeStatement/>'),
      'schema-invalid',
    ],
    ['an Attribute without Name', moreAttributes('<saml:Attribute/>'), 'schema-invalid'],
  ],
  status: [
    ['no status', drop(/<samlp:Status>[\s\S]*<\/samlp:Status>/), 'status-missing'],
    ['an empty status', swap(/<samlp:Status>[\s\S]*<\/samlp:Status>/, '<samlp:Status/>'), 'status-missing'],
    ['no value', drop(/ Value="[^"]*"/), 'status-missing'],
    ['Requester', status(code('Requester')), 'status-not-success'],
    ['an unknown code', status('<samlp:StatusCode Value="urn:fortune"/>'), 'status-not-success'],
    ['a second-level code at the top', status(code('AuthnFailed')), 'status-not-success'],
    ['AuthnFailed', status(code('Responder', 'AuthnFailed')), 'status-authn-failed'],
    ['NoPassive', status(code('Responder', 'NoPassive')), 'status-no-passive'],
    ['RequestDenied', status(code('Responder', 'RequestDenied')), 'status-request-denied'],
    ['NoAuthnContext', status(code('Requester', 'NoAuthnContext')), 'status-no-authn-context'],
    ['InvalidNameIDPolicy', status(code('Requester', 'InvalidNameIDPolicy')), 'status-invalid-nameid-policy'],
    ['UnknownPrincipal', status(code('Responder', 'UnknownPrincipal')), 'status-unknown-principal'],
    ['a different second-level code', status(code('Responder', 'PartialLogout')), 'status-not-success'],
    ['anomaly 19', anomaly(19), 'status-bad-credentials'],
    ['anomaly 20', anomaly(20), 'status-assurance-too-low'],
    ['anomaly 21', anomaly(21), 'status-login-timeout'],
    ['anomaly 22', anomaly(22), 'status-consent-denied'],
    ['anomaly 23', anomaly(23), 'status-user-locked'],
    ['anomaly 25', anomaly(25), 'status-user-cancelled'],
    ['a failure status with a valid assertion', swap('status:Success', 'status:Responder'), 'status-not-success'],
  ],
  'issuer of the response': [
    ['none, although signed', drop(/<saml:Issuer>[^<]*<\/saml:Issuer>/), 'issuer-missing'],
    ['an empty Issuer', swap(/<saml:Issuer>[^<]*/, '<saml:Issuer>'), 'issuer-missing'],
    ['another', swap(idpEntityId, 'http://idp.localhost:4000/other/metadata'), 'issuer-mismatch'],
    ['surrounding whitespace', swap(idpEntityId, ` ${idpEntityId}\n`), 'issuer-mismatch'],
    ['another case', swap(idpEntityId, idpEntityId.toUpperCase()), 'issuer-mismatch'],
    [
      'another format',
      swap('<saml:Issuer>', '<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">'),
      'issuer-format-wrong',
    ],
  ],
  'issuer of the assertion': [
    ['none', inAssertion(drop(/<saml:Issuer>[^<]*<\/saml:Issuer>/)), 'issuer-missing'],
    ['another', inAssertion(swap(idpEntityId, 'http://idp.localhost:4000/other/metadata')), 'issuer-mismatch'],
    ['another format', inAssertion(swap('<saml:Issuer>', '<saml:Issuer Format="urn:x">')), 'issuer-format-wrong'],
  ],
  destination: [
    ['none, although signed', drop(/ Destination="[^"]*"/), 'destination-missing'],
    ['an empty Destination', swap(/Destination="[^"]*"/, 'Destination=""'), 'destination-mismatch'],
    ['another', swap(`Destination="${acsUrl}"`, 'Destination="https://elsewhere.example/acs"'), 'destination-mismatch'],
    ['a trailing slash', swap(`Destination="${acsUrl}"`, `Destination="${acsUrl}/"`), 'destination-mismatch'],
    [
      'another case',
      swap(`Destination="${acsUrl}"`, `Destination="${acsUrl.replace('acme', 'Acme')}"`),
      'destination-mismatch',
    ],
  ],
  'in response to': [
    ['nothing', drop(' InResponseTo="_request"'), 'in-response-to-missing'],
    ['another request', swap('InResponseTo="_request"', 'InResponseTo="_other"'), 'in-response-to-mismatch'],
    ['unsolicited', (xml) => xml.replaceAll(' InResponseTo="_request"', ''), 'response-unsolicited', unasked],
  ],
  'relay state': [
    ['none', same, 'relay-state-missing', { relayState: undefined }],
    ['another', same, 'relay-state-mismatch', { relayState: 'other' }],
  ],
  'issued after the request, and not in the future': [
    ['before the request', swap('11:59:58Z', '11:55:59.999Z'), 'response-before-request'],
    ['the assertion before the request', swap('11:59:57Z', '11:55:59Z'), 'response-before-request'],
    ['in the future', swap('11:59:58Z', '12:03:00.001Z'), 'response-from-future'],
    ['the assertion in the future', swap('11:59:57Z', '12:03:01Z'), 'response-from-future'],
  ],
  'conditions are there': [['none', drop(/<saml:Conditions[\s\S]*<\/saml:Conditions>/), 'conditions-missing']],
  'times of the conditions can be read': [
    [
      'an offset',
      swap('NotBefore="2026-03-01T11:55:00Z"', 'NotBefore="2026-03-01T13:55:00+02:00"'),
      'conditions-time-invalid',
    ],
    ['an empty end', swap('NotOnOrAfter="2026-03-01T12:05:00Z"', 'NotOnOrAfter=""'), 'conditions-time-invalid'],
  ],
  'window of the conditions': [
    ['a millisecond too early', swap('11:55:00Z', '12:03:00.001Z'), 'not-yet-valid'],
    [
      'exactly at the end of the tolerance',
      inTurn(swap('11:55:00Z', '11:50:00Z'), swap('12:05:00Z', '11:57:00Z')),
      'assertion-expired',
    ],
    ['exactly now, zero tolerance', swap('12:05:00Z', '12:00:00Z'), 'assertion-expired', { skewMs: 0 }],
    ['inverted', inTurn(swap('11:55:00Z', '12:01:00Z'), swap('12:05:00Z', '12:01:00Z')), 'conditions-window-inverted'],
  ],
  audience: [
    ['no restriction', drop(ownRestriction), 'audience-missing'],
    ['an empty restriction', swap(ownRestriction, '<saml:AudienceRestriction/>'), 'audience-missing'],
    ['an empty audience', swap(ownRestriction, restriction('')), 'audience-missing'],
    ['another', swap(ownRestriction, restriction('http://elsewhere.example')), 'audience-mismatch'],
    ['a trailing slash', swap(ownRestriction, restriction(`${spEntityId}/`)), 'audience-mismatch'],
    ['surrounding whitespace', swap(ownRestriction, restriction(` ${spEntityId} `)), 'audience-mismatch'],
    [
      'two restrictions, one for another audience',
      swap(ownRestriction, ownRestriction + restriction('http://elsewhere.example')),
      'audience-mismatch',
    ],
  ],
  'every condition is understood': [
    [
      'an abstract condition',
      swap(
        ownRestriction,
        `${ownRestriction}<saml:Condition xmlns:xsi="${xsi}" xmlns:x="urn:x" xsi:type="x:FullMoon"/>`,
      ),
      'condition-unknown',
    ],
    [
      'a condition in another namespace',
      swap(ownRestriction, `${ownRestriction}<x:FullMoon xmlns:x="urn:x"/>`),
      'condition-unknown',
    ],
  ],
  'one OneTimeUse and one ProxyRestriction at most': [
    ['two OneTimeUse', swap(ownRestriction, `${ownRestriction}<saml:OneTimeUse/><saml:OneTimeUse/>`), 'schema-invalid'],
    [
      'two ProxyRestriction',
      swap(ownRestriction, `${ownRestriction}<saml:ProxyRestriction/><saml:ProxyRestriction/>`),
      'schema-invalid',
    ],
  ],
  subject: [['none', drop(/<saml:Subject>[\s\S]*<\/saml:Subject>/), 'subject-missing']],
  'bearer confirmation': [
    ['none', drop(/<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/), 'subject-confirmation-error'],
    ['holder of key', swap('cm:bearer', 'cm:holder-of-key'), 'subject-confirmation-error'],
    ['sender vouches', swap('cm:bearer', 'cm:sender-vouches'), 'subject-confirmation-error'],
    ['no method', drop(' Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"'), 'subject-confirmation-error'],
    ['no data', drop(/<saml:SubjectConfirmationData[^>]*\/>/), 'subject-confirmation-error'],
    ['no recipient', data('InResponseTo="_request" NotOnOrAfter="2026-03-01T12:05:01Z"'), 'recipient-blank'],
    [
      'an empty recipient',
      data('InResponseTo="_request" NotOnOrAfter="2026-03-01T12:05:01Z" Recipient=""'),
      'recipient-blank',
    ],
    ['another recipient', data(soundData.replace(acsUrl, `${acsUrl}/`)), 'recipient-mismatch'],
    ['no NotOnOrAfter', data(`InResponseTo="_request" Recipient="${acsUrl}"`), 'confirmation-time-invalid'],
    [
      'a NotOnOrAfter with an offset',
      data(soundData.replace('12:05:01Z', '14:05:01+02:00')),
      'confirmation-time-invalid',
    ],
    ['exactly at the end of the tolerance', data(soundData.replace('12:05:01Z', '11:57:00Z')), 'confirmation-expired'],
    ['a NotBefore', data(`${soundData} NotBefore="2026-03-01T11:00:00Z"`), 'subject-confirmation-error'],
    [
      'without a request',
      data(soundData.replace('InResponseTo="_request" ', '')),
      'confirmation-in-response-to-mismatch',
    ],
    [
      'a response to a different request',
      data(soundData.replace('_request', '_other')),
      'confirmation-in-response-to-mismatch',
    ],
  ],
  'authentication statement': [
    ['none', drop(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/), 'authn-statement-missing'],
  ],
  'authentication instant': [
    ['none', drop(' AuthnInstant="2026-03-01T11:59:50Z"'), 'authn-instant-invalid'],
    ['no time', swap('AuthnInstant="2026-03-01T11:59:50Z"', 'AuthnInstant="yesterday"'), 'authn-instant-invalid'],
    ['in the future', swap('11:59:50Z', '12:03:00.001Z'), 'authn-instant-invalid'],
    [
      'in the future, in a second statement',
      secondStatement('AuthnInstant="2026-03-01T13:00:00Z"'),
      'authn-instant-invalid',
    ],
  ],
  'fresh authentication': [
    ['an old one', swap('11:59:50Z', '11:55:59Z'), 'authn-instant-stale', asked({ forceAuthn: true })],
  ],
  'authentication context': [
    ['none', drop(/<saml:AuthnContext>[\s\S]*<\/saml:AuthnContext>/), 'authn-context-missing'],
    ['no class', drop(/<saml:AuthnContextClassRef>[\s\S]*<\/saml:AuthnContextClassRef>/), 'authn-context-missing'],
    ['an empty class', swap(password, ''), 'authn-context-missing'],
  ],
  'requested authentication context': [
    ['not exactly the requested one', same, 'authn-context-unmet', authnContext('exact', 'PasswordProtectedTransport')],
    ['weaker than requested', same, 'authn-context-unmet', authnContext('minimum', 'PasswordProtectedTransport')],
    ['not better', same, 'authn-context-unmet', authnContext('better', 'Password')],
    ['stronger than allowed', same, 'authn-context-unmet', authnContext('maximum', 'InternetProtocol')],
    ['an unknown class', swap(password, 'urn:x'), 'authn-context-unmet', authnContext('minimum', 'Password')],
    ['less than an unknown class', same, 'authn-context-unmet', authnContext('minimum', 'Telepathy')],
    ['better than an unknown class', same, 'authn-context-unmet', authnContext('better', 'Telepathy')],
  ],
  'session not over': [
    ['over', swap('SessionIndex', 'SessionNotOnOrAfter="2026-03-01T12:00:00Z" SessionIndex'), 'session-over'],
    ['no time', swap('SessionIndex', 'SessionNotOnOrAfter="soon" SessionIndex'), 'authn-instant-invalid'],
    [
      'over in a second statement',
      secondStatement('AuthnInstant="2026-03-01T11:59:50Z" SessionNotOnOrAfter="2026-03-01T11:59:59Z"'),
      'session-over',
    ],
  ],
  'NameID is there': [
    ['none', drop(/<saml:NameID[\s\S]*<\/saml:NameID>/), 'nameid-missing'],
    ['empty', nameIdText(''), 'nameid-missing'],
    ['white space', nameIdText(' \n '), 'nameid-missing'],
    ['encrypted', swap(/<saml:NameID[\s\S]*<\/saml:NameID>/, '<saml:EncryptedID/>'), 'encryption-unsupported'],
  ],
  'NameID format': [
    [
      'none, which means unspecified',
      drop(' Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"'),
      'nameid-format-wrong',
    ],
    ['persistent', swap('1.1:nameid-format:emailAddress', '2.0:nameid-format:persistent'), 'nameid-format-wrong'],
    [
      'an email instead of a persistent NameID',
      same,
      'nameid-format-wrong',
      { policies: { nameIdFormat: 'persistent' } },
    ],
  ],
  'NameID length': [['257 characters', nameIdText(`${'a'.repeat(244)}@acme.example`), 'nameid-too-long', anyAccount]],
  'NameID is an address': (
    [
      'ada',
      '@acme.example',
      'ada@',
      'a@b@acme.example',
      ' ada@acme.example',
      'ada@acme.example\u00A0',
      'ada\u200B@acme.example',
      '"a@b"@acme.example',
      'Ada &lt;ada@acme.example&gt;',
      'a@b, c@d',
    ] as const
  ).map((text): Row => [JSON.stringify(text), nameIdText(text), 'nameid-not-email', anyAccount]),
  'NameID qualifier': [
    [
      'another service provider',
      swap('<saml:NameID ', '<saml:NameID SPNameQualifier="http://elsewhere.example" '),
      'nameid-qualifier-wrong',
    ],
  ],
  'no attribute says two things': [
    [
      'a duplicate with a different value',
      moreAttributes(attributeOf('mail', 'eve@acme.example')),
      'attribute-duplicate',
    ],
    ['a duplicate with more values', moreAttributes(attributeOf('mail', address, 'x')), 'attribute-duplicate'],
  ],
  'required attributes': [
    ['missing', same, 'required-attribute-missing', { policies: { requiredAttributes: ['department'] } }],
    [
      'without a value',
      moreAttributes('<saml:Attribute Name="department"/>'),
      'required-attribute-missing',
      { policies: { requiredAttributes: ['department'] } },
    ],
    [
      'no statement at all',
      drop(/<saml:AttributeStatement>[\s\S]*<\/saml:AttributeStatement>/),
      'required-attribute-missing',
      { policies: { requiredAttributes: ['mail'] } },
    ],
  ],
  'encrypted attributes': [['one', moreAttributes('<saml:EncryptedAttribute/>'), 'encryption-unsupported']],
  account: [
    [
      'another user',
      same,
      'nameid-user-mismatch',
      { account: () => ({ kind: 'other', expected: 'bob@acme.example' }) },
    ],
    ['an unknown user', same, 'user-not-provisioned', { account: () => ({ kind: 'unknown' }) }],
    ['deactivated', same, 'user-deactivated', { account: () => ({ kind: 'deactivated' }) }],
    ['another domain', same, 'email-domain-refused', { account: () => ({ kind: 'foreign-domain' }) }],
    ['the email in another case', nameIdText('Ada@acme.example'), 'nameid-user-mismatch'],
  ],
  replay: [['a second time', same, 'replay-detected', { wasUsed: (id) => id === '_assertion' }]],
};

/** Signs the response, or the assertion if the response has no proper ID for a signature to point to. */
const madeFrom = (edit: Edit): string =>
  make({ edit, sign: edit(honest).includes('ID="_response"') ? ['_response'] : ['_assertion'] });

const lists = Object.values(checks) as unknown as Check[][];
const all = lists.flat();

test('every check has a row, and every row a check', () =>
  assert.deepEqual(Object.keys(rejected).toSorted(), all.map(({ name }) => name).toSorted()));

for (const [name, rows] of Object.entries(rejected)) {
  for (const [what, edit, expected, settings = {}] of rows) {
    test(`${name}: ${what} is rejected as ${expected}, and by no other check`, () => {
      const xml = madeFrom(edit);
      const codes = codesOf(judged(xml, settings));
      assert.ok(codes.includes(expected), `${expected} is not among ${codes.join(', ')}`);
      const list = lists.find((one) => one.some((check) => check.name === name))!;
      const index = list.findIndex((check) => check.name === name);
      const [taken] = list.splice(index, 1);
      try {
        const remaining = codesOf(judged(xml, settings));
        assert.ok(
          remaining.filter((one) => one === expected).length < codes.filter((one) => one === expected).length,
          'another check has the same finding',
        );
      } finally {
        list.splice(index, 0, taken!);
      }
    });
  }
}

const accepted: Readonly<Record<string, readonly [Edit, Settings?]>> = {
  milliseconds: [(xml) => xml.replaceAll(/(:\d\d)Z"/g, '$1.123Z"')],
  'a format on the issuers': [
    (xml) => xml.replaceAll('<saml:Issuer>', '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">'),
  ],
  'unknown extensions, and a Consent': [
    inTurn(
      swap(
        '<samlp:Status>',
        '<samlp:Extensions><x:y xmlns:x="urn:x" z="1">text</x:y></samlp:Extensions><samlp:Status>',
      ),
      swap('Version="2.0"', 'Version="2.0" Consent="urn:x"'),
    ),
  ],
  'a NotBefore in the future, within tolerance': [swap('11:55:00Z', '12:03:00Z')],
  'a millisecond before the end of the tolerance': [swap('12:05:00Z', '11:57:00.001Z')],
  'conditions without times': [drop(/ NotBefore="[^"]*" NotOnOrAfter="[^"]*"/)],
  'one audience of many': [swap(ownRestriction, restriction('http://elsewhere.example', spEntityId))],
  'two restrictions for our entity ID': [
    swap(ownRestriction, ownRestriction + restriction('http://elsewhere.example', spEntityId)),
  ],
  'OneTimeUse and a ProxyRestriction': [
    swap(ownRestriction, `${ownRestriction}<saml:OneTimeUse/><saml:ProxyRestriction Count="0"/>`),
  ],
  'a valid second confirmation': [
    swap(
      '<saml:SubjectConfirmation ',
      '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"/>' +
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
        '<saml:SubjectConfirmationData InResponseTo="_request" NotOnOrAfter="2026-03-01T11:00:00Z"' +
        ` Recipient="${acsUrl}"/></saml:SubjectConfirmation><saml:SubjectConfirmation `,
    ),
  ],
  'an unchecked client address': [data(`${soundData} Address="192.0.2.1"`)],
  'a session of two seconds': [swap('SessionIndex', 'SessionNotOnOrAfter="2026-03-01T12:00:02Z" SessionIndex')],
  'no session index': [drop(' SessionIndex="_session"')],
  'no attributes': [drop(/<saml:AttributeStatement>[\s\S]*<\/saml:AttributeStatement>/)],
  'attributes with no value, with xsi:nil, with XML and with 300 characters': [
    moreAttributes(
      '<saml:Attribute Name="a"/>',
      `<saml:Attribute Name="b"><saml:AttributeValue xmlns:xsi="${xsi}" xsi:nil="true"/></saml:Attribute>`,
      attributeOf('c', '<x xmlns="urn:x"><y/>z</x>'),
      attributeOf('d', 'd'.repeat(300)),
    ),
  ],
  'an assertion as escaped text': [
    moreAttributes(attributeOf('e', honest.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))),
  ],
  'a duplicate attribute with the same value': [moreAttributes(attributeOf('mail', address))],
  'the right SPNameQualifier and any NameQualifier': [
    swap('<saml:NameID ', `<saml:NameID SPNameQualifier="${spEntityId}" NameQualifier="x" `),
  ],
  '256 characters': [nameIdText(`${'a'.repeat(243)}@acme.example`), anyAccount],
  'an address with a plus': [nameIdText('ada+x@acme.example'), anyAccount],
  'any NameID format, if the profile allows it': [
    swap('1.1:nameid-format:emailAddress', '2.0:nameid-format:persistent'),
    { policies: { nameIdFormat: 'any' } },
  ],
  'a required attribute': [same, { policies: { requiredAttributes: ['mail'] } }],
  'exactly the requested context': [same, authnContext('exact', 'X509', 'Password')],
  'a better context than requested': [same, authnContext('minimum', 'InternetProtocol')],
  'the unknown class that was requested': [
    swap(password, 'urn:x'),
    asked({ requestedAuthnContext: { comparison: 'minimum', classRefs: ['urn:x'] } }),
  ],
  'a fresh sign-in': [same, asked({ forceAuthn: true })],
  'a different RelayState, not required': [same, { relayState: 'other', policies: { requireRelayState: false } }],
  'an unsolicited response, allowed': [
    (xml) => xml.replaceAll(' InResponseTo="_request"', ''),
    { ...unasked, policies: { allowIdpInitiated: true } },
  ],
};
for (const [name, [edit, settings]] of Object.entries(accepted))
  test(`accepted: ${name}`, () => void assertAccepted(make({ edit }), settings));

test('an unsigned response with a signed assertion needs neither Issuer nor Destination', () => {
  assertAccepted(
    make({
      edit: inTurn(drop(/<saml:Issuer>[^<]*<\/saml:Issuer>/), drop(/ Destination="[^"]*"/)),
      sign: ['_assertion'],
    }),
    { policies: { requireSignedMessage: false } },
  );
});

test('a correct FriendlyName does not replace a wrong Name', () => {
  assertRejected(make(), ['required-attribute-missing'], { policies: { requiredAttributes: ['department'] } });
});

test('a response and its confirmation must name the same request, even if the requests are unknown', () => {
  assertRejected(
    make({ edit: data(soundData.replace('_request', '_other')) }),
    ['confirmation-in-response-to-mismatch'],
    unasked,
  );
});

test('the StatusMessage is shown', () => {
  const { findings } = assertRejected(
    make({ edit: status(code('Responder', 'AuthnFailed'), '&lt;script>'), sign: ['_response'] }),
    ['status-authn-failed'],
  );
  assert.equal(findings[0].received, 'Responder, AuthnFailed, “<script>”');
});
