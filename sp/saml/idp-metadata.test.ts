/** An IdP's metadata: what is read from it, and why it is rejected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdp } from '../identity-provider.fixture.ts';
import { readOneCertificate } from './certificates.ts';
import { readIdpMetadata } from './idp-metadata.ts';
import { type Edit, swap } from './message.fixture.ts';
import { MetadataError, type MetadataProblem } from './metadata-error.ts';

const now = new Date('2026-03-01T12:00:00Z');
const certificate = async (): Promise<string> =>
  readOneCertificate((await createIdp('https://idp.example')).settings.certificates[0]!);
const [first, second] = [await certificate(), await certificate()];
const base64 = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const key = (use: string, value: string): string =>
  `<md:KeyDescriptor${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${value}` +
  '</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>';
const honest = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"
  xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
  entityID="https://idp.example/metadata" validUntil="2026-03-01T12:00:01Z">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAuthnRequestsSigned="true">
    ${key(' use="signing"', `\n ${first.slice(28, -26)} `)}${key('', base64(second))}
    ${key(' use="encryption"', 'CCCC')}${key(' use="signing"', base64(first))}
    <md:SingleLogoutService Binding="${redirect}" Location="https://idp.example/slo"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
      Location="https://idp.example/post"/>
    <md:SingleSignOnService Binding="${redirect}" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;

test('all settings of a profile are read; encryption keys are not used as signing keys', () => {
  assert.deepEqual(readIdpMetadata(honest, { now }), {
    entityId: 'https://idp.example/metadata',
    ssoUrl: 'https://idp.example/sso',
    ssoBinding: 'redirect',
    sloUrl: 'https://idp.example/slo',
    certificates: [first, second],
    wantAuthnRequestsSigned: true,
  });
});

test('a byte order mark and surrounding whitespace are allowed, POST suffices, and validUntil is optional', () => {
  const endless = swap(' validUntil="2026-03-01T12:00:01Z"', '')(honest);
  const postOnly = swap(/<md:SingleSignOnService Binding="[^"]*Redirect"[^>]*>/, '')(endless);
  const { ssoUrl, ssoBinding } = readIdpMetadata(`\uFEFF\n${postOnly}\n`, { now });
  assert.deepEqual([ssoUrl, ssoBinding], ['https://idp.example/post', 'post']);
});

const rejected: Readonly<Record<string, readonly [Edit, MetadataProblem]>> = {
  'text that is not XML': [() => 'entityID: https://idp.example', 'metadata-unparseable'],
  'a DOCTYPE': [(xml) => `<!DOCTYPE x>${xml}`, 'metadata-unparseable'],
  'an EntitiesDescriptor with two identity providers': [
    (xml) =>
      `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${xml}${xml}</md:EntitiesDescriptor>`,
    'metadata-wrong-root',
  ],
  'an assertion': [() => '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>', 'metadata-wrong-root'],
  'a root in another namespace': [
    (xml) => xml.replace('xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"', 'xmlns:md="urn:x"'),
    'metadata-wrong-root',
  ],
  'a validUntil that has passed': [swap('12:00:01Z', '12:00:00Z'), 'metadata-expired'],
  'a malformed validUntil': [swap('2026-03-01T12:00:01Z', 'tomorrow'), 'metadata-expired'],
  'no entity ID': [swap(' entityID="https://idp.example/metadata"', ''), 'metadata-entity-missing'],
  'a service provider': [(xml) => xml.replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), 'metadata-entity-missing'],
  'only the artifact binding': [
    (xml) =>
      xml.replaceAll(
        /SingleSignOnService Binding="[^"]*"/g,
        'SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"',
      ),
    'sso-binding-missing',
  ],
  'only encryption keys': [
    (xml) => xml.replaceAll(/<md:KeyDescriptor[^>]*>/g, '<md:KeyDescriptor use="encryption">'),
    'idp-certificate-absent',
  ],
};
for (const [name, [edit, problem]] of Object.entries(rejected)) {
  test(`${name}: ${problem}`, () =>
    assert.throws(
      () => readIdpMetadata(edit(honest), { now }),
      (error) => error instanceof MetadataError && error.problem === problem,
    ));
}

test('of several SingleLogoutServices the Redirect one is used; without one, logout is off', () => {
  const logout = (...all: readonly (readonly [string, string])[]): Edit =>
    swap(
      /<md:SingleLogoutService[^>]*>/,
      all.map(([binding, location]) => `<md:SingleLogoutService Binding="${binding}"${location}/>`).join(''),
    );
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
  const sloUrl = (edit: Edit): string => readIdpMetadata(edit(honest), { now }).sloUrl;
  assert.equal(sloUrl(logout([post, ' Location="a"'], [redirect, ' Location="b"'])), 'b');
  assert.equal(sloUrl(logout([post, ' Location="a"'])), '');
  assert.equal(sloUrl(logout()), '');
  assert.equal(sloUrl(logout([redirect, ''])), '');
});
test('a byte order mark is allowed only at the start; surrounding whitespace is ignored', () => {
  assert.equal(readIdpMetadata(` \n${honest} \n`, { now }).ssoBinding, 'redirect');
  const inside = swap('https://idp.example/metadata', 'https://idp.example/\uFEFFx')(honest);
  assert.equal(readIdpMetadata(inside, { now }).entityId, 'https://idp.example/\uFEFFx');
});
test('WantAuthnRequestsSigned is read as an XML Schema boolean', () => {
  for (const [value, expected] of [
    ['"true"', true],
    ['"1"', true],
    ['"false"', false],
    ['"TRUE"', false],
    ['""', false],
  ] as const)
    assert.equal(
      readIdpMetadata(swap('Signed="true"', `Signed=${value}`)(honest), { now }).wantAuthnRequestsSigned,
      expected,
    );
});
const download = / Download it again from the identity provider and do not edit it\.$/;
for (const [xml, words] of [
  ['\n\n<a>\n<b></a>', /^The metadata is not well-formed XML \(line 4\)\./],
  ['entityID: https://idp.example', /^The metadata is not well-formed XML \(line 1\)\./],
  ['<a>', /^The metadata is not well-formed XML \(line 1\)\./],
  ['<a x="1" x="2"/>', /^The metadata is not well-formed XML \(line 1\)\./],
  [
    '<?xml version="1.0"?>\n<!DOCTYPE x><a/>',
    /^The metadata contains a document type \(<!DOCTYPE>\), which is not allowed \(line 2\)\./,
  ],
  ['<?xml version="1.0" encoding="latin1"?><a/>', /^The metadata must be in UTF-8 \(line 1\)\. Save it in UTF-8/],
  [
    `<a>${'x'.repeat(2_240_000)}</a>`,
    /^The metadata is too large: it has 2240007 characters, at most \d+ are allowed\./,
  ],
  [
    '<a>'.repeat(100),
    /^The metadata is too large: at most \d+ levels \(line 1\)\. Upload the metadata of one identity/,
  ],
] as const)
  test(`the error for ${JSON.stringify(xml.slice(0, 40))} is plain`, () => {
    assert.throws(
      () => readIdpMetadata(xml, { now }),
      ({ message }: Error) =>
        words.test(message) && (download.test(message) || /Save it in UTF-8|Upload the metadata of one/.test(message)),
    );
  });

test('an EntitiesDescriptor without an identity provider has its own error, unlike other wrong roots', () => {
  assert.throws(
    () => readIdpMetadata('<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>', { now }),
    /contains no identity provider \(IDPSSODescriptor\)/,
  );
});

const mistaken: readonly (readonly [text: string, says: RegExp])[] = [
  ['-----BEGIN CERTIFICATE-----', /^This is a certificate, not metadata\./],
  ['MIIC', /^This is a certificate/],
  ['0\x80', /^This is a certificate/],
  ['0\x84', /^This is a certificate/],
  ['0\x85', /^The metadata is not well-formed|XML/],
  ['https://idp.example/metadata', /^This is an address, not metadata\./],
  ['HTTP://idp.example/ x', /XML/],
  ['[1]', /^This is JSON/],
  ['{}', /^This is JSON/],
  ['<html >', /^This is a web page/],
  ['<!DOCTYPE html>', /^This is a web page/],
  ['<htmlx/>', /EntityDescriptor/],
];
for (const [text, says] of mistaken)
  test(`what is uploaded in place of metadata is named: ${JSON.stringify(text)}`, () =>
    assert.throws(() => readIdpMetadata(text, { now }), { message: says }));

const saml2 = 'urn:oasis:names:tc:SAML:2.0:protocol';
const saml11 = 'urn:oasis:names:tc:SAML:1.1:protocol urn:mace:shibboleth:1.0';
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const role = (
  name: string,
  { protocol = ` protocolSupportEnumeration="${saml2}"`, attributes = '', binding = post } = {},
) =>
  `<md:IDPSSODescriptor${protocol}${attributes}>${key(' use="signing"', base64(first))}` +
  `<md:SingleSignOnService Binding="${binding}" Location="https://idp.example/${name}"/></md:IDPSSODescriptor>`;
const old = ` protocolSupportEnumeration="${saml11}"`;
const until = (time: string): string => ` validUntil="${time}"`;
const namespaces = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const entity = (roles: string, id = 'https://idp.example/', attributes = ''): string =>
  `<md:EntityDescriptor ${namespaces} entityID="${id}"${attributes}>${roles}</md:EntityDescriptor>`;
const group = (entities: string, attributes = ''): string =>
  `<md:EntitiesDescriptor ${namespaces}${attributes}>${entities}</md:EntitiesDescriptor>`;
const sp = entity(`<md:SPSSODescriptor protocolSupportEnumeration="${saml2}"/>`, 'https://sp.example/');

test('metadata without an identity provider says what it is of', () => {
  assert.throws(() => readIdpMetadata(sp, { now }), /^Error: This is the metadata of a service provider\./);
  assert.throws(() => readIdpMetadata(entity(''), { now }), /contains no identity provider \(IDPSSODescriptor\)\.$/);
});

/** The last part of the sign-on URL. */
const chosen: Readonly<Record<string, readonly [xml: string, name: string]>> = {
  'the role for SAML 2.0, wherever it is': [entity(role('a', { protocol: old }) + role('b')), 'b'],
  'a role for both protocols': [
    entity(role('a', { protocol: ` protocolSupportEnumeration="${saml11} ${saml2}"` })),
    'a',
  ],
  'a role that does not say its protocol, for want of another': [entity(role('a', { protocol: '' })), 'a'],
  'the role with a supported binding': [entity(role('a', { binding: 'urn:x' }) + role('b')), 'b'],
  'the role that is still valid': [
    entity(
      role('a', { attributes: until('2026-03-01T12:00:00Z') }) +
        role('b', { attributes: until('2026-03-02T00:00:00Z') }),
    ),
    'b',
  ],
  'a validUntil without a time zone, which is UTC': [entity(role('a'), undefined, until('2026-03-01T12:00:01')), 'a'],
  'the only identity provider of several providers': [group(sp + entity(role('a')) + sp), 'a'],
  'the only one, in a group of a group': [group(group(entity(role('a')))), 'a'],
  'a Location with white space around it': [
    entity(role('a')).replace('/a"', '/a \n"').replace('"https://idp.example/a', '" https://idp.example/a'),
    'a',
  ],
  'a binding with white space around it': [entity(role('a')).replace(`"${post}"`, `" ${post} "`), 'a'],
  'a stylesheet, xml:id and wsu:Id': [
    `<?xml-stylesheet href="x"?>${entity(role('a'), undefined, ' ID="_1" xml:id="_1" xmlns:wsu="urn:x" wsu:Id="_1"')}`,
    'a',
  ],
  'a thousand comments': [`${'<!-- x -->'.repeat(1_000)}${entity(role('a'))}`, 'a'],
  'an encoding declaration of UTF-16': [`<?xml version="1.0" encoding="utf-16"?>${entity(role('a'))}`, 'a'],
  'a broken byte order mark': [`ï»¿${entity(role('a'))}`, 'a'],
};
for (const [name, [xml, place]] of Object.entries(chosen))
  test(`taken: ${name}`, () => assert.equal(readIdpMetadata(xml, { now }).ssoUrl, `https://idp.example/${place}`));

const two = group(entity(role('a'), 'urn:a') + entity(role('b'), 'urn:b'));
test('of several identity providers the entity ID chooses', () => {
  assert.equal(readIdpMetadata(two, { now, entityId: 'urn:b' }).ssoUrl, 'https://idp.example/b');
});

test('an entity ID that the metadata does not describe is named; a known one only chooses', () => {
  assert.equal(readIdpMetadata(two, { now, knownEntityId: 'urn:a' }).ssoUrl, 'https://idp.example/a');
  assert.equal(readIdpMetadata(entity(role('a')), { now, knownEntityId: 'urn:x' }).ssoUrl, 'https://idp.example/a');
  assert.throws(
    () => readIdpMetadata(entity(role('a')), { now, entityId: 'urn:x' }),
    /does not describe urn:x but https:\/\/idp\.example\/\./,
  );
  assert.throws(() => readIdpMetadata(two, { now, entityId: 'urn:x' }), /: urn:a, urn:b\. Choose one/);
});

const named: Readonly<Record<string, readonly [xml: string, problem: MetadataProblem, says: RegExp]>> = {
  'several identity providers': [
    two,
    'metadata-wrong-root',
    /several providers \(EntitiesDescriptor\): urn:a, urn:b\. Choose/,
  ],
  'one identity provider twice': [
    group(entity(role('a'), 'urn:a') + entity(role('b'), 'urn:a')),
    'metadata-wrong-root',
    /several providers with the same entity ID, urn:a\. Upload/,
  ],
  'SAML 1.1 only': [
    entity(role('a', { protocol: old })),
    'metadata-entity-missing',
    /does not offer SAML 2\.0: the protocolSupportEnumeration .* only urn:oasis:names:tc:SAML:1\.1:protocol, urn:mace/,
  ],
  'an expired role': [
    entity(role('a', { attributes: until('2026-03-01T12:00:00Z') })),
    'metadata-expired',
    /^The IDPSSODescriptor in the metadata expired on 2026-03-01T12:00:00Z/,
  ],
  'an expired group': [
    group(entity(role('a')), until('2026-03-01T12:00:00Z')),
    'metadata-expired',
    /^The EntitiesDescriptor in the metadata expired on/,
  ],
  'a validUntil that is not a time': [
    entity(role('a'), 'urn:a', until('soon')),
    'metadata-expired',
    /not a time: “soon”/,
  ],
  'an entityID with white space': [
    entity(role('a'), ' urn:a'),
    'metadata-entity-missing',
    /begin or end with whitespace/,
  ],
  'a Location that is not a URL': [
    entity(role('a')).replace('https://idp.example/a', 'idp.example/a'),
    'sso-binding-missing',
    /The Location of the SingleSignOnService .*“idp\.example\/a”, cannot be used: it must be/,
  ],
  'two certificates in one element': [
    entity(role('a')).replace(base64(first), base64(first) + base64(second)),
    'certificate-text-corrupted',
    /X509Certificate, line 1\) cannot be read\. It contains 2 certificates run together/,
  ],
  'a damaged certificate': [
    entity(role('a')).replace(base64(first), base64(first).slice(0, 100)),
    'certificate-text-corrupted',
    /X509Certificate, line 1\) cannot be read\. The certificate is cut off/,
  ],
  'letters that were changed by another encoding': [
    `ï»¿${entity(role('a'), 'https://idp.example/MÃ¼nchen')}`,
    'metadata-unparseable',
    /begins with “ï»¿”, a broken byte order mark/,
  ],
  'a key without a certificate': [
    entity(role('a')).replace(/<ds:X509Data>.*?<.ds:X509Data>/, '<ds:KeyValue/>'),
    'idp-certificate-absent',
    /only a key without one \(KeyValue\)/,
  ],
};
for (const [name, [xml, problem, says]] of Object.entries(named))
  test(`rejected with its reason: ${name}`, () =>
    assert.throws(
      () => readIdpMetadata(xml, { now }),
      (error) => error instanceof MetadataError && error.problem === problem && says.test(error.message),
    ));

test('a PEM frame inside X509Certificate is dropped', () => {
  const xml = entity(role('a')).replace(base64(first), first);
  assert.deepEqual(readIdpMetadata(xml, { now }).certificates, [first]);
});

test('an encryption certificate is not read', () => {
  const xml = entity(role('a')).replace('<md:Key', `${key(' use="encryption"', 'damaged')}<md:Key`);
  assert.deepEqual(readIdpMetadata(xml, { now }).certificates, [first]);
});
