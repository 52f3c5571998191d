/**
 * A portal of two organizations with node-saml: Acme (acme.example) and Other (other.example). Each has its own SAML
 * settings and trusts one identity provider, whose metadata is in the file .rehearsal/ORGANIZATION.xml.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { SAML } from '@node-saml/node-saml';
import express from 'express';
import session from 'express-session';

const url = 'http://127.0.0.1:8502';
const organizations = { acme: 'acme.example', other: 'other.example' };

/** Requests that wait for a response. */
const requests = new Map();
const cacheProvider = {
  saveAsync: async (id, value) => void requests.set(id, value),
  getAsync: async (id) => requests.get(id) ?? null,
  removeAsync: async (id) => (requests.delete(id) ? id : null),
};

/** Read at every sign-in, so that a new file counts at once. Throws if the organization has no identity provider. */
function samlOf(organization) {
  if (!Object.hasOwn(organizations, organization)) throw new Error('There is no such organization.');
  const file = new URL(`.rehearsal/${organization}.xml`, import.meta.url);
  if (!existsSync(file)) throw new Error('Single sign-on is not set up.');
  const metadata = readFileSync(file, 'utf8');
  const sso = /<(?:\w+:)?SingleSignOnService\b[^>]*HTTP-Redirect[^>]*\bLocation="([^"]+)"/.exec(metadata);
  return new SAML({
    ...ownSettings(organization),
    cacheProvider,
    validateInResponseTo: 'always',
    acceptedClockSkewMs: 0,
    identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    disableRequestedAuthnContext: true,
    idpIssuer: /\bentityID="([^"]+)"/.exec(metadata)[1],
    entryPoint: sso[1].replaceAll('&amp;', '&'),
    idpCert: [...metadata.matchAll(/X509Certificate>([^<]+)</g)].map(([, certificate]) => certificate),
  });
}

const ownSettings = (organization) => ({
  issuer: `${url}/${organization}/metadata`,
  audience: `${url}/${organization}/metadata`,
  callbackUrl: `${url}/${organization}/acs`,
});

const domainOf = (email) => email.split('@').at(-1).toLowerCase();

const app = express();
app.use(express.urlencoded({ extended: false, limit: '10mb' }));
app.use(session({ name: 'portal', secret: randomBytes(32).toString('hex'), resave: false, saveUninitialized: false }));

app.get('/login', (_request, response) =>
  page(
    response,
    '<form method="post"><label>Your address <input type="email" name="email"></label><button>Continue</button></form>',
  ),
);
app.post('/login', async ({ body: { email = '' } }, response) => {
  const organization = Object.keys(organizations).find((one) => organizations[one] === domainOf(email));
  if (organization === undefined) throw new Error('No organization has this domain.');
  response.redirect(303, await samlOf(organization).getAuthorizeUrlAsync('', undefined, {}));
});
app.get('/:organization/metadata', ({ params: { organization } }, response) => {
  const saml = new SAML({ ...ownSettings(organization), idpCert: 'none needed', entryPoint: url });
  response.type('xml').send(saml.generateServiceProviderMetadata(null, null));
});
app.post('/:organization/acs', async (request, response) => {
  const { organization } = request.params;
  const { profile } = await samlOf(organization).validatePostResponseAsync(request.body);
  // An identity provider speaks for the users of its own organization only, and node-saml does not demand a name.
  if (domainOf(profile.nameID ?? '') !== organizations[organization])
    throw new Error('The user belongs to another organization.');
  await new Promise((done) => request.session.regenerate(done));
  request.session.user = { name: profile.nameID, organization };
  response.redirect(303, '/');
});
app.post('/logout', async (request, response) => {
  await new Promise((done) => request.session.destroy(done));
  response.redirect(303, '/');
});
app.get('/', ({ session: { user } }, response) =>
  page(
    response,
    user === undefined
      ? '<p>You are not signed in.</p><a href="/login">Sign in</a>'
      : `<p>Signed in as ${escaped(user.name)} of ${user.organization}.</p>
<form method="post" action="/logout"><button>Sign out</button></form>`,
  ),
);
app.use((error, _request, response, _next) => {
  console.error(error);
  page(response.status(403), `<p role="alert">Sign-in failed. ${escaped(error.message)}</p>`);
});
app.listen(8502, '127.0.0.1');

const escaped = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
const page = (response, content) =>
  response.send(`<!doctype html><html lang="en"><title>Portal</title><main><h1>Portal</h1>${content}</main></html>`);
