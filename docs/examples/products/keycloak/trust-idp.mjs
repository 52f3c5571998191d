/**
 * node trust-idp.mjs METADATA_FILE: makes the realm trust the SAML identity provider with this metadata. Run again, it
 * replaces the settings. Accounts are made at the first sign-in.
 */
import { readFileSync } from 'node:fs';
import { admin } from './admin-api.mjs';

const instances = '/acme/identity-provider/instances';
const metadata = new FormData();
metadata.set('providerId', 'saml');
metadata.set('file', new Blob([readFileSync(process.argv[2])]), 'metadata.xml');
const read = await admin('POST', '/acme/identity-provider/import-config', metadata);
const known = (await admin('GET', instances)).some(({ alias }) => alias === 'sso');
await admin(known ? 'PUT' : 'POST', known ? `${instances}/sso` : instances, {
  alias: 'sso',
  displayName: 'Acme SSO',
  providerId: 'saml',
  trustEmail: true,
  firstBrokerLoginFlowAlias: 'first broker login',
  config: {
    ...read,
    entityId: 'http://127.0.0.1:8503/realms/acme',
    validateSignature: 'true',
    wantAssertionsSigned: 'true',
    postBindingResponse: 'true',
    postBindingAuthnRequest: 'false',
    nameIDPolicyFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    principalType: 'SUBJECT',
    syncMode: 'IMPORT',
  },
});
