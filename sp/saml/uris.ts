/** URIs that SAML gives to bindings, NameID formats and protocols, where the service provider writes them. */
import type { NameIdFormat } from './judgement.ts';

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

/** SAML core 8.3. `any` leaves the choice to the identity provider. */
export const nameIdFormatUris: Readonly<Record<Exclude<NameIdFormat, 'any'>, string>> = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
};
