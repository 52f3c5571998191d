/** A small OpenID Connect client of Keycloak: the user whom Keycloak names is signed in here. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { KEYCLOAK_PORT, PORT, RUN_DIR } = process.env;
const keycloak = `http://127.0.0.1:${KEYCLOAK_PORT}/realms/stand/protocol/openid-connect`;
const base = `http://127.0.0.1:${PORT}`;
const client = { client_id: 'portal', redirect_uri: `${base}/callback` };
const secret = readFileSync(`${RUN_DIR}/keys/portal.secret`, 'utf8').trim();

/** By browser cookie: the state of the request, and the access token. */
const browsers = new Map();

async function tokenFor(code) {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, client_secret: secret, ...client });
  const response = await fetch(`${keycloak}/token`, { method: 'POST', body });
  return (await response.json()).access_token;
}

/** Asks Keycloak each time, so that the end of its session is seen here. */
async function userOf({ token }) {
  if (token === undefined) return undefined;
  const response = await fetch(`${keycloak}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  return response.ok ? (await response.json()).preferred_username : undefined;
}

const escaped = (value) => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (response, status, line) =>
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><html lang="en"><title>Portal</title><p>${escaped(line)}</p></html>\n`);
const redirect = (response, location) => response.writeHead(303, { location }).end();

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, base);
  const known = /\bportal=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  const id = browsers.has(known) ? known : randomUUID();
  if (id !== known) browsers.set(id, {});
  const browser = browsers.get(id);
  response.setHeader('set-cookie', `portal=${id}; Path=/; HttpOnly; SameSite=Lax`);

  if (pathname === '/login') {
    browser.state = randomUUID();
    const query = { response_type: 'code', scope: 'openid', state: browser.state, kc_idp_hint: 'stand', ...client };
    return redirect(response, `${keycloak}/auth?${new URLSearchParams(query)}`);
  }
  if (pathname === '/callback') {
    const { code, state, error } = Object.fromEntries(searchParams);
    if (code === undefined || state !== browser.state) return page(response, 403, `Rejected: ${error ?? 'state'}`);
    browser.token = await tokenFor(code);
    console.log(`signed in: ${await userOf(browser)}`);
    return redirect(response, `${base}/`);
  }
  const user = await userOf(browser);
  return page(response, 200, user === undefined ? 'Not signed in.' : `Signed in as: “${user}”`);
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    page(response, 500, error.message);
  });
}).listen(Number(PORT), '127.0.0.1');
