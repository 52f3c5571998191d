/**
 * Keycloak, set up by its admin REST API: a realm for each scenario, with a SAML client made from the SP's own
 * metadata. Other realms are not touched.
 */

import { colleagues } from '../catalogue/cast.ts';
import { request } from '../stack/http.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { type IdentityProvider, type SpSide, unable } from './identity-provider.ts';
import { type Call, type Client, callAs, inRealm } from './keycloak-api.ts';
import { denyAccess } from './keycloak-denial.ts';
import { readMetadata } from './read-metadata.ts';

export async function keycloak(
  { KEYCLOAK_URL, KEYCLOAK_ADMIN = 'admin', KEYCLOAK_ADMIN_PASSWORD = 'admin', KEYCLOAK_THROWN_AWAY } = process.env,
): Promise<IdentityProvider> {
  if (!KEYCLOAK_URL) throw new Error('IDP=keycloak needs KEYCLOAK_URL, KEYCLOAK_HOME or a container engine');
  const url = withoutSlashes(KEYCLOAK_URL);
  const call = callAs({ url, username: KEYCLOAK_ADMIN, password: KEYCLOAK_ADMIN_PASSWORD });
  const { systemInfo } = await call<{ systemInfo: { version: string } }>('GET', '/serverinfo');
  const name = `Keycloak ${systemInfo.version}`;
  const made: string[] = [];

  return {
    name,
    can: {
      faults: false,
      clock: false,
      unassign: true,
      signedRequests: true,
      down: false,
      door: true,
      session: true,
      persona: false,
    },
    form: { username: 'Username or email', password: 'Password', button: 'Sign In' },
    origins: [new URL(url).origin],
    async createTenant(rehearsal) {
      const { slug } = rehearsal.tenant;
      await call('POST', '/realms', realmFor(rehearsal, url));
      made.push(slug);
      const metadataUrl = `${url}/realms/${slug}/protocol/saml/descriptor`;
      return readMetadata(await (await request(metadataUrl)).text(), metadataUrl);
    },
    registerApp: ({ tenant }, sp, options) => registerClient(inRealm(call, tenant.slug), sp, options),
    unassign: ({ tenant, cast }, { entityId }, who) =>
      denyAccess(inRealm(call, tenant.slug), { clientId: entityId, username: cast[who].address }),
    takeDown: unable(name, 'down'),
    door: ({ tenant: { slug } }) => {
      const query = new URLSearchParams({
        client_id: 'door',
        response_type: 'code',
        scope: 'openid',
        redirect_uri: `${url}/realms/${slug}`,
      });
      return `${url}/realms/${slug}/protocol/openid-connect/auth?${query.toString()}`;
    },
    async [Symbol.asyncDispose]() {
      if (!KEYCLOAK_THROWN_AWAY) for (const slug of made) await call('DELETE', `/realms/${slug}`);
    },
  };
}

/** Removes trailing slashes. */
export function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/** A realm with the users, and a client through which they can sign in to the realm alone. */
const realmFor = ({ tenant: { slug }, cast }: Rehearsal, url: string): object => ({
  realm: slug,
  enabled: true,
  sslRequired: 'none',
  users: colleagues.map((who) => ({
    username: cast[who].address,
    email: cast[who].address,
    emailVerified: true,
    firstName: who,
    lastName: 'of Acme',
    enabled: true,
    credentials: [{ type: 'password', value: cast[who].idpPassword, temporary: false }],
  })),
  clients: [{ clientId: 'door', publicClient: true, redirectUris: [`${url}/realms/${slug}`] }],
});

/** Keycloak itself makes a client from the SP's metadata; an existing one is overwritten. */
async function registerClient(
  call: Call,
  { metadataUrl }: SpSide,
  { signedRequests = false }: { signedRequests?: boolean } = {},
): Promise<void> {
  const metadata = await (await request(metadataUrl)).text();
  const described = await call<Client>('POST', '/client-description-converter', metadata);
  const wanted = {
    ...described,
    enabled: true,
    attributes: { ...described.attributes, ...clientAttributes, 'saml.client.signature': String(signedRequests) },
  };
  const [known] = await call<Client[]>('GET', `/clients?clientId=${encodeURIComponent(described.clientId)}`);
  await (known ? call('PUT', `/clients/${known.id}`, { ...known, ...wanted }) : call('POST', '/clients', wanted));
}

/** Response and assertion are signed, and the NameID is the email. */
const clientAttributes = {
  'saml.server.signature': 'true',
  'saml.assertion.signature': 'true',
  'saml.authnstatement': 'true',
  'saml.encrypt': 'false',
  saml_name_id_format: 'email',
  saml_force_name_id_format: 'true',
};
