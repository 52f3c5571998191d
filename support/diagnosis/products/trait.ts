/** A fact about a message or about metadata, with the products in which it was seen. */
import type { Weight } from '../../../sp/products/addresses.ts';
import type { ProductId, Source } from '../../../sp/products/product.ts';

export interface Trait<Facts> {
  /** Continues the sentence: This looks like Okta: … */
  words: string;
  /** From 1, which many products share, to 6, which names the product on its own. */
  weight: Weight;
  is: (facts: Facts) => boolean;
  /** Where each product was found to do so. */
  sources: Partial<Record<ProductId, Source>>;
}

/** The sources, by short names. Captures are facts; documents and sources of a product say what it does by default. */
export const from = {
  wai22: { where: 'mbg/wai-saml2 tests/data (capture)', year: 2022 },
  wai23: { where: 'mbg/wai-saml2 tests/data (capture)', year: 2023 },
  shield: { where: 'stytchauth/samlshield test/contract/data/valid (capture)', year: 2022 },
  wire: { where: 'wireapp/saml2-web-sso test/samples/vendors (capture)', year: 2018 },
  gosaml: { where: 'russellhaering/gosaml2 providertests (capture)', year: 2017 },
  aws: { where: 'Versent/saml2aws testdata (capture, re-indented)', year: 2016 },
  cap: { where: 'hashicorp/cap saml (capture of samltest.id)', year: 2023 },
  cj: { where: 'crewjam/saml testdata (metadata)', year: 2016 },
  rubySaml: { where: 'SAML-Toolkits/ruby-saml test/responses (capture)', year: 2011 },
  entraDocs: { where: 'MicrosoftDocs/entra-docs single-sign-on-saml-protocol.md', year: 2025 },
  keycloak: { where: 'keycloak/keycloak services, saml-core (source)', year: 2022 },
  keycloakRun: { where: 'Keycloak 26.4.7 (run on loopback)', year: 2026 },
  ssp: { where: 'simplesamlphp/simplesamlphp modules/saml (source)', year: 2026 },
  nodeSamlp: { where: 'auth0/node-samlp, auth0/node-saml (source)', year: 2026 },
  authentik: { where: 'goauthentik/authentik providers/saml (source)', year: 2026 },
  zitadel: { where: 'zitadel/saml pkg/provider (source)', year: 2026 },
  lemonldap: { where: 'LemonLDAP::NG 2.16.1 (run on loopback)', year: 2026 },
  samlIdp: { where: 'saml-idp 1.2.1 with samlp 6.0.2 (run on loopback)', year: 2026 },
  adfsIssues: { where: 'SAML-Toolkits/java-saml#157, Sustainsys/Saml2#632', year: 2018 },
  groupsLink: { where: 'gravitational/teleport#69776', year: 2026 },
} as const satisfies Record<string, Source>;
