/** A service provider with express and saml2-js, for the conformance test, as in the README of saml2-js. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { IDP_METADATA, PORT, RUN_DIR } = process.env;
// The packages are in the folder that install.sh created.
const load = createRequire(`${RUN_DIR}/`);
const express = load('express');
const session = load('express-session');
const saml2 = load('saml2-js');
const { DOMParser } = load('@xmldom/xmldom');

const base = `http://127.0.0.1:${PORT}`;
const kept = (name) => readFileSync(`${RUN_DIR}/keys/${name}`, 'utf8');

function readIdp(file) {
  const all = (element, name) => Array.from(element.getElementsByTagNameNS('*', name));
  const [descriptor] = all(new DOMParser().parseFromString(readFileSync(file, 'utf8'), 'text/xml'), 'IDPSSODescriptor');
  const redirect = (service) =>
    all(descriptor, service)
      .find((one) => one.getAttribute('Binding').endsWith(':HTTP-Redirect'))
      .getAttribute('Location');
  const wrapped = (text) => text.replace(/\s/g, '').replace(/.{64}(?=.)/g, '$&\n');
  const pem = (text) => `-----BEGIN CERTIFICATE-----\n${wrapped(text)}\n-----END CERTIFICATE-----\n`;
  return {
    sso_login_url: redirect('SingleSignOnService'),
    sso_logout_url: redirect('SingleLogoutService'),
    certificates: all(descriptor, 'KeyDescriptor')
      .filter((one) => one.getAttribute('use') !== 'encryption')
      .flatMap((one) => all(one, 'X509Certificate'))
      .map((one) => pem(one.textContent)),
  };
}

const idp = new saml2.IdentityProvider(readIdp(IDP_METADATA));
const sp = new saml2.ServiceProvider({
  entity_id: `${base}/metadata`,
  private_key: kept('sp.key'),
  certificate: kept('sp.crt'),
  assert_endpoint: `${base}/acs`,
  // Settings other than the default, with the reason.
  nameid_format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', // the users have email addresses.
  allow_unencrypted_assertion: true, // as in the example of the README; by default only encrypted ones are accepted.
});

const app = express();
app.use(express.urlencoded({ extended: false, limit: '30mb' }));
app.use(
  session({
    name: 'saml2_js_peer',
    secret: kept('session.secret'),
    resave: false,
    saveUninitialized: false,
    // No SameSite: the request’s ID is needed when the response arrives, which another site posts.
    cookie: { httpOnly: true },
  }),
);

const escaped = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (line) =>
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>saml2-js</title>' +
  `<body><p>${escaped(line)}</p></body></html>\n`;

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
    request.session.regenerate((failed) => {
      if (failed) return next(failed);
      request.session.user = result.user.name_id;
      console.log(`signed in: ${result.user.name_id}`);
      response.redirect('/');
    });
  }),
);

app.get('/', ({ session: { user } }, response) =>
  response.send(page(user === undefined ? 'Not signed in.' : `Signed in as: “${user}”`)),
);

app.use((error, _request, response, _next) => {
  console.error(error.stack);
  response.status(403).send(page(`Rejected: ${error.message}`));
});

app.listen(Number(PORT), '127.0.0.1');
