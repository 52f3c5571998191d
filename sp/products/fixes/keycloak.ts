/** Keycloak: its Admin Console. */
import type { Fixes } from '../topics.ts';

const client = 'Keycloak Admin Console → Clients → the client';
const source = {
  where:
    'github.com/keycloak/keycloak at 091ec95: ' +
    'docs/documentation/server_admin/topics/clients/saml/proc-creating-saml-client.adoc',
  year: 'undated',
} as const;

export const keycloak: Fixes = {
  'entity-id': {
    fix: `${client} → Settings: the Client ID must equal the SP’s entity ID, the Issuer of its requests.`,
    source,
  },
  'acs-url': {
    fix:
      `${client} → Advanced → Assertion Consumer Service POST Binding URL: enter the SP’s ACS URL; or allow it under ` +
      'Settings → Valid Redirect URIs.',
    source,
  },
  binding: { fix: `${client} → Settings → SAML capabilities: turn on Force POST Binding.`, source },
  'sign-response': { fix: `${client} → Settings → Signature and Encryption: turn on Sign Documents.`, source },
  'sign-assertion': { fix: `${client} → Settings → Signature and Encryption: turn on Sign Assertions.`, source },
  algorithm: {
    fix: `${client} → Settings → Signature and Encryption → Signature Algorithm: choose one without SHA1 in its name.`,
    source,
  },
  encryption: { fix: `${client} → Keys: turn Encrypt Assertions on or off.`, source },
  nameid: {
    fix:
      `${client} → Settings → SAML capabilities → Name ID Format: choose email. Force Name ID Format makes it come ` +
      'before the format in the request.',
    source,
  },
  'duplicate-attribute': {
    fix:
      `${client} → the mapper of its role list: turn on Single Role Attribute. By default each ` +
      'role is an attribute.',
    source: { where: 'https://discuss.morpheusdata.com/t/keycloak-saml-sso-role-mapping/1895', year: 'undated' },
  },
  'idp-initiated': {
    fix: `${client} → Settings → IDP-Initiated SSO URL name: empty it, so that sign-ins can only start at the SP.`,
    source,
  },
  'request-signature': {
    fix: `${client} → Keys → Client Signature Required: turn it off, or enter the certificate with which the SP signs.`,
    source,
  },
};
