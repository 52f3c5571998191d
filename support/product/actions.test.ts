/** The actions of a recipe: each does what it says, or says what the page lacks. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { z } from 'zod';
import { act, isAsked, pressOrFollow } from './actions.ts';
import { NotDone } from './deed.ts';
import { NotOnPage } from './driver.ts';
import { createHttpDriver, type HttpDriver } from './http-driver.ts';
import type { At } from './product.ts';
import { readRecipe } from './recipe.ts';
import { action } from './recipe-parts.ts';
import { finishSso, startSso } from './signing-in.ts';

const form = (to: string, field: string, button: string): string =>
  `<form action="${to}"><label>${field} <input name="text"></label><button>${button}</button></form>`;
const pages: Readonly<Record<string, string>> = {
  '/login': '<a href="/work">Use your work account</a><a href="/help">Help</a>',
  '/work': form('/team', 'Work email', 'Continue'),
  '/team': `${form('/idp', 'Team', 'Go')}<a href="/idp">Continue without a team</a>`,
  '/both': `${form('/pressed', 'Team', 'Continue')}<a href="/followed">Continue</a>`,
  '/consent': '<form action="/in"><button>Accept</button></form>',
};
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url!, 'http://board.example');
  response.setHeader('content-type', 'text/html');
  response.end(`<main><p>${pathname} ${searchParams.get('text') ?? ''}</p>${pages[pathname] ?? ''}</main>`);
});
let url = '';
before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function board(signIn: object = {}): At & { driver: HttpDriver } {
  const fields = { name: 'Board', metadata: '/metadata', signIn: { page: '/login', ...signIn } };
  const recipe = readRecipe({ ...fields, signedIn: { text: 'In: {user}' } }, 'board.json');
  return { driver: createHttpDriver({ who: 'Sam' }), product: { url, recipe, values: { team: 'red' } } };
}

const text = async ({ driver }: At): Promise<string> => (await driver.look()).text;
const actions = (...given: z.input<typeof action>[]) => given.map((one) => action.parse(one));
const how = { deed: 'start single sign-on', where: 'the SP login page', values: { email: 'sam@acme.example' } };

test('actions follow links, fill in values, press buttons and open pages', async () => {
  const at = board();
  await act(at, actions({ open: '/login' }, { follow: 'Use your work account' }), how);
  await act(at, actions({ fill: 'Work email', with: '{email}' }, { press: '/^cont/i' }), how);
  assert.match(await text(at), /^\/team sam@acme\.example/);
  await act(at, actions({ fill: { name: 'text' }, with: 'red {other}' }, { press: 'Go' }), how);
  assert.equal(await text(at), '/idp red {other}');
  await act(at, actions({ open: '/teams/{team}' }), how);
  assert.equal(await text(at), '/teams/red');
});

test('press takes a link if there is no such button, and the button if there are both', async () => {
  const at = board();
  await act(at, actions({ open: '/team' }, { press: 'Continue without a team' }), how);
  assert.equal(await text(at), '/idp');
  await act(at, actions({ open: '/both' }, { press: 'Continue' }), how);
  assert.equal(await text(at), '/pressed');
});

const missing: readonly [action: z.input<typeof action>, what: string][] = [
  [{ press: 'Sign in with SSO' }, 'button “Sign in with SSO”'],
  [{ follow: 'Use SSO' }, 'link “Use SSO”'],
  [{ fill: 'Email', with: '{email}' }, 'field labelled “Email”'],
];
for (const [one, what] of missing)
  test(`a page without the ${what} is shown, and the next actions do not follow`, async () => {
    const at = board();
    await assert.rejects(act(at, actions({ open: '/login' }, one, { open: '/help' }), how), (error: Error) => {
      assert.ok(error instanceof NotDone, error.stack);
      assert.ok(
        error.message.startsWith(
          `Sam could not start single sign-on. Sam is not on the SP login page: it has no ${what}.`,
        ),
        error.message,
      );
      return true;
    });
    assert.match(await text(at), /^\/login/);
  });

test('a label that is neither on a button nor on a link is a missing button', async () => {
  const at = board();
  await at.driver.open(`${url}/login`);
  await assert.rejects(pressOrFollow(at.driver, 'Continue'), (error: Error) => {
    assert.ok(error instanceof NotOnPage);
    assert.equal(error.kind, 'button');
    return true;
  });
});

const asked: readonly [action: z.input<typeof action>, page: string, expected: boolean][] = [
  [{ fill: 'Work email', with: 'x' }, '/work', true],
  [{ fill: 'Work email', with: 'x' }, '/login', false],
  [{ press: 'Accept' }, '/consent', true],
  [{ press: '/accept/i' }, '/consent', true],
  [{ press: 'Accept' }, '/login', false],
  [{ press: 'Help' }, '/login', true],
  [{ follow: 'Help' }, '/login', true],
  [{ follow: 'Accept' }, '/consent', false],
  [{ press: 'accept' }, '/consent', true],
  [{ open: '/welcome' }, '/login', true],
];
for (const [one, page, expected] of asked)
  test(`${JSON.stringify(one)} is ${expected ? '' : 'not '}asked on ${page}`, async () => {
    const at = board();
    await at.driver.open(url + page);
    assert.equal(await isAsked(at, actions(one)[0]!), expected);
  });

test('start leads to the IdP, and finish accepts what the product asks afterwards', async () => {
  const at = board({
    start: [{ press: 'Use your work account' }, { fill: 'Work email', with: '{email}' }, { press: 'Continue' }],
    finish: [{ press: 'Accept' }],
  });
  await startSso(at, 'sam@acme.example');
  assert.match(await text(at), /^\/team sam@acme\.example/);
  await finishSso(at, 'sam@acme.example');
  assert.match(await text(at), /^\/team/, 'nothing is asked here');
  await at.driver.open(`${url}/consent`);
  await finishSso(at, 'sam@acme.example');
  assert.equal(await text(at), '/in');
});
