/**
 * A portal behind SAML Jackson, which turns SAML into OAuth 2.0: Jackson's endpoints and the portal, its OAuth client,
 * in one process. Connections are created by Jackson's own API, POST /api/v1/sso.
 */
import { randomBytes } from 'node:crypto';
import saml from '@boxyhq/saml-jackson';
import express from 'express';
import session from 'express-session';

const url = 'http://127.0.0.1:8501';
const apiKey = 'jackson-example';
const client = { client_id: 'tenant=acme&product=portal', client_secret: 'portal-secret' };
const redirectUri = `${url}/callback`;

const start = saml.default ?? saml;
const { connectionAPIController, oauthController, spConfig } = await start({
  externalUrl: url,
  samlPath: '/oauth/saml',
  samlAudience: `${url}/metadata`,
  clientSecretVerifier: client.client_secret,
  db: { engine: 'mem' },
  noAnalytics: true,
  openid: {},
});

// Jackson leaves the rejection of some malformed responses unhandled, which would end the process.
process.on('unhandledRejection', (error) => console.error('unhandled:', error));

const app = express();
app.use(express.urlencoded({ extended: false, limit: '10mb' }), express.json({ limit: '10mb' }));
app.use(session({ name: 'portal', secret: randomBytes(32).toString('hex'), resave: false, saveUninitialized: false }));

app.get('/metadata', async (_request, response) => response.type('xml').send(await spConfig.toXMLMetadata()));
app.post('/api/v1/sso', async (request, response) => {
  if (request.get('authorization') !== `Api-Key ${apiKey}`) return response.status(401).json({ error: 'API key' });
  const { clientID } = await connectionAPIController.createSAMLConnection(request.body);
  return response.json({ clientID });
});
app.get('/oauth/authorize', async (request, response) => {
  const { redirect_url: to, authorize_form: form } = await oauthController.authorize(request.query);
  return to ? response.redirect(to) : response.send(form);
});
app.post('/oauth/saml', async (request, response) => {
  const { redirect_url: to, response_form: form, error } = await oauthController.samlResponse(request.body);
  if (!to && !form) throw new Error(error);
  return to ? response.redirect(303, to) : response.send(form);
});

app.get('/login', (request, response) => {
  request.session.state = randomBytes(16).toString('hex');
  const { state } = request.session;
  const query = { response_type: 'code', client_id: client.client_id, redirect_uri: redirectUri, state };
  response.redirect(`/oauth/authorize?${new URLSearchParams(query)}`);
});
app.get('/callback', async (request, response) => {
  const { code, state, error, error_description: description } = request.query;
  if (error) throw new Error(`${error}: ${description}`);
  if (state !== request.session.state) throw new Error('This sign-in was not started in this browser.');
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...client };
  const { access_token: token } = await oauthController.token(grant);
  const { email } = await oauthController.userInfo(token);
  await new Promise((done) => request.session.regenerate(done));
  request.session.email = email;
  response.redirect('/');
});
app.post('/logout', async (request, response) => {
  await new Promise((done) => request.session.destroy(done));
  response.redirect(303, '/');
});
app.get('/', ({ session: { email } }, response) =>
  page(
    response,
    email === undefined
      ? '<p>You are not signed in.</p><a href="/login">Sign in with SSO</a>'
      : `<p>Signed in as ${escaped(email)}.</p><form method="post" action="/logout"><button>Sign out</button></form>`,
  ),
);
app.use((error, _request, response, _next) => {
  console.error(error);
  page(response.status(403), `<p role="alert">Sign-in failed. ${escaped(error.message)}</p>`);
});
app.listen(8501, '127.0.0.1');

const escaped = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
const page = (response, content) =>
  response.send(`<!doctype html><html lang="en"><title>Portal</title><main><h1>Portal</h1>${content}</main></html>`);
