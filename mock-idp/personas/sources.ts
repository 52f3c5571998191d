/** Where the facts of the personas were seen. */

export const sources = {
  wai: 'mbg/wai-saml2, tests/data (captures)',
  wire: 'wireapp/wire-server, libs/saml2-web-sso/test/samples/vendors (captures with metadata)',
  samlshield: 'stytchauth/samlshield, test/contract/data/valid (captures)',
  gosaml2: 'russellhaering/gosaml2, providertests (captures, and comments on connecting)',
  crewjam: 'crewjam/saml, testdata (metadata)',
  rubySaml: 'SAML-Toolkits/ruby-saml, test/responses (captures)',
  cap: 'hashicorp/cap, saml/response_test.go (capture of samltest.id)',
  saml2aws: 'Versent/saml2aws, testdata and pkg/provider (captures, login pages)',
  entraDocs: 'MicrosoftDocs/entra-docs, single-sign-on-saml-protocol and certificate articles',
  entraClaims: 'learn.microsoft.com, SAML token claims reference',
  entraErrors:
    'docs.nais.io (50105), a gist of 2023 (700016), microsoft-graph-explorer-v4#540 (50011), ' +
    'pfsense-saml2-auth#20 (75011), MicrosoftDocs/azure-docs#28356 (the heading), learn.microsoft.com, ' +
    'single-sign-on-saml-protocol (the response)',
  entraGuests: 'learn.microsoft.com, Entra External ID, claims-mapping',
  adfsRejections:
    'SAML-Toolkits/java-saml#157, python3-saml#92, Sustainsys/Saml2#632; of a NameIDPolicy: ' +
    'aacotroneo/laravel-saml2#157, Clever/saml2#64, justinbleach/saml-client#39; of an authentication context: ' +
    'laravel-saml2#2; of the log: TremoloSecurity/openunison-qs-kubernetes#1',
  adfsLifetime: 'fkbase.info and allaboutmsdynamics365.blogspot.com, on TokenLifetime',
  oktaSupport: 'support.okta.com, App Sign on Error 403',
  googleHelp: 'burakboga.com, a copy of Google’s help on SAML app errors',
  oktaEncryption: 'support.okta.com, Error encrypting SAML assertion',
  pulumi: 'pulumi/docs#795',
  keycloakSource: 'keycloak/keycloak, SamlProtocol, SAML2LoginResponseBuilder, SAML2ErrorResponseBuilder',
  keycloakRun: 'Keycloak 26.4.7 (org.keycloak:keycloak-quarkus-dist of Maven Central), run on loopback',
  shibbolethDocs: 'wiki.shibboleth.net, IDP4/SAML2SSOConfiguration, IDP30/ProfileConfiguration-SAML',
  simplesamlphp: 'simplesamlphp/simplesamlphp, modules/saml/src (2.x)',
  simplesamlphpRun: 'SimpleSAMLphp 1.19.7 (Debian’s package), run on loopback',
  lemonldapRun: 'LemonLDAP::NG 2.16.1 (Debian’s package) with Lasso 2.8.1, run on loopback',
  samlIdpRun: 'saml-idp 1.2.1 (npm) with samlp 6.0.2, run on loopback',
  auth0Source: 'auth0/node-samlp and auth0/node-saml',
  samlpSource: 'samlp 6.0.2 and saml 1.0.1 (npm), packages by Auth0: lib and templates',
  authentikSource: 'goauthentik/authentik, authentik/providers/saml',
  zitadelSource: 'zitadel/saml, pkg/provider',
  jumpcloud: 'pulumi and Sourcegraph documentation on JumpCloud',
  salesforce: 'metadata in the test of a Terraform provider',
  duo: 'duo.com/docs/sso-generic, docs.safe.security',
} as const;

export type Source = keyof typeof sources;
