/** Recipes are validated strictly: every mistake is reported with its path. Passwords may be in the environment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecipe } from './recipe.ts';

const good = {
  name: 'Acme’s trial tenant',
  metadata: 'https://idp.acme.example/metadata',
  signIn: { username: 'Username', next: 'Next', password: 'Password', button: 'Verify' },
  users: {
    Sam: { address: 'sam@acme.example', password: { fromEnvironment: 'SAM' } },
    Grace: { address: 'grace@acme.example', username: 'grace', password: 'secret' },
  },
};
const read = (changes: object = {}): ReturnType<typeof readRecipe> =>
  readRecipe(JSON.stringify({ ...good, ...changes }), { SAM: 'from outside' });

test('a recipe has the users of the identity provider', () => {
  const { people, domain, serviceProvider, origins, notes } = read();
  assert.deepEqual(people, {
    Sam: { address: 'sam@acme.example', idpUsername: 'sam@acme.example', idpPassword: 'from outside' },
    Grace: { address: 'grace@acme.example', idpUsername: 'grace', idpPassword: 'secret' },
  });
  assert.deepEqual(
    { domain, serviceProvider, origins, notes },
    { domain: 'acme.example', serviceProvider: { port: 8480, organization: 'acme' }, origins: [], notes: [] },
  );
});

test('a field without a label is found by its placeholder or its name', () => {
  const signIn = { username: { placeholder: 'Login' }, password: { name: 'password' }, button: 'Connect' };
  assert.deepEqual(read({ signIn }).signIn, signIn);
});

test('a form without a password needs no passwords', () => {
  const { signIn, people } = read({
    signIn: { username: 'Subject NameID', button: 'Sign in' },
    users: { Sam: { address: 'sam@acme.example' } },
  });
  assert.deepEqual(signIn, { username: 'Subject NameID', button: 'Sign in' });
  assert.deepEqual(people.Sam, { address: 'sam@acme.example', idpUsername: 'sam@acme.example', idpPassword: '' });
});

const bad: readonly (readonly [what: string, changes: object, error: RegExp])[] = [
  ['no user to test with', { users: { Grace: good.users.Grace } }, /users\.Sam/],
  ['a user who is not in the cast', { users: { ...good.users, Mallory: good.users.Grace } }, /Mallory/],
  [
    'a form with a password that Sam lacks',
    { users: { Sam: { address: 'sam@acme.example' } } },
    /users\.Sam\.password/,
  ],
  [
    'a field description that is neither',
    { signIn: { ...good.signIn, username: { css: '#u' } } },
    /must be a label, .*\n.*signIn\.username/,
  ],
  ['a form without its button', { signIn: { username: 'Username', password: 'Password' } }, /signIn\.button/],
  ['a misspelt setting', { metadate: 'x' }, /metadate/],
  ['a malformed email', { users: { Sam: { ...good.users.Sam, address: 'sam' } } }, /users\.Sam\.address/],
  ['an invalid port', { serviceProvider: { port: 0 } }, /serviceProvider\.port/],
  [
    'two mail domains',
    { users: { ...good.users, Grace: { address: 'grace@other.example', password: 'x' } } },
    /one mail domain, not acme\.example, other\.example/,
  ],
  [
    'a password missing from the environment',
    { users: { Sam: { ...good.users.Sam, password: { fromEnvironment: 'NOWHERE' } } } },
    /NOWHERE/,
  ],
];
for (const [what, changes, error] of bad)
  test(`a recipe with ${what} is rejected`, () => assert.throws(() => read(changes), error));

test('a recipe that is not JSON is rejected with our own sentence', () =>
  assert.throws(() => readRecipe('{name: x}'), { message: 'it is not JSON' }));
