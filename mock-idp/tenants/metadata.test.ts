/** URLs, certificates and metadata: input from a service provider, and output of a tenant. */
import assert from 'node:assert/strict';
import 'reflect-metadata';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { before, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { nameIdFormats } from '../response/saml-values.ts';
import { attributeOf, childrenOf, parseXml, textOf } from '../sign-in/parse.ts';
import { createKeyPair } from './keys.ts';
import { bindings, readCertificate, readSpMetadata, webAddress, writeMetadata } from './metadata.ts';

const bare = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
let rsa: string;
let elliptic: string;
before(async () => {
  const span = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') };
  rsa = (await createKeyPair({ commonName: 'sp', ...span })).certificate;
  elliptic = (await createKeyPair({ commonName: 'sp', algorithm: 'ecdsa-p256', ...span })).certificate;
});

for (const address of [
  'http://sp.example/acs',
  'https://sp.example',
  'HTTPS://SP.example/acs',
  "http://localhost:3000/acs?tenant=a;b&c=*,'d'",
  'http://sp_1.internal./acs',
  'http://192.0.2.7:8080/a;b,c',
  'http://[2001:db8::1]:8080/acs',
  'https://bücher.example/größe',
])
  test(`a valid URL: ${address}`, () => assert.equal(webAddress(address, 'acs'), address));

for (const [rule, address] of [
  ['nothing', undefined],
  ['an empty text', ''],
  ['a path', '/acs'],
  ['a name without a scheme', 'sp.example/acs'],
  ['another scheme', 'ftp://sp.example/acs'],
  ['a scheme that only starts with http', 'httpx://sp.example'],
  ['a scheme that only ends with http', 'xhttp://sp.example'],
  ['a javascript URL', 'javascript:alert(1)//http://sp.example'],
  ['no host', 'http:///'],
  ['no slashes, which a browser treats as a path', 'http:sp.example/acs'],
  ['backslashes instead of slashes', 'http:\\\\sp.example\\acs'],
  ['a semicolon in the host', "http://sp.example;script-src 'unsafe-inline'/acs"],
  ['only a semicolon in the host', 'http://sp.example;x/acs'],
  ['a comma in the host', 'http://sp.example,evil.example/acs'],
  ['a quotation mark in the host', "http://sp.example'/acs"],
  ['a wildcard', 'http://*/acs'],
  ['a wildcard label', 'http://*.example/acs'],
  ['an empty label', 'http://sp..example/acs'],
  ['a control character', 'http://sp.example/\u007Facs'],
] as const)
  test(`an invalid URL: ${rule}`, () => {
    const sentence = `acs: “${address ?? ''}” is not an http or https URL`;
    assert.throws(() => webAddress(address, 'acs'), { name: 'InvalidXml', message: sentence });
  });

for (const [rule, address] of [
  ['a leading space', ' http://sp.example/acs'],
  ['a trailing space', 'http://sp.example/acs '],
  ['a tab, which the URL class drops', 'http://sp.ex\tample/acs'],
  ['a line break', 'http://sp.example/\nacs'],
  ['a no-break space', 'http://sp.example/\u00A0acs'],
] as const)
  test(`an invalid URL: ${rule}`, () => {
    const sentence = `acs: “${address}” contains whitespace: remove it`;
    assert.throws(() => webAddress(address, 'acs'), { name: 'InvalidXml', message: sentence });
  });

for (const [address, placeholder] of [
  ['https://YOUR-DOMAIN/saml/acs', 'YOUR-DOMAIN'],
  ['https://YOUR_SUBDOMAIN.example.com/acs', 'YOUR_SUBDOMAIN'],
  ['https://your-domain.com/acs', 'your-domain'],
  ['https://yourcompany.example/acs', 'yourcompany'],
  ['https://{tenant}.example/acs', '{tenant}'],
  ['https://sp.example/$'.concat('{org}/acs'), '$'.concat('{org}')],
  ['https://sp.example/{{ org }}/acs', '{{ org }'],
  ['https://<your host>/acs', '<your host>'],
  ['https://[domain]/acs', '[domain]'],
  ['https://sp.example/%7Borg%7D/acs', '%7Borg%7D'],
  ['https://changeme.example/acs', 'changeme'],
  ['https://YOURCOMPANY.example/acs', 'YOURCOMPANY'],
  ['https://sp.example/%3Cthe org%3E/acs', '%3Cthe org%3E'],
  ['https://your-organisation.example/acs', 'your-organisation'],
  ['https://your_org.example/acs', 'your_org'],
  ['https://your-sub-domain.example/acs', 'your-sub-domain'],
  ['https://yourhostname.example/acs', 'yourhostname'],
  ['https://change-me.example/acs', 'change-me'],
  ['https://sp.example/replace-this/acs', 'replace-this'],
  ['https://sp.example/replaceme/acs', 'replaceme'],
  ['https://sp.example/insert_here/acs', 'insert_here'],
  ['https://sp.example/inserthere/acs', 'inserthere'],
] as const)
  test(`a placeholder is not a URL: ${address}`, () => {
    const message =
      `acs: “${address}” still contains the placeholder “${placeholder}”: ` + 'put the real value in its place';
    assert.throws(() => webAddress(address, 'acs'), { name: 'InvalidXml', message });
  });

for (const address of [
  'https://yours.example/acs',
  'https://sp.example/yourself',
  'https://flavour.domain.example/acs',
  'https://IDP.example/acs',
  'https://SP-1.EXAMPLE.com/acs',
  'https://YOURSELF.EXAMPLE/acs',
  'https://xYOUR-DOMAIN.example/acs',
  'https://sp.example/exchange-me/acs',
  'HTTPS://SP.EXAMPLE/YOURS',
])
  test(`not a placeholder: ${address}`, () => assert.equal(webAddress(address, 'acs'), address));

test('the error about a URL quotes 200 characters of it', () => {
  const text = 'x'.repeat(201);
  assert.throws(() => webAddress(text, 'acs'), { message: `acs: “${text.slice(1)}” is not an http or https URL` });
});

test('a certificate is read as PEM and as base64, with any whitespace', () => {
  for (const text of [rsa, bare(rsa), bare(rsa).replace(/.{40}/g, '$& \r\n\t'), `\n${rsa}\n`])
    assert.equal(readCertificate(text), rsa);
});

for (const [rule, text] of [
  ['nothing', ''],
  ['words', `no certificate, ${'x'.repeat(60)}`],
  ['a key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()],
] as const)
  test(`a malformed certificate: ${rule}`, () => {
    const quoted = bare(text).slice(0, 40);
    const message = `malformed certificate: “${quoted}…”`;
    assert.throws(() => readCertificate(text), { name: 'InvalidXml', message });
  });

const key = (certificate: string, use?: string): string =>
  `<KeyDescriptor${use === undefined ? '' : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
    <ds:X509Data><ds:X509Certificate>${bare(certificate)}</ds:X509Certificate></ds:X509Data>
  </ds:KeyInfo></KeyDescriptor>`;
const acs = (location: string, { index = '0', binding = bindings.post as string, isDefault = '' } = {}): string =>
  `<AssertionConsumerService Binding="${binding}" Location="${location}"${index && ` index="${index}"`}${
    isDefault && ` isDefault="${isDefault}"`
  }/>`;
const slo = (location: string, { binding = bindings.redirect as string, responses = '' } = {}): string =>
  `<SingleLogoutService Binding="${binding}" Location="${location}"` +
  `${responses && ` ResponseLocation="${responses}"`}/>`;

interface MetadataOptions {
  entityId?: string;
  protocols?: string;
  role?: string;
  before?: string;
  inside?: string;
  services?: string;
  after?: string;
}
const entityId = 'http://sp.example/metadata';
const here = 'http://sp.example/acs';
const metadata = ({
  entityId: id = entityId,
  protocols = 'urn:oasis:names:tc:SAML:2.0:protocol',
  role = 'SPSSODescriptor',
  before: first = '',
  inside = '',
  services = acs(here),
  after = '',
}: MetadataOptions = {}): string =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${id}">${first}
    <${role} protocolSupportEnumeration="${protocols}">${inside}${services}</${role}>${after}</EntityDescriptor>`;

test('minimal metadata', () => {
  assert.deepEqual(readSpMetadata(metadata()), {
    entityId,
    name: undefined,
    acs: [{ url: here, index: 0, isDefault: false }],
    slo: undefined,
    encryptionCertificate: undefined,
    signingCertificates: [],
    nameIdFormat: undefined,
  });
});

const longest = `urn:${'x'.repeat(1020)}`;
test('an entity ID may have 1024 characters', () => {
  assert.equal(readSpMetadata(metadata({ entityId: longest })).entityId, longest);
});

for (const [rule, options, reason] of [
  ['an entity ID of 1025 characters', { entityId: `${longest}x` }, /no entityID of 1 to 1024 characters/],
  ['an empty entity ID', { entityId: '' }, /no entityID of 1 to 1024 characters/],
  ['only an identity provider', { role: 'IDPSSODescriptor' }, /has no md:SPSSODescriptor for SAML 2.0/],
  ['only SAML 1.1', { protocols: 'urn:oasis:names:tc:SAML:1.1:protocol' }, /has no md:SPSSODescriptor/],
  [
    'a protocol that only starts with the SAML 2.0 URI',
    { protocols: 'urn:oasis:names:tc:SAML:2.0:protocolx' },
    /has no md:SPSSODescriptor/,
  ],
  ['no ACS', { services: '' }, /no AssertionConsumerService with HTTP-POST binding/],
  [
    'an ACS with another binding only',
    { services: acs(here, { binding: bindings.redirect }) },
    /with HTTP-POST binding/,
  ],
  ['a malformed ACS URL', { services: acs('javascript:alert(1)') }, /^AssertionConsumerService: “javascript/],
  ['an ACS with a semicolon in its host', { services: acs('http://a;b/') }, /^AssertionConsumerService: “http/],
  ['a malformed second ACS URL', { services: acs(here) + acs('/acs') }, /^AssertionConsumerService: “\/acs”/],
  ['a malformed logout URL', { services: slo('/slo') + acs(here) }, /^SingleLogoutService: “\/slo”/],
  ['a malformed logout ResponseLocation', { services: slo(here, { responses: '/b' }) + acs(here) }, /“\/b”/],
  ['a malformed certificate', { inside: key('AAAA', 'signing') }, /malformed certificate: “AAAA…”/],
] as const)
  test(`metadata is rejected with ${rule}`, () => {
    assert.throws(() => readSpMetadata(metadata(options)), { name: 'InvalidXml', message: reason });
  });

test('metadata is rejected without an entity ID, and with a different root', () => {
  const withoutId = metadata().replace(/ entityID="[^"]*"/, '');
  assert.throws(() => readSpMetadata(withoutId), /no entityID/);
  for (const xml of [
    '<a/>',
    '<EntityDescriptor/>',
    `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>`,
  ])
    assert.throws(() => readSpMetadata(xml), /the metadata must be one md:EntityDescriptor/);
});

test('of several roles, the SAML 2.0 service provider is used', () => {
  const foreign = metadata({ protocols: 'urn:oasis:names:tc:SAML:1.1:protocol', services: acs('http://old.example') });
  const role = foreign.slice(foreign.indexOf('<SPSSO'), foreign.indexOf('</EntityDescriptor>'));
  assert.equal(readSpMetadata(metadata({ before: role })).acs[0]!.url, here);
  const protocols = 'urn:oasis:names:tc:SAML:1.1:protocol\n  urn:oasis:names:tc:SAML:2.0:protocol';
  assert.equal(readSpMetadata(metadata({ protocols })).acs[0]!.url, here);
});

test('each POST ACS keeps its index and isDefault; without an index, its position is used', () => {
  const services = [
    acs('http://sp.example/artifact', { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact' }),
    acs('http://sp.example/a', { index: '7', isDefault: 'false' }),
    acs('http://sp.example/b', { index: '', isDefault: '1' }),
    acs('http://sp.example/c', { index: '3', isDefault: 'true' }),
    acs('http://sp.example/d', { index: '4', isDefault: 'truest' }),
    acs('http://sp.example/e', { index: '5', isDefault: '01' }),
    acs('http://sp.example/f', { index: '6', isDefault: '0' }),
  ];
  assert.deepEqual(
    readSpMetadata(metadata({ services: services.join('') })).acs.map(({ url, index, isDefault }) => [
      url.at(-1),
      index,
      isDefault,
    ]),
    [
      ['a', 7, false],
      ['b', 1, true],
      ['c', 3, true],
      ['d', 4, false],
      ['e', 5, false],
      ['f', 6, false],
    ],
  );
});

for (const [rule, inside, signing, encryption] of [
  ['a signing key is not used for encryption', () => key(rsa, 'signing'), () => [rsa], () => undefined],
  ['an encryption key is not used for signing', () => key(rsa, 'encryption'), () => [], () => rsa],
  ['a key without use is used for both', () => key(rsa), () => [rsa], () => rsa],
  [
    'all signing keys are used',
    () => key(rsa, 'signing') + key(elliptic, 'signing'),
    () => [rsa, elliptic],
    () => undefined,
  ],
  ['the encryption key is the RSA one', () => key(elliptic) + key(rsa, 'encryption'), () => [elliptic], () => rsa],
  ['an EC key is not used for encryption', () => key(elliptic, 'encryption'), () => [], () => undefined],
] as const)
  test(`keys: ${rule}`, () => {
    const read = readSpMetadata(metadata({ inside: inside() }));
    assert.deepEqual([read.signingCertificates, read.encryptionCertificate], [signing(), encryption()]);
  });

test('of a certificate and its issuer in one KeyDescriptor only the certificate is used, wherever it is', async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const make = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  const [issuer, holder] = [await make(), await make()];
  const certify = async (name: string, { publicKey }: CryptoKeyPair): Promise<string> => {
    const parties = { subject: `CN=${name}`, issuer: 'CN=ca', publicKey, signingKey: issuer.privateKey };
    const certificate = await x509.X509CertificateGenerator.create(
      { serialNumber: '01', ...parties },
      webcrypto as unknown as Crypto,
    );
    return certificate.toString('base64');
  };
  const [ca, leaf] = [await certify('ca', issuer), await certify('leaf', holder)];
  for (const chain of [
    [leaf, ca],
    [ca, leaf],
  ]) {
    const inside = key(chain[0]!, 'signing').replace(
      '</ds:X509Data>',
      '</ds:X509Data><ds:X509Data>' + `<ds:X509Certificate>${chain[1]}</ds:X509Certificate></ds:X509Data>`,
    );
    assert.deepEqual(readSpMetadata(metadata({ inside })).signingCertificates, [readCertificate(leaf)]);
  }
});

test('two certificates run together are not one certificate', () => {
  const both = Buffer.concat([rsa, elliptic].map((pem) => Buffer.from(bare(pem), 'base64'))).toString('base64');
  for (const text of [both, rsa + elliptic, `${bare(rsa)}=${bare(elliptic)}`])
    assert.throws(() => readCertificate(text), { name: 'InvalidXml', message: /^malformed certificate: / });
});

const there = 'http://sp.example/slo';
for (const [rule, services, expected] of [
  ['by Redirect', slo(there), { url: there, binding: 'redirect', responseUrl: undefined }],
  ['by POST', slo(there, { binding: bindings.post }), { url: there, binding: 'post', responseUrl: undefined }],
  [
    'with a ResponseLocation',
    slo(there, { responses: `${there}/done` }),
    { url: there, binding: 'redirect', responseUrl: `${there}/done` },
  ],
  ['by an unknown binding: ignored', slo(there, { binding: 'urn:soap' }), undefined],
  [
    'the first with a known binding',
    slo('nowhere', { binding: 'urn:soap' }) + slo(there, { binding: bindings.post }) + slo('http://sp.example/2'),
    { url: there, binding: 'post', responseUrl: undefined },
  ],
] as const)
  test(`logout ${rule}`, () => {
    assert.deepEqual(readSpMetadata(metadata({ services: services + acs(here) })).slo, expected);
  });

const format = (uri: string): string => `<NameIDFormat>${uri}</NameIDFormat>`;
for (const [rule, inside, expected] of [
  ['the only one', format(nameIdFormats.persistent), nameIdFormats.persistent],
  [
    'the first supported one',
    format(nameIdFormats.entity) + format(` ${nameIdFormats.transient}\n`),
    nameIdFormats.transient,
  ],
  ['the first of two', format(nameIdFormats.unspecified) + format(nameIdFormats.transient), nameIdFormats.unspecified],
  ['an unsupported one', format(nameIdFormats.entity), undefined],
  ['an empty one', format(''), undefined],
] as const)
  test(`the NameID format: ${rule}`, () => {
    assert.equal(readSpMetadata(metadata({ inside })).nameIdFormat, expected);
  });

const organization = (...names: string[]): string => `<Organization>${names.join('')}</Organization>`;
const organizationName = (name: string, language = 'en'): string =>
  `<OrganizationDisplayName xml:lang="${language}">${name}</OrganizationDisplayName>`;
const serviceName = '<ServiceName xml:lang="en">Search</ServiceName>';
const service = `<AttributeConsumingService index="0">${serviceName}</AttributeConsumingService>`;
const mdui = 'urn:oasis:names:tc:SAML:metadata:ui';
const displayNames = (...names: string[]): string =>
  `<Extensions><mdui:UIInfo xmlns:mdui="${mdui}">${names.join('')}</mdui:UIInfo></Extensions>`;
const displayName = (name: string, language = 'en'): string =>
  `<mdui:DisplayName xml:lang="${language}">${name}</mdui:DisplayName>`;
for (const [rule, options, name] of [
  ['the organization', { after: organization(organizationName(' Wiki ')) }, 'Wiki'],
  ['the organization of the role', { services: acs(here) + organization(organizationName('Role')) }, 'Role'],
  ['nothing', { after: organization() }, undefined],
  ['an empty name', { after: organization(organizationName(' ')) }, undefined],
  ['its service', { services: acs(here) + service, after: organization(organizationName('Wiki')) }, 'Search'],
  ['its display name', { inside: displayNames(displayName('Board')), services: acs(here) + service }, 'Board'],
  ['the English one', { inside: displayNames(displayName('Tafel', 'de'), displayName('Board', 'en-GB')) }, 'Board'],
  ['the first one if none is English', { inside: displayNames(displayName('Tafel', 'de')), after: '' }, 'Tafel'],
  [
    'a German one of its own, not the English one of its organization',
    {
      inside: displayNames(displayName('Tafel', 'de')),
      after: organization(organizationName('Wiki')),
    },
    'Tafel',
  ],
] as const)
  test(`the app is named after ${rule}`, () => {
    assert.equal(readSpMetadata(metadata(options)).name, name);
  });

test("a tenant's metadata has its URLs, keys and formats, in schema order", () => {
  const written = writeMetadata({
    entityId: 'http://idp.example/a&b/metadata',
    ssoUrl: 'http://idp.example/sso',
    sloUrl: 'http://idp.example/slo',
    certificates: [rsa, elliptic],
    wantAuthnRequestsSigned: false,
  });
  assert.match(written, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<md:EntityDescriptor .*>\n$/s);
  const root = parseXml(written).documentElement;
  assert.deepEqual(
    [root.tagName, attributeOf(root, 'entityID')],
    ['md:EntityDescriptor', 'http://idp.example/a&b/metadata'],
  );
  assert.equal(root.hasAttribute('validUntil'), false);
  const [idp] = childrenOf(root, 'md:IDPSSODescriptor') as [Element];
  assert.equal(attributeOf(idp, 'WantAuthnRequestsSigned'), 'false');
  assert.equal(attributeOf(idp, 'protocolSupportEnumeration'), 'urn:oasis:names:tc:SAML:2.0:protocol');
  const keys = childrenOf(idp, 'md:KeyDescriptor');
  assert.deepEqual(
    keys.map((one) => [attributeOf(one, 'use'), textOf(one.getElementsByTagNameNS('*', 'X509Certificate')[0])]),
    [rsa, elliptic].map((one) => ['signing', bare(one)]),
  );
  assert.deepEqual(
    Array.from(idp.childNodes as unknown as Iterable<Element>).map((one) =>
      [one.localName, attributeOf(one, 'Binding')?.split(':').at(-1), attributeOf(one, 'Location') ?? ''].join(' '),
    ),
    [
      'KeyDescriptor  ',
      'KeyDescriptor  ',
      'SingleLogoutService HTTP-Redirect http://idp.example/slo',
      'SingleLogoutService HTTP-POST http://idp.example/slo',
      ...Array(4).fill('NameIDFormat  '),
      'SingleSignOnService HTTP-Redirect http://idp.example/sso',
      'SingleSignOnService HTTP-POST http://idp.example/sso',
    ],
  );
  assert.deepEqual(
    childrenOf(idp, 'md:NameIDFormat').map((one) => textOf(one)?.split(':').at(-1)),
    ['emailAddress', 'unspecified', 'persistent', 'transient'],
  );
});

test('metadata has WantAuthnRequestsSigned and validUntil', () => {
  const written = writeMetadata({
    entityId: 'a',
    ssoUrl: 'b',
    sloUrl: 'c',
    certificates: [],
    wantAuthnRequestsSigned: true,
    validUntil: new Date('2030-01-31T12:00:00.999Z'),
  });
  assert.match(written, /WantAuthnRequestsSigned="true"/);
  assert.match(written, / validUntil="2030-01-31T12:00:00Z"/);
});

for (const [name, before] of [
  ['EntityDescriptor', ' entityID='],
  ['SPSSODescriptor', ' protocolSupportEnumeration='],
] as const)
  test(`an expired ${name} is rejected`, () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    const read = (until: string) => readSpMetadata(metadata().replace(before, ` validUntil="${until}"${before}`), now);
    assert.equal(read('2026-03-01T12:00:01').acs[0]!.url, here, 'UTC without a Z');
    assert.equal(read('2026-03-01T13:00:01+01:00').acs[0]!.url, here);
    const expired = `${name}: it expired on 2026-03-01T12:00:00Z; send current metadata`;
    assert.throws(() => read('2026-03-01T12:00:00Z'), { name: 'InvalidXml', message: expired });
    assert.throws(() => read('soon'), { name: 'InvalidXml', message: `${name}: its validUntil is not a time: “soon”` });
    assert.throws(() => read('x'.repeat(61)), { message: new RegExp(`“${'x'.repeat(60)}”$`) });
    assert.equal(read('\n 2026-03-01T12:00:01Z ').acs[0]!.url, here);
  });

test('a time without a Z is UTC, not that of the machine', () => {
  const { TZ } = process.env;
  const now = Date.parse('2026-03-01T12:00:00Z');
  const untils = ['2026-03-01T12:00:01', '2026-03-01T12:00:00.5', '2026-03-01T12:00:00.1234567'];
  const read = (until: string) => readSpMetadata(metadata().replace(' entityID=', ` validUntil="${until}"$&`), now);
  process.env.TZ = 'Asia/Tokyo';
  try {
    for (const until of untils) assert.equal(read(until).acs[0]!.url, here);
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
});
