/** The response that an app receives from a product: each setting of a persona by itself, read as the app reads it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type PlanChange, planOf } from '../personas/plan.ts';
import { attributeOf, parseXml } from '../sign-in/parse.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { type BuildInput, buildResponse } from './build-response.ts';
import { inputInPersona } from './in-persona.ts';
import { authnContexts, nameIdFormats } from './saml-values.ts';
import { verifiedByXmlCrypto } from './verify-signatures.fixture.ts';

const span = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2046-01-01T00:00:00Z') };
const keys = await createKeyPair({ commonName: 'idp', ...span });
const sp = 'http://sp/metadata';
const username = 'sam@home.example';

/** The input without a persona, and the username. */
type Given = Partial<Omit<BuildInput, 'user'>> & { user?: Partial<BuildInput['user']>; username?: string };
type Attributes = BuildInput['user']['attributes'];

function xmlAs(set: PlanChange, { user = {}, username: name = username, ...given }: Given = {}, names: string[] = []) {
  let count = 0;
  const input: BuildInput = {
    issuer: 'http://idp/metadata',
    keys,
    untrustedKeys: keys,
    app: { entityId: sp, acsUrl: 'http://sp/acs' },
    request: { id: '_request' },
    now: new Date('2026-03-01T12:00:00.456Z'),
    authnInstant: new Date('2026-03-01T11:00:00.123Z'),
    sessionIndex: '_session',
    authnContextClassRef: authnContexts.password,
    id: () => `_${++count}`,
    faults: [],
    ...given,
    user: { nameId: 'sam@acme.example', nameIdFormat: nameIdFormats.emailAddress, attributes: {}, ...user },
  };
  const persona = { plan: planOf({ facts: {} }, set), seed: 'acme', username: name, attributeNames: names };
  return buildResponse(inputInPersona(input, persona)).xml;
}
const rootAs = (set: PlanChange, given?: Given, names?: string[]): Element =>
  parseXml(xmlAs(set, given, names)).documentElement;
const all = (root: Element, name: string): Element[] => Array.from(root.getElementsByTagNameNS('*', name));
/** The text of the first element of this name, or its attribute. */
const read = (root: Element, path: string): string | undefined => {
  const [name = '', attribute] = path.split('@');
  const found = name === 'Response' ? root : all(root, name)[0];
  return attribute === undefined ? (found?.textContent ?? undefined) : attributeOf(found, attribute);
};

const [failure, unasked] = [{ status: { code: 'Responder' } }, { request: undefined }];
const withName = (nameId: string): Given => ({ user: { nameId } });
const named = (value: 'username' | 'principal name' | 'identifier' | 'email, or none' | 'none'): PlanChange => ({
  nameId: { format: '', value },
});
const time = (text: string): string => `2026-03-01T${text}`;
/** The setting, what the app reads, and for which sign-in. */
const rules: [set: PlanChange, path: string, value: string | undefined, given?: Given][] = [
  [{}, 'Response@IssueInstant', time('12:00:00Z')],
  [{ decimals: { usual: 3 } }, 'Assertion@IssueInstant', time('12:00:00.456Z')],
  [{ decimals: { usual: 6 } }, 'Assertion@IssueInstant', time('12:00:00.456196Z')],
  [{ decimals: { usual: 3, response: 0 } }, 'Response@IssueInstant', time('12:00:00Z')],
  [{ decimals: { usual: 0, authnInstant: 3 } }, 'AuthnStatement@AuthnInstant', time('11:00:00.123Z')],
  [{ decimals: { usual: 3, authnInstant: 'zeros' } }, 'AuthnStatement@AuthnInstant', time('11:00:00.000Z')],
  [{}, 'AuthnStatement@AuthnInstant', time('11:00:00Z')],
  [{ authnInstant: 'issue' }, 'AuthnStatement@AuthnInstant', time('12:00:00Z')],
  [{ authnInstant: 'NotBefore', conditions: [60, 60] }, 'AuthnStatement@AuthnInstant', time('11:59:00Z')],
  [
    { authnInstant: 'NotBefore', conditions: [60, 60], delays: { conditions: 2000 } },
    'AuthnStatement@AuthnInstant',
    time('11:59:02Z'),
  ],
  [{ delays: { assertion: 2000 } }, 'Assertion@IssueInstant', time('12:00:02Z')],
  [{ delays: { assertion: 2000 } }, 'Response@IssueInstant', time('12:00:00Z')],
  [{ conditions: [60, 120] }, 'Conditions@NotBefore', time('11:59:00Z')],
  [{ conditions: [60, 120] }, 'Conditions@NotOnOrAfter', time('12:02:00Z')],
  [{ delays: { conditions: 2000 } }, 'Conditions@NotBefore', time('12:00:02Z')],
  [{ delays: { conditions: 2000 } }, 'Conditions@NotOnOrAfter', time('12:05:02Z')],
  [{ delays: { conditions: 2000 } }, 'SubjectConfirmationData@NotOnOrAfter', time('12:05:02Z')],
  [{ delays: { confirmation: 3000 } }, 'SubjectConfirmationData@NotOnOrAfter', time('12:05:03Z')],
  [{ confirmation: 60 }, 'SubjectConfirmationData@NotOnOrAfter', time('12:01:00Z')],
  [{}, 'SubjectConfirmationData@NotBefore', undefined],
  [{ confirmationNotBefore: true }, 'SubjectConfirmationData@NotBefore', time('12:00:00Z')],
  [{}, 'SubjectConfirmationData@Address', undefined],
  [{ subjectAddress: true }, 'SubjectConfirmationData@Address', '127.0.0.1'],
  [{ subjectAddress: true }, 'SubjectLocality@Address', '127.0.0.1'],
  [{}, 'SubjectLocality', undefined],
  [{}, 'AuthnStatement@SessionNotOnOrAfter', undefined],
  [{ session: 3600 }, 'AuthnStatement@SessionNotOnOrAfter', time('13:00:00Z')],
  [{}, 'AuthenticatingAuthority', undefined],
  [{ authenticatingAuthority: true }, 'AuthenticatingAuthority', 'http://idp/metadata'],
  [{}, 'AuthnContextClassRef', authnContexts.password],
  [{ authnContext: authnContexts.unspecified }, 'AuthnContextClassRef', authnContexts.unspecified],
  [{}, 'Response@Consent', undefined],
  [{ consent: 'urn:given' }, 'Response@Consent', 'urn:given'],
  [{}, 'Issuer@Format', undefined],
  [{ issuerFormat: nameIdFormats.entity }, 'Issuer@Format', nameIdFormats.entity],
  [{}, 'Response@Destination', 'http://sp/acs'],
  [{ destination: 'never' }, 'Response@Destination', undefined],
  [{ destination: 'in a signed response', signed: 'assertion' }, 'Response@Destination', undefined],
  [{ destination: 'in a signed response', signed: 'both' }, 'Response@Destination', 'http://sp/acs'],
  [{ destination: 'never' }, 'Response@Destination', 'http://sp/acs', failure],
  [{ errorResponse: { destination: false, inResponseTo: true } }, 'Response@Destination', undefined, failure],
  [{ errorResponse: { destination: false, inResponseTo: true } }, 'Response@InResponseTo', '_request', failure],
  [{ errorResponse: { destination: true, inResponseTo: false } }, 'Response@InResponseTo', undefined, failure],
  [{ errorResponse: { destination: true, inResponseTo: false } }, 'Response@InResponseTo', '_request'],
  [{ errorResponse: { destination: true, inResponseTo: true, emptyAssertion: true } }, 'Assertion@ID', '', failure],
  [
    { errorResponse: { destination: true, inResponseTo: true, emptyAssertion: true } },
    'Assertion@ID',
    read(rootAs({}), 'Assertion@ID'),
  ],
  [{}, 'Audience', sp],
  [{ audience: 'absent' }, 'Audience', undefined],
  [{ audience: 'spn for names' }, 'Audience', sp],
  [{ audience: 'spn for names' }, 'Audience', 'spn:console', { app: { entityId: 'console', acsUrl: 'http://sp/acs' } }],
  [{ audience: 'as registered' }, 'Audience', 'console', { app: { entityId: 'console', acsUrl: 'http://sp/acs' } }],
  [{ audience: 'spn for names' }, 'Audience', 'spn:1a:b', { app: { entityId: '1a:b', acsUrl: 'http://sp/acs' } }],
  [{}, 'AuthnStatement@SessionIndex', '_session'],
  [{ sessionIndex: { asked: '{assertion}x' } }, 'AuthnStatement@SessionIndex', `${read(rootAs({}), 'Assertion@ID')}x`],
  [{ sessionIndex: { asked: 'x{request}' } }, 'AuthnStatement@SessionIndex', 'x_request'],
  [{ sessionIndex: { asked: 'a', unasked: 'b' } }, 'AuthnStatement@SessionIndex', 'a'],
  [{ sessionIndex: { asked: 'a', unasked: 'b' } }, 'AuthnStatement@SessionIndex', 'b', unasked],
  [{ sessionIndex: { asked: 'a' } }, 'AuthnStatement@SessionIndex', 'a', unasked],
  [{ sessionIndex: { asked: '{milliseconds}' } }, 'AuthnStatement@SessionIndex', '1772366400456'],
  [{}, 'NameID', 'sam@acme.example'],
  [named('username'), 'NameID', username],
  [named('principal name'), 'NameID', username],
  [named('principal name'), 'NameID', 'sam@acme.example', { username: 'sam' }],
  [named('none'), 'NameID', undefined],
  [named('email, or none'), 'NameID', 'sam@acme.example'],
  [named('email, or none'), 'NameID', undefined, withName('sam')],
  [{}, 'NameID@Format', nameIdFormats.emailAddress],
  [{ nameId: { format: nameIdFormats.persistent, value: 'as configured' } }, 'NameID@Format', nameIdFormats.persistent],
  [{ nameId: { format: 'none', value: 'as configured' } }, 'NameID@Format', undefined],
  [{}, 'NameID@NameQualifier', undefined],
  [{}, 'NameID@SPNameQualifier', undefined],
  [{ nameId: { format: '', value: 'as configured', qualifiers: true } }, 'NameID@NameQualifier', 'http://idp/metadata'],
  [{ nameId: { format: '', value: 'as configured', qualifiers: true } }, 'NameID@SPNameQualifier', sp],
  [{ nameId: { format: '', value: 'as configured', spQualifier: true } }, 'NameID@NameQualifier', undefined],
  [{ nameId: { format: '', value: 'as configured', spQualifier: true } }, 'NameID@SPNameQualifier', sp],
  [{ signatureAlgorithm: 'rsa-sha1' }, 'SignatureMethod@Algorithm', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'],
  [{ signatureAlgorithm: 'rsa-sha512' }, 'DigestMethod@Algorithm', 'http://www.w3.org/2001/04/xmlenc#sha512'],
];
for (const [set, path, value, given = {}] of rules) {
  const setting = JSON.stringify(set).slice(1, -1);
  const whom = given === failure ? ' of an error' : given === unasked ? ' without a request' : '';
  test(`{${setting}}: ${path}${whom} is ${value === undefined ? 'absent' : value}`, () =>
    assert.equal(read(rootAs(set, given), path), value));
}

test('an identifier is that of one user of one tenant', () => {
  const idOf = (given?: Given) => read(rootAs(named('identifier'), given), 'NameID')!;
  assert.match(idOf(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(idOf(withName('other')), idOf());
  assert.notEqual(idOf({ username: 'ada' }), idOf());
});

/** The names of the elements that are signed. */
const signedIn = (set: PlanChange): string[] =>
  all(rootAs(set), 'Signature').map(({ parentNode }) => (parentNode as Element).localName);
for (const [signed, elements] of [
  ['both', ['Response', 'Assertion']],
  ['response', ['Response']],
  ['assertion', ['Assertion']],
  ['neither', []],
] as const)
  test(`signed is ${signed}: the signed elements are ${elements.join(' and ') || 'none'}`, () =>
    assert.deepEqual(signedIn({ signed }), elements));

const childrenOf = (parent: Element): string[] =>
  Array.from(parent.childNodes)
    .filter(({ nodeType }) => nodeType === 1)
    .map((one) => (one as Element).localName);

test('a signature follows the Issuer, or comes last', () => {
  assert.deepEqual(childrenOf(rootAs({})), ['Issuer', 'Signature', 'Status', 'Assertion']);
  assert.deepEqual(childrenOf(rootAs({ signaturePlace: 'at the end' })), [
    'Issuer',
    'Status',
    'Assertion',
    'Signature',
  ]);
});

test('a KeyInfo has the parts of the product, and those of a certificate in one X509Data', () => {
  const keyInfo = ['KeyName', 'X509SubjectName', 'X509Certificate', 'KeyValue'] as const;
  const [info] = all(rootAs({ keyInfo }), 'KeyInfo');
  assert.deepEqual(childrenOf(info!), ['KeyName', 'X509Data', 'KeyValue']);
  assert.deepEqual(childrenOf(all(info!, 'X509Data')[0]!), ['X509SubjectName', 'X509Certificate']);
  assert.equal(read(info!, 'X509SubjectName'), 'CN=idp');
  const { n, e } = keys.privateKey.export({ format: 'jwk' });
  assert.deepEqual(
    [read(info!, 'Exponent'), read(info!, 'Modulus')],
    [e, n].map((text) => Buffer.from(text!, 'base64url').toString('base64')),
  );
});

test('a certificate is in one line, or in lines of the width of the product', () => {
  const certificate = keys.certificate.replace(/-----[^-]+-----|\s/g, '');
  const written = (set: PlanChange) => read(rootAs(set), 'X509Certificate')!;
  assert.equal(written({}), certificate);
  const lines = certificate.match(/.{1,64}/g)!;
  assert.equal(written({ lines: { certificate: { width: 64, end: '\n' } } }), lines.join('\n'));
  assert.equal(written({ lines: { certificate: { width: 64, end: '\n', around: true } } }), `\n${lines.join('\n')}\n`);
});

/** The names, formats and values of the attributes. */
const attributesAs = (set: PlanChange, attributes: Attributes, given: Given = {}, names?: string[]) =>
  all(rootAs(set, { ...given, user: { attributes } }, names), 'Attribute').map((one) => [
    one.getAttribute('Name'),
    ...all(one, 'AttributeValue').map(({ textContent }) => textContent),
  ]);
const groups = (limit: number): PlanChange => ({
  groups: { name: 'groups', limit, instead: { name: 'link', value: 'https://graph' } },
});
const sent: [rule: string, set: PlanChange, attributes: Attributes, sent: string[][], names?: string[]][] = [
  [
    'as configured',
    {},
    { b: ['1', '2'], a: ['3'] },
    [
      ['b', '1', '2'],
      ['a', '3'],
    ],
  ],
  [
    'sorted',
    { attributeSorting: 'by name' },
    { b: ['1'], a: ['3'], c: ['4'] },
    [
      ['a', '3'],
      ['b', '1'],
      ['c', '4'],
    ],
  ],
  [
    'renamed',
    { attributeNames: { a: 'urn:a' } },
    { a: ['1'], b: ['2'] },
    [
      ['urn:a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'repeated',
    { repeatedAttributes: ['a'] },
    { a: ['1', '2'], b: ['3', '4'] },
    [
      ['a', '1'],
      ['a', '2'],
      ['b', '3', '4'],
    ],
  ],
  [
    'all repeated',
    { repeatedAttributes: 'all' },
    { a: ['1'], b: ['3', '4'] },
    [
      ['a', '1'],
      ['b', '3'],
      ['b', '4'],
    ],
  ],
  ['left out if empty', {}, { a: [], b: ['2'] }, [['b', '2']], ['c']],
  ['sent empty', { emptyAttributes: 'sent empty' }, { a: [], b: ['2'] }, [['c'], ['a'], ['b', '2']], ['c']],
  ['up to the limit of groups', groups(2), { groups: ['1', '2'] }, [['groups', '1', '2']]],
  ['beyond the limit of groups', groups(1), { groups: ['1', '2'] }, [['link', 'https://graph']]],
  [
    'with the own ones first',
    { ownAttributes: [{ name: 'own', value: '{principal} of {issuer}' }] },
    { a: ['1'] },
    [
      ['own', `${username} of http://idp/metadata`],
      ['a', '1'],
    ],
  ],
  [
    'with the display name in place of that of the user',
    { ownAttributes: [{ name: 'displayName', value: '{displayName}!' }] },
    { displayName: ['Sam'] },
    [['displayName', 'Sam!']],
  ],
  [
    'with a display name made of the username',
    { ownAttributes: [{ name: 'displayName', value: '{displayName}' }] },
    {},
    [['displayName', 'sam']],
  ],
];
for (const [rule, set, attributes, expected, names] of sent)
  test(`attributes are sent ${rule}`, () => assert.deepEqual(attributesAs(set, attributes, {}, names), expected));

test('the name of an attribute has the format, the friendly name and the type of the product', () => {
  const first = (set: PlanChange, name = 'mail') =>
    all(rootAs(set, { user: { attributes: { [name]: ['x'] } } }), 'Attribute')[0]!;
  const formatOf = (set: PlanChange, name?: string) => attributeOf(first(set, name), 'NameFormat')?.split(':').at(-1);
  assert.deepEqual([formatOf({}), formatOf({}, 'urn:mail')], ['basic', 'uri']);
  assert.equal(formatOf({ attributeFormat: { usual: 'none' } }), undefined);
  const attributeFormat = { usual: 'unspecified', of: { mail: 'uri' } } as const;
  assert.deepEqual([formatOf({ attributeFormat }), formatOf({ attributeFormat }, 'sn')], ['uri', 'unspecified']);
  const friendly = (set: PlanChange) => attributeOf(first(set), 'FriendlyName');
  assert.deepEqual([friendly({}), friendly({ friendlyNames: 'as the name' })], [undefined, 'mail']);
  assert.equal(friendly({ friendlyNames: { mail: 'Address' } }), 'Address');
  const typeOf = (set: PlanChange) => attributeOf(all(first(set), 'AttributeValue')[0], 'xsi:type');
  assert.deepEqual([typeOf({}), typeOf({ attributeType: 'xs:string' })], [undefined, 'xs:string']);
});

test('the Issuer of the assertion has the format of the product, too', () => {
  const formats = (set: PlanChange) => all(rootAs(set), 'Issuer').map((one) => attributeOf(one, 'Format'));
  assert.deepEqual(formats({}), [undefined, undefined]);
  assert.deepEqual(formats({ issuerFormat: nameIdFormats.entity }), [nameIdFormats.entity, nameIdFormats.entity]);
});

const oneAttribute: Given = { user: { attributes: { mail: ['x'] } } };

test('the attributes come after the sign-in, or before it', () => {
  const lastIn = (set: PlanChange) => childrenOf(all(rootAs(set, oneAttribute), 'Assertion')[0]!).slice(-2);
  assert.deepEqual(lastIn({}), ['AuthnStatement', 'AttributeStatement']);
  assert.deepEqual(lastIn({ statements: 'attributes first' }), ['AttributeStatement', 'AuthnStatement']);
});

/** The white space in a signature, from its start. */
const layouts: [set: PlanChange, start: RegExp][] = [
  [{}, /<ds:Signature [^>]*><ds:SignedInfo><ds:CanonicalizationMethod [^>]*><\/ds:CanonicalizationMethod><ds:Sign/],
  [
    { signatureLayout: 'a line for each element' },
    /<ds:Signature [^>]*>\n<ds:SignedInfo>\n<ds:CanonicalizationMethod [^>]*><\/ds:CanonicalizationMethod>\n<ds:Sign/,
  ],
  [
    { signatureLayout: 'as xmlseclibs' },
    /<ds:Signature [^>]*>\n {2}<ds:SignedInfo><ds:CanonicalizationMethod [^>]*><\/ds:CanonicalizationMethod>\n {4}<ds:/,
  ],
  [{ lines: { signatureValue: { width: 64, end: '\n' } } }, /<ds:SignatureValue>[^<\n]{64}\n[^<\n]{64}\n/],
];
for (const [set, start] of layouts)
  test(`a signature is laid out by ${JSON.stringify(set)}, and is valid`, () => {
    const xml = xmlAs(set);
    assert.match(xml, start);
    assert.equal(verifiedByXmlCrypto(xml, keys.certificate), true);
  });

test('a product lists its prefixes where it declares the types of attributes', () => {
  const set = { prefixList: 'xs', attributeType: 'xs:string', typesDeclared: 'on the assertion' } as const;
  const declaring = { ...set, signedElements: { declareTypes: true, declareAgain: false } };
  const listedIn = (change: PlanChange, given?: Given) =>
    all(rootAs(change, given), 'InclusiveNamespaces').map((one) => attributeOf(one, 'PrefixList'));
  assert.deepEqual(listedIn(declaring, oneAttribute), ['xs', 'xs']);
  assert.deepEqual(listedIn(declaring), []);
  assert.deepEqual(listedIn(set, oneAttribute), []);
  assert.deepEqual(listedIn({ ...declaring, prefixList: '' }, oneAttribute), []);
  const declares = (change: PlanChange, given?: Given) => {
    const root = rootAs(change, given);
    return [root, ...all(root, 'Assertion')].map((one) => attributeOf(one, 'xmlns:xs') !== undefined);
  };
  assert.deepEqual(declares(declaring, oneAttribute), [true, true]);
  assert.deepEqual(declares({ ...declaring, signed: 'assertion' }, oneAttribute), [false, true]);
  assert.deepEqual(declares({ ...declaring, signed: 'response' }, oneAttribute), [true, false]);
  assert.deepEqual(declares(declaring), [false, false]);
});

test('the prefixes in a KeyInfo are those of the product, in each signature or in that of a response alone', () => {
  const prefixes = (of: 'every signature' | 'a signed response', signed: 'both' | 'response' | 'assertion') =>
    all(rootAs({ keyInfoPrefixes: { own: 'own', below: 'below', of }, signed }), 'KeyInfo').map((one) => [
      one.prefix,
      one.firstElementChild?.prefix ?? (one.firstChild as Element).prefix,
    ]);
  const [other, usual] = [
    ['own', 'below'],
    ['ds', 'ds'],
  ];
  assert.deepEqual(prefixes('every signature', 'both'), [other, other]);
  assert.deepEqual(prefixes('a signed response', 'both'), [usual, usual]);
  assert.deepEqual(prefixes('a signed response', 'response'), [other]);
  assert.deepEqual(prefixes('a signed response', 'assertion'), [usual]);
});

const encrypted = (encryption: PlanChange['encryption']): Element => {
  const app = { entityId: sp, acsUrl: 'http://sp/acs', encryptionCertificate: keys.certificate };
  return all(rootAs({ encryption }, { app }), 'EncryptedAssertion')[0]!;
};

test('the encrypted key is in the data, or beside it and each names the other', () => {
  assert.deepEqual(childrenOf(encrypted({})), ['EncryptedData']);
  const parts = encrypted({ key: 'beside the data' });
  assert.deepEqual(childrenOf(parts), ['EncryptedData', 'EncryptedKey']);
  assert.equal(read(parts, 'DataReference@URI'), `#${read(parts, 'EncryptedData@Id')}`);
  assert.equal(read(parts, 'RetrievalMethod@URI'), `#${read(parts, 'EncryptedKey@Id')}`);
  assert.notEqual(read(parts, 'EncryptedData@Id'), read(parts, 'EncryptedKey@Id'));
});

test('the encrypted key names its recipient as the product does, after its method', () => {
  const keyFor = (recipient: 'unnamed' | 'certificate' | 'issuer and serial number') =>
    all(encrypted({ recipient }), 'EncryptedKey')[0]!;
  assert.deepEqual(childrenOf(keyFor('unnamed')), ['EncryptionMethod', 'CipherData']);
  const byCertificate = keyFor('certificate');
  assert.deepEqual(childrenOf(byCertificate), ['EncryptionMethod', 'KeyInfo', 'CipherData']);
  const certificate = keys.certificate.replace(/-----[^-]+-----|\s/g, '');
  assert.equal(read(byCertificate, 'X509Certificate'), certificate.match(/.{1,76}/g)!.join('\n'));
  const bySerial = keyFor('issuer and serial number');
  const { serialNumber } = new X509Certificate(keys.certificate);
  assert.deepEqual(
    [read(bySerial, 'X509IssuerName'), read(bySerial, 'X509SerialNumber')],
    ['CN=idp', `${BigInt(`0x${serialNumber}`)}`],
  );
});
