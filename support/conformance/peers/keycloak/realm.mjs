/** Prints the realm that Keycloak imports: the identity provider of the stand, and the portal as client. */
import { readFileSync } from 'node:fs';

const { IDP_METADATA, KEYCLOAK_PORT, PORT, RUN_DIR } = process.env;
const metadata = readFileSync(IDP_METADATA, 'utf8');
const base = `http://127.0.0.1:${KEYCLOAK_PORT}`;

const found = (pattern) => pattern.exec(metadata)?.[1];
const redirectOf = (service) =>
  found(new RegExp(`<(?:\\w+:)?${service}\\b[^>]*HTTP-Redirect"[^>]*\\bLocation="([^"]+)"`));
const certificates = [...metadata.matchAll(/<(?:\w+:)?X509Certificate>([^<]+)</g)].map(([, one]) =>
  one.replace(/\s/g, ''),
);

const identityProvider = {
  alias: 'stand',
  providerId: 'saml',
  enabled: true,
  trustEmail: true,
  firstBrokerLoginFlowAlias: 'first broker login',
  config: {
    // Settings without a default.
    entityId: `${base}/realms/stand`,
    singleSignOnServiceUrl: redirectOf('SingleSignOnService'),
    singleLogoutServiceUrl: redirectOf('SingleLogoutService'),
    signingCertificate: certificates.join(','),
    postBindingResponse: 'true',
    postBindingAuthnRequest: 'false',
    postBindingLogout: 'false',
    // Not the defaults: signatures and the Issuer are checked.
    validateSignature: 'true',
    wantAssertionsSigned: 'true',
    idpEntityId: found(/\bentityID="([^"]+)"/),
    // Default: persistent. Here, users are identified by their email.
    nameIDPolicyFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  },
};

/** Without names: the identity provider sends none, and Keycloak would ask for them at the first sign-in. */
const userProfile = {
  attributes: ['username', 'email'].map((name) => ({
    name,
    permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
  })),
};

console.log(
  JSON.stringify({
    realm: 'stand',
    enabled: true,
    sslRequired: 'none',
    identityProviders: [identityProvider],
    clients: [
      {
        clientId: 'portal',
        secret: readFileSync(`${RUN_DIR}/keys/portal.secret`, 'utf8').trim(),
        redirectUris: [`http://127.0.0.1:${PORT}/callback`],
        standardFlowEnabled: true,
      },
    ],
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: { 'kc.user.profile.config': [JSON.stringify(userProfile)] },
        },
      ],
    },
  }),
);
