/** A service provider with express, Better Auth and its plugin for SSO, for the conformance test, as documented. */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { base, kept, load, page, start } from '../express-app.mjs';

const express = load('express');
const { betterAuth } = load('better-auth');
const { getMigrations } = load('better-auth/db/migration');
const { fromNodeHeaders, toNodeHandler } = load('better-auth/node');
const { sso } = load('@better-auth/sso');

const providerId = 'acme';
const auth = betterAuth({
  baseURL: base,
  secret: kept('session.secret'),
  database: new DatabaseSync(':memory:'),
  plugins: [
    sso({
      // A provider in the configuration, in place of one that an administrator registers.
      defaultSSO: [
        {
          providerId,
          domain: 'example.org',
          samlConfig: {
            issuer: `${base}/metadata`,
            entryPoint: base, // required, but not used with the metadata below
            callbackUrl: '/',
            idpMetadata: { metadata: readFileSync(process.env.IDP_METADATA, 'utf8') },
            wantAssertionsSigned: true, // off by default
            // None by default; the users have email addresses.
            identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
          },
        },
      ],
      // Defaults: InResponseTo is validated, IdP-initiated sign-in is rejected, the clock skew is five minutes, single
      // logout is off, and an account is made at the first sign-in.
    }),
  ],
});
await (await getMigrations(auth.options)).runMigrations();

const app = express();
app.all('/api/auth/{*path}', toNodeHandler(auth));

app.get('/metadata', async (_request, response) => {
  const metadata = await auth.api.spMetadata({ query: { providerId }, asResponse: true });
  response.type('application/samlmetadata+xml').send(await metadata.text());
});
app.get('/login', async ({ headers }, response) => {
  const { response: signIn, headers: set } = await auth.api.signInSSO({
    body: { providerId, callbackURL: '/' },
    headers: fromNodeHeaders(headers),
    returnHeaders: true,
  });
  response.set('set-cookie', set.getSetCookie()).redirect(signIn.url);
});

const title = 'Better Auth';
app.get('/', async ({ headers, query }, response) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
  if (session === null) {
    if (query.error) console.log(`rejected: ${query.error}: ${query.error_description}`);
    return response.send(page(title, ['Not signed in.', ...(query.error ? [`Rejected: ${query.error}`] : [])]));
  }
  console.log(`signed in: ${session.user.email}`);
  response.send(page(title, [`Signed in as: “${session.user.email}”`]));
});
start(app, title);
