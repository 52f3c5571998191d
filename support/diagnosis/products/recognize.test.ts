/** Products recognized by their handwriting without addresses, by addresses, and messages of no known product. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { recognizeAddresses } from '../../../sp/products/evidence.ts';
import type { ProductId } from '../../../sp/products/product.ts';
import { read } from '../../../sp/saml/read.ts';
import { recognizeMetadata, recognizeXml, sentenceOf } from './recognize.ts';
import { time, type Writing, writtenAs } from './written-as.fixture.ts';

const guid = '0a1b2c3d-4e5f-4061-8273-8495a6b7c8d9';
const guid2 = '9d8c7b6a-5948-4372-a1b0-c0d1e2f3a4b5';
const hex = (length: number): string => '0123456789abcdef'.repeat(4).slice(0, length);
const alphabetical = 'Destination ID InResponseTo IssueInstant Version';
const entityFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
const claim = 'http://schemas.microsoft.com/identity/claims/';

const google: Writing = {
  declaration: '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
  prefixes: ['saml2p', 'saml2', 'ds'],
  root: alphabetical,
  ids: [`_${hex(32)}`, `_${hex(32).replace('0', 'f')}`],
  signed: ['response'],
  keyInfo:
    '<ds:KeyInfo><ds:X509Data><ds:X509SubjectName>CN=x</ds:X509SubjectName>' +
    '<ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>',
  conditions: [300, 300],
};

const entra: Writing = {
  prefixes: ['samlp', '', ''],
  ids: [`_${guid}`, `_${guid2}`],
  signed: ['assertion'],
  conditions: [300, 3600],
  attributes: ['tenantid', 'objectidentifier']
    .map((name) => `<Attribute Name="${claim}${name}"><AttributeValue>x</AttributeValue></Attribute>`)
    .join(''),
  attributesFirst: true,
};

const okta: Writing = {
  declaration: '<?xml version="1.0" encoding="UTF-8"?>',
  prefixes: ['saml2p', 'saml2', 'ds'],
  root: alphabetical,
  ids: ['id1234567890123456789012345', 'id1234567890123456789054321'],
  issuerFormat: entityFormat,
  signed: ['response', 'assertion'],
  prefixList: 'xs',
  conditions: [300, 300],
  authn: `AuthnInstant="${time(0)}" SessionIndex="_request"`,
};

const oktaIssuer = 'http://www.okta.com/exk1example0example00';

const keycloak: Writing = {
  prefixes: ['samlp', 'saml', 'dsig'],
  root: alphabetical,
  ids: [`ID_${guid}`, `ID_${guid2}`],
  signed: ['response'],
  conditions: [2, 58],
  authn: `AuthnInstant="${time(0)}" SessionIndex="${guid}::${guid2}" SessionNotOnOrAfter="${time(36_000)}"`,
};

const adfs: Writing = {
  prefixes: ['samlp', '', 'ds'],
  root: 'ID Version IssueInstant Destination Consent InResponseTo',
  ids: [`_${guid}`, `_${guid2}`],
  signed: ['assertion'],
  keyInfo:
    '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>' +
    '</ds:X509Data></KeyInfo>',
  conditions: [0, 3600],
};

const handwritings: Partial<Record<ProductId, Writing>> = {
  google,
  entra,
  okta,
  keycloak,
  adfs,
  onelogin: {
    prefixes: ['samlp', 'saml', 'ds'],
    ids: [`pfx${guid}`, `pfx${guid2}`],
    signed: ['response', 'assertion'],
    assertion: `Version="2.0" ID="pfx${guid2}" IssueInstant="${time(0)}"`,
    conditions: [180, 180],
    authn: `AuthnInstant="${time(0)}" SessionNotOnOrAfter="${time(86_400)}" SessionIndex="_${guid}"`,
  },
  pingfederate: {
    prefixes: ['samlp', 'saml', 'ds'],
    root: 'Version ID IssueInstant InResponseTo',
    ids: ['n1yLpX-UNeNB6UuM0f5qOrRGx.X', 'aZyLpX_UNeNB6UuM0f5qOrRGxKQ'],
    signed: ['assertion'],
    keyInfo: '',
    conditions: [300, 300],
    confirmation: `Recipient="https://sp.example/acs" NotOnOrAfter="${time(300)}" InResponseTo="_request"`,
    authn: `SessionIndex="aZyLpX_UNeNB6UuM0f5qOrRGxKQ" AuthnInstant="${time(0)}"`,
  },
  pingone: {
    prefixes: ['samlp', 'saml', 'ds'],
    ids: [`id-${guid}`, `id-${guid2}`],
    signed: ['response'],
    keyInfo:
      '<ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data><ds:KeyValue/></ds:KeyInfo>',
    conditions: [60, 300],
    authority: true,
  },
  simplesamlphp: {
    prefixes: ['samlp', 'saml', 'ds'],
    ids: [`_${hex(42)}`, `_a${hex(41)}`],
    signed: ['response', 'assertion'],
    conditions: [30, 300],
    authn: `AuthnInstant="${time(0)}" SessionNotOnOrAfter="${time(28_800)}" SessionIndex="_${hex(42)}"`,
  },
  shibboleth: {
    declaration: '<?xml version="1.0" encoding="UTF-8"?>\n',
    prefixes: ['saml2p', 'saml2', 'ds'],
    root: alphabetical,
    ids: [`_${hex(32)}`, `_a${hex(31)}`],
    signed: ['response'],
    prefixList: 'xsd',
    conditions: [0, 300],
    nameId: '<saml2:NameID NameQualifier="https://idp.example/" SPNameQualifier="https://sp.example/">x</saml2:NameID>',
    attributes: '<saml2:Attribute Name="urn:oid:2.5.4.42" FriendlyName="givenName"/>',
  },
  authentik: {
    prefixes: ['samlp', 'saml', 'ds'],
    ids: [`_a${hex(39)}`, `_b${hex(39)}`],
    signed: ['assertion'],
    issuer: 'authentik',
    conditions: [300, 300],
    authn: `AuthnInstant="${time(-300)}" SessionNotOnOrAfter="${time(60 * 86_400)}"`,
  },
  zitadel: {
    prefixes: ['', '', ''],
    ids: [`_${guid}`, `_${guid2}`],
    issuerFormat: entityFormat,
    signed: ['response', 'assertion'],
  },
  cyberark: {
    declaration: '<?xml version="1.0" encoding="UTF-8"?>',
    prefixes: ['saml2p', '', ''],
    root: 'ID InResponseTo Version IssueInstant Destination',
    ids: [`_${guid}`, `_${guid2}`],
    conditions: [180, 3600],
  },
};

const productsOf = (xml: string): ProductId[] => recognizeXml(xml).candidates.map(({ product }) => product);

for (const [product, writing] of Object.entries(handwritings))
  test(`${product} is recognized by its handwriting alone`, () => {
    assert.deepEqual(productsOf(writtenAs(writing)), [product]);
  });

const statusCodes = (...codes: string[]): string =>
  codes.reduceRight(
    (inner, code) => `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${code}">${inner}</samlp:StatusCode>`,
    '',
  );
const failures: [ProductId, Writing][] = [
  [
    'entra',
    {
      ...entra,
      status: `<samlp:Status>${statusCodes('Requester', 'RequestUnsupported')}<samlp:StatusMessage>AADSTS75011: The
authentication method differs.</samlp:StatusMessage></samlp:Status>`,
    },
  ],
  ['adfs', { ...adfs, status: `<samlp:Status>${statusCodes('Responder')}</samlp:Status>` }],
  [
    'keycloak',
    {
      ...keycloak,
      root: 'Destination ID IssueInstant Version',
      status: `<samlp:Status>${statusCodes('Responder', 'RequestDenied')}</samlp:Status>`,
    },
  ],
];
for (const [product, writing] of failures)
  test(`${product} is recognized by a response that reports a failure`, () => {
    assert.deepEqual(productsOf(writtenAs(writing)), [product]);
  });

test('the sentence names the product and what speaks for it', () => {
  const attributes =
    '<saml2:Attribute Name="a"><saml2:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:anyType">x</saml2:AttributeValue>' +
    '</saml2:Attribute>';
  assert.match(
    sentenceOf(recognizeXml(writtenAs({ ...google, attributes }))),
    /^This looks like Google Workspace: KeyInfo with X509SubjectName, xs:anyType, /,
  );
});

test('two products are named if the message has strong signs of both', () => {
  const mixed = writtenAs({
    ...google,
    issuer: oktaIssuer,
    issuerFormat: entityFormat,
  });
  assert.deepEqual(productsOf(mixed).toSorted(), ['google', 'okta']);
  assert.match(
    sentenceOf(recognizeXml(mixed)),
    /^This could be Google.* or Okta \(.*\)\. But Okta would write IDs of “id” and 24 to 26 digits\.$/,
  );
});

test('the address of another product than the one that wrote the message is named', () => {
  const mixed = writtenAs({ ...google, issuer: oktaIssuer });
  assert.deepEqual(productsOf(mixed), ['google']);
  assert.match(
    sentenceOf(recognizeXml(mixed)),
    /^This looks like Google Workspace: .*\. It also has an entity ID http:\/\/www\.okta\.com\/exk…, like Okta, but /,
  );
});

test('little evidence is called so', () => {
  const weak = handwritings.simplesamlphp!;
  const { candidates } = recognizeXml(writtenAs(weak));
  assert.equal(candidates[0]?.isWeak, true);
  assert.match(sentenceOf({ candidates }), /^This may be SimpleSAMLphp: .*\. Another program may have written it\.$/);
  const named = recognizeXml(writtenAs({ ...weak, issuer: 'https://id.example/simplesaml/saml2/idp/metadata.php' }));
  assert.equal(named.candidates[0]?.isWeak, undefined);
});

test('the sentence says what speaks against the product', () => {
  const edited = writtenAs({ ...okta, authn: `AuthnInstant="${time(0)}" SessionIndex="_${guid}"`, issuer: oktaIssuer });
  assert.match(
    sentenceOf(recognizeXml(edited)),
    /^This looks like Okta: .*\. But Okta would write a SessionIndex that is the ID of the request or .*\.$/,
  );
});

test('AD FS is not sure of a program that writes like it but for its times and the order of its statements', () => {
  assert.doesNotMatch(sentenceOf(recognizeXml(writtenAs(adfs))), /But AD FS/);
  const other = writtenAs(adfs).replaceAll('.000Z', 'Z');
  assert.doesNotMatch(sentenceOf(recognizeXml(other)), /^This looks like AD FS/);
  const attributes = '<Attribute Name="a"><AttributeValue>b</AttributeValue></Attribute>';
  const ordered = (attributesFirst: boolean): string =>
    sentenceOf(recognizeXml(writtenAs({ ...adfs, attributes, attributesFirst })));
  assert.doesNotMatch(ordered(true), /But AD FS/);
  assert.match(ordered(false), /But AD FS would write the attributes before the AuthnStatement/);
});

test('placeholders in the place of IDs do not count against a product', () => {
  const edited = recognizeXml(writtenAs({ ...okta, ids: ['_1', 'XXX'], issuer: oktaIssuer }));
  assert.deepEqual(
    edited.candidates.map(({ product, against }) => [product, against]),
    [['okta', undefined]],
  );
});

test('an address alone does not decide against the handwriting', () => {
  const forged = writtenAs({
    prefixes: ['samlp', 'saml', 'ds'],
    ids: [`_${guid}`, `_${guid2}`],
    issuer: 'https://accounts.google.com/o/saml2?idpid=C0example',
  });
  assert.deepEqual(productsOf(forged), []);
  assert.match(
    sentenceOf(recognizeXml(forged)),
    /^Unknown\. It has an entity ID at accounts\.google\.com\S+, like Google Workspace, but Google /,
  );
});

test('a message that the SP cannot read is still recognized', () => {
  const lost = writtenAs({ ...adfs, attributes: '<saml2:Attribute Name="a"/>' });
  const repeated = writtenAs({ ...keycloak, ids: [`ID_${guid}`, `ID_${guid}`] });
  assert.deepEqual([lost, repeated].flatMap(productsOf), ['adfs', 'keycloak']);
  assert.deepEqual([read(lost).ok, read(repeated).ok], [false, false]);
});

const require = createRequire(import.meta.url);

/** As other programs write. Nothing of them belongs to a product. */
const unknownWritings: Record<string, () => string> = {
  'a common handwriting': () =>
    writtenAs({ prefixes: ['samlp', 'saml', 'ds'], ids: [`_${guid}`, `_${guid2}`], signed: ['response', 'assertion'] }),
  'OpenSAML as such': () =>
    writtenAs({ prefixes: ['saml2p', 'saml2', 'ds'], root: alphabetical, ids: [`_${hex(32)}`, `_a${hex(31)}`] }),
  'Microsoft’s library for .NET as such': () =>
    writtenAs({ ...entra, conditions: [0, 300], attributes: '<Attribute Name="a"/>' }),
  'OpenSAML with the times of Okta, which signs and names its Issuer as Okta does': () =>
    writtenAs({
      ...okta,
      ids: [`_${hex(32)}`, `_a${hex(31)}`],
      authn: `AuthnInstant="${time(0)}" SessionIndex="${guid}"`,
    }),
  'OpenSAML with the times and the declaration of Google': () =>
    writtenAs({ ...google, keyInfo: '<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>' }),
  'Microsoft’s library for .NET with the times of Entra ID': () =>
    writtenAs({ ...entra, attributes: '<Attribute Name="a"/>' }),
  'Microsoft’s library for .NET with the prefix ds and Consent': () =>
    writtenAs({
      ...adfs,
      keyInfo: '<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>',
      attributes: '<Attribute Name="a"/>',
      attributesFirst: true,
    }),
  'PicketLink as such': () =>
    writtenAs({ prefixes: ['samlp', 'saml', 'dsig'], root: alphabetical, ids: keycloak.ids, signed: ['response'] }),
  'PicketLink with a Role and a session of its own': () =>
    writtenAs({
      ...keycloak,
      root: 'ID Version IssueInstant Destination InResponseTo',
      conditions: [0, 300],
      authn: `AuthnInstant="${time(0)}" SessionIndex="s-1"`,
      attributes: '<saml:Attribute Name="Role"/>',
    }),
  'the npm package saml, as saml-idp uses it': () => {
    const { Saml20 } = require('saml') as { Saml20: { createUnsignedAssertion(options: object): string } };
    const assertion = Saml20.createUnsignedAssertion({
      issuer: 'urn:example:idp',
      lifetimeInSeconds: 3600,
      audiences: 'urn:example:sp',
      attributes: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress': 'sam@acme.example' },
      nameIdentifier: 'sam@acme.example',
      sessionIndex: '_1234567890',
      inResponseTo: '_request',
      recipient: 'https://sp.example/acs',
    });
    return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_0123456789abcdef0123" Version="2.0"
      IssueInstant="${time(0)}" Destination="https://sp.example/acs">${assertion}</samlp:Response>`;
  },
  'IDs of OneLogin’s toolkits': () =>
    writtenAs({ prefixes: ['samlp', 'saml', 'ds'], ids: [`pfx${guid}`, `pfx${guid2}`], root: alphabetical }),
  'text that is not XML': () => 'nothing',
};
for (const [name, write] of Object.entries(unknownWritings))
  test(`no product is named: ${name}`, () => {
    assert.deepEqual(productsOf(write()), []);
  });

test('products are recognized by their addresses', () => {
  const addresses: [ProductId, { entityId?: string; ssoUrl?: string; certificates?: string[] }][] = [
    ['entra', { entityId: `https://sts.windows.net/${guid}/` }],
    ['entra', { ssoUrl: `https://login.microsoftonline.com/${guid}/saml2` }],
    ['adfs', { entityId: 'http://sts.acme.example/adfs/services/trust' }],
    ['okta', { ssoUrl: 'https://acme.okta.com/app/acme_rehearsal_1/exk1example0example00/sso/saml' }],
    ['google', { entityId: 'https://accounts.google.com/o/saml2?idpid=C0example' }],
    ['onelogin', { entityId: `https://app.onelogin.com/saml/metadata/${guid}` }],
    ['pingone', { entityId: `https://auth.pingone.eu/${guid}` }],
    ['keycloak', { ssoUrl: 'https://id.acme.example/realms/acme/protocol/saml' }],
    ['shibboleth', { ssoUrl: 'https://idp.acme.example/idp/profile/SAML2/Redirect/SSO' }],
  ];
  for (const [product, address] of addresses)
    assert.deepEqual(
      recognizeAddresses(address).candidates.map((one) => one.product),
      [product],
      JSON.stringify(address),
    );
  const unknownOnes = [
    { entityId: 'https://idp.example/metadata', ssoUrl: 'https://idp.example/sso' },
    { entityId: `https://sts.windows.net.evil.example/${guid}/` },
    { entityId: 'https://evil.example/?https://accounts.google.com/o/saml2?idpid=C0' },
    { entityId: `https://sts.windows.net/${guid}/`.padEnd(100_000, '/') },
  ];
  for (const address of unknownOnes)
    assert.deepEqual(recognizeAddresses(address).candidates, [], address.entityId.slice(0, 60));
});

test('metadata tells its product, and other metadata none', () => {
  const metadata = (entityId: string, ssoUrl: string, prefix = 'md:'): string =>
    `<${prefix}EntityDescriptor xmlns${prefix === '' ? '' : ':md'}="urn:oasis:names:tc:SAML:2.0:metadata"
      entityID="${entityId}"><${prefix}IDPSSODescriptor
      protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><${prefix}SingleSignOnService
      Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ssoUrl}"/></${prefix}IDPSSODescriptor>
      </${prefix}EntityDescriptor>`;
  const of = (xml: string): ProductId[] => recognizeMetadata(xml).candidates.map(({ product }) => product);
  assert.deepEqual(of(metadata('https://id.example/realms/a', 'https://id.example/realms/a/protocol/saml')), [
    'keycloak',
  ]);
  assert.deepEqual(of(metadata(`https://sts.windows.net/${guid}/`, 'https://x.example', '')), ['entra']);
  assert.deepEqual(of(metadata('https://idp.example/metadata', 'https://idp.example/sso')), []);
  assert.deepEqual(of('nothing'), []);
});
