/** Invalid recipes are rejected with every mistake and its path; missing verbs are not available. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Unable } from '../idp/identity-provider.ts';
import { enforce, markTest, sendTest, setUpConnection, turnOffEnforcement } from './connecting.ts';
import { openPage } from './deed.ts';
import { createHttpDriver } from './http-driver.ts';
import { openRecipe } from './open-recipe.ts';
import { ownRecipe } from './own-product.ts';
import { type At, addressOf, NotAvailable } from './product.ts';
import { InvalidRecipe, readRecipe, recipeSchema } from './recipe.ts';
import { chooseSso, enterEmail, enterPassword, openSignIn, signOut } from './signing-in.ts';
import { openTestLink, reportToAdministrator } from './test-email.ts';

const least = {
  name: 'Board',
  metadata: '/metadata',
  signIn: { page: '/login' },
  signedIn: { text: 'Signed in as {user}' },
};

test('a label is plain text, or a pattern between slashes', () => {
  const { signIn } = readRecipe(
    { ...least, signIn: { page: 'portal', email: { placeholder: 'you@work' }, next: 'Go/on', sso: '/sign ?in/i' } },
    'board.json',
  );
  assert.deepEqual(signIn, { page: 'portal', email: { placeholder: 'you@work' }, next: 'Go/on', sso: /sign ?in/i });
});

const wrong: readonly [what: string, recipe: unknown, message: RegExp][] = [
  ['nothing', undefined, /board\.json does not describe a service provider/],
  ['an unknown field', { ...least, login: '/login' }, /Unrecognized key: "login".*A recipe may contain: name, origin/s],
  ['no name', { ...least, name: '' }, /must not be empty\s+→ at name/],
  ['a name that moves the cursor', { ...least, name: 'Bo\u001b[2Jard' }, /must be visible characters\s+→ at name/],
  ['two ways to describe it', { ...least, entityId: 'x', acs: '/acs' }, /needs either metadata, or entityId and acs/],
  ['an address of another kind', { ...least, origin: 'ftp://board' }, /must begin with http:\/\/ or https:\/\//],
  ['a page without a slash', { ...least, signIn: { page: 'login' } }, /must begin with .*or \/\s+→ at signIn\.page/s],
  ['a bad pattern', { ...least, signOut: { link: '/(/' } }, /is not a pattern: \/\(\/\s+→ at signOut\.link/],
  [
    'a field by another hint',
    { ...least, signIn: { page: '/', email: { css: '#a' } } },
    /must be a label, \{"placeholder/,
  ],
  ['two ways to see the user', { ...least, signedIn: { text: '{user}', cookie: 'c' } }, /exactly one of text, json/],
  ['a text without the user', { ...least, signedIn: { text: 'Hello' } }, /must contain \{user\} once/],
  [
    'a link without a pattern',
    { ...least, test: { ...ownTest(), email: { link: 'https://x', opened: 'y' } } },
    /must be a pattern, as \/https/,
  ],
];
for (const [what, recipe, message] of wrong)
  test(`a recipe with ${what} is rejected`, () =>
    assert.throws(
      () => readRecipe(recipe, 'board.json'),
      (error: Error) => {
        assert.ok(error instanceof InvalidRecipe);
        assert.match(error.message, message);
        return true;
      },
    ));

/** zod reads a list of required fields as a schema of anything. */
const withoutRules = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    ['oneOf', 'anyOf'].includes(key) && value.every((one: object) => Object.keys(one).join() === 'required')
      ? undefined
      : value,
  );
const published = z.fromJSONSchema(withoutRules(recipeSchema()) as Parameters<typeof z.fromJSONSchema>[0]);

test('the published schema accepts our own recipe, which refers to it', async () => {
  const file = new URL('own-recipe.json', import.meta.url);
  const own = JSON.parse(await readFile(file, 'utf8'));
  assert.deepEqual(JSON.parse(await readFile(new URL(own.$schema, file), 'utf8')), recipeSchema());
  assert.deepEqual(published.safeParse(own).error?.issues, undefined);
});

test('the recipes of the examples are valid, and refer to the schema', async () => {
  const folder = new URL('../../docs/examples/products/', import.meta.url);
  const names = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isDirectory());
  assert.ok(names.length >= 4);
  for (const { name } of names) {
    const file = new URL(`${name}/recipe.json`, folder);
    const example = JSON.parse(await readFile(file, 'utf8'));
    assert.deepEqual(published.safeParse(example).error?.issues, undefined, name);
    assert.ok((await openRecipe(fileURLToPath(file))).recipe.people, name);
    assert.equal(
      new URL(example.$schema, file).href,
      new URL('../../docs/product-recipe.schema.json', import.meta.url).href,
      name,
    );
  }
});

/** Patterns are not compiled, and rules of several fields are left out above. */
const unseen = ['two ways to describe it', 'a bad pattern', 'two ways to see the user', 'a name that moves the cursor'];
for (const [what, recipe] of wrong.filter(([what]) => !unseen.includes(what)))
  test(`the published schema rejects a recipe with ${what}`, () =>
    assert.equal(published.safeParse(recipe).success, false));

test('the published schema has the rules of several fields', () => {
  const rules: unknown[] = [];
  JSON.stringify(recipeSchema(), (key, value) => {
    const isRule = ['oneOf', 'anyOf'].includes(key) && String(Object.keys(value[0])) === 'required';
    if (isRule) rules.push(value);
    return value;
  });
  const needs = (...sets: string[][]): object[] => sets.map((required) => ({ required }));
  assert.deepEqual(rules, [
    needs(['text'], ['json'], ['cookie'], ['address']),
    needs(['file'], ['text']),
    needs(['text'], ['json'], ['cookie'], ['address']),
    needs(['metadata'], ['entityId', 'acs']),
    needs(['metadata'], ['entityId', 'acs']),
    needs(['smtp'], ['api'], ['imap'], ['command'], ['webhook']),
  ]);
});

function ownTest(): object {
  return {
    send: { page: '/', button: 'b', done: 'd', email: 'e' },
    result: { page: '/', pending: 'a', passed: 'b', failed: 'c' },
  };
}

test('an unreadable recipe is reported with its name', async () => {
  await assert.rejects(openRecipe('/nowhere.json'), { message: 'Cannot read the recipe /nowhere.json' });
  await assert.rejects(openRecipe('README.md'), { message: 'README.md is not JSON' });
});

const at = (recipe: object): At => ({
  driver: createHttpDriver({ who: 'Sam' }),
  product: { recipe: readRecipe(recipe, 'board.json'), url: 'http://127.0.0.1:9' },
});

test('a URL with an unfilled name in braces is not opened', async () => {
  const { driver, product } = at(least);
  assert.throws(() => addressOf(product, '/sso/{connection}'), {
    message: 'No value for {connection} in the address /sso/{connection} of Board',
  });
  await assert.rejects(openPage({ driver, product }, '/sso/{connection}'), {
    message: 'Sam could not open /sso/{connection}. No SSO profile is set up yet. Sam has no page open.',
  });
  await assert.rejects(openPage({ driver, product }, '/board/{team}'), {
    message: 'Sam could not open /board/{team}. There is no value for {team} yet. Sam has no page open.',
  });
});

const verbs: Readonly<Record<string, (at: At) => Promise<unknown>>> = {
  'start a sign-in': (at) =>
    openSignIn({
      ...at,
      product: { ...at.product, recipe: { ...ownRecipe, name: 'Board', signIn: { page: 'portal' } } },
    }),
  'ask for an email': (at) => enterEmail(at, 'sam@acme.example'),
  'offer single sign-on by a button': chooseSso,
  'take a password': (at) => enterPassword(at, 'secret'),
  'sign a user out': signOut,
  'set up a connection': (at) => setUpConnection(at, { name: 'Acme', idp: { metadata: '' }, how: 'fromMetadata' }),
  'send a test': (at) => sendTest(at, 'sam@acme.example'),
  'mark a test': (at) => markTest(at, 'passed'),
  'enforce SSO': enforce,
  'turn off SSO enforcement': turnOffEnforcement,
  'send a test email': (at) => openTestLink(at, 'http://127.0.0.1:9/'),
  'take the report gave-up': (at) => reportToAdministrator(at, 'gave-up'),
};
for (const [verb, act] of Object.entries(verbs))
  test(`a verb that the recipe lacks is not available: ${verb}`, async () => {
    await assert.rejects(
      async () => act(at(least)),
      (error: Error) => {
        assert.ok(error instanceof NotAvailable && error instanceof Unable, String(error));
        assert.match(error.message, /^Board cannot .*: its recipe does not say how$/);
        return true;
      },
    );
  });
