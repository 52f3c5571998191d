/** Who is signed in, in each of the ways in which a service provider may tell it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLinear } from '../stack/growth.fixture.ts';
import { whoIsSignedIn } from './signed-in.ts';

const look = {
  url: new URL('http://127.0.0.1/home'),
  text: 'Signed in as: alice@example.org Sign out',
  body: '{"user":{"email":"alice@example.org"}}',
  cookies: ['theme'],
};
const who = (signedIn: object, changed: Partial<typeof look> = {}): unknown =>
  whoIsSignedIn({ signedIn }, { ...look, ...changed });

test('by text around the name', () => {
  assert.deepEqual(who({ text: 'Signed in as: {user}' }), { as: 'alice@example.org' });
  assert.deepEqual(who({ text: 'as: {user} Sign out' }), { as: 'alice@example.org' });
  assert.equal(who({ text: 'Hello {user}' }), undefined);
  assert.equal(who({ text: 'Signed in as: {user}' }, { text: 'Signed in as: ' }), undefined);
  assert.deepEqual(
    who({ text: '({user})' }, { text: 'You (bob) are here' }),
    { as: 'bob' },
    'signs have no meaning of their own',
  );
});

test('by a place in JSON', () => {
  assert.deepEqual(who({ json: 'user.email' }), { as: 'alice@example.org' });
  assert.equal(who({ json: 'user.name' }), undefined);
  assert.equal(who({ json: 'user.email' }, { body: '{"user":null}' }), undefined);
  assert.equal(who({ json: 'user.email' }, { body: '<html>' }), undefined);
});

test('by a cookie or an address, which name nobody', () => {
  assert.equal(who({ cookie: 'session' }), undefined);
  assert.deepEqual(who({ cookie: 'session' }, { cookies: ['session'] }), { as: null });
  assert.deepEqual(who({ address: 'http://127.0.0.1/home' }), { as: null });
  assert.equal(who({ address: 'http://127.0.0.1/home' }, { url: new URL('http://127.0.0.1/login') }), undefined);
});

test('a search for the name takes a time that grows with the page only', async () => {
  const signedIn = { text: 'as {user} is here' };
  for (const piece of ['x', 'as ', 'as x is ', ' ', '\n'])
    for (const text of ['{user} is here', 'as {user}', signedIn.text])
      await assertLinear(
        `${JSON.stringify(piece)} and ${text}`,
        (size) => piece.repeat(8 * size),
        (page) => who({ text }, { text: page }),
      );
});

test('a name as long as a page is cut', () => {
  const found = who({ text: 'as {user}' }, { text: `as ${'x'.repeat(100_000)}` }) as { as: string };
  assert.equal(found.as.length, 300);
});
