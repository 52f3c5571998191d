/** Products by their addresses: those that they really write, and similar ones that are someone else's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Addresses, addressTraits, addressTraitsOf } from './addresses.ts';
import type { ProductId } from './product.ts';

const guid = '0f3a9c1e-12ab-4cde-9f00-ABCDEF012345';
const exk = 'exk1a2B3c4D5e6F7g8h9';
const shortest = 'exk1a2B3c4D5e';

type Kind = 'entityId' | 'ssoUrl' | 'certificate';
interface Row {
  product: ProductId;
  kind: Kind;
  weight: number;
  fits: readonly string[];
  others: readonly string[];
}

const rows: readonly Row[] = [
  {
    product: 'entra',
    kind: 'entityId',
    weight: 6,
    fits: [`https://sts.windows.net/${guid}/`, `https://sts.windows.net/${guid}`],
    others: [
      `http://sts.windows.net/${guid}/`,
      `https://sts.windows.net/${guid}//`,
      `https://sts.windows.net/${guid}/x`,
      `xhttps://sts.windows.net/${guid}/`,
      `https://sts-windows.net/${guid}/`,
      `https://sts.windows-net/${guid}/`,
      'https://sts.windows.net/acme/',
      `https://sts.windows.net/${guid.slice(1)}/`,
      `https://sts.windows.net/${guid}0/`,
    ],
  },
  {
    product: 'entra',
    kind: 'ssoUrl',
    weight: 6,
    fits: [`https://login.microsoftonline.com/${guid}/saml2`, `https://login.microsoftonline.us/${guid}/saml2`],
    others: [
      `https://login.microsoftonline.org/${guid}/saml2`,
      `https://login-microsoftonline.com/${guid}/saml2`,
      `https://login.microsoftonline.com/common/saml2`,
      `https://login.microsoftonline.com/${guid}/saml2/`,
      `https://login.microsoftonline.com/${guid}/oauth2`,
      `xhttps://login.microsoftonline.com/${guid}/saml2`,
    ],
  },
  {
    product: 'entra',
    kind: 'certificate',
    weight: 5,
    fits: ['CN=Microsoft Azure Federated SSO Certificate'],
    others: ['CN=Microsoft Azure Federated SSO Certificate 2', 'OU=x CN=Microsoft Azure Federated SSO Certificate'],
  },
  {
    product: 'adfs',
    kind: 'entityId',
    weight: 6,
    fits: ['http://adfs.acme.example/adfs/services/trust', 'https://s/adfs/services/trust'],
    others: [
      'http://adfs.acme.example/adfs/services/trust/2005',
      'http://adfs.acme.example/x/adfs/services/trust',
      'http:///adfs/services/trust',
      'ftp://adfs.acme.example/adfs/services/trust',
      'xhttp://adfs.acme.example/adfs/services/trust',
    ],
  },
  {
    product: 'adfs',
    kind: 'ssoUrl',
    weight: 6,
    fits: ['https://adfs.acme.example/adfs/ls/', 'https://adfs.acme.example/adfs/ls'],
    others: [
      'http://adfs.acme.example/adfs/ls/',
      'https://adfs.acme.example/adfs/ls/x',
      'https://adfs.acme.example/x/adfs/ls/',
      'https:///adfs/ls/',
      'xhttps://adfs.acme.example/adfs/ls/',
    ],
  },
  {
    product: 'okta',
    kind: 'entityId',
    weight: 6,
    fits: [
      `http://www.okta.com/${exk}`,
      `https://www.okta.com/${shortest}`,
      `http://www.okta.com/exk${'a'.repeat(20)}`,
    ],
    others: [
      `http://www.okta.com/${shortest.slice(0, -1)}`,
      `http://www.okta.com/exk${'a'.repeat(21)}`,
      `http://www.okta.com/abc${exk}`,
      'http://www.okta.com/exk----------',
      `http://acme.okta.com/${exk}`,
      `http://www-okta.com/${exk}`,
      `xhttp://www.okta.com/${exk}`,
      `ftp://www.okta.com/${exk}`,
    ],
  },
  {
    product: 'okta',
    kind: 'ssoUrl',
    weight: 6,
    fits: [
      `https://acme.okta.com/app/acme_app_1/${exk}/sso/saml`,
      `https://login.acme.example/app/x/${shortest}/sso/saml`,
      `https://acme.okta.com/app/x/exk${'a'.repeat(20)}/sso/saml`,
    ],
    others: [
      `https://acme.okta.com/app/acme_app_1/${exk}/sso/saml/`,
      `https://acme.okta.com/app/${exk}/sso/saml`,
      `https://acme.okta.com/app//${exk}/sso/saml`,
      `https:///app/acme_app_1/${exk}/sso/saml`,
      `https://acme.okta.com/x/app/acme_app_1/${exk}/sso/saml`,
      `https://acme.okta.com/app/x/${shortest.slice(0, -1)}/sso/saml`,
      `https://acme.okta.com/app/x/exk${'a'.repeat(21)}/sso/saml`,
      'https://acme.okta.com/app/x/exk-----------/sso/saml',
      `http://acme.okta.com/app/acme_app_1/${exk}/sso/saml`,
      `xhttps://acme.okta.com/app/acme_app_1/${exk}/sso/saml`,
    ],
  },
  {
    product: 'okta',
    kind: 'certificate',
    weight: 5,
    fits: ['C=US\nST=California\nL=San Francisco\nO=Okta\nOU=SSOProvider\nCN=acme'],
    others: ['O=Okta', 'OU=SSOProvider', 'xO=Okta\nOU=SSOProvider', 'O=Okta\nOU=SSOProviders'],
  },
  {
    product: 'google',
    kind: 'entityId',
    weight: 6,
    fits: ['https://accounts.google.com/o/saml2?idpid=C01a2b3c4'],
    others: [
      'https://accounts.google.com/o/saml2?idpid=',
      'https://accounts.google.com/o/saml2?idpid=C01a-',
      'https://accounts.google.com/o/saml2',
      'http://accounts.google.com/o/saml2?idpid=C01a2b3c4',
      'xhttps://accounts.google.com/o/saml2?idpid=C01a2b3c4',
    ],
  },
  {
    product: 'google',
    kind: 'ssoUrl',
    weight: 6,
    fits: ['https://accounts.google.com/o/saml2/idp?idpid=C01a2b3c4'],
    others: [
      'https://accounts.google.com/o/saml2/idp?idpid=',
      'https://accounts.google.com/o/saml2/idp?idpid=C01a-',
      'https://accounts.google.com/o/saml2/initsso?idpid=C01a2b3c4',
      'xhttps://accounts.google.com/o/saml2/idp?idpid=C01a2b3c4',
    ],
  },
  {
    product: 'google',
    kind: 'certificate',
    weight: 5,
    fits: ['O=Google Inc.\nOU=Google For Work\nC=US'],
    others: ['OU=Google For Workers', 'x OU=Google For Work'],
  },
  {
    product: 'pingone',
    kind: 'entityId',
    weight: 6,
    fits: [
      `https://auth.pingone.eu/${guid}`,
      `https://auth.pingone.com/${guid}`,
      `https://auth.pingone.com.au/${guid}`,
    ],
    others: [
      `https://auth.pingone.e/${guid}`,
      `https://auth.pingone.example/${guid}`,
      `https://auth.pingone.EU/${guid}`,
      `https://auth.pingone.eu/acme`,
      `https://auth.pingone.eu/${guid}/`,
      `xhttps://auth.pingone.eu/${guid}`,
    ],
  },
  {
    product: 'pingone',
    kind: 'ssoUrl',
    weight: 6,
    fits: [`https://auth.pingone.eu/${guid}/saml20/idp/sso`, `https://auth.pingone.com.au/${guid}/saml20/idp/sso`],
    others: [
      `https://auth.pingone.eu/${guid}/saml20/idp/slo`,
      `https://auth.pingone.eu/${guid}/saml20/idp/sso/`,
      `https://auth.pingone.e/${guid}/saml20/idp/sso`,
      `xhttps://auth.pingone.eu/${guid}/saml20/idp/sso`,
    ],
  },
  {
    product: 'pingone',
    kind: 'certificate',
    weight: 5,
    fits: ['C=US\nCN=PingOne SSO Certificate', 'CN=PingOne SSO Certificate for Administrators environment'],
    others: ['OU=x CN=PingOne SSO Certificate', 'CN=PingOne'],
  },
  {
    product: 'onelogin',
    kind: 'entityId',
    weight: 6,
    fits: [`https://app.onelogin.com/saml/metadata/${guid}`, 'https://app.onelogin.com/saml/metadata/503983'],
    others: [
      'https://app.onelogin.com/saml/metadata/',
      'https://app.onelogin.com/saml/metadata/50a',
      'https://app.onelogin.com/saml/metadata/503983/',
      `xhttps://app.onelogin.com/saml/metadata/${guid}`,
    ],
  },
  {
    product: 'onelogin',
    kind: 'ssoUrl',
    weight: 6,
    fits: [
      'https://acme-1.onelogin.com/trust/saml2/http-post/sso/503983',
      `https://acme.onelogin.com/trust/saml2/http-redirect/sso/${guid}`,
      'https://acme.onelogin.com/trust/saml2/soap/sso/1',
    ],
    others: [
      'https://acme.onelogin.com/trust/saml2/http-artifact/sso/503983',
      'https://acme.onelogin.com/trust/saml2/http-post/sso/',
      'https://acme.onelogin.com/trust/saml2/http-post/sso/a/b',
      'https://.onelogin.com/trust/saml2/http-post/sso/503983',
      'https://a.b.onelogin.com/trust/saml2/http-post/sso/503983',
      'xhttps://acme.onelogin.com/trust/saml2/http-post/sso/503983',
    ],
  },
  {
    product: 'onelogin',
    kind: 'certificate',
    weight: 5,
    fits: ['O=Acme\nOU=OneLogin IdP\nCN=OneLogin Account 1'],
    others: ['OU=OneLogin IdPs', 'x OU=OneLogin IdP'],
  },
  {
    product: 'keycloak',
    kind: 'entityId',
    weight: 4,
    fits: [
      'https://id.acme.example/realms/acme',
      'http://localhost:8080/auth/realms/acme',
      'https://id.acme.example/a.b/c-d_1/realms/acme',
    ],
    others: [
      'https://id.acme.example/realms/',
      'https://id.acme.example/realms/acme/protocol',
      'https:///realms/acme',
      'https://id.acme.example//realms/acme',
      'https://id.acme.example/a b/realms/acme',
      'ftp://id.acme.example/realms/acme',
      'xhttps://id.acme.example/realms/acme',
    ],
  },
  {
    product: 'keycloak',
    kind: 'ssoUrl',
    weight: 6,
    fits: ['https://id.acme.example/realms/acme/protocol/saml', 'http://localhost:8080/auth/realms/a/protocol/saml'],
    others: [
      'https://id.acme.example/realms/acme/protocol/saml/',
      'https://id.acme.example/realms//protocol/saml',
      'https://id.acme.example/realms/a/b/protocol/saml',
    ],
  },
  {
    product: 'shibboleth',
    kind: 'entityId',
    weight: 5,
    fits: ['https://idp.acme.example/idp/shibboleth', 'http://idp.acme.example:8080/idp/shibboleth'],
    others: [
      'https://idp.acme.example/idp/shibboleth/',
      'https://idp.acme.example/x/idp/shibboleth',
      'https:///idp/shibboleth',
      'ftp://idp.acme.example/idp/shibboleth',
      'xhttps://idp.acme.example/idp/shibboleth',
    ],
  },
  {
    product: 'shibboleth',
    kind: 'ssoUrl',
    weight: 6,
    fits: [
      'https://idp.acme.example/idp/profile/SAML2/Redirect/SSO',
      'https://idp.acme.example/idp/profile/SAML2/POST/SSO',
      'https://idp.acme.example/idp/profile/SAML2/POST-SimpleSign/SSO',
    ],
    others: [
      'https://idp.acme.example/idp/profile/SAML2/SOAP/SSO',
      'https://idp.acme.example/idp/profile/SAML2/Redirect/SSO/x',
    ],
  },
  {
    product: 'simplesamlphp',
    kind: 'entityId',
    weight: 5,
    fits: ['https://idp.acme.example/simplesaml/saml2/idp/metadata.php'],
    others: [
      'https://idp.acme.example/simplesaml/saml2/idp/metadata.php?x',
      'https://idp.acme.example/simplesaml/saml2/idp/metadata-php',
    ],
  },
  {
    product: 'simplesamlphp',
    kind: 'ssoUrl',
    weight: 6,
    fits: [
      'https://idp.acme.example/simplesaml/saml2/idp/SSOService.php',
      'https://idp.acme.example/simplesaml/module.php/saml/idp/singleSignOnService',
    ],
    others: [
      'https://idp.acme.example/simplesaml/saml2/idp/SSOService.php?x',
      'https://idp.acme.example/simplesaml/saml2/idp/SingleLogoutService.php',
    ],
  },
  {
    product: 'auth0',
    kind: 'entityId',
    weight: 6,
    fits: ['urn:acme.auth0.com', 'urn:acme-1.eu.auth0.com'],
    others: [
      'urn:.auth0.com.example',
      'urn:acme.auth0.com.example',
      'xurn:acme.auth0.com',
      'urn:a/b.auth0.com',
      'urn:auth0.com',
    ],
  },
  {
    product: 'cyberark',
    kind: 'entityId',
    weight: 6,
    fits: ['https://aae0000.my.centrify.com/0f3a9c1e', 'https://a-b.my.centrify.com/'],
    others: [
      'https://aae0000.my.centrify.com',
      'https://.my.centrify.com/',
      'https://a.b.my.centrify.com/',
      'http://aae0000.my.centrify.com/',
      'xhttps://aae0000.my.centrify.com/',
    ],
  },
  {
    product: 'duo',
    kind: 'entityId',
    weight: 6,
    fits: ['https://sso-0a1b2c3d.sso.duosecurity.com/saml2/sp/DIAAAA0000/metadata'],
    others: [
      'https://sso-.sso.duosecurity.com/saml2/sp/DIAAAA0000/metadata',
      'https://sso-xyz.sso.duosecurity.com/saml2/sp/DIAAAA0000/metadata',
      'https://sso-0a1b2c3d.sso.duosecurity.com/saml2/sp//metadata',
      'https://sso-0a1b2c3d.sso.duosecurity.com/saml2/sp/D-I/metadata',
      'https://sso-0a1b2c3d.sso.duosecurity.com/saml2/sp/DIAAAA0000/metadata/',
      'xhttps://sso-0a1b2c3d.sso.duosecurity.com/saml2/sp/DIAAAA0000/metadata',
    ],
  },
  {
    product: 'authentik',
    kind: 'entityId',
    weight: 3,
    fits: ['authentik'],
    others: ['authentik2', 'my-authentik', 'https://authentik'],
  },
  {
    product: 'authentik',
    kind: 'ssoUrl',
    weight: 6,
    fits: [
      'https://id.acme.example/application/saml/acme-1/sso/binding/redirect/',
      'https://id.acme.example/application/saml/acme/sso/binding/post/',
    ],
    others: [
      'https://id.acme.example/application/saml/acme/sso/binding/init/',
      'https://id.acme.example/application/saml//sso/binding/post/',
      'https://id.acme.example/application/saml/a.b/sso/binding/post/',
      'https://id.acme.example/application/saml/acme/sso/binding/post/x',
    ],
  },
  {
    product: 'salesforce',
    kind: 'entityId',
    weight: 6,
    fits: ['https://acme.my.salesforce.com', 'https://acme--test.sandbox.my.salesforce.com'],
    others: [
      'https://acme.my.salesforce.com/',
      'https://.my.salesforce.com',
      'https://a.b.c.my.salesforce.com',
      'https://acme..my.salesforce.com',
      'http://acme.my.salesforce.com',
      'xhttps://acme.my.salesforce.com',
    ],
  },
  {
    product: 'salesforce',
    kind: 'ssoUrl',
    weight: 6,
    fits: [
      'https://acme.my.salesforce.com/idp/endpoint/HttpPost',
      'https://a-b.sandbox.my.salesforce.com/idp/endpoint/HttpRedirect',
    ],
    others: [
      'https://acme.my.salesforce.com/idp/endpoint/HttpArtifact',
      'https://acme.my.salesforce.com/idp/endpoint/HttpPost/',
      'https://my.salesforce.com/idp/endpoint/HttpPost',
      'https://a/b.my.salesforce.com/idp/endpoint/HttpPost',
      'xhttps://acme.my.salesforce.com/idp/endpoint/HttpPost',
    ],
  },
  {
    product: 'jumpcloud',
    kind: 'ssoUrl',
    weight: 6,
    fits: ['https://sso.jumpcloud.com/saml2/acme-app_1'],
    others: [
      'https://sso.jumpcloud.com/saml2/',
      'https://sso.jumpcloud.com/saml2/acme/x',
      'https://sso.jumpcloud.com/saml2/a.b',
      'xhttps://sso.jumpcloud.com/saml2/acme',
    ],
  },
];

const traitsOf = (kind: Kind, text: string) => {
  const addresses: Addresses = kind === 'certificate' ? { certificates: [text] } : { [kind]: text };
  return addressTraitsOf(addresses).map(({ product, weight }) => [product, weight]);
};
for (const { product, kind, weight, fits, others } of rows) {
  for (const text of fits)
    test(`${kind} of ${product}: ${JSON.stringify(text)}`, () =>
      assert.deepEqual(traitsOf(kind, text), [[product, weight]]));
  for (const text of others)
    test(`${kind}, not of ${product}: ${JSON.stringify(text)}`, () =>
      assert.ok(!traitsOf(kind, text).some(([found]) => found === product)));
}

test('every trait has a row', () => assert.equal(rows.length, addressTraits.length));

test('space around an address does not matter', () => {
  assert.deepEqual(traitsOf('entityId', ' authentik\n'), [['authentik', 3]]);
  const [url] = rows.find(({ product, kind }) => product === 'jumpcloud' && kind === 'ssoUrl')!.fits;
  assert.deepEqual(traitsOf('ssoUrl', ` ${url}\n`), [['jumpcloud', 6]]);
});

test('text of 500 characters or more is the address of no product', () => {
  const padded = (text: string, length: number): string => text + ' '.repeat(length - text.length);
  for (const [kind, text] of [
    ['entityId', 'authentik'],
    ['ssoUrl', 'https://sso.jumpcloud.com/saml2/acme'],
    ['certificate', 'CN=PingOne SSO Certificate'],
  ] as const) {
    assert.equal(traitsOf(kind, padded(text, 499)).length, 1);
    assert.deepEqual(traitsOf(kind, padded(text, 500)), []);
  }
});

test('each address and each certificate counts, in the order of the products', () => {
  const addresses: Addresses = {
    entityId: 'authentik',
    ssoUrl: 'https://sso.jumpcloud.com/saml2/acme',
    certificates: ['CN=acme', 'OU=OneLogin IdP', 'OU=Google For Work'],
  };
  assert.deepEqual(
    addressTraitsOf(addresses).map(({ product }) => product),
    ['google', 'onelogin', 'authentik', 'jumpcloud'],
  );
  assert.deepEqual(addressTraitsOf({}), []);
  assert.deepEqual(addressTraitsOf({ entityId: 'https://sso.jumpcloud.com/saml2/acme', ssoUrl: 'authentik' }), []);
});
