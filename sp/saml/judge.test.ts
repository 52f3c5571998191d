/** Tests of judging as a whole: the frame, the order of findings, what is not verified, and that it never throws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isRejectionCode } from '../rejection-advice.ts';
import {
  acsUrl,
  address,
  assertAccepted,
  assertionOf,
  assertRejected,
  codesOf,
  drop,
  type Edit,
  encrypt,
  honest,
  inTurn,
  judged,
  make,
  readers,
  signatureOf,
  spEntityId,
  swap,
} from './message.fixture.ts';
import { assertQuick, spentMs } from './processor-time.fixture.ts';

test('a valid message is accepted with the identity of the user', () => {
  assert.deepEqual(assertAccepted(make()).identity, {
    nameId: address,
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    sessionIndex: '_session',
    authnInstant: new Date('2026-03-01T11:59:50Z'),
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
    attributes: { mail: [address] },
    assertionId: '_assertion',
    notOnOrAfter: new Date('2026-03-01T12:05:01Z'),
  });
});

test('with several statements, the earliest SessionNotOnOrAfter counts', () => {
  const statement = (end: string): string =>
    `<saml:AuthnStatement AuthnInstant="2026-03-01T11:59:50Z" SessionNotOnOrAfter="${end}"><saml:AuthnContext>` +
    '<saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>';
  const xml = make({
    edit: swap(
      '</saml:AuthnStatement>',
      `</saml:AuthnStatement>${statement('2026-03-01T20:00:00Z')}${statement('2026-03-01T13:00:00Z')}`,
    ),
  });
  assert.deepEqual(assertAccepted(xml).identity.sessionNotOnOrAfter, new Date('2026-03-01T13:00:00Z'));
});

test('inherited property names are valid attribute names', () => {
  const { attributes } = assertAccepted(make({ edit: swap('Name="mail"', 'Name="__proto__"') })).identity;
  assert.deepEqual(Object.keys(attributes), ['__proto__']);
  assertRejected(make(), ['required-attribute-missing'], { policies: { requiredAttributes: ['toString'] } });
});

test('characters that are line separators only in XML 1.1 are signed unchanged, literal or as references', () => {
  const odd = '1\u00852\u20283\u20294';
  const spelt = odd.replace(/[^\d]/g, (character) => `&#${character.codePointAt(0)};`);
  const message = make({
    edit: swap(`<saml:AttributeValue>${address}`, `<saml:AttributeValue>${spelt}`),
    sign: ['_response'],
  });
  for (const xml of [message.replace(spelt, odd), message.replace(odd, spelt)])
    assert.deepEqual(assertAccepted(xml).identity.attributes, { mail: [odd] });
});

const frames: Readonly<Record<string, readonly [string, Parameters<typeof assertRejected>[1]]>> = {
  'only an assertion': [assertionOf(honest), ['root-not-response']],
  'an AuthnRequest': [
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>',
    ['root-not-response'],
  ],
  'a LogoutResponse': [
    '<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>',
    ['root-not-response'],
  ],
  'SAML 1.1': [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" MajorVersion="1" MinorVersion="1"/>',
    ['saml-version-unsupported'],
  ],
  'a SAML 1.0 assertion': [
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" MajorVersion="1" MinorVersion="0"/>',
    ['saml-version-unsupported'],
  ],
  'a response without a namespace': ['<Response ID="_1" Version="2.0"/>', ['root-not-response']],
  'a response among the assertions': [
    make({ sign: [], edit: (xml) => xml.replaceAll('samlp:Response', 'saml:Response') }),
    ['root-not-response'],
  ],
  'success without an assertion': [
    make({ edit: (xml) => xml.replace(assertionOf(xml), ''), sign: ['_response'] }),
    ['assertion-missing'],
  ],
  'two assertions': [
    make({
      edit: (xml) =>
        xml.replace('</saml:Assertion>', `</saml:Assertion>${assertionOf(xml).replace('_assertion', '_other')}`),
      sign: ['_response'],
    }),
    ['assertion-multiple'],
  ],
  'a plain and an encrypted assertion': [
    make({
      edit: (xml) =>
        xml.replace(
          '</saml:Assertion>',
          `</saml:Assertion>${encrypt(assertionOf(xml).replace('_assertion', '_other'))}`,
        ),
      sign: ['_response'],
    }),
    ['assertion-multiple'],
  ],
  'an assertion in the extensions': [
    make({
      edit: (xml) =>
        xml.replace(
          '<samlp:Status>',
          `<samlp:Extensions>${assertionOf(xml).replace('_assertion', '_other')}</samlp:Extensions><samlp:Status>`,
        ),
      sign: ['_response'],
    }),
    ['assertion-misplaced'],
  ],
  'an encrypted assertion in the extensions': [
    make({
      edit: swap('<samlp:Status>', '<samlp:Extensions><saml:EncryptedAssertion/></samlp:Extensions><samlp:Status>'),
      sign: ['_response'],
    }),
    ['assertion-misplaced'],
  ],
  'an assertion in an attribute': [
    make({
      edit: (xml) =>
        xml.replace(
          '<saml:AttributeValue>',
          `<saml:AttributeValue>${assertionOf(xml).replace('_assertion', '_other')}`,
        ),
      sign: ['_response'],
    }),
    ['assertion-misplaced'],
  ],
  'a response in the extensions': [
    make({
      edit: swap('<samlp:Status>', '<samlp:Extensions><samlp:Response/></samlp:Extensions><samlp:Status>'),
      sign: ['_response'],
    }),
    ['assertion-misplaced'],
  ],
  'a signature after the status': [
    make({
      sign: ['_response'],
      alter: (xml) => {
        const signature = signatureOf(xml);
        return xml.replace(signature, '').replace('</samlp:Status>', `</samlp:Status>${signature}`);
      },
    }),
    ['schema-invalid'],
  ],
  'an assertion inside the encrypted one': [
    make({
      edit: (xml) =>
        xml.replace(
          '<saml:AttributeValue>',
          `<saml:AttributeValue>${assertionOf(xml).replace('_assertion', '_other')}`,
        ),
      encrypt: {},
    }),
    ['assertion-misplaced'],
  ],
};
for (const [name, [xml, codes]] of Object.entries(frames))
  test(`${name}: ${codes.join(', ')}`, () => void assertRejected(xml, codes));

test('SAML 1.1 and a missing namespace are named', () => {
  const root = (xml: string): unknown => {
    const { code, circumstance, expected, received } = assertRejected(xml, codesOf(judged(xml))).findings[0];
    return { code, circumstance, expected, received };
  };
  const old = 'xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" MajorVersion="1" MinorVersion="1"';
  assert.deepEqual(root(`<samlp:Response ${old}/>`), {
    code: 'saml-version-unsupported',
    circumstance: undefined,
    expected: '2.0',
    received: '1.1',
  });
  assert.deepEqual(root('<Response ID="_1"/>'), {
    code: 'root-not-response',
    circumstance: 'no-namespace',
    expected: 'samlp:Response',
    received: 'Response in no namespace',
  });
});

const data = (attributes: string): Edit =>
  swap(/<saml:SubjectConfirmationData[^>]*\/>/, `<saml:SubjectConfirmationData ${attributes}/>`);
const end = 'NotOnOrAfter="2026-03-01T12:05:01Z"';

test('Destination and Recipient that differ are wrong for any ACS URL', () => {
  const unknown = { sp: { entityId: spEntityId } };
  const differing = make({ edit: data(`InResponseTo="_request" ${end} Recipient="https://other.example/acs"`) });
  const [found] = assertRejected(differing, ['recipient-mismatch'], unknown).findings;
  assert.equal(found.expected, `${acsUrl}, the Destination of the response`);
  assert.equal(judged(make(), unknown).verdict, 'undetermined');
  const noDestination = make({ edit: drop(` Destination="${acsUrl}"`), sign: ['_assertion'] });
  assert.equal(
    judged(noDestination, { ...unknown, policies: { requireSignedMessage: false } }).verdict,
    'undetermined',
  );
});

test('a response without InResponseTo is not asked for the one that its assertion has', () => {
  const only = make({ edit: drop(' InResponseTo="_request"') });
  const named = (settings = {}): unknown =>
    judged(only, settings).findings.map(({ code, circumstance }) => [code, circumstance]);
  assert.deepEqual(named(), [['in-response-to-missing', 'only-in-assertion']]);
  assert.deepEqual(named({ request: undefined, relayState: undefined, policies: { allowIdpInitiated: true } }), [
    ['confirmation-in-response-to-mismatch', 'only-in-assertion'],
  ]);
  const neither = make({ edit: (xml) => xml.replaceAll(' InResponseTo="_request"', '') });
  assert.deepEqual(
    judged(neither).findings.map(({ code, circumstance }) => [code, circumstance]),
    [
      ['in-response-to-missing', undefined],
      ['confirmation-in-response-to-mismatch', undefined],
    ],
  );
});

test('an empty InResponseTo is named, whether or not a request is pending', () => {
  const empty = make({ edit: (xml) => xml.replaceAll('InResponseTo="_request"', 'InResponseTo=""') });
  const unsolicited = { request: undefined, relayState: undefined };
  for (const settings of [{}, unsolicited, { ...unsolicited, policies: { allowIdpInitiated: true } }]) {
    const judgement = judged(empty, settings);
    assert.equal(judgement.verdict, 'reject');
    assert.deepEqual(
      [judgement.findings[0].code, judgement.findings[0].circumstance],
      ['in-response-to-mismatch', 'empty'],
    );
  }
});

test('all faults are found, in the order of precedence', () => {
  const xml = make({
    sign: ['_response'],
    alter: inTurn(
      swap('NotOnOrAfter="2026-03-01T12:05:00Z"', 'NotOnOrAfter="2026-03-01T11:56:00Z"'),
      swap(`Recipient="${acsUrl}"`, 'Recipient="x"'),
      swap(`Destination="${acsUrl}"`, 'Destination="x"'),
      drop(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/),
      swap(address, 'eve@acme.example'),
      swap('Version="2.0"', 'Version="2.1"'),
      (text) => text.replaceAll('acme/metadata</saml:Issuer>', 'x</saml:Issuer>'),
    ),
  });
  assertRejected(
    xml,
    [
      'saml-version-unsupported',
      'altered-in-transit',
      'authn-statement-missing',
      'issuer-mismatch',
      'issuer-mismatch',
      'destination-mismatch',
      'recipient-mismatch',
      'replay-detected',
      'assertion-expired',
      'nameid-user-mismatch',
    ],
    { wasUsed: () => true },
  );
});

test('every finding about a signed part has its path and line in the received message', () => {
  const { findings } = assertRejected(
    make({ edit: swap('NotOnOrAfter="2026-03-01T12:05:00Z"', 'NotOnOrAfter="2026-03-01T11:56:00Z"') }),
    ['assertion-expired'],
  );
  assert.deepEqual(findings[0], {
    code: 'assertion-expired',
    expected: 'later than 2026-03-01T11:57:00.000Z',
    received: '2026-03-01T11:56:00Z',
    path: '/samlp:Response/saml:Assertion/saml:Conditions/@NotOnOrAfter',
    line: 12,
  });
});

test('a missing setting skips its check, and nothing is accepted', () => {
  for (const [settings, notVerified] of [
    [{ idp: { certificates: undefined } }, ['signature', 'issuer']],
    [{ sp: {} }, ['destination', 'recipient', 'audience']],
    [{ request: undefined }, ['in-response-to']],
    [{ account: undefined }, ['account']],
    [{ wasUsed: undefined }, ['replay']],
    [
      { request: { id: '_request', issuedAt: new Date('2026-03-01T11:59:00Z') }, relayState: undefined },
      ['relay-state'],
    ],
  ] as const) {
    const judgement = judged(make(), settings as never);
    assert.equal(judgement.verdict, 'undetermined');
    assert.deepEqual([...judgement.notVerified].toSorted(), [...notVerified].toSorted());
  }
});

test('a missing setting does not affect the other checks', () => {
  const judgement = judged(make({ edit: swap(`<saml:Audience>${spEntityId}`, '<saml:Audience>x') }), {
    account: undefined,
    wasUsed: undefined,
    request: undefined,
  });
  assert.deepEqual(codesOf(judgement), ['audience-mismatch']);
  assert.deepEqual([...judgement.notVerified], ['in-response-to', 'account', 'replay']);
});

const tokens = fc.constantFrom(
  '',
  'x',
  '"',
  '<',
  '>',
  '&amp;',
  '<!-- -->',
  '<![CDATA[x]]>',
  ' xmlns="urn:x"',
  ' ID="_assertion"',
  ' ID="y"',
  '</saml:Subject>',
  '<saml:Assertion/>',
  '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
  '<saml:EncryptedAssertion/>',
  '\u0001',
  '#',
  '2026-03-01T12:00:00Z',
);
const bases = [
  make(),
  make({ sign: ['_response'] }),
  make({ sign: ['_assertion'] }),
  make({ sign: [] }),
  make({ encrypt: {} }),
];

test('damaged messages never throw, and never sign in another user', () => {
  fc.assert(
    fc.property(fc.constantFrom(...bases), fc.nat(), fc.nat(60), tokens, (base, at, length, token) => {
      const start = at % base.length;
      const judgement = judged(base.slice(0, start) + token + base.slice(start + length), {
        account: () => ({ kind: 'expected' }),
        policies: { requireSignedMessage: false, requireRelayState: false },
      });
      if (judgement.verdict === 'accept') assert.equal(judgement.identity.nameId, address);
      assert.ok(judgement.findings.every(({ code }) => isRejectionCode(code)));
    }),
    { numRuns: 400, seed: 20260301 },
  );
});

test('a malformed key or certificate in the settings does not throw either', () => {
  assertRejected(make({ encrypt: {} }), ['decryption-failed'], {
    sp: {
      entityId: spEntityId,
      acsUrl,
      decryptionKeys: ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    },
  });
  assertAccepted(make({ encrypt: {} }), {
    sp: { entityId: spEntityId, acsUrl, decryptionKeys: ['', readers.own.pem] },
  });
});

test('a thousand faults of one kind give fifty findings fast', () => {
  const foreign = Array.from({ length: 4_800 }, (_, index) => `<saml:Fortune${index % 30}/>`).join('');
  const xml = make({ alter: swap('</saml:AttributeStatement>', `${foreign}</saml:AttributeStatement>`) });
  const ms = spentMs(() => judged(xml));
  assertQuick(ms, 1_000);
  assert.equal(judged(xml).findings.filter(({ code }) => code === 'schema-invalid').length, 50);
});

// Half a second normally; quadratic growth would take minutes.
test('the largest messages are judged in two seconds at most', () => {
  const attribute = (value: string): string =>
    `<saml:Attribute Name="g"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`;
  const adding = (xml: string): Edit => swap('</saml:AttributeStatement>', `${xml}</saml:AttributeStatement>`);
  const elements = adding(attribute('x').repeat(2_400));
  const text = adding(attribute('x'.repeat(1_000_000)));
  for (const edit of [elements, text]) {
    const xml = make({ edit });
    assertQuick(
      spentMs(() => assertAccepted(xml)),
      2_000,
    );
  }
});
