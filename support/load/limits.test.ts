/** Load goes to this machine; another host needs to be named, and is bounded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRecipe } from '../product/own-product.ts';
import { checkLoad, TooMuch } from './limits.ts';
import { originsOf } from './played/origins.ts';

const check =
  (addresses: readonly string[], { rate = 10, seconds = 60, allowed = [] as string[] } = {}) =>
  (): void =>
    checkLoad(addresses, { rate, seconds, allowed });

const local = ['http://127.0.0.1:3000', 'http://sp.localhost/login', 'http://[::1]:3000/'];
const elsewhere = 'https://staging.acme.test/login';

test('this machine needs no permission', () => {
  assert.doesNotThrow(check(local));
  assert.doesNotThrow(check(local, { rate: 5_000, seconds: 3_600 }));
  assert.throws(check(local, { rate: 20_000 }), TooMuch);
});

test('another host must be named', () => {
  assert.throws(check([...local, elsewhere]), /add --i-may-load staging\.acme\.test$/);
  assert.throws(check([elsewhere], { allowed: ['acme.test'] }), TooMuch);
  assert.throws(check(['http://192.168.0.7/']), TooMuch);
  assert.throws(check(['http://localhost.acme.test/']), TooMuch);
  assert.doesNotThrow(check([elsewhere], { allowed: ['staging.acme.test'] }));
});

test('another host gets little load, and not for long', () => {
  const allowed = ['staging.acme.test'];
  assert.throws(check([elsewhere], { allowed, rate: 51 }), /at most 50 sign-ins a second/);
  assert.throws(check([elsewhere], { allowed, seconds: 901 }), /at most 900 seconds/);
  assert.doesNotThrow(check([elsewhere], { allowed, rate: 50, seconds: 900 }));
});

test('every host that a run visits is checked, also that of an action', () => {
  const start = [{ open: '//sso.acme.test/start' }, { press: 'Next' }];
  const finish = [{ open: '/terms' }, { send: { url: 'https://api.acme.test/accept', headers: {} } }];
  const signIn = { ...ownRecipe.signIn, page: 'https://login.acme.test/', start, finish };
  const signedIn = { ...ownRecipe.signedIn, page: 'https://app.acme.test/' };
  const signOut = { page: 'https://out.acme.test/', after: [{ open: 'https://bye.acme.test/' }] };
  const recipe = { ...ownRecipe, origins: ['https://cdn.acme.test'], signIn, signedIn, signOut };
  assert.deepEqual(originsOf(recipe, 'http://sp.localhost'), [
    'http://sp.localhost',
    'https://cdn.acme.test',
    'https://login.acme.test',
    'https://app.acme.test',
    'https://out.acme.test',
    'http://sso.acme.test',
    'https://api.acme.test',
    'https://bye.acme.test',
  ]);
});
