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
  'saml-idp': 'saml-idp',
} as const;

export type ProductId = keyof typeof products;

export const productIds = Object.keys(products) as ProductId[];

/** Where a fact about a product is written. */
export interface Source {
  /** An address, or a repository with a path or an issue. */
  where: string;
  /** Of the text itself. */
  year: number | 'undated';
}

/** Such as: MicrosoftDocs/entra-docs … (2024). */
export const citation = ({ where, year }: Source): string => `${where} (${year})`;
