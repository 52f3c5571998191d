/** The codes of the personas. */

export const personaCodes = [
  'entra',
  'adfs',
  'okta',
  'google',
  'onelogin',
  'pingfederate',
  'pingone',
  'keycloak-2022',
  'keycloak-26',
  'shibboleth',
  'simplesamlphp',
  'simplesamlphp-1',
  'lemonldap',
  'auth0',
  'authentik',
  'zitadel',
  'cyberark',
  'saml-idp',
  'jumpcloud',
  'salesforce',
  'duo',
] as const;
export type PersonaCode = (typeof personaCodes)[number];
