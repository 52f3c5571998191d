/** Questions at a product read its pages: who is signed in, and the outcome of the newest response. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { NotDone } from '../../product/deed.ts';
import type { Product } from '../../product/product.ts';
import { readRecipe } from '../../product/recipe.ts';
import { launchBrowser } from '../../stack/browser.ts';
import { control } from '../../stack/control.ts';
import { nameRehearsal } from '../../stack/rehearsal.ts';
import { createCast } from '../actor.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { isShownAs, sessionShown, userAfterResponse, userShown } from './outside.ts';
import { waysIn } from './questions.ts';

const loginPage = `<main><form action="/password"><label>Email <input name="email"></label>
<button>Next</button></form>`;
/** Needs script. */
const passwordPage = `<main></main><script>document.querySelector('main').innerHTML =
'<form method="post" action="/in/Sam Smith"><label>Password <input></label><button>Sign in</button></form>'</script>`;

/** Signs in the email in the path; every other page shows the user, or that there is none. */
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url!, 'http://board.example');
  const given = /^\/(?:in|acs)\/(.+)$/.exec(pathname)?.[1];
  const session = given ?? /user=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const user = decodeURIComponent(session);
  response.setHeader('content-type', 'text/html');
  if (pathname === '/login') return void response.end(loginPage);
  if (pathname === '/password') return void response.end(passwordPage);
  if (given !== undefined) response.setHeader('set-cookie', `user=${given}; Path=/`);
  response.end(`<main>${user === '' ? 'No user' : `Logged in: ${user}!`}</main>`);
});
let port = 0;
before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const origin = (): string => `http://127.0.0.1:${port}`;
/** The same server under another name. */
const idpOrigin = (): string => `http://idp.localhost:${port}`;

function scene(signedIn: object = {}): Scene & { board: Product } {
  const { organization, tenant, cast } = nameRehearsal({
    organization: { slug: 'acme', name: 'Acme', domain: 'acme.example' },
    people: { Sam: { address: 'sam@acme.example', shownAs: 'Sam Smith' } },
  });
  const noBrowser = (): Promise<never> => Promise.reject(new Error('there is no browser here'));
  const fields = { name: 'Board', metadata: '/metadata', signIn: { page: '/login' } };
  const rules = { text: 'Logged in: {user}!', page: '/', ...signedIn };
  const part = (url: string) => ({ url, control: control(url, 'none') });
  return {
    organization,
    tenant,
    cast: createCast(cast, noBrowser, { kind: () => 'http' }),
    stack: { sp: part(origin()), idp: part(idpOrigin()) } as Scene['stack'],
    board: { url: origin(), recipe: readRecipe({ ...fields, signedIn: rules }, 'board.json') },
  };
}

const nameless = { page: undefined };

/** Posts a response from this person's browser. */
async function post({ cast }: Scene, who: 'Sam' | 'Grace', user: string, to = origin()): Promise<void> {
  await cast[who].unseen(async ({ visitor }) => {
    const fields = [['SAMLResponse', 'PHg+']] as const;
    await visitor.visit(`${to}/acs/${encodeURIComponent(user)}`, { method: 'POST', fields });
  });
}

const shown: readonly [name: string, expected: string | undefined][] = [
  ['Sam Smith', 'sam@acme.example'],
  ['SAM SMITH', 'sam@acme.example'],
  ['grace@acme.example', 'grace@acme.example'],
  ['sam@acme.example', 'sam@acme.example'],
  ['Root User', 'Root User'],
  ['', undefined],
];
for (const [name, expected] of shown)
  test(`the name “${name}” is ${expected ?? 'no user'}`, async () => {
    const one = scene();
    const driver = await one.cast.Sam.driver();
    await driver.open(`${origin()}/in/${encodeURIComponent(name)}`);
    assert.equal(await userShown(one, driver, one.board), expected);
  });

test('only the name that the recipe promises is the person', () => {
  const { Sam, Grace } = scene().cast;
  assert.deepEqual([isShownAs(Sam, 'sam smith'), isShownAs(Sam, 'sam@acme.example')], [true, false]);
  assert.equal(isShownAs(Grace, 'Grace@acme.example'), true);
});

test('a question leaves the page and the requests of a person as they are', async () => {
  const one = scene();
  const { Sam } = one.cast;
  const driver = await Sam.driver();
  await driver.open(`${origin()}/elsewhere`);
  const before = [await driver.look(), Sam.exchanges.length];
  assert.equal(await userShown(one, driver, one.board), undefined);
  assert.deepEqual([await driver.look(), Sam.exchanges.length], before);
});

test('without a page of its own the open page is read, unless it is one of the IdP', async () => {
  const one = scene(nameless);
  const driver = await one.cast.Sam.driver();
  assert.equal(await userShown(one, driver, one.board), undefined);
  await driver.open(`${idpOrigin()}/in/Sam%20Smith`);
  assert.equal(await userShown(one, driver, one.board), undefined);
  await driver.open(`${origin()}/in/Sam%20Smith`);
  assert.equal(await userShown(one, driver, one.board), 'sam@acme.example');
});

test('a product that does not respond is an error, an IdP that does not is none', async () => {
  const one = scene(nameless);
  const driver = await one.cast.Sam.driver();
  await driver.open('http://127.0.0.1:9/acs');
  await assert.rejects(userShown(one, driver, one.board), NotDone);
  const down = { ...one, stack: { ...one.stack, idp: { ...one.stack.idp, url: 'http://127.0.0.1:9' } } };
  assert.equal(await userShown(down, driver, one.board), undefined);
});

test('a session comes from the newest response or password of the browser', async () => {
  const one = scene();
  const { Sam } = one.cast;
  assert.equal(await sessionShown(one, 'Sam', one.board), undefined);
  await (await Sam.driver()).open(`${origin()}/in/Sam%20Smith`);
  assert.deepEqual(await sessionShown(one, 'Sam', one.board), { address: 'sam@acme.example', method: 'unknown' });
  await post(one, 'Sam', 'Sam Smith');
  assert.deepEqual(await sessionShown(one, 'Sam', one.board), { address: 'sam@acme.example', method: 'sso' });
  Sam.typedPassword = { at: Date.now() + 1, how: 'recovery' };
  assert.deepEqual(await sessionShown(one, 'Sam', one.board), { address: 'sam@acme.example', method: 'recovery' });
});

test('the outcome of a response is read in the browser that posted it', async () => {
  const one = scene();
  await assert.rejects(userAfterResponse(one, one.board), (error) => error instanceof Missing);
  await post(one, 'Grace', 'grace@acme.example', idpOrigin());
  await assert.rejects(userAfterResponse(one, one.board), (error) => error instanceof Missing);
  await post(one, 'Grace', 'grace@acme.example');
  assert.equal(await userAfterResponse(one, one.board), 'grace@acme.example');
  await post(one, 'Sam', '');
  assert.equal(await userAfterResponse(one, one.board), undefined);
});

test('a password that works on a page with script is a way in', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const signIn = { page: '/login', email: 'Email', next: 'Next', password: 'Password', button: 'Sign in' };
  const one = scene();
  const product = { ...one.board, recipe: { ...one.board.recipe, signIn } };
  const cast = createCast(one.cast, () => Promise.resolve(browser));
  const atProduct = { ...one, cast, product: { product, people: ['Sam'] } } as unknown as Scene;
  assert.deepEqual(await waysIn(atProduct, 'Sam'), ['password']);
});
