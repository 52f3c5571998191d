/** Checks of user, sign-in and status: each rule with its finding and its limits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../rejection-advice.ts';
import {
  acsUrl,
  address,
  drop,
  type Edit,
  expectation,
  findingsOf,
  inTurn,
  type Settings,
  spEntityId,
  swap,
} from '../message.fixture.ts';
import { finding, isXmlId } from './check.ts';

type Row = readonly [edit: Edit, findings: readonly Finding[], settings?: Settings];
const same: Edit = (xml) => xml;
const assertion = '/samlp:Response/saml:Assertion';
const subject = `${assertion}/saml:Subject`;
const statement = `${assertion}/saml:AuthnStatement`;
const attributes = `${assertion}/saml:AttributeStatement`;
const found = (code: Finding['code'], path: string, expected: string, received: string): Finding => ({
  code,
  expected,
  received,
  path,
});
const rows = (table: Readonly<Record<string, Row>>): void => {
  for (const [name, [edit, findings, settings]] of Object.entries(table))
    test(name, () => assert.deepEqual(findingsOf(edit, settings), findings));
};
const inAssertion =
  (edit: Edit): Edit =>
  (xml) => {
    const start = xml.indexOf('<saml:Assertion');
    return xml.slice(0, start) + edit(xml.slice(start));
  };

// The frame

const version = (path: string, received: string): Finding =>
  found('saml-version-unsupported', `${path}/@Version`, '2.0', received);
rows({
  'a response of version 2.00': [swap('Version="2.0"', 'Version="2.00"'), [version('/samlp:Response', '2.00')]],
  'a response without version': [drop(' Version="2.0"'), [version('/samlp:Response', 'none')]],
  'an assertion without version': [inAssertion(drop(' Version="2.0"')), [version(assertion, 'none')]],
  'a response without ID': [
    drop(' ID="_response"'),
    [{ ...found('response-id-invalid', '/samlp:Response/@ID', 'an xs:ID', 'none'), circumstance: 'no-id' }],
  ],
  'a response with a malformed ID': [
    swap('"_response"', '"-x"'),
    [found('response-id-invalid', '/samlp:Response/@ID', 'an xs:ID', '-x')],
  ],
  'an assertion without ID': [
    drop(' ID="_assertion"'),
    [{ ...found('assertion-id-invalid', `${assertion}/@ID`, 'an xs:ID', 'none'), circumstance: 'no-id' }],
  ],
  'an assertion with a malformed ID': [
    swap('"_assertion"', '"a b"'),
    [found('assertion-id-invalid', `${assertion}/@ID`, 'an xs:ID', 'a b')],
  ],
});
test('an xs:ID starts with a letter or underscore, followed by letters, underscores, digits, dots and hyphens', () => {
  for (const id of ['a', 'Z', '_', '_0', 'a.b-c_9']) assert.ok(isXmlId(id), id);
  for (const id of [undefined, '', '0a', '-a', '.a', 'a:b', 'a b', 'a ', ' a', 'a#', '#a', 'aé'])
    assert.ok(!isXmlId(id), id);
});
test('a finding has only defined fields, cut to a maximum length', () => {
  assert.deepEqual(finding('replay-detected', {}), { code: 'replay-detected' });
  const whole = { code: 'replay-detected', expected: 'a', received: 'b', path: '/c', line: 4 } as const;
  assert.deepEqual(finding('replay-detected', { path: '/c', line: 4 }, { expected: 'a', received: 'b' }), whole);
  const long = finding('replay-detected', {}, { expected: 'a'.repeat(3_000), received: 'b'.repeat(3_000) });
  assert.ok(long.expected!.length < 2_100 && long.received!.length < 2_100);
  assert.equal(finding('replay-detected', {}, { received: 'b'.repeat(2_000) }).received, 'b'.repeat(2_000));
});

// Status

const status = (xml: string): Edit =>
  inTurn(swap(/<samlp:Status>[\s\S]*<\/samlp:Status>/, xml), drop(/<saml:Assertion[\s\S]*<\/saml:Assertion>/));
const uri = 'urn:oasis:names:tc:SAML:2.0:status:';
const code = (value: string, second = ''): string =>
  `<samlp:StatusCode Value="${value}">${second && `<samlp:StatusCode Value="${second}"/>`}</samlp:StatusCode>`;
const message = (text: string): string => `<samlp:StatusMessage>${text}</samlp:StatusMessage>`;
const responder = (text: string): string => `<samlp:Status>${code(`${uri}Responder`)}${message(text)}</samlp:Status>`;
const statusCode = '/samlp:Response/samlp:Status/samlp:StatusCode';
const statusFinding = (rejection: Finding['code'], received: string): readonly Finding[] => [
  found(rejection, `${statusCode}/@Value`, 'Success', received),
];
const noStatus = (path: string): readonly Finding[] => [found('status-missing', path, 'a status code', 'none')];
rows({
  'no status': [status(''), noStatus('/samlp:Response')],
  'a status without code': [status('<samlp:Status/>'), noStatus('/samlp:Response/samlp:Status')],
  'a status code without value': [status('<samlp:Status><samlp:StatusCode/></samlp:Status>'), noStatus(statusCode)],
  'an empty status code': [status(`<samlp:Status>${code('')}</samlp:Status>`), noStatus(statusCode)],
  'Success in lower case': [
    status(`<samlp:Status>${code(`${uri}success`)}</samlp:Status>`),
    statusFinding('status-not-success', 'success'),
  ],
  'Success with a second-level code is a success': [
    swap(/<samlp:StatusCode [^>]*\/>/, code(`${uri}Success`, `${uri}AuthnFailed`)),
    [],
  ],
  'only a top-level code': [
    status(`<samlp:Status>${code(`${uri}Responder`)}</samlp:Status>`),
    statusFinding('status-not-success', 'Responder'),
  ],
  'a second-level code': [
    status(`<samlp:Status>${code(`${uri}Responder`, `${uri}NoPassive`)}</samlp:Status>`),
    statusFinding('status-no-passive', 'Responder, NoPassive'),
  ],
  'an unknown second-level code': [
    status(`<samlp:Status>${code(`${uri}Responder`, 'toString')}</samlp:Status>`),
    statusFinding('status-not-success', 'Responder, toString'),
  ],
  'an empty message': [status(responder(' \n ')), statusFinding('status-not-success', 'Responder')],
  'a message, trimmed': [
    status(responder(' Try later. ')),
    statusFinding('status-not-success', 'Responder, “Try later.”'),
  ],
  'a message of 200 characters': [
    status(responder('x'.repeat(200))),
    statusFinding('status-not-success', `Responder, “${'x'.repeat(200)}”`),
  ],
  'a message of 201 characters': [
    status(responder('x'.repeat(201))),
    statusFinding('status-not-success', `Responder, “${'x'.repeat(200)}”`),
  ],
  'a message about cancelling': [
    status(responder('User CANCELED')),
    statusFinding('status-user-cancelled', 'Responder, “User CANCELED”'),
  ],
  'a message in which cancel is part of another word': [
    status(responder('uncancelled')),
    statusFinding('status-not-success', 'Responder, “uncancelled”'),
  ],
  'an anomaly number': [
    status(responder('ErrorCode nr19')),
    statusFinding('status-bad-credentials', 'Responder, “ErrorCode nr19”'),
  ],
  'a longer anomaly number': [
    status(responder('ErrorCode nr190')),
    statusFinding('status-not-success', 'Responder, “ErrorCode nr190”'),
  ],
});

// Subject and its confirmation

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const confirmation = (method: string, data: string | undefined): string => {
  const inside = data === undefined ? '' : `<saml:SubjectConfirmationData ${data}/>`;
  return `<saml:SubjectConfirmation${method && ` Method="${method}"`}>${inside}</saml:SubjectConfirmation>`;
};
const confirmations = (...all: string[]): Edit =>
  swap(/<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/, all.join(''));
const sound = `InResponseTo="_request" NotOnOrAfter="2026-03-01T12:05:01Z" Recipient="${acsUrl}"`;
const holder = confirmation('urn:oasis:names:tc:SAML:2.0:cm:holder-of-key', sound);
const late = confirmation(bearer, sound.replace('12:05:01', '11:00:00'));
const hopeless = confirmation(bearer, 'InResponseTo="_x" NotOnOrAfter="2026-03-01T11:00:00Z" Recipient="x"');
const where = (number: string): string => `${subject}/saml:SubjectConfirmation${number}`;
const expired = (number: string): Finding =>
  found(
    'confirmation-expired',
    `${where(number)}/saml:SubjectConfirmationData/@NotOnOrAfter`,
    'later than 2026-03-01T11:57:00.000Z',
    '2026-03-01T11:00:00Z',
  );
const error = 'subject-confirmation-error';
rows({
  'no subject': [
    drop(/<saml:Subject>[\s\S]*<\/saml:Subject>/),
    [found('subject-missing', assertion, 'saml:Subject', 'none')],
  ],
  'no confirmation': [confirmations(), [found(error, subject, bearer, 'no confirmation')]],
  'a different method': [
    confirmations(holder),
    [found(error, `${where('')}/@Method`, bearer, 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key')],
  ],
  'no method': [confirmations(confirmation('', sound)), [found(error, `${where('')}/@Method`, bearer, 'none')]],
  'no data': [
    confirmations(confirmation(bearer, undefined)),
    [found(error, where(''), 'saml:SubjectConfirmationData', 'none')],
  ],
  'a NotBefore, even in the past': [
    confirmations(confirmation(bearer, `${sound} NotBefore="2026-03-01T11:00:00Z"`)),
    [
      found(
        error,
        `${where('')}/saml:SubjectConfirmationData/@NotBefore`,
        'no NotBefore on a bearer confirmation',
        '2026-03-01T11:00:00Z',
      ),
    ],
  ],
  'no recipient': [
    confirmations(confirmation(bearer, sound.replace(/ Recipient="[^"]*"/, ''))),
    [found('recipient-blank', `${where('')}/saml:SubjectConfirmationData/@Recipient`, acsUrl, 'none')],
  ],
  'no NotOnOrAfter': [
    confirmations(confirmation(bearer, sound.replace(/ NotOnOrAfter="[^"]*"/, ''))),
    [
      found(
        'confirmation-time-invalid',
        `${where('')}/saml:SubjectConfirmationData/@NotOnOrAfter`,
        'a UTC time like 2026-01-31T12:00:00Z',
        'none',
      ),
    ],
  ],
  'one valid confirmation is enough, in any position': [
    confirmations(holder, hopeless, confirmation(bearer, sound), late),
    [],
  ],
  'of several bearers, the one with the fewest faults is explained': [
    confirmations(hopeless, late, hopeless),
    [expired('[2]')],
  ],
  'a bearer is explained rather than another method with as few faults': [
    confirmations(holder, late),
    [expired('[2]')],
  ],
  'a bearer is explained rather than another method with fewer faults': [
    confirmations(holder, confirmation(bearer, 'InResponseTo="_request" NotOnOrAfter="2026-03-01T11:00:00Z"')),
    [
      found('recipient-blank', `${where('[2]')}/saml:SubjectConfirmationData/@Recipient`, acsUrl, 'none'),
      expired('[2]'),
    ],
  ],
});

// The NameID

const nameId = `${subject}/saml:NameID`;
const named = (text: string, format = 'emailAddress'): Edit =>
  swap(
    /<saml:NameID [\s\S]*<\/saml:NameID>/,
    `<saml:NameID${format && ` Format="urn:oasis:names:tc:SAML:1.1:nameid-format:${format}"`}>${text}</saml:NameID>`,
  );
const anyAccount: Settings = { account: () => ({ kind: 'expected' }) };
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
rows({
  'no NameID': [drop(/<saml:NameID [\s\S]*<\/saml:NameID>/), [found('nameid-missing', subject, 'saml:NameID', 'none')]],
  'an empty NameID, whose account is not looked up': [
    named(' \n'),
    [found('nameid-missing', nameId, 'saml:NameID', 'an empty NameID')],
    { account: () => ({ kind: 'unknown' }) },
  ],
  'an encrypted NameID': [
    swap(/<saml:NameID [\s\S]*<\/saml:NameID>/, '<saml:EncryptedID/>'),
    [found('encryption-unsupported', `${subject}/saml:EncryptedID`, 'saml:NameID', 'saml:EncryptedID')],
  ],
  'an encrypted and a plain NameID': [
    swap('<saml:NameID ', '<saml:EncryptedID/><saml:NameID '),
    [
      found(
        'schema-invalid',
        nameId,
        'saml:NameID or saml:EncryptedID or saml:BaseID, saml:SubjectConfirmation',
        'saml:NameID',
      ),
      found('encryption-unsupported', `${subject}/saml:EncryptedID`, 'saml:NameID', 'saml:EncryptedID'),
    ],
  ],
  'a NameID without format': [
    named(address, ''),
    [found('nameid-format-wrong', `${nameId}/@Format`, emailFormat, 'none, which means unspecified')],
  ],
  'a NameID without format, unspecified expected': [
    named(address, ''),
    [],
    { policies: { nameIdFormat: 'unspecified' } },
  ],
  'a NameID with a different format': [
    named(address, 'unspecified'),
    [
      found(
        'nameid-format-wrong',
        `${nameId}/@Format`,
        emailFormat,
        emailFormat.replace('emailAddress', 'unspecified'),
      ),
    ],
  ],
  'a NameID that is not an email, in a format that does not require one': [
    named('ada', 'unspecified'),
    [],
    { ...anyAccount, policies: { nameIdFormat: 'any' } },
  ],
  'a NameID that is not an email': [named('ada'), [found('nameid-not-email', nameId, 'an email', 'ada')], anyAccount],
  'a NameID that is not an email, of 256 characters': [
    named('a'.repeat(256)),
    [found('nameid-not-email', nameId, 'an email', 'a'.repeat(256))],
    anyAccount,
  ],
  'a NameID that is not an email, of 257 characters: only its length is a finding': [
    named('a'.repeat(257)),
    [found('nameid-too-long', nameId, 'at most 256 characters', '257')],
    anyAccount,
  ],
  'another account': [
    same,
    [found('nameid-user-mismatch', nameId, 'eve@acme.example', address)],
    { account: () => ({ kind: 'other', expected: 'eve@acme.example' }) },
  ],
  'a replayed assertion': [
    same,
    [found('replay-detected', `${assertion}/@ID`, 'an unused assertion', '_assertion')],
    { wasUsed: (id) => id === '_assertion' },
  ],
  'another assertion that was used before': [same, [], { wasUsed: (id) => id !== '_assertion' }],
});
test('an assertion without ID is not looked up as a replay', () => {
  const codes = findingsOf(drop(' ID="_assertion"'), { wasUsed: () => true }).map((one) => one.code);
  assert.deepEqual(codes, ['assertion-id-invalid']);
});
for (const text of ['a@b', `!#$%&amp;'*+-/=?^_\`{|}~@x`, 'sam@bücher.example', 'ä@x'])
  test(`an email: ${text}`, () => assert.deepEqual(findingsOf(named(text), anyAccount), []));
for (const character of ['(', ')', ',', ';', ':', '\\', '[', ']', '"', '&lt;', '>', ' ', '\u0085', '\u200B', '@'])
  for (const text of [`a${character}b@acme.example`, `ab@acme${character}.example`])
    test(`not an email: ${JSON.stringify(text)}`, () =>
      assert.deepEqual(
        findingsOf(named(text), anyAccount).map((one) => one.code),
        ['nameid-not-email'],
      ));

// Attributes

const attribute = (name: string, ...values: string[]): string =>
  `<saml:Attribute Name="${name}">` +
  `${values.map((one) => `<saml:AttributeValue>${one}</saml:AttributeValue>`).join('')}</saml:Attribute>`;
const withAttributes = (...all: string[]): Edit => swap(/<saml:Attribute [\s\S]*<\/saml:Attribute>/, all.join(''));
const requires = (...requiredAttributes: string[]): Settings => ({ policies: { requiredAttributes } });
const missing = (name: string, received: string, path = attributes): Finding =>
  found('required-attribute-missing', path, name, received);
rows({
  'required attributes, in two statements': [
    swap(
      '<saml:AttributeStatement>',
      `<saml:AttributeStatement>${attribute('a', 'b')}</saml:AttributeStatement><saml:AttributeStatement>`,
    ),
    [],
    requires('mail', 'a'),
  ],
  'missing required attributes, with those present': [
    withAttributes(attribute('a', 'b'), attribute('c', 'd')),
    [missing('mail', 'a, c'), missing('x', 'a, c')],
    requires('mail', 'a', 'x'),
  ],
  'a required attribute, case-sensitive': [same, [missing('Mail', 'mail')], requires('Mail')],
  'a required attribute without a value': [
    withAttributes(attribute('mail')),
    [missing('mail', 'mail')],
    requires('mail'),
  ],
  'a required attribute with empty values': [
    withAttributes(attribute('mail', '', ' \n')),
    [missing('mail', 'mail')],
    requires('mail'),
  ],
  'a required attribute with one non-empty value': [withAttributes(attribute('mail', '', 'x')), [], requires('mail')],
  'a duplicate required attribute, the first one empty': [
    withAttributes(attribute('mail'), attribute('mail')),
    [missing('mail', 'mail')],
    requires('mail'),
  ],
  'required attributes without an AttributeStatement': [
    drop(/<saml:AttributeStatement>[\s\S]*<\/saml:AttributeStatement>/),
    [missing('mail', 'no attributes', assertion)],
    requires('mail'),
  ],
  'the same name with the same values': [withAttributes(attribute('a', 'b', 'c'), attribute('a', 'b', 'c')), []],
  'the same name with values in another order': [
    withAttributes(attribute('a', 'b', 'c'), attribute('a', 'b', 'c'), attribute('a', 'c', 'b')),
    [found('attribute-duplicate', `${attributes}/saml:Attribute[3]`, 'a once', '3 times, with different values')],
  ],
  'the same name with the same text split differently': [
    withAttributes(attribute('a', 'bc'), attribute('a', 'b', 'c')),
    [found('attribute-duplicate', `${attributes}/saml:Attribute[2]`, 'a once', '2 times, with different values')],
  ],
  'encrypted attributes': [
    withAttributes('<saml:EncryptedAttribute/>'),
    [
      found(
        'encryption-unsupported',
        `${attributes}/saml:EncryptedAttribute`,
        'saml:Attribute',
        'saml:EncryptedAttribute',
      ),
    ],
  ],
});

// The authentication statement

const contexts = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const used = (name: string): Edit => swap(`${contexts}Password`, name);
const wants = (classRefs: readonly string[], comparison?: 'exact' | 'minimum' | 'maximum' | 'better'): Settings => ({
  request: {
    ...expectation().request!,
    requestedAuthnContext: { classRefs, ...(comparison === undefined ? {} : { comparison }) },
  },
});
const context = `${statement}/saml:AuthnContext`;
const noClass = (path: string): readonly Finding[] => [
  found('authn-context-missing', path, 'saml:AuthnContextClassRef', 'none'),
];
const unmet = (expected: string, received: string): readonly Finding[] => [
  found('authn-context-unmet', context, expected, received),
];
rows({
  'no authentication statement': [
    drop(/<saml:AuthnStatement [\s\S]*<\/saml:AuthnStatement>/),
    [found('authn-statement-missing', assertion, 'saml:AuthnStatement', 'none')],
    wants([`${contexts}X509`]),
  ],
  'no AuthnContext although one was requested': [
    drop(/<saml:AuthnContext>[\s\S]*<\/saml:AuthnContext>/),
    noClass(statement),
    wants([`${contexts}X509`]),
  ],
  'no class although one was requested': [
    drop(/<saml:AuthnContextClassRef>[\s\S]*<\/saml:AuthnContextClassRef>/),
    noClass(context),
    wants([`${contexts}X509`]),
  ],
  'a whitespace class': [used(' \n'), noClass(context)],
  'any class if none was requested': [used('urn:x'), [], wants([])],
  'exactly the requested class, by default': [
    used('urn:x'),
    unmet('urn:y or urn:z', 'urn:x'),
    wants(['urn:y', 'urn:z']),
  ],
  'a better class': [used('urn:x'), unmet('better urn:y', 'urn:x'), wants(['urn:y'], 'better')],
});

/** In order of strength: the class used, against each requested one. */
const classes = ['unspecified', 'InternetProtocol', 'Password', 'PasswordProtectedTransport', 'TimeSyncToken'].concat([
  'MobileTwoFactorContract',
  'X509',
  'Smartcard',
  'SmartcardPKI',
]);
const comparisons = {
  exact: (one: number, other: number) => one === other,
  minimum: (one: number, other: number) => one >= other,
  maximum: (one: number, other: number) => one <= other,
  better: (one: number, other: number) => one > other,
} as const;
const meets = (one: string, asked: readonly string[], comparison: keyof typeof comparisons): boolean =>
  findingsOf(used(one), wants(asked, comparison)).length === 0;
for (const [comparison, isMet] of Object.entries(comparisons) as [keyof typeof comparisons, typeof comparisons.exact][])
  test(`every authentication context class against every other: ${comparison}`, () => {
    for (const [index, one] of classes.entries())
      for (const at of [0, index - 1, index, index + 1, classes.length - 1])
        if (classes[at] !== undefined)
          assert.equal(meets(contexts + one, [contexts + classes[at]], comparison), isMet(index, at), `${one} ${at}`);
  });
for (const [comparison, name, asked, met] of [
  ['minimum', 'Password', ['X509', 'Password'], true],
  ['minimum', 'Smartcard', ['SmartcardPKI', 'Password'], true],
  ['minimum', 'unspecified', ['X509', 'Password'], false],
  ['maximum', 'X509', ['Password', 'Smartcard'], true],
  ['maximum', 'Smartcard', ['Password', 'X509'], false],
  ['better', 'X509', ['Password', 'Smartcard'], false],
  ['better', 'SmartcardPKI', ['Password', 'Smartcard'], true],
  ['better', 'SmartcardPKI', ['Password', 'urn:x'], false],
  ['exact', 'Password', ['X509', 'Password'], true],
  ['minimum', 'urn:x', ['urn:x', 'Password'], true],
  ['maximum', 'urn:x', ['urn:x', 'Password'], true],
  ['maximum', 'urn:x', ['urn:y', 'Password'], false],
  ['minimum', 'urn:x', ['urn:y', 'unspecified'], false],
  ['minimum', 'SmartcardPKI', ['urn:y'], false],
  ['maximum', 'unspecified', ['urn:y'], false],
  ['better', 'urn:x', ['urn:x'], false],
] as const)
  test(`requested ${comparison} ${asked.join(' or ')}: ${name} is ${met ? '' : 'not '}enough`, () => {
    const full = (short: string): string => (short.startsWith('urn:') ? short : contexts + short);
    assert.equal(meets(full(name), asked.map(full), comparison), met);
  });

// Conditions

const conditions = `${assertion}/saml:Conditions`;
const condition = (xml: string): Edit => swap('</saml:Conditions>', `${xml}</saml:Conditions>`);
const unknown = (received: string, path: string): readonly Finding[] => [
  found('condition-unknown', path, 'AudienceRestriction, OneTimeUse or ProxyRestriction', received),
];
const twice = (name: string): readonly Finding[] => [
  found('schema-invalid', `${conditions}/saml:${name}[2]`, `saml:${name} once`, 'twice'),
];
const ownAudience = `<saml:AudienceRestriction><saml:Audience>${spEntityId}</saml:Audience></saml:AudienceRestriction>`;
rows({
  'no conditions': [
    drop(/<saml:Conditions [\s\S]*<\/saml:Conditions>/),
    [found('conditions-missing', assertion, 'saml:Conditions', 'none')],
  ],
  'every known condition': [condition(`${ownAudience}<saml:OneTimeUse/><saml:ProxyRestriction Count="1"/>`), []],
  'an abstract condition is named by its xsi:type': [
    condition('<saml:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x:Moon"/>'),
    unknown('x:Moon', `${conditions}/saml:Condition`),
  ],
  'an abstract condition without type': [
    condition('<saml:Condition/>'),
    unknown('saml:Condition', `${conditions}/saml:Condition`),
  ],
  'a condition with a known name in another namespace': [
    condition('<x:OneTimeUse xmlns:x="urn:x"/>'),
    unknown('OneTimeUse', `${conditions}/OneTimeUse`),
  ],
  'two OneTimeUse': [condition('<saml:OneTimeUse/><saml:OneTimeUse/>'), twice('OneTimeUse')],
  'three ProxyRestriction': [condition('<saml:ProxyRestriction/>'.repeat(3)), twice('ProxyRestriction')],
});
