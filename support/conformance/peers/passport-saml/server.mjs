/** A service provider with express and passport-saml, for the conformance test. Its only own check: a name. */
import { base, kept, load, newApp, page, readIdp, start } from '../express-app.mjs';

const passport = load('passport');
const { Strategy } = load('@node-saml/passport-saml');

const idp = readIdp(process.env.IDP_METADATA);
const strategy = new Strategy(
  {
    // Settings without a default.
    issuer: `${base}/metadata`,
    callbackUrl: `${base}/acs`,
    entryPoint: idp.signOn,
    idpCert: idp.certificates,

    // Settings other than the default, with the reason.
    // Default: "never", which accepts a response to any request. With this setting, IdP-initiated sign-in is rejected,
    // which is accepted by default.
    validateInResponseTo: 'always',
    // Default: "sha1", which the documentation no longer recommends. Only for sent messages.
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256', // likewise
    idpIssuer: idp.entityId, // unset by default; the documentation promises a check of logout messages only.
    logoutUrl: idp.signOut, // entryPoint by default
    logoutCallbackUrl: `${base}/logout`, // none by default: without it there is no single logout.
    decryptionPvk: kept('sp.key'), // none by default: an encrypted assertion is then rejected.

    // Defaults, as in most deployments:
    // - wantAuthnResponseSigned and wantAssertionsSigned are on: both signatures are required.
    // - audience is the issuer above.
    // - acceptedClockSkewMs is 0: a clock one second ahead is rejected.
    // - maxAssertionAgeMs is 0: only the assertion itself limits its validity.
    // - cacheProvider is in memory and shared by all browsers: it does not know which browser sent a request.
    // - requestIdExpirationPeriodMs is 8 hours.
    // - identifierFormat asks for an email address, authnContext for PasswordProtectedTransport, exactly.
    // - AuthnRequests are not signed, as there is no privateKey.
  },
  known,
  known,
);

/** passport-saml accepts an assertion without a name; the application rejects it, since it does not know the user. */
function known(profile, done) {
  return profile.nameID?.trim() ? done(null, profile) : done(new Error('the assertion names no user'));
}

passport.use(strategy);
passport.serializeUser((profile, done) => done(null, { nameId: profile.nameID, attributes: profile.attributes ?? {} }));
passport.deserializeUser((user, done) => done(null, user));

const app = newApp({ cookieName: 'passport_saml_peer', sameSite: 'lax' });
app.use(passport.session());

app.get(
  '/metadata',
  (_request, response) =>
    void response.type('application/samlmetadata+xml').send(strategy.generateServiceProviderMetadata(kept('sp.crt'))),
);
app.get('/login', passport.authenticate('saml'));
// RelayState is ignored: a signed-in user always gets the same page.
app.post('/acs', passport.authenticate('saml', { failureRedirect: '/' }), (_request, response) =>
  response.redirect('/'),
);

// Single logout. The binding of the metadata is POST; passport-saml takes messages by Redirect there as well.
app.get('/logout', passport.authenticate('saml', { failureRedirect: '/' }));
app.post('/logout', passport.authenticate('saml', { failureRedirect: '/' }));

const title = 'passport-saml';
app.get('/', ({ user }, response) => {
  if (!user) return void response.send(page(title, ['Not signed in.']));
  const attributes = Object.entries(user.attributes).flatMap(([name, values]) =>
    [values].flat().map((value) => `Attribute ${name}: ${value}`),
  );
  response.send(page(title, [`Signed in as: “${user.nameId}”`, ...attributes]));
});

start(app, title);
