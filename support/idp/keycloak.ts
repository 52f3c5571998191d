/** Keycloak, arranged by its admin REST API: a realm for each scenario, with a SAML client made from the SP's own metadata. It touches no realm that it did not make. */

import { colleagues } from '../catalogue/cast.ts';
import { request } from '../stack/http.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { type IdentityProvider, unable } from './identity-provider.ts';
import { denyAccess } from './keycloak-denial.ts';
import { readMetadata } from './read-metadata.ts';

export interface Admin {
  /** Sends JSON (or XML where the body is text) below `/admin/realms/REALM`; gives the JSON answered. Throws what Keycloak said when it refuses. */
  call<Answer = unknown>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
}

export interface Client {
  id: string;
  clientId: string;
  attributes?: Record<string, string>;
  [more: string]: unknown;
}

export async function keycloak(
  { KEYCLOAK_URL, KEYCLOAK_ADMIN = 'admin', KEYCLOAK_ADMIN_PASSWORD = 'admin', KEYCLOAK_THROWN_AWAY } = process.env,
): Promise<IdentityProvider> {
  if (!KEYCLOAK_URL) throw new Error('IDP=keycloak needs KEYCLOAK_URL, KEYCLOAK_HOME or a container engine');
  const url = KEYCLOAK_URL.replace(/\/+$/, '');

  /** A token lives for a minute, so each call fetches its own. */
  async function token(): Promise<string> {
    const answer = await request(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        username: KEYCLOAK_ADMIN,
        password: KEYCLOAK_ADMIN_PASSWORD,
      }),
    });
    if (!answer.ok)
      throw new Error(
        `Keycloak at ${url} did not let ${KEYCLOAK_ADMIN} in (${answer.status}); KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD name its administrator`,
      );
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const isText = typeof body === 'string';
    const answer = await request(`${url}/admin${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body === undefined ? {} : { 'content-type': isText ? 'application/xml' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Keycloak refused ${method} ${path} (${answer.status}): ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  const admin = ({ tenant }: Pick<Rehearsal, 'tenant'>): Admin => ({
    call: (method, path, body) => call(method, `/realms/${tenant.slug}${path}`, body),
  });
  const { systemInfo } = await call<{ systemInfo: { version: string } }>('GET', '/serverinfo');
  const name = `Keycloak ${systemInfo.version}`;
  const made: string[] = [];

  return {
    name,
    can: { faults: false, clock: false, unassign: true, signedRequests: true, down: false, door: true },
    form: { username: 'Username or email', password: 'Password', button: 'Sign In' },
    origins: [new URL(url).origin],
    async createTenant({ tenant: { slug }, cast }) {
      const users = colleagues.map((who) => ({
        username: cast[who].address,
        email: cast[who].address,
        emailVerified: true,
        firstName: who,
        lastName: 'of Acme',
        enabled: true,
        credentials: [{ type: 'password', value: cast[who].idpPassword, temporary: false }],
      }));
      await call('POST', '/realms', {
        realm: slug,
        enabled: true,
        sslRequired: 'none',
        users,
        clients: [{ clientId: 'door', publicClient: true, redirectUris: [`${url}/realms/${slug}`] }],
      });
      made.push(slug);
      const metadataUrl = `${url}/realms/${slug}/protocol/saml/descriptor`;
      return readMetadata(await (await request(metadataUrl)).text(), metadataUrl);
    },
    async registerApp(rehearsal, { metadataUrl }, { signedRequests = false } = {}) {
      const { call: ask } = admin(rehearsal);
      const described = await ask<Client>(
        'POST',
        '/client-description-converter',
        await (await request(metadataUrl)).text(),
      );
      const wanted = {
        ...described,
        enabled: true,
        attributes: { ...described.attributes, ...clientAttributes, 'saml.client.signature': String(signedRequests) },
      };
      const [known] = await ask<Client[]>('GET', `/clients?clientId=${encodeURIComponent(described.clientId)}`);
      await (known ? ask('PUT', `/clients/${known.id}`, { ...known, ...wanted }) : ask('POST', '/clients', wanted));
    },
    unassign: (rehearsal, { entityId }, who) =>
      denyAccess(admin(rehearsal), { clientId: entityId, username: rehearsal.cast[who].address }),
    takeDown: unable(name, 'down'),
    door: ({ tenant: { slug } }) =>
      `${url}/realms/${slug}/protocol/openid-connect/auth?${new URLSearchParams({ client_id: 'door', response_type: 'code', scope: 'openid', redirect_uri: `${url}/realms/${slug}` }).toString()}`,
    async [Symbol.asyncDispose]() {
      if (!KEYCLOAK_THROWN_AWAY) for (const slug of made) await call('DELETE', `/realms/${slug}`);
    },
  };
}

/** Response and assertion are signed, and people are named by their mail address. */
const clientAttributes = {
  'saml.server.signature': 'true',
  'saml.assertion.signature': 'true',
  'saml.authnstatement': 'true',
  'saml.encrypt': 'false',
  saml_name_id_format: 'email',
  saml_force_name_id_format: 'true',
};
