/** Tests of metadata: what is read from an identity provider's, why it is rejected, and that our own can be read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdp } from '../identity-provider.fixture.ts';
import { readOneCertificate } from './certificates.ts';
import { readIdpMetadata } from './idp-metadata.ts';
import { type Edit, swap } from './message.fixture.ts';
import { renderSpMetadata } from './metadata.ts';
import { MetadataError, type MetadataProblem } from './metadata-error.ts';
import { parse } from './read.ts';

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

test('our own metadata has our URLs and keys', () => {
  const root = parse(
    renderSpMetadata({
      entityId: 'https://sp.example/a&b',
      acsUrl: 'https://sp.example/acs',
      sloUrl: 'https://sp.example/slo',
      signRequests: true,
      wantAssertionsSigned: false,
      signingCertificate: 'AAAA',
      encryptionCertificate: 'BBBB',
    }),
  ).documentElement;
  assert.equal(
    root.getElementsByTagName('NameIDFormat')[0]?.textContent,
    'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  );
  const named = (name: string): Element[] => Array.from(root.getElementsByTagNameNS('*', name));
  assert.equal(root.getAttribute('entityID'), 'https://sp.example/a&b');
  assert.deepEqual(
    named('KeyDescriptor').map((one) => one.getAttribute('use')),
    ['signing', 'encryption'],
  );
  assert.deepEqual(
    named('AssertionConsumerService').map((one) => one.getAttribute('Location')),
    ['https://sp.example/acs'],
  );
  assert.deepEqual(
    named('SingleLogoutService').map((one) => one.getAttribute('Location')),
    ['https://sp.example/slo'],
  );
});
