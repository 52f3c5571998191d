/** A recipe is the configuration of the conformance test: what it says about signing in is done. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BaselineFailed } from './baseline.ts';
import { InvalidConfig, readConfig } from './config.ts';
import { examine } from './examine.ts';
import { type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { isOldText, recipeText } from './old-config.ts';
import { standForTests } from './stand.fixture.ts';

const { stand, folder } = await standForTests();

const file = (content: string, name = 'sso-rehearsal.json'): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

type Instead = NonNullable<GullibleOptions['instead']>;

/** The outcome of one fault at a product with these pages, whose recipe has these fields. */
async function play(instead: Instead, recipe: object, module?: (recipe: string) => string): Promise<string> {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, instead });
  const { name, entityId, acs } = sp.config;
  const people = { Sam: { email: 'alice@example.org' } };
  const signedIn = { page: '/', text: 'You are {user}' };
  const text = JSON.stringify({ name, origin: sp.url, entityId, acs, people, signedIn, ...recipe });
  const config = await readConfig(module === undefined ? file(text) : file(module(text), `${crypto.randomUUID()}.ts`));
  const { rows } = await examine({ config, stand, only: ['audience-wrong'] });
  return rows.map(({ code, result, severity }) => `${code}: ${severity ?? result}`).join();
}

const accepted = 'audience-wrong: high';
const startPage =
  (page: string): Instead =>
  ({ path }) =>
    path === '/start' ? page : undefined;
const button = '<form action="/login"><button>Sign in with SSO</button></form>';

for (const [what, instead, recipe] of [
  ['by a button', startPage(button), { signIn: { page: '/start', sso: 'Sign in with SSO' } }],
  [
    'by actions',
    startPage(`<form action="/start"><button>Other ways</button></form><a href="/login">With SSO</a>${button}`),
    { signIn: { page: '/start', start: [{ press: 'Other ways' }, { follow: 'With SSO' }] } },
  ],
  [
    'by a JSON request',
    ({ method, path }) => {
      if (path === '/start') return '<div id="app"></div>';
      return method === 'POST' && path === '/api/start' ? '{"next": {"url": "/login"}}' : undefined;
    },
    {
      signIn: {
        page: '/start',
        start: [{ send: { url: '/api/start', body: { email: '{email}' } }, goTo: 'next.url' }],
      },
    },
  ],
  [
    'with a question at the first sign-in',
    ({ path, before }) =>
      path === '/' && before === 0 ? '<form action="/"><button>I accept</button></form>' : undefined,
    { signIn: { page: '/login', finish: [{ press: 'I accept' }] }, signedIn: { text: 'You are {user}' } },
  ],
] satisfies [string, Instead, object][])
  test(`a sign-in ${what} is played as the recipe says`, async () => {
    assert.equal(await play(instead, recipe), accepted);
    const { page } = recipe.signIn;
    await assert.rejects(play(instead, { ...recipe, signIn: { page } }), BaselineFailed, 'only as the recipe says');
  });

test('a module may have functions for signing in, and for who is signed in', async () => {
  const signIn = { page: '/start' };
  const outcome = play(startPage(''), { signIn, signedIn: { text: 'not {user} shown' } }, (recipe) => {
    const startSignIn = "async ({ driver, product }) => driver.open(new URL('/login', product.url))";
    const whoIsSignedIn = `async ({ driver, product }) => {
      await driver.open(product.url);
      return /You are (\\S+)/.exec((await driver.look()).text)?.[1];
    }`;
    return `export default { ...${recipe}, verbs: { startSignIn: ${startSignIn}, whoIsSignedIn: ${whoIsSignedIn} } };`;
  });
  assert.equal(await outcome, accepted);
});

test('a button that is missing is named', async () => {
  const recipe = { signIn: { page: '/start', sso: 'Single sign-on' } };
  await assert.rejects(play(startPage(button), recipe), /no button “Single sign-on”.*Sign in with SSO/s);
});

test('a JSON reply without an address is shown', async () => {
  const start = [{ send: { url: '/start', body: {} }, goTo: 'next.url' }];
  const recipe = { signIn: { page: '/start', start } };
  await assert.rejects(
    play(startPage('{"error": "no such email"}'), recipe),
    /no address at next\.url.*no such email/s,
  );
});

test('accounts that are made at the first sign-in have an email of the domain', async () => {
  const config = await readConfig(
    file(
      JSON.stringify({
        name: 'SP',
        metadata: '/metadata',
        origin: 'http://127.0.0.1:1',
        signIn: { page: '/login' },
        signedIn: { page: '/me', json: 'email' },
        people: { domain: 'acme.example', attributes: { mail: '{email}' } },
        idpInitiated: 'rejected',
        conformance: { skewMinutes: 5 },
      }),
    ),
  );
  const { user, unwanted, skewMinutes, metadata, signIn, signedIn } = config;
  assert.deepEqual(user, {
    address: 'sam@acme.example',
    nameId: 'sam@acme.example',
    shownAs: 'sam@acme.example',
    attributes: { mail: ['sam@acme.example'] },
  });
  assert.deepEqual([unwanted, skewMinutes], [['idp-initiated'], 5]);
  assert.deepEqual(
    [metadata, signIn, signedIn.page],
    ['http://127.0.0.1:1/metadata', 'http://127.0.0.1:1/login', 'http://127.0.0.1:1/me'],
  );
});

test('the product learns of the stand as its recipe says', async () => {
  let lastPut: string | undefined;
  const instead: Instead = ({ method, path }) => {
    if (method === 'PUT') lastPut = path;
    return method === 'PUT' ? 'thanks' : undefined;
  };
  const idp = { by: 'request', method: 'PUT', url: '/api/sso', body: '{entityId}' };
  assert.equal(await play(instead, { idp, signIn: { page: '/login' } }), accepted);
  assert.equal(lastPut, '/api/sso');
});

const old = {
  name: 'SP',
  metadata: 'sp.xml',
  signIn: 'http://127.0.0.1:1/login',
  signedIn: { page: 'http://127.0.0.1:1/', text: 'You are {user}' },
  user: { nameId: 'u-4711', address: 'alice@example.org', attributes: { mail: ['alice@example.org'], groups: [] } },
  knownBy: 'mail',
  victim: { nameId: 'u-1', attributes: {} },
  second: {
    entityId: 'https://sp.example/2',
    acs: 'http://127.0.0.1:1/acs/2',
    signIn: 'portal',
    user: { nameId: 'bob', attributes: {}, shownAs: 'Bob' },
  },
  restart: 'true',
  unwanted: ['sha-1'],
  demands: ['attributes'],
  hardened: true,
  timeoutSeconds: 30,
};

/** Without the recipe itself. */
async function settings(text: string): Promise<object> {
  const { product: _, second, ...config } = await readConfig(file(text));
  const { product: __, ...other } = second!;
  const named = <User extends { nameId: string; shownAs?: string | undefined }>(user: User): User => ({
    ...user,
    shownAs: user.shownAs ?? user.nameId,
  });
  return { ...config, user: named(config.user), second: { ...other, user: { ...named(other.user), address: 'any' } } };
}

test('an old configuration says the same as the recipe that upgrade makes of it', async () => {
  const recipe = join(folder, 'recipe.json');
  for (const metadata of ['sp.xml', join(folder, '..', 'sp.xml'), 'http://127.0.0.1:1/metadata']) {
    const text = JSON.stringify({ ...old, metadata });
    assert.deepEqual(await settings(recipeText(text, recipe)), await settings(text));
    assert.deepEqual([isOldText(text), isOldText(recipeText(text, recipe)), isOldText('{')], [true, false, false]);
  }
  assert.throws(() => recipeText(JSON.stringify({ ...old, signIn: 'x' }), recipe), /signIn/);
});

for (const [what, recipe, message] of [
  ['no people', {}, /people/],
  ['an unknown field', { people: { domain: 'acme.example' }, conformance: { skew: 5 } }, /skewMinutes/],
  ['a path and no origin', { origin: undefined, people: { domain: 'acme.example' } }, /needs origin/],
  [
    'a missing certificate authority',
    { certificateAuthority: 'nowhere.pem', people: { domain: 'acme.example' } },
    /certificateAuthority: nowhere\.pem/,
  ],
  [
    'a malformed certificate authority',
    { certificateAuthority: 'none.pem', people: { domain: 'acme.example' } },
    /none\.pem is not a certificate/,
  ],
  ['an unknown attribute', { people: { domain: 'acme.example' }, conformance: { knownBy: 'uid' } }, /knownBy/],
] as const)
  test(`a recipe with ${what} is rejected with a sentence`, async () => {
    const fields = { name: 'SP', metadata: '/m', origin: 'http://127.0.0.1:1', signIn: { page: '/' } };
    file('no certificate', 'none.pem');
    const text = JSON.stringify({ ...fields, signedIn: { json: 'user' }, ...recipe });
    await assert.rejects(readConfig(file(text)), (error) => {
      assert.ok(error instanceof InvalidConfig);
      assert.match(error.message, message);
      return true;
    });
  });
