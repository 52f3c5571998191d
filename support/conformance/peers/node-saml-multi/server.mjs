/**
 * A service provider of two organizations with express and passport-saml, for the conformance test. Each organization
 * has its own identity provider, and its own URLs under /acme or /second. The only own check: a name.
 */
import { base, kept, load, newApp, page, readIdp, start } from '../express-app.mjs';

const { IDP_METADATA, SECOND_IDP_METADATA } = process.env;
const passport = load('passport');
const { MultiSamlStrategy } = load('@node-saml/passport-saml');

/** Kept for each organization, as the documentation says: a shared one knows the requests of all organizations. */
function newCache() {
  const requests = new Map();
  return {
    saveAsync: async (id, value) => {
      requests.set(id, value);
      return { value, createdAt: Date.now() };
    },
    getAsync: async (id) => requests.get(id) ?? null,
    removeAsync: async (id) => (requests.delete(id) ? id : null),
  };
}

function optionsOf(organization, metadata) {
  const idp = readIdp(metadata);
  return {
    // Settings without a default.
    issuer: `${base}/${organization}/metadata`,
    callbackUrl: `${base}/${organization}/acs`,
    entryPoint: idp.signOn,
    idpCert: idp.certificates,
    cacheProvider: newCache(),
    // Other settings and defaults are those of the peer passport-saml, with their reasons there.
    validateInResponseTo: 'always',
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    idpIssuer: idp.entityId,
    logoutUrl: idp.signOut,
    logoutCallbackUrl: `${base}/${organization}/logout`,
    decryptionPvk: kept('sp.key'),
  };
}

const organizations = new Map([
  ['acme', optionsOf('acme', IDP_METADATA)],
  ['second', optionsOf('second', SECOND_IDP_METADATA)],
]);

/** Users belong to the organization at whose URL they signed in. */
function known({ params: { organization } }, profile, done) {
  if (!profile.nameID?.trim()) return done(new Error('the assertion names no user'));
  console.log(`${organization}: ${profile.nameID}`);
  return done(null, { name: profile.nameID, organization });
}

const strategy = new MultiSamlStrategy(
  {
    passReqToCallback: true,
    getSamlOptions({ params: { organization } }, done) {
      const options = organizations.get(organization);
      return options ? done(null, options) : done(new Error('unknown organization'));
    },
  },
  known,
  known,
);
passport.use('saml', strategy);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = newApp({ cookieName: 'node_saml_multi_peer' });
app.use(passport.session());

app.get('/:organization/metadata', (request, response, next) =>
  strategy.generateServiceProviderMetadata(request, kept('sp.crt'), null, (error, metadata) =>
    error ? next(error) : response.type('application/samlmetadata+xml').send(metadata),
  ),
);
const signIn = passport.authenticate('saml', { failureRedirect: '/' });
app.get('/:organization/login', signIn);
app.post('/:organization/acs', signIn, (_request, response) => response.redirect('/'));
app.get('/:organization/logout', signIn);
app.post('/:organization/logout', signIn);

const title = 'node-saml with organizations';
app.get('/', ({ user }, response) =>
  response.send(page(title, [user ? `Signed in as: “${user.name}” of ${user.organization}` : 'Not signed in.'])),
);
start(app, title);
