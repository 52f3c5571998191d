/** A recipe is tried first with one valid sign-in; if that fails, the run stops with the IdP's page. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { type IdpSide, NotReady } from '../idp/identity-provider.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { request } from '../stack/http.ts';
import { sample } from '../stack/sample.fixture.ts';
import { startIdentityProvider } from '../stack/servers.ts';
import { playWithIdp } from './play-with-idp.ts';

const folder = mkdtempSync(join(tmpdir(), 'recipes-'));
const idp = await startIdentityProvider();
after(async () => {
  rmSync(folder, { recursive: true });
  await idp[Symbol.asyncDispose]();
});
mock.method(console, 'log', () => undefined); // the settings to enter at the identity provider

/** A scenario without a sign-in at the IdP, so it passes with any recipe. */
const scenario = { tags: '@any-idp and @case:session-not-found', workers: 1 };
const port = await freePort();

let tenants = 0;

/** A recipe for a tenant of the mock, which has the SP registered and its users assigned. */
async function recipeFor({ changes = {}, assigned = 'everyone' as 'everyone' | 'no user' } = {}): Promise<string> {
  const slug = `recipe-${++tenants}`;
  const sp = `http://sp.localhost:${port}/saml/acme`;
  const side = await idp.control.put<IdpSide>(`/tenants/${slug}`, {
    displayName: 'Acme',
    users: [{ username: 'sam', password: 'right', email: 'sam@acme.example' }],
  });
  await idp.control.put(`/tenants/${slug}/apps`, {
    entityId: `${sp}/metadata`,
    acs: [`${sp}/acs`],
    assigned: 'everyone',
  });
  if (assigned === 'no user')
    await idp.control.put(`/tenants/${slug}/assignments`, { app: `${sp}/metadata`, users: [] });
  const file = join(folder, `${slug}.json`);
  const recipe = {
    name: 'Acme’s trial tenant',
    metadata: side.metadataUrl,
    signIn: { username: 'Username', password: 'Password', button: 'Sign in' },
    users: { Sam: { address: 'sam@acme.example', username: 'sam', password: 'right' } },
    serviceProvider: { port },
  };
  writeFileSync(file, JSON.stringify({ ...recipe, ...changes }));
  return file;
}

const stops = async (recipe: Promise<string>, ...sentences: RegExp[]): Promise<void> =>
  assert.rejects(playWithIdp(`recipe:${await recipe}`, scenario), (error: Error) => {
    assert.ok(error instanceof NotReady, error.stack);
    for (const sentence of sentences) assert.match(error.message, sentence);
    return true;
  });

test('a correct recipe: the scenario is played', async () => {
  const { tally, output } = await playWithIdp(`recipe:${await recipeFor()}`, scenario);
  assert.deepEqual(tally, { passed: 1, skipped: 0, failed: 0 }, output);
});

const trialFailed = /^Acme’s trial tenant: Sam’s first sign-in failed, so no scenario was played\.$/m;
const form = { username: 'Username', password: 'Password', button: 'Sign in' };
const sam = { address: 'sam@acme.example', username: 'sam', password: 'right' };

/** Each launches a browser. */
const stopping: Readonly<Record<string, () => Promise<void>>> = {
  'an identity provider that rejects every user stops the run': () =>
    stops(
      recipeFor({ assigned: 'no user' }),
      trialFailed,
      /^ {2}\| .*not assigned/m,
      /whether the identity provider knows this service provider, and lets Sam use it/,
    ),
  'a wrong password stops the run': () =>
    stops(
      recipeFor({ changes: { users: { Sam: { ...sam, password: 'wrong' } } } }),
      trialFailed,
      /^ {2}\| .*Wrong/m,
      /Check: Sam’s user name and password/,
    ),
  'a wrong label stops the run': () =>
    stops(
      recipeFor({ changes: { signIn: { ...form, username: 'Login' } } }),
      trialFailed,
      /^ {2}\| .*Username/m,
      /signIn\.username: the page has no field labelled “Login”\./,
      /whether the identity provider knows this service provider/,
    ),
  'a wrong label of the password, or a wrong button, stops the run': async () => {
    await stops(
      recipeFor({ changes: { signIn: { ...form, password: { placeholder: 'Secret' } } } }),
      trialFailed,
      /signIn\.password: the page has no field with the placeholder “Secret”\./,
    );
    await stops(
      recipeFor({ changes: { signIn: { ...form, button: 'Enter' } } }),
      trialFailed,
      /signIn\.button: the page has no button “Enter”\./,
    );
  },

  'a response that the service provider rejects stops the run, with what to fix': async () => {
    const recipe = await recipeFor();
    await idp.control.patch(`/tenants/recipe-${tenants}`, { clockOffsetMs: 8 * 60_000 });
    await stops(
      Promise.resolve(recipe),
      trialFailed,
      /Check: the service provider rejected the response as [a-z-]+\. .+/,
    );
  },

  'a page that moves the cursor or hides text is quoted harmlessly, and not at length': async () => {
    const page = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<p>\u001b]0;title\u0007 \u202e back</p>${'<p>more</p>'.repeat(10_000)}`);
    }).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const address = `http://idp.localhost:${(page.address() as AddressInfo).port}/sso`;
    const metadata = (await (await request(idp.url + '/recipe-1/metadata')).text()).replaceAll(
      /Location="[^"]*"/g,
      `Location="${address}"`,
    );
    writeFileSync(join(folder, 'hostile.xml'), metadata);
    try {
      await stops(
        recipeFor({ changes: { metadata: 'hostile.xml' } }),
        trialFailed,
        /^ {2}\| ⟨U\+001B⟩\]0;title/m,
        /^(?:(?!\p{Cc}|\u202e)[^\n]|\n){100,3000}$/u,
      );
    } finally {
      page.closeAllConnections();
      page.close();
    }
  },
};

for (const [name, play] of sample(Object.entries(stopping), 1)) test(name, play);

test('a metadata URL that returns 404 stops the run', () =>
  stops(
    recipeFor({ changes: { metadata: `${idp.url}/nowhere/metadata` } }),
    /^Acme’s trial tenant: GET \S+ returned 404 instead of metadata\. Check metadata in \S+\.$/,
  ));
