/** A portal that signs its users in with OpenID Connect at Keycloak. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { client, keycloak, portal } from './admin-api.mjs';

const openId = `${keycloak}/realms/acme/protocol/openid-connect`;
const redirectUri = `${portal}/callback`;
/** By the value of the cookie. */
const sessions = new Map();

const routes = {
  /** Asks Keycloak each time, because the session may have ended there. */
  async '/'(_url, { tokens }) {
    const headers = { authorization: `Bearer ${tokens?.access_token}` };
    const reply = await fetch(`${openId}/userinfo`, { headers });
    if (!reply.ok) return '<p>You are not signed in.</p><a href="/login">Sign in</a>';
    return `<p>Signed in as ${escaped((await reply.json()).email)}.</p><a href="/logout">Sign out</a>`;
  },
  '/login'(_url, session) {
    session.state = randomBytes(16).toString('hex');
    const { client_id: id } = client;
    const query = { client_id: id, response_type: 'code', scope: 'openid email', redirect_uri: redirectUri };
    return new URL(`${openId}/auth?${new URLSearchParams({ ...query, state: session.state })}`);
  },
  async '/callback'({ searchParams }, session) {
    const { code, state, error } = Object.fromEntries(searchParams);
    if (error !== undefined || state !== session.state) throw new Error(error ?? 'Another sign-in is in progress.');
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...client });
    session.tokens = await (await fetch(`${openId}/token`, { method: 'POST', body })).json();
    return new URL(portal);
  },
  /** Also ends the session at Keycloak. */
  '/logout'(_url, session) {
    const query = { id_token_hint: session.tokens?.id_token ?? '', post_logout_redirect_uri: `${portal}/` };
    delete session.tokens;
    return new URL(`${openId}/logout?${new URLSearchParams(query)}`);
  },
};

createServer(async (request, response) => {
  const url = new URL(request.url, portal);
  let id = /\bportal=(\w+)/.exec(request.headers.cookie)?.[1];
  if (!sessions.has(id)) {
    id = randomBytes(16).toString('hex');
    sessions.set(id, {});
    response.setHeader('set-cookie', `portal=${id}; Path=/; HttpOnly; SameSite=Lax`);
  }
  try {
    const result = await (routes[url.pathname] ?? routes['/'])(url, sessions.get(id));
    if (result instanceof URL) response.writeHead(302, { location: result.href }).end();
    else send(response, result);
  } catch (error) {
    response.statusCode = 403;
    send(response, `<p role="alert">Sign-in failed. ${escaped(error.message)}</p>`);
  }
}).listen(8504, '127.0.0.1');

const escaped = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
function send(response, content) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="en"><title>Portal</title><main><h1>Portal</h1>${content}</main></html>`);
}
