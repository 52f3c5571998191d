/** Recognizes products by their entity IDs, sign-on URLs and the subjects of their certificates. */
import type { ProductId, Source } from './product.ts';

/** From 1, which many products share, to 6, which names the product on its own. */
export type Weight = 1 | 2 | 3 | 4 | 5 | 6;

export interface AddressTrait {
  product: ProductId;
  /** Says what was seen, such as: an entity ID at sts.windows.net. Quotes nothing of the customer's. */
  words: string;
  weight: Weight;
  source: Source;
  entityId?: RegExp;
  ssoUrl?: RegExp;
  /** As node:crypto prints it: one name in a line. */
  certificate?: RegExp;
}

const guid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

const wai = { where: 'mbg/wai-saml2 tests/data', year: 2023 };
const wai22 = { ...wai, year: 2022 };
const wire = { where: 'wireapp/saml2-web-sso test/samples/vendors', year: 2018 };
const shield = { where: 'stytchauth/samlshield test/contract/data', year: 2022 };
const cj = { where: 'crewjam/saml testdata', year: 2016 };

const entra: readonly AddressTrait[] = [
  {
    product: 'entra',
    words: 'an entity ID at sts.windows.net',
    weight: 6,
    source: wai,
    entityId: new RegExp(`^https://sts\\.windows\\.net/${guid}/?$`),
  },
  {
    product: 'entra',
    words: 'a sign-on URL at login.microsoftonline.com',
    weight: 6,
    source: wire,
    ssoUrl: new RegExp(`^https://login\\.microsoftonline\\.(?:com|us)/${guid}/saml2$`),
  },
  {
    product: 'entra',
    words: 'Entra’s own certificate (Microsoft Azure Federated SSO Certificate)',
    weight: 5,
    source: wai,
    certificate: /^CN=Microsoft Azure Federated SSO Certificate$/m,
  },
];

const adfs: readonly AddressTrait[] = [
  {
    product: 'adfs',
    words: 'an entity ID that ends in /adfs/services/trust',
    weight: 6,
    source: { where: 'Versent/saml2aws testdata', year: 2016 },
    entityId: /^https?:\/\/[^/]+\/adfs\/services\/trust$/,
  },
  {
    product: 'adfs',
    words: 'a sign-on URL that ends in /adfs/ls',
    weight: 6,
    source: { where: 'Versent/saml2aws testdata', year: 2016 },
    ssoUrl: /^https:\/\/[^/]+\/adfs\/ls\/?$/,
  },
];

const okta: readonly AddressTrait[] = [
  {
    product: 'okta',
    words: 'an entity ID http://www.okta.com/exk…',
    weight: 6,
    source: wai,
    entityId: /^https?:\/\/www\.okta\.com\/exk[0-9A-Za-z]{10,20}$/,
  },
  {
    product: 'okta',
    words: 'a sign-on URL of Okta (…/app/…/exk…/sso/saml)',
    weight: 6,
    source: wire,
    ssoUrl: /^https:\/\/[^/]+\/app\/[^/]+\/exk[0-9A-Za-z]{10,20}\/sso\/saml$/,
  },
  {
    product: 'okta',
    words: 'Okta’s own certificate (O=Okta, OU=SSOProvider)',
    weight: 5,
    source: wai,
    certificate: /^O=Okta\nOU=SSOProvider$/m,
  },
];

const google: readonly AddressTrait[] = [
  {
    product: 'google',
    words: 'an entity ID at accounts.google.com/o/saml2',
    weight: 6,
    source: wai22,
    entityId: /^https:\/\/accounts\.google\.com\/o\/saml2\?idpid=\w+$/,
  },
  {
    product: 'google',
    words: 'a sign-on URL at accounts.google.com/o/saml2/idp',
    weight: 6,
    source: wai22,
    ssoUrl: /^https:\/\/accounts\.google\.com\/o\/saml2\/idp\?idpid=\w+$/,
  },
  {
    product: 'google',
    words: 'Google’s own certificate (Google For Work)',
    weight: 5,
    source: wai22,
    certificate: /^OU=Google For Work$/m,
  },
];

const ping: readonly AddressTrait[] = [
  {
    product: 'pingone',
    words: 'an entity ID at auth.pingone',
    weight: 6,
    source: shield,
    entityId: new RegExp(`^https://auth\\.pingone\\.[a-z.]{2,6}/${guid}$`),
  },
  {
    product: 'pingone',
    words: 'a sign-on URL at auth.pingone',
    weight: 6,
    source: shield,
    ssoUrl: new RegExp(`^https://auth\\.pingone\\.[a-z.]{2,6}/${guid}/saml20/idp/sso$`),
  },
  {
    product: 'pingone',
    words: 'PingOne’s own certificate (PingOne SSO Certificate)',
    weight: 5,
    source: shield,
    certificate: /^CN=PingOne SSO Certificate/m,
  },
];

const onelogin: readonly AddressTrait[] = [
  {
    product: 'onelogin',
    words: 'an entity ID at app.onelogin.com',
    weight: 6,
    source: shield,
    entityId: new RegExp(`^https://app\\.onelogin\\.com/saml/metadata/(?:${guid}|\\d+)$`),
  },
  {
    product: 'onelogin',
    words: 'a sign-on URL of OneLogin (…/trust/saml2/…/sso/…)',
    weight: 6,
    source: cj,
    ssoUrl: /^https:\/\/[\w-]+\.onelogin\.com\/trust\/saml2\/(?:http-post|http-redirect|soap)\/sso\/[\w-]+$/,
  },
  {
    product: 'onelogin',
    words: 'OneLogin’s own certificate (OneLogin IdP)',
    weight: 5,
    source: shield,
    certificate: /^OU=OneLogin IdP$/m,
  },
];

const installed: readonly AddressTrait[] = [
  {
    product: 'keycloak',
    words: 'an entity ID …/realms/…',
    weight: 4,
    source: wai22,
    entityId: /^https?:\/\/[^/]+(?:\/[\w.-]+)*\/realms\/[^/]+$/,
  },
  {
    product: 'keycloak',
    words: 'a sign-on URL …/realms/…/protocol/saml',
    weight: 6,
    source: wai22,
    ssoUrl: /\/realms\/[^/]+\/protocol\/saml$/,
  },
  {
    product: 'shibboleth',
    words: 'an entity ID that ends in /idp/shibboleth',
    weight: 5,
    source: cj,
    entityId: /^https?:\/\/[^/]+\/idp\/shibboleth$/,
  },
  {
    product: 'shibboleth',
    words: 'a sign-on URL …/idp/profile/SAML2/…/SSO',
    weight: 6,
    source: cj,
    ssoUrl: /\/idp\/profile\/SAML2\/(?:POST|POST-SimpleSign|Redirect)\/SSO$/,
  },
  {
    product: 'simplesamlphp',
    words: 'an entity ID that ends in /saml2/idp/metadata.php',
    weight: 5,
    source: { where: 'simplesamlphp/simplesamlphp (1.x)', year: 2022 },
    entityId: /\/saml2\/idp\/metadata\.php$/,
  },
  {
    product: 'simplesamlphp',
    words: 'a sign-on URL of SimpleSAMLphp',
    weight: 6,
    source: { where: 'simplesamlphp/simplesamlphp src/SimpleSAML, modules/saml', year: 2026 },
    ssoUrl: /\/(?:module\.php\/saml\/idp\/singleSignOnService|saml2\/idp\/SSOService\.php)$/,
  },
];

const others: readonly AddressTrait[] = [
  {
    product: 'auth0',
    words: 'an entity ID urn:….auth0.com',
    weight: 6,
    source: { where: 'russellhaering/gosaml2 providertests/testdata', year: 2016 },
    entityId: /^urn:[\w.-]+\.auth0\.com$/,
  },
  {
    product: 'cyberark',
    words: 'an entity ID at my.centrify.com',
    weight: 6,
    source: wire,
    entityId: /^https:\/\/[\w-]+\.my\.centrify\.com\//,
  },
  {
    product: 'duo',
    words: 'an entity ID at sso.duosecurity.com',
    weight: 6,
    source: { where: 'guides of several vendors', year: 2024 },
    entityId: /^https:\/\/sso-[0-9a-f]+\.sso\.duosecurity\.com\/saml2\/sp\/\w+\/metadata$/,
  },
  {
    product: 'authentik',
    words: 'the entity ID authentik',
    weight: 3,
    source: { where: 'goauthentik/authentik providers/saml (source)', year: 2026 },
    entityId: /^authentik$/,
  },
  {
    product: 'authentik',
    words: 'a sign-on URL …/application/saml/…/sso/binding/…',
    weight: 6,
    source: { where: 'goauthentik/authentik providers/saml (source)', year: 2026 },
    ssoUrl: /\/application\/saml\/[\w-]+\/sso\/binding\/(?:redirect|post)\/$/,
  },
  {
    product: 'salesforce',
    words: 'an entity ID at my.salesforce.com',
    weight: 6,
    source: { where: 'a Terraform provider’s test', year: 2024 },
    entityId: /^https:\/\/[\w-]+(?:\.[\w-]+)?\.my\.salesforce\.com$/,
  },
  {
    product: 'salesforce',
    words: 'a sign-on URL of Salesforce (/idp/endpoint/…)',
    weight: 6,
    source: { where: 'a Terraform provider’s test', year: 2024 },
    ssoUrl: /^https:\/\/[\w.-]+\.my\.salesforce\.com\/idp\/endpoint\/Http(?:Post|Redirect)$/,
  },
  {
    product: 'jumpcloud',
    words: 'a sign-on URL at sso.jumpcloud.com',
    weight: 6,
    source: { where: 'pulumi/docs, sourcegraph/docs', year: 2024 },
    ssoUrl: /^https:\/\/sso\.jumpcloud\.com\/saml2\/[\w-]+$/,
  },
];

export const addressTraits: readonly AddressTrait[] = [
  ...entra,
  ...adfs,
  ...okta,
  ...google,
  ...ping,
  ...onelogin,
  ...installed,
  ...others,
];

export interface Addresses {
  entityId?: string | undefined;
  ssoUrl?: string | undefined;
  /** Subjects of the certificates, one name in a line. */
  certificates?: readonly string[];
}

/** Traits that fit one of the addresses. */
export function addressTraitsOf({ entityId = '', ssoUrl = '', certificates = [] }: Addresses): AddressTrait[] {
  // Longer addresses belong to no product.
  const isShort = (text: string): boolean => text.length < 500;
  return addressTraits.filter(
    (trait) =>
      (isShort(entityId) && trait.entityId?.test(entityId.trim())) ||
      (isShort(ssoUrl) && trait.ssoUrl?.test(ssoUrl.trim())) ||
      certificates.some((subject) => isShort(subject) && trait.certificate?.test(subject)),
  );
}
