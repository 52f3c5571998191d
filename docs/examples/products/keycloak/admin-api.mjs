/** Keycloak's admin API for the realm acme, as its administrator. */
export const keycloak = 'http://127.0.0.1:8503';
export const portal = 'http://127.0.0.1:8504';
export const client = { client_id: 'portal', client_secret: 'portal-secret' };

async function accessToken() {
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: 'admin-cli',
    username: 'admin',
    password: 'admin',
  });
  const response = await fetch(`${keycloak}/realms/master/protocol/openid-connect/token`, { method: 'POST', body });
  return (await response.json()).access_token;
}

/** `content`: a form, or anything else for JSON. Returns the JSON of the response. Throws if Keycloak rejects it. */
export async function admin(method, path, content) {
  const isForm = content instanceof FormData;
  const response = await fetch(`${keycloak}/admin/realms${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await accessToken()}`,
      ...(isForm ? {} : { 'content-type': 'application/json' }),
    },
    body: isForm || content === undefined ? content : JSON.stringify(content),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
