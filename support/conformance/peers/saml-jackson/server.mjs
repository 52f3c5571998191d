/**
 * A service provider with express and SAML Jackson (Ory Polis), for the conformance test: Jackson turns SAML into
 * OAuth 2.0, and the app is its client. Both run in this process, as in the documentation of the npm library.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { base, kept, load, newApp, openSession, page, start } from '../express-app.mjs';

const inBase64 = (name) => Buffer.from(kept(name)).toString('base64');
const redirectUri = `${base}/callback`;
const { connectionAPIController, oauthController, spConfig } = await load('@boxyhq/saml-jackson').controllers({
  externalUrl: base,
  samlPath: '/acs',
  samlAudience: `${base}/metadata`,
  db: { engine: 'mem' },
  // Kept between runs; by default, its database keeps a key that it made.
  certs: { publicKey: inBase64('sp.crt'), privateKey: inBase64('sp.key') },
  noAnalytics: true,
  // Default: idpEnabled is off, so IdP-initiated sign-in is rejected.
});
const { clientID, clientSecret } = await connectionAPIController.createSAMLConnection({
  tenant: 'acme.example',
  product: 'portal',
  defaultRedirectUrl: redirectUri,
  redirectUrl: [redirectUri],
  rawMetadata: readFileSync(process.env.IDP_METADATA, 'utf8'),
});

// No SameSite: the state is needed when the response arrives, which another site posts.
const app = newApp({ cookieName: 'saml_jackson_peer', limit: '30mb' });

// Jackson. Its metadata offers encryption if asked.
app.get(
  '/metadata',
  async (_request, response) =>
    void response.type('application/samlmetadata+xml').send(await spConfig.toXMLMetadata(true)),
);
app.get('/authorize', async ({ query }, response) => {
  const { redirect_url: url, authorize_form: form } = await oauthController.authorize(query);
  return url ? response.redirect(url) : response.send(form);
});
app.post('/acs', async ({ body: { SAMLResponse, RelayState } }, response) => {
  const { redirect_url: url } = await oauthController.samlResponse({ SAMLResponse, RelayState });
  response.redirect(url);
});

// The client.
app.get('/login', ({ session }, response) => {
  session.state = randomBytes(16).toString('hex');
  const query = { response_type: 'code', client_id: clientID, redirect_uri: redirectUri, state: session.state };
  response.redirect(`/authorize?${new URLSearchParams(query)}`);
});
app.get('/callback', async (request, response) => {
  const { code, state, error, error_description: reason } = request.query;
  if (error) throw new Error(`${error}: ${reason}`);
  if (!state || state !== request.session.state) throw new Error('the code belongs to another sign-in');
  const { access_token: token } = await oauthController.token({
    grant_type: 'authorization_code',
    code,
    client_id: clientID,
    client_secret: clientSecret,
    redirect_uri: redirectUri,
  });
  const { email } = await oauthController.userInfo(token);
  if (!email?.trim()) throw new Error('the profile has no email');
  await openSession(request, email);
  response.redirect('/');
});

const title = 'SAML Jackson';
app.get('/', ({ session: { user } }, response) =>
  response.send(page(title, [user === undefined ? 'Not signed in.' : `Signed in as: “${user}”`])),
);
start(app, title);
