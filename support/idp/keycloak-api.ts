/** Keycloak's admin REST API, called as its administrator. */
import { request } from '../stack/http.ts';

/** Sends JSON, or XML if the body is text; returns the JSON reply. Throws with Keycloak's error otherwise. */
export type Call = <Result = unknown>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
) => Promise<Result>;

export interface Client {
  id: string;
  clientId: string;
  attributes?: Record<string, string>;
  [more: string]: unknown;
}

export interface Administrator {
  url: string;
  username: string;
  password: string;
}

/** Paths below `/admin`. */
export function callAs(administrator: Administrator): Call {
  return async <Result>(method: string, path: string, body?: unknown): Promise<Result> => {
    const isText = typeof body === 'string';
    const response = await request(`${administrator.url}/admin${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await fetchToken(administrator)}`,
        ...(body === undefined ? {} : { 'content-type': isText ? 'application/xml' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Keycloak rejected ${method} ${path} (${response.status}): ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Result;
  };
}

/** The same for one realm: paths below `/admin/realms/REALM`. */
export const inRealm =
  (call: Call, realm: string): Call =>
  (method, path, body) =>
    call(method, `/realms/${realm}${path}`, body);

/** A token is valid for one minute, so each call gets its own. */
async function fetchToken({ url, username, password }: Administrator): Promise<string> {
  const response = await request(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password }),
  });
  if (!response.ok)
    throw new Error(
      `Keycloak at ${url} rejected the administrator ${username} (${response.status}). ` +
        'Check KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD',
    );
  return ((await response.json()) as { access_token: string }).access_token;
}
