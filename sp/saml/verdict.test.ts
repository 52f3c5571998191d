/** Judgements: accepted, rejected or undetermined; skipped checks, and findings without duplicates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedSkewMs, hardenedPolicies } from './judgement.ts';
import {
  acsUrl,
  assertAccepted,
  codesOf,
  drop,
  type Edit,
  expectation,
  honest,
  idpEntityId,
  inTurn,
  judged,
  type Making,
  make,
  type Settings,
  spEntityId,
  swap,
} from './message.fixture.ts';

const both = make();
const responseOnly = make({ sign: ['_response'] });
const assertionOnly = make({ sign: ['_assertion'] });
const encrypted = make({ encrypt: {} });
const encryptedOnly = make({ encrypt: {}, sign: ['_assertion'] });
const noCertificates: Settings = { idp: { entityId: idpEntityId } };
const lenient = { policies: { requireSignedMessage: false } } as const;
const noKeys: Settings = { sp: { entityId: spEntityId, acsUrl } };
const { relayState: _, ...requestWithoutRelayState } = expectation().request!;
const failed: Edit = swap('status:Success', 'status:Responder');

test('the default policies for a response', () => {
  assert.equal(allowedSkewMs, 180_000);
  assert.deepEqual(hardenedPolicies, {
    requireSignedMessage: true,
    requireSignedAssertion: false,
    allowSha1: false,
    allowIdpInitiated: false,
    requireRelayState: true,
    requireEncryption: false,
    nameIdFormat: 'emailAddress',
    requiredAttributes: [],
  });
});

test('an accepted verdict has the identity, no finding, and no skipped check', () => {
  const { identity, ...rest } = assertAccepted(both);
  assert.deepEqual(rest, { verdict: 'accept', findings: [], notVerified: [] });
  assert.equal(identity.assertionId, '_assertion');
});
test('a message that is not a Response is rejected for that alone', () => {
  const root = '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>';
  assert.deepEqual(judged(root, noCertificates), {
    verdict: 'reject',
    findings: [
      {
        code: 'root-not-response',
        expected: 'samlp:Response',
        received: 'samlp:AuthnRequest',
        path: '/samlp:AuthnRequest',
      },
    ],
    notVerified: [],
  });
});

const protocol = 'urn:oasis:names:tc:SAML:1.0:protocol';
const roots: Readonly<Record<string, readonly [xml: string, code: string, received: string, circumstance?: string]>> = {
  'SAML 1.1': [
    `<x:Response xmlns:x="${protocol}" MajorVersion="1" MinorVersion="1"/>`,
    'saml-version-unsupported',
    '1.1',
  ],
  'SAML 1 without its version': [`<x:Response xmlns:x="${protocol}"/>`, 'saml-version-unsupported', '1.?'],
  'a namespace that only holds one of SAML 1.1': [
    `<x:Response xmlns:x="urn:x:${protocol}" MajorVersion="1" MinorVersion="1"/>`,
    'root-not-response',
    'Response',
  ],
  'a Response in no namespace': ['<Response/>', 'root-not-response', 'Response in no namespace', 'no-namespace'],
  'a Response in another namespace': ['<Response xmlns="urn:x"/>', 'root-not-response', 'Response'],
  'another element in no namespace': ['<LogoutResponse/>', 'root-not-response', 'LogoutResponse'],
};
for (const [name, [xml, code, received, circumstance]] of Object.entries(roots))
  test(`${name} at the root: ${code}`, () => {
    const { findings, notVerified } = judged(xml);
    assert.deepEqual(
      findings.map((one) => [one.code, one.received, one.circumstance]),
      [[code, received, circumstance]],
    );
    assert.deepEqual(notVerified, []);
  });

/** Missing settings, and the checks that are skipped without them. */
const open: Readonly<Record<string, readonly [string, Settings, readonly string[]]>> = {
  'no certificates': [both, noCertificates, ['signature']],
  'no entity ID of the identity provider': [
    both,
    { idp: { certificates: expectation().idp.certificates! } },
    ['issuer'],
  ],
  'no ACS URL': [both, { sp: { entityId: spEntityId } }, ['destination', 'recipient']],
  'no entity ID of our own': [both, { sp: { acsUrl } }, ['audience']],
  'no request, although the response names one': [both, { request: undefined }, ['in-response-to']],
  'no RelayState sent or received': [
    both,
    { request: requestWithoutRelayState, relayState: undefined },
    ['relay-state'],
  ],
  'no account': [both, { account: undefined }, ['account']],
  'no record of used assertions': [both, { wasUsed: undefined }, ['replay']],
  'no decryption key, and only the assertion is signed': [
    encryptedOnly,
    { ...noKeys, ...lenient, account: undefined, wasUsed: undefined },
    ['decryption'],
  ],
  'no decryption key': [encrypted, noKeys, ['decryption']],
  'neither certificates nor decryption keys': [
    encrypted,
    { ...noKeys, ...noCertificates },
    ['decryption', 'signature'],
  ],
};
for (const [name, [xml, settings, notVerified]] of Object.entries(open))
  test(`undetermined, without findings: ${name}`, () =>
    assert.deepEqual(judged(xml, settings), { verdict: 'undetermined', findings: [], notVerified }));

const complete: Readonly<Record<string, readonly [string, Settings]>> = {
  'a RelayState whose sent value is unknown': [both, { request: requestWithoutRelayState }],
  'no RelayState, not required': [
    both,
    { request: requestWithoutRelayState, relayState: undefined, policies: { requireRelayState: false } },
  ],
  'an unsolicited response, allowed': [
    make({ edit: (xml) => xml.replaceAll(' InResponseTo="_request"', '') }),
    { request: undefined, relayState: undefined, policies: { allowIdpInitiated: true } },
  ],
  'an encrypted assertion, signed inside': [encryptedOnly, lenient],
  'an encrypted assertion in a signed response': [make({ encrypt: {}, sign: ['_response'] }), {}],
};
for (const [name, [xml, settings]] of Object.entries(complete))
  test(`accepted: ${name}`, () => void assertAccepted(xml, settings));

/** All codes, in order, and the skipped checks. */
const rejected: Readonly<Record<string, readonly [string, readonly string[], Settings?, (readonly string[])?]>> = {
  'a failure status with a valid assertion, which is ignored': [
    make({ edit: failed }),
    ['status-not-success'],
    { account: () => ({ kind: 'unknown' }), wasUsed: () => true, policies: { requireSignedAssertion: true } },
  ],
  'a failure status: account and replay do not matter': [
    make({ edit: failed }),
    ['status-not-success'],
    { account: undefined, wasUsed: undefined },
  ],
  'an unsigned failure status': [make({ edit: failed, sign: [] }), ['status-not-success', 'nothing-signed'], lenient],
  'an encrypted assertion with an unsigned failure status': [
    make({ edit: failed, sign: ['_assertion'], encrypt: {} }),
    ['status-not-success'],
    lenient,
  ],
  'an unsigned response, no certificates': [
    make({ sign: [] }),
    ['nothing-signed'],
    { ...noCertificates, ...lenient },
    ['signature'],
  ],
  'two assertions, both ignored': [
    make({
      edit: inTurn(swap(honestAssertion(), honestAssertion() + honestAssertion().replace('_assertion', '_other'))),
      sign: ['_response'],
    }),
    ['assertion-multiple'],
    { account: () => ({ kind: 'unknown' }), wasUsed: () => true },
  ],
  'a signed response needs its Destination and Issuer, even if its signature cannot be verified': [
    make({
      edit: inTurn(drop(/<saml:Issuer>[^<]*<\/saml:Issuer>/), drop(` Destination="${acsUrl}"`)),
      sign: ['_response'],
    }),
    ['issuer-missing', 'destination-missing'],
    noCertificates,
    ['signature'],
  ],
  'an unsigned response needs neither': [
    make({
      edit: inTurn(
        drop(/<saml:Issuer>[^<]*<\/saml:Issuer>/),
        drop(` Destination="${acsUrl}"`),
        swap('Version="2.0"', 'Version="2"'),
      ),
      sign: ['_assertion'],
    }),
    ['saml-version-unsupported'],
    lenient,
  ],
  'an unsigned assertion in a signed response, which is not enough': [
    make({ sign: ['_response'] }),
    ['assertion-not-signed'],
    { policies: { requireSignedAssertion: true } },
  ],
  'an unsigned response with a signed assertion, which is not enough': [
    assertionOnly,
    ['message-not-signed'],
    { policies: { requireSignedAssertion: true } },
  ],
};
function honestAssertion(): string {
  return /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(honest)![0];
}
for (const [name, [xml, codes, settings, notVerified = []]] of Object.entries(rejected))
  test(`rejected: ${name}`, () => {
    const judgement = judged(xml, settings);
    assert.deepEqual([judgement.verdict, codesOf(judgement)], ['reject', codes]);
    assert.deepEqual(judgement.notVerified, notVerified);
  });

test('the path of an unsigned assertion is that of the assertion, not of similarly named elements', () => {
  const near =
    '<x:MyAssertion xmlns:x="urn:x"/><x:AssertionList xmlns:x="urn:x"/><x:EncryptedAssertions xmlns:x="urn:x"/>';
  const signedResponse: Making = { edit: swap('<samlp:Status>', `${near}<samlp:Status>`), sign: ['_response'] };
  const settings: Settings = { policies: { requireSignedAssertion: true } };
  for (const [making, path] of [
    [signedResponse, '/samlp:Response/saml:Assertion'],
    [{ ...signedResponse, encrypt: {} }, '/samlp:Response/saml:EncryptedAssertion'],
  ] as const) {
    const found = judged(make(making), settings).findings.find(({ code }) => code === 'assertion-not-signed');
    assert.equal(found?.path, path);
  }
});

/** Faults of the response and of its assertion, by signed and encrypted parts. */
const wrongAudience = swap(`<saml:Audience>${spEntityId}`, '<saml:Audience>x');
const wrongDestination = swap(`Destination="${acsUrl}"`, 'Destination="x"');
const audience = '/saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience';
for (const sign of [['_response'], ['_assertion'], ['_assertion', '_response']])
  for (const isEncrypted of [false, true])
    test(`places, ${sign.join(' and ')} signed, ${isEncrypted ? 'encrypted' : 'plain'}`, () => {
      const xml = make({
        edit: inTurn(wrongAudience, wrongDestination),
        sign,
        ...(isEncrypted ? { encrypt: {} } : {}),
      });
      const lineOf = (text: string): number => xml.slice(0, xml.indexOf(text)).split('\n').length;
      assert.deepEqual(
        judged(xml, lenient).findings.map(({ code, path, line }) => [code, path, line]),
        [
          ['destination-mismatch', '/samlp:Response/@Destination', 1],
          isEncrypted
            ? ['audience-mismatch', `/samlp:Response/saml:EncryptedAssertion${audience}`, undefined]
            : ['audience-mismatch', `/samlp:Response${audience}`, lineOf('<saml:Audience>')],
        ],
      );
    });

const statements = (count: number): Edit =>
  swap(
    '<saml:AttributeStatement>',
    Array.from({ length: count }, (_unused, index) => `<saml:AuthnStatement AuthnInstant="${index}"/>`)
      .concat('<saml:AttributeStatement>')
      .join(''),
  );
test('at most fifty findings of one code are kept, and all others', () => {
  for (const [count, settings] of [
    [49, 49],
    [50, 50],
    [51, 50],
    [60, 50],
  ] as const) {
    const xml = make({ edit: inTurn(statements(count), wrongAudience), sign: ['_response'] });
    const codes = codesOf(judged(xml));
    assert.equal(codes.filter((code) => code === 'authn-instant-invalid').length, settings);
    assert.equal(codes.filter((code) => code === 'audience-mismatch').length, 1);
  }
});
test('the same fault in another place is another finding', () => {
  const twice = make({ edit: swap('<samlp:Status>', '<samlp:Fortune/><samlp:Fortune/><samlp:Status>') });
  assert.deepEqual(
    judged(twice).findings.map(({ path }) => path),
    ['/samlp:Response/samlp:Fortune[1]', '/samlp:Response/samlp:Fortune[2]'],
  );
});

test('an unsigned response with a signed assertion is judged as received, with its place', () => {
  const [first] = judged(make({ sign: [] }), lenient).findings;
  const found = { code: 'nothing-signed', expected: 'a signature', received: 'none', path: '/samlp:Response', line: 1 };
  assert.deepEqual(first, found);
  const [message] = judged(assertionOnly).findings;
  assert.deepEqual(message, { ...found, code: 'message-not-signed', expected: 'ds:Signature in samlp:Response' });
  const settings: Settings = { policies: { requireSignedAssertion: true } };
  assert.equal(judged(responseOnly, settings).findings[0]!.expected, 'ds:Signature in saml:Assertion');
});

test('identity: parts missing from the assertion are omitted', () => {
  const edit = inTurn(
    drop(' Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"'),
    drop(' SessionIndex="_session"'),
    drop(/ NotBefore="[^"]*" NotOnOrAfter="[^"]*"/),
    drop(/<saml:AttributeStatement>[\s\S]*<\/saml:AttributeStatement>/),
  );
  assert.deepEqual(assertAccepted(make({ edit }), { policies: { nameIdFormat: 'any' } }).identity, {
    nameId: 'ada@acme.example',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    authnInstant: new Date('2026-03-01T11:59:50Z'),
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
    attributes: {},
    assertionId: '_assertion',
    notOnOrAfter: new Date('2026-03-01T12:05:01Z'),
  });
});
test('identity: qualifiers, attribute values, and the latest end', () => {
  const more =
    '<saml:SubjectConfirmation Method="x"/><saml:SubjectConfirmation Method="x"><saml:SubjectConfirmationData' +
    ' NotOnOrAfter="2026-03-01T12:07:00Z"/></saml:SubjectConfirmation></saml:Subject>';
  const edit = inTurn(
    swap('<saml:NameID ', `<saml:NameID NameQualifier="q" SPNameQualifier="${spEntityId}" `),
    swap('</saml:Subject>', more),
    swap('SessionIndex', 'SessionNotOnOrAfter="2026-03-01T13:00:00Z" SessionIndex'),
    swap('</saml:AttributeValue>', '</saml:AttributeValue><saml:AttributeValue>b</saml:AttributeValue>'),
  );
  const { identity } = assertAccepted(make({ edit }));
  const { nameQualifier, spNameQualifier, attributes, notOnOrAfter, sessionNotOnOrAfter } = identity;
  assert.deepEqual(
    [nameQualifier, spNameQualifier, attributes],
    ['q', spEntityId, { mail: ['ada@acme.example', 'b'] }],
  );
  assert.deepEqual(notOnOrAfter, new Date('2026-03-01T12:07:00Z'));
  assert.deepEqual(sessionNotOnOrAfter, new Date('2026-03-01T13:00:00Z'));
  const conditions = swap('12:05:00Z', '12:09:00Z');
  assert.deepEqual(assertAccepted(make({ edit: conditions })).identity.notOnOrAfter, new Date('2026-03-01T12:09:00Z'));
});
