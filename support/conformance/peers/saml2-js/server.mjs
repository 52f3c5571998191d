/** A service provider with express and saml2-js, for the conformance test, as in the README of saml2-js. */
import { base, kept, load, newApp, openSession, page, readIdp, start } from '../express-app.mjs';

const saml2 = load('saml2-js');

const wrapped = (text) => text.replace(/.{64}(?=.)/g, '$&\n');
const pem = (text) => `-----BEGIN CERTIFICATE-----\n${wrapped(text)}\n-----END CERTIFICATE-----\n`;
const { signOn, signOut, certificates } = readIdp(process.env.IDP_METADATA);
const idp = new saml2.IdentityProvider({
  sso_login_url: signOn,
  sso_logout_url: signOut,
  certificates: certificates.map(pem),
});
const sp = new saml2.ServiceProvider({
  entity_id: `${base}/metadata`,
  private_key: kept('sp.key'),
  certificate: kept('sp.crt'),
  assert_endpoint: `${base}/acs`,
  // Settings other than the default, with the reason.
  nameid_format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', // the users have email addresses.
  allow_unencrypted_assertion: true, // as in the example of the README; by default only encrypted ones are accepted.
});

// No SameSite: the request’s ID is needed when the response arrives, which another site posts.
const app = newApp({ cookieName: 'saml2_js_peer', limit: '30mb' });

// This application has no single logout, which the metadata would offer.
const metadata = sp.create_metadata().replace(/<md:SingleLogoutService\b[^>]*>/g, '');
app.get('/metadata', (_request, response) => void response.type('application/xml').send(metadata));

// The library leaves it to the application to compare InResponseTo with the ID of the request.
app.get('/login', (request, response, next) =>
  sp.create_login_request_url(idp, {}, (error, url, id) => {
    if (error) return next(error);
    request.session.requestId = id;
    response.redirect(url);
  }),
);

app.post('/acs', (request, response, next) =>
  sp.post_assert(idp, { request_body: request.body }, (error, result) => {
    if (error) return next(error);
    const { requestId } = request.session;
    if (result.type !== 'authn_response') return next(new Error(`not a response: ${result.type}`));
    if (requestId === undefined || result.response_header.in_response_to !== requestId)
      return next(new Error('the response belongs to another request'));
    if (!result.user.name_id?.trim()) return next(new Error('the assertion names no user'));
    openSession(request, result.user.name_id).then(() => response.redirect('/'), next);
  }),
);

const title = 'saml2-js';
app.get('/', ({ session: { user } }, response) =>
  response.send(page(title, [user === undefined ? 'Not signed in.' : `Signed in as: “${user}”`])),
);
start(app, title);
