/** Detects the signed-in user in each of the supported ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLinear } from '../../sp/saml/processor-time.fixture.ts';
import { sessionShown, whoIsSignedIn } from './signed-in.ts';

const look = {
  url: new URL('http://127.0.0.1/home'),
  text: 'Signed in as: alice@example.org Sign out',
  body: '{"user":{"email":"alice@example.org"}}',
  cookies: ['theme'],
};
const userOn = (signedIn: object, changed: Partial<typeof look> = {}): unknown =>
  whoIsSignedIn({ signedIn }, { ...look, ...changed });

test('by the text around the name', () => {
  assert.deepEqual(userOn({ text: 'Signed in as: {user}' }), { as: 'alice@example.org' });
  assert.deepEqual(userOn({ text: 'as: {user} Sign out' }), { as: 'alice@example.org' });
  assert.equal(userOn({ text: 'Hello {user}' }), undefined);
  assert.equal(userOn({ text: 'Signed in as: {user}' }, { text: 'Signed in as: ' }), undefined);
  assert.deepEqual(
    userOn({ text: '({user})' }, { text: 'You (bob) are here' }),
    { as: 'bob' },
    'special characters are literal',
  );
});

test('a session without a name is one only if the text before the name is followed by the text after it', () => {
  const shown = (signedIn: object, text: string): unknown => sessionShown({ signedIn }, { ...look, text });
  for (const [text, page] of [
    ['as: {user} Sign out', 'Signed in as: Sign out'],
    ['as: “{user}” of acme', 'Signed in as: “” of acme'],
    ['as:{user} of acme', 'Signed in as: of acme'],
  ] as const)
    assert.deepEqual(shown({ text }, page), { as: '' }, page);
  assert.equal(shown({ text: 'as: “{user}” of second' }, 'Signed in as: “bob” of acme'), undefined);
  assert.equal(shown({ text: 'as: "{user}"' }, 'Signed in as: "'), undefined);
});

test('by a path in JSON', () => {
  assert.deepEqual(userOn({ json: 'user.email' }), { as: 'alice@example.org' });
  assert.equal(userOn({ json: 'user.name' }), undefined);
  assert.equal(userOn({ json: 'user.email' }, { body: '{"user":null}' }), undefined);
  assert.equal(userOn({ json: 'user.email' }, { body: '<html>' }), undefined);
});

test('by a cookie or a URL, which give no name', () => {
  assert.equal(userOn({ cookie: 'session' }), undefined);
  assert.deepEqual(userOn({ cookie: 'session' }, { cookies: ['session'] }), { as: null });
  assert.deepEqual(userOn({ address: 'http://127.0.0.1/home' }), { as: null });
  assert.equal(userOn({ address: 'http://127.0.0.1/home' }, { url: new URL('http://127.0.0.1/login') }), undefined);
});

test('the search for the name takes linear time', async () => {
  const signedIn = { text: 'as {user} is here' };
  for (const piece of ['x', 'as ', 'as x is ', ' ', '\n'])
    for (const text of ['{user} is here', 'as {user}', signedIn.text])
      await assertLinear(
        `${JSON.stringify(piece)} and ${text}`,
        (size) => piece.repeat(8 * size),
        (page) => userOn({ text }, { text: page }),
      );
});

test('a name as long as a page is cut', () => {
  const found = userOn({ text: 'as {user}' }, { text: `as ${'x'.repeat(100_000)}` }) as { as: string };
  assert.equal(found.as.length, 300);
});
