/** How scenarios name the products that the mock IdP plays, and the errors on their own pages. */

import { personas } from '../../mock-idp/personas/catalogue.ts';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import type { ProductId } from '../../sp/products/product.ts';

interface IdentityProduct {
  words: string;
  /** The product without its version, as our SP recognizes it. */
  product: ProductId;
}

const identityProducts: Readonly<Record<PersonaCode, IdentityProduct>> = {
  entra: { words: 'Entra ID', product: 'entra' },
  adfs: { words: 'AD FS', product: 'adfs' },
  okta: { words: 'Okta', product: 'okta' },
  google: { words: 'Google Workspace', product: 'google' },
  onelogin: { words: 'OneLogin', product: 'onelogin' },
  pingfederate: { words: 'PingFederate', product: 'pingfederate' },
  pingone: { words: 'PingOne', product: 'pingone' },
  'keycloak-2022': { words: 'Keycloak of 2022', product: 'keycloak' },
  'keycloak-26': { words: 'Keycloak 26', product: 'keycloak' },
  shibboleth: { words: 'Shibboleth IdP', product: 'shibboleth' },
  simplesamlphp: { words: 'SimpleSAMLphp 2', product: 'simplesamlphp' },
  'simplesamlphp-1': { words: 'SimpleSAMLphp 1', product: 'simplesamlphp' },
  lemonldap: { words: 'LemonLDAP::NG', product: 'lemonldap' },
  auth0: { words: 'Auth0', product: 'auth0' },
  authentik: { words: 'authentik', product: 'authentik' },
  zitadel: { words: 'Zitadel', product: 'zitadel' },
  cyberark: { words: 'CyberArk Identity', product: 'cyberark' },
  'saml-idp': { words: 'saml-idp', product: 'saml-idp' },
  jumpcloud: { words: 'JumpCloud', product: 'jumpcloud' },
  salesforce: { words: 'Salesforce', product: 'salesforce' },
  duo: { words: 'Duo Single Sign-On', product: 'duo' },
};

export interface PlayedProduct extends IdentityProduct {
  code: PersonaCode;
}

/** “Acme's identity provider is …” → the product. */
export const playedProducts: readonly PlayedProduct[] = personaCodes.map((code) => ({
  code,
  ...identityProducts[code],
}));

/** The version with the newest evidence comes first. */
export const versionsOf = (product: ProductId): PlayedProduct[] =>
  playedProducts
    .filter((one) => one.product === product)
    .toSorted((one, other) => personas[other.code].evidence - personas[one.code].evidence);

/** Codes, or else headings, of the pages on which the products end a sign-in. */
export const productErrors: readonly string[] = [
  ...new Set(
    Object.values(personas).flatMap(({ facts }) =>
      Object.values(facts.rejections?.value ?? {}).flatMap((one) =>
        one && 'page' in one ? [one.page.code ?? one.page.heading] : [],
      ),
    ),
  ),
];
