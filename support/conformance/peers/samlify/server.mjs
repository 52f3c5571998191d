/** A service provider with express and samlify, for the conformance test, as in the documentation of samlify. */
import { readFileSync } from 'node:fs';
import { base, load, newApp, openSession, page, start } from '../express-app.mjs';

const samlify = load('samlify');

// The documentation asks for a schema validator; this one is one of those that it names.
samlify.setSchemaValidator(load('@authenio/samlify-node-xmllint'));

const idp = samlify.IdentityProvider({ metadata: readFileSync(process.env.IDP_METADATA, 'utf8') });
// No encryption: samlify accepts either encrypted assertions or others, not both.
const sp = samlify.ServiceProvider({
  entityID: `${base}/metadata`,
  assertionConsumerService: [{ Binding: samlify.Constants.namespace.binding.post, Location: `${base}/acs` }],
  nameIDFormat: [samlify.Constants.namespace.format.emailAddress],
  wantAssertionsSigned: true,
});

// No SameSite: the request’s ID is needed when the response arrives, which another site posts.
const app = newApp({ cookieName: 'samlify_peer', limit: '30mb' });

app.get('/metadata', (_request, response) => void response.type('application/xml').send(sp.getMetadata()));

// The library leaves it to the application to compare InResponseTo with the ID of the request.
app.get('/login', (request, response) => {
  const { id, context } = sp.createLoginRequest(idp, 'redirect');
  request.session.requestId = id;
  response.redirect(context);
});

app.post('/acs', async (request, response) => {
  const { extract } = await sp.parseLoginResponse(idp, 'post', request);
  const { requestId } = request.session;
  if (requestId === undefined || extract.response?.inResponseTo !== requestId)
    throw new Error('the response belongs to another request');
  if (!extract.nameID?.trim()) throw new Error('the assertion names no user');
  await openSession(request, extract.nameID);
  response.redirect('/');
});

const title = 'samlify';
app.get('/', ({ session: { user } }, response) =>
  response.send(page(title, [user === undefined ? 'Not signed in.' : `Signed in as: “${user}”`])),
);
start(app, title);
