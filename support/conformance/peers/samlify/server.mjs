/** A service provider with express and samlify, for the conformance test, as in the documentation of samlify. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { IDP_METADATA, PORT, RUN_DIR } = process.env;
// The packages are in the folder that install.sh created.
const load = createRequire(`${RUN_DIR}/`);
const express = load('express');
const session = load('express-session');
const samlify = load('samlify');

// The documentation asks for a schema validator; this one is one of those that it names.
samlify.setSchemaValidator(load('@authenio/samlify-node-xmllint'));

const base = `http://127.0.0.1:${PORT}`;
const kept = (name) => readFileSync(`${RUN_DIR}/keys/${name}`, 'utf8');

const idp = samlify.IdentityProvider({ metadata: readFileSync(IDP_METADATA, 'utf8') });
// No encryption: samlify accepts either encrypted assertions or others, not both.
const sp = samlify.ServiceProvider({
  entityID: `${base}/metadata`,
  assertionConsumerService: [{ Binding: samlify.Constants.namespace.binding.post, Location: `${base}/acs` }],
  nameIDFormat: [samlify.Constants.namespace.format.emailAddress],
  wantAssertionsSigned: true,
});

const app = express();
app.use(express.urlencoded({ extended: false, limit: '30mb' }));
app.use(
  session({
    name: 'samlify_peer',
    secret: kept('session.secret'),
    resave: false,
    saveUninitialized: false,
    // No SameSite: the request’s ID is needed when the response arrives, which another site posts.
    cookie: { httpOnly: true },
  }),
);

const escaped = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (line) =>
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>samlify</title>' +
  `<body><p>${escaped(line)}</p></body></html>\n`;

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
  await new Promise((done, fail) => request.session.regenerate((error) => (error ? fail(error) : done())));
  request.session.user = extract.nameID;
  console.log(`signed in: ${extract.nameID}`);
  response.redirect('/');
});

app.get('/', ({ session: { user } }, response) =>
  response.send(page(user === undefined ? 'Not signed in.' : `Signed in as: “${user}”`)),
);

app.use((error, _request, response, _next) => {
  console.error(error?.stack ?? error);
  response.status(403).send(page(`Rejected: ${error?.message ?? error}`));
});

app.listen(Number(PORT), '127.0.0.1');
