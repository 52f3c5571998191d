/** Parts of a recipe that our own service provider does not need: boxes to check, links to sign in and out. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { act, isAsked } from './actions.ts';
import { enforce } from './connecting.ts';
import { NotDone } from './deed.ts';
import { createHttpDriver } from './http-driver.ts';
import type { At } from './product.ts';
import { readRecipe } from './recipe.ts';
import { chooseSso, openSignIn, signOut, whoIsSignedIn } from './signing-in.ts';

const box = (name: string, label: string): string =>
  `<label><input type="checkbox" name="${name}" value="yes"> ${label}</label>`;

const pages: Readonly<Record<string, (sent: string) => string>> = {
  '/login': () => '<a href="/in">Sign in with SSO</a>',
  '/in': () => '<p>Signed in as sam.</p><a href="/out">Sign out</a><a href="/in">Stay signed in</a>',
  '/out': () => '<p>Goodbye</p>',
  '/enforce': () =>
    `<form method="post" action="/enforced">${box('everyone', 'All users')}${box('owners', 'Owners keep a password')}
<button>Enforce</button></form>`,
  '/enforced': (sent) => `<p>Enforced: ${sent.replaceAll('&', ' ') || 'for no user'}</p>`,
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Keeps the session in a cookie. */
const server = createServer(async (request, response) => {
  const { url = '', headers } = request;
  const isIn = headers.cookie?.includes('session=sam');
  response.setHeader('content-type', 'text/html');
  if (url === '/in') response.setHeader('set-cookie', 'session=sam; Path=/');
  if (url === '/out') response.setHeader('set-cookie', 'session=none; Path=/');
  const body = url === '/home' ? pages[isIn ? '/in' : '/out']!('') : pages[url]!(await bodyOf(request));
  response.end(`<main>${body}</main>`);
});
before(() => new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening)));
after(() => {
  server.closeAllConnections();
  server.close();
});

const enforcing = { page: '/enforce', button: 'Enforce', done: '/^Enforced: /' };

const board = (changes: object = {}): At => ({
  driver: createHttpDriver({ who: 'Sam' }),
  product: {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recipe: readRecipe(
      {
        name: 'Board',
        metadata: '/metadata',
        signIn: { page: '/login', sso: 'Sign in with SSO' },
        signedIn: { page: '/home', text: 'Signed in as {user}.' },
        signOut: { page: '/home', link: 'Sign out' },
        enforcement: { enforce: enforcing },
        ...changes,
      },
      'board.json',
    ),
  },
});

test('a link starts single sign-on, and another one signs out', async () => {
  const at = board();
  await openSignIn(at);
  await chooseSso(at);
  assert.equal(await whoIsSignedIn(at), 'sam');
  await signOut(at);
  assert.equal(await whoIsSignedIn(at), undefined);
});

test('a link that does not sign out is not enough', async () => {
  const at = board({ signOut: { page: '/home', link: 'Stay signed in' } });
  await at.driver.open(`${at.product.url}/in`);
  await assert.rejects(signOut(at), { message: /^Sam could not sign out\. Sam is still signed in\./ });
});

test('a sign-out link that the page lacks is named', async () => {
  await assert.rejects(signOut(board()), (error: Error) => {
    assert.ok(error instanceof NotDone);
    assert.match(
      error.message,
      /^Sam could not sign out\. .* it has no link “Sign out”\. Sam sees a page at .*Goodbye/,
    );
    return true;
  });
});

const boxes: readonly [what: string, recipe: object, enforced: string][] = [
  ['neither box by default', {}, 'Enforced: for no user'],
  ['the box of the covered users', { covered: 'All users' }, 'Enforced: everyone=yes'],
  ['the box of the recovery administrators', { recovery: '/^Owners/' }, 'Enforced: owners=yes'],
  ['both boxes', { covered: 'All users', recovery: '/^Owners/' }, 'Enforced: everyone=yes owners=yes'],
];
for (const [what, recipe, enforced] of boxes)
  test(`enforcement checks ${what}`, async () => {
    const at = board({ enforcement: { enforce: { ...enforcing, ...recipe } } });
    await enforce(at);
    assert.equal((await at.driver.look()).text, enforced);
  });

test('an action of a recipe checks a box, where the page has it', async () => {
  const at = board();
  const all = { tick: 'All users' };
  assert.equal(await isAsked(at, all), false);
  await act(at, [{ open: '/enforce' }], { deed: 'open the page', where: 'it', values: {} });
  assert.equal(await isAsked(at, all), true);
  await act(at, [all, { press: 'Enforce' }], { deed: 'enforce SSO', where: 'its page', values: {} });
  assert.equal((await at.driver.look()).text, 'Enforced: everyone=yes');
});

test('a box that the page lacks is named', async () => {
  const at = board({ enforcement: { enforce: { ...enforcing, covered: 'Guests' } } });
  await assert.rejects(enforce(at), { message: /^Sam could not enforce SSO\. .* it has no box “Guests”\./ });
});
