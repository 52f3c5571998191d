/** Identity providers that people buy or install, by a short name. */

export const products = {
  entra: 'Microsoft Entra ID',
  adfs: 'AD FS',
  okta: 'Okta',
  google: 'Google Workspace',
  onelogin: 'OneLogin',
  pingfederate: 'PingFederate',
  pingone: 'PingOne',
  keycloak: 'Keycloak',
  shibboleth: 'Shibboleth IdP',
  simplesamlphp: 'SimpleSAMLphp',
  auth0: 'Auth0',
  authentik: 'authentik',
  zitadel: 'Zitadel',
  cyberark: 'CyberArk Identity',
  jumpcloud: 'JumpCloud',
  salesforce: 'Salesforce',
  duo: 'Duo Single Sign-On',
  lemonldap: 'LemonLDAP::NG',
} as const;

export type ProductId = keyof typeof products;

export const productIds = Object.keys(products) as ProductId[];

/** Where a fact about a product was seen, and the year of what was seen there. */
export interface Source {
  where: string;
  year: number;
}
