/** The pages of a sign-in: what each visit changes in its own tenant and browser, and nothing elsewhere. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { load } from 'cheerio';
import { type Answer, codeIn, requestXml, responseIn, transactionIn } from '../app.fixture.ts';
import { createApp } from '../app.ts';
import { element, render } from '../response/xml.ts';
import type { KeyPool } from '../tenants/keys.ts';
import {
  type Browser,
  consoleApp,
  createBrowser,
  lineTo,
  openWorld,
  type Party,
  type World,
  wikiApp,
} from '../two-tenants.fixture.ts';

const { entityId: app } = consoleApp;
let world: World;
let acme: Party;
let sam: Browser;
before(async () => {
  world = await openWorld();
  ({ acme } = world);
});
after(() => world[Symbol.asyncDispose]());
let others: unknown;
beforeEach(() => {
  sam = world.browser();
  others = world.contents(world.globex);
  acme.tenant().log.length = 0;
});
afterEach(async () => {
  assert.deepEqual(world.contents(world.globex), others, 'nothing changes in the other tenant');
  await acme.api.change({ disabled: false });
  await acme.api.arrangeFaults();
  await acme.api.assign('everyone', { app });
  await acme.api.changeUser('sam', { locked: false, password: acme.sam.password });
});

const kinds = (): string[] => acme.tenant().log.map(({ kind }) => kind);
const titleOf = ({ body }: Answer): string => load(body)('h1').text();
const alertOf = ({ body }: Answer): string => load(body)('[role=alert]').text();
const sessions = (): number => acme.tenant().sessions.size;
const portalSignIn = (browser = sam, { username, password } = acme.sam as { username: string; password: string }) =>
  browser.post('/acme/login', { username, password });
const carried = ({ body }: Answer): Record<string, string> =>
  Object.fromEntries(
    load(body)('form[action$="/login"] input[type=hidden]')
      .get()
      .map((one) => [one.attribs.name!, one.attribs.value!]),
  );
const posted = (options: Parameters<typeof requestXml>[1] = {}, relayState = 'state'): Record<string, string> => {
  const xml = render(requestXml(acme.api.ssoUrl, { issuer: app, at: acme.api.now(), ...options }));
  return { SAMLRequest: Buffer.from(xml).toString('base64'), RelayState: relayState };
};

test('a request shows the login page, and the response names the user', async () => {
  const page = await sam.ask(acme, { relayState: 'a & b', id: '_asked-by-the-console' });
  assert.match(load(page.body)('strong').text(), /sp\.example/);
  const { text, relayState, action, inResponseTo, $ } = responseIn(await sam.signIn(acme, page));
  assert.deepEqual(
    [text('NameID'), relayState, action, inResponseTo],
    ['sam@acme.example', 'a & b', consoleApp.acs, '_asked-by-the-console'],
  );
  assert.match($('main p').text(), /Continuing to sp\.example\./);
  assert.equal(text('Issuer'), acme.api.entityId);
  assert.deepEqual(kinds(), ['authn-request', 'login', 'response']);
});

test('a session signs in without a page, and only in its tenant and browser', async () => {
  await sam.askAndSignIn(acme);
  assert.deepEqual(responseIn(await sam.ask(acme)).statuses, ['Success']);
  transactionIn(await world.browser().ask(acme));
  const cookies = new Map(sam.cookies);
  const otherBrowser = world.browser();
  for (const [name, value] of cookies) otherBrowser.cookies.set(name, `${value}x`);
  transactionIn(await otherBrowser.ask(acme));
  const other = world.globex.tenant();
  transactionIn(await sam.ask(world.globex));
  other.transactions.clear();
  other.requests.clear();
  other.log.length = 0;
});

test('the password belongs to the tenant', async () => {
  const page = await sam.signIn(acme, await sam.ask(acme), world.globex.sam);
  assert.deepEqual([page.status, alertOf(page)], [422, 'Wrong username or password.']);
  assert.equal(sam.cookies.size, 1, 'the cookie that tells browsers apart, and no session');
});

test('after a wrong password the page still carries the sign-in', async () => {
  const login = await sam.ask(acme);
  const page = await sam.signIn(acme, login, { username: 'sam', password: 'wrong' });
  assert.equal(transactionIn(page), transactionIn(login));
  assert.deepEqual(
    [load(page.body)('#username').attr('value'), load(page.body)('strong').text()],
    ['sam', 'sp.example'],
  );
  assert.deepEqual(responseIn(await sam.signIn(acme, page)).statuses, ['Success']);
  assert.deepEqual(kinds(), ['authn-request', 'login', 'login', 'response']);
});

test('after a wrong password at the portal the page carries nothing, and a missing password is wrong', async () => {
  const page = await portalSignIn(sam, { username: 'sam', password: 'wrong' });
  assert.deepEqual([page.status, carried(page)], [422, {}]);
  for (const fields of [{ username: 'sam' }, { password: acme.sam.password }, {}]) {
    const reply = await sam.post('/acme/login', fields as Record<string, string>);
    assert.equal(reply.status, 422);
  }
  assert.equal(sam.cookies.size, 0);
});

test('a locked account sees that it is locked, and opens no session', async () => {
  await acme.api.changeUser('sam', { locked: true });
  const before = sessions();
  const page = await sam.askAndSignIn(acme);
  assert.deepEqual([page.status, codeIn(page)], [403, 'account-locked']);
  assert.match(load(page.body)('main p').text(), /This account is locked\.Wait a while, or ask your administrator/);
  assert.equal(sessions(), before);
});

/** Signs Sam in to an app, from the SP and from the portal. */
const starts: [where: string, go: () => Promise<Answer>][] = [
  ['from the SP', async () => sam.askAndSignIn(acme)],
  [
    'from the portal',
    async () => {
      await portalSignIn();
      return sam.get('/acme/apps/1');
    },
  ],
];
for (const [where, go] of starts)
  test(`an unassigned user stays at the IdP, ${where}`, async () => {
    await acme.api.unassign('sam', { app });
    const page = await go();
    assert.deepEqual([page.status, codeIn(page)], [403, 'not-assigned']);
    assert.match(alertOf(page), /sp\.example is not assigned to sam\./);
    assert.equal(load(page.body)('a').attr('href'), '/acme');
    assert.equal(kinds().at(-1), 'refusal');
    assert.ok(!kinds().includes('response'));
    assert.deepEqual(responseIn(await sam.get('/acme/apps/2')).statuses, ['Success'], 'the other app is assigned');
  });

test('the portal shows the login page, or the apps that are assigned', async () => {
  assert.equal(titleOf(await sam.get('/acme')), 'Sign in');
  const signedIn = await portalSignIn();
  assert.deepEqual([signedIn.status, signedIn.location], [303, '/acme']);
  const tiles = async () =>
    load((await sam.get('/acme')).body)('.tiles a')
      .get()
      .map((one) => one.attribs.href);
  assert.deepEqual(await tiles(), ['/acme/apps/1', '/acme/apps/2']);
  await acme.api.unassign('sam', { app });
  assert.deepEqual(await tiles(), ['/acme/apps/2']);
  acme.tenant().users.delete('sam');
  assert.equal(titleOf(await sam.get('/acme')), 'Sign in');
  await acme.api.putUser(acme.sam);
});

test('a tile without a session shows the login page, which carries the app and RelayState', async () => {
  const waiting = acme.tenant().transactions.size;
  const page = await sam.get('/acme/apps/2?RelayState=where+to');
  assert.deepEqual(carried(page), { app: '2', RelayState: 'where to' });
  assert.deepEqual(carried(await sam.get('/acme/apps/2')), { app: '2' });
  assert.deepEqual(carried(await sam.get('/acme/apps/2?RelayState=a&RelayState=b')), { app: '2' });
  const { username, password } = acme.sam;
  const response = responseIn(await sam.post('/acme/login', { ...carried(page), username, password }));
  assert.deepEqual([response.action, response.relayState, response.inResponseTo || ''], [wikiApp.acs, 'where to', '']);
  assert.equal(acme.tenant().transactions.size, waiting);
  assert.deepEqual(kinds(), ['login', 'response']);
});

test('a tile with a session responds at once, returns RelayState and has no request', async () => {
  await portalSignIn();
  const page = responseIn(await sam.get('/acme/apps/2?RelayState=where+to'));
  assert.deepEqual([page.action, page.relayState, page.inResponseTo || ''], [wikiApp.acs, 'where to', '']);
  assert.equal(responseIn(await sam.get('/acme/apps/2')).relayState, undefined);
  assert.deepEqual(kinds(), ['login', 'response', 'response']);
});

test('a response issued after a rollover is signed with the new key, although the sign-in started before', async () => {
  const certificateIn = (page: Answer) => responseIn(page).text('X509Certificate');
  const bare = () => acme.api.certificates().map((pem) => pem.replace(/-----[^-]+-----|\s/g, ''));
  const page = await sam.ask(acme);
  await acme.api.change({ publishNextKey: true });
  const [old, next] = bare();
  assert.equal(certificateIn(await world.browser().askAndSignIn(acme)), old);
  await acme.api.change({ rollKey: true });
  assert.equal(certificateIn(await sam.signIn(acme, page)), next);
  await sam.get('/acme/logout');
  assert.equal(certificateIn(await sam.get('/acme/apps/1')), next, 'from the portal, too');
});

test('an unknown tile shows an error with a link to the portal', async () => {
  await portalSignIn();
  for (const number of ['3', '0', '01', 'x']) {
    const page = await sam.get(`/acme/apps/${number}`);
    assert.deepEqual([page.status, codeIn(page), load(page.body)('a').attr('href')], [404, 'app-unknown', '/acme']);
    assert.match(load(page.body)('main p').text(), /This app does not exist\.Your portal lists the apps/);
  }
  const { username, password } = acme.sam;
  assert.equal((await sam.post('/acme/login', { app: '3', username, password })).status, 404);
});

test('ForceAuthn and IsPassive do not affect portal tiles', async () => {
  await portalSignIn();
  const forced = await sam.ask(acme, { attributes: { ForceAuthn: 'true' } });
  assert.deepEqual(responseIn(await sam.signIn(acme, forced)).statuses, ['Success']);
  transactionIn(await sam.ask(acme, { attributes: { ForceAuthn: 'true' } }));
  assert.deepEqual(responseIn(await sam.ask(acme, { attributes: { IsPassive: 'true' } })).statuses, ['Success']);
  const otherBrowser = world.browser();
  const passive = await otherBrowser.ask(acme, { attributes: { IsPassive: 'true' } });
  assert.deepEqual(responseIn(passive).statuses, ['Responder', 'NoPassive']);
});

test('a posted request is redirected to a GET that carries the cookies', async () => {
  const sent = await sam.post('/acme/sso', posted());
  assert.equal(sent.status, 303);
  const { id } = [...acme.tenant().transactions.values()].at(-1)!;
  assert.equal(sent.location, `/acme/sso/continue/${id}`);
  assert.equal(sam.cookies.size, 0);
  const page = await sam.get(sent.location!);
  assert.equal(transactionIn(page), id);
  assert.equal(sam.cookies.size, 1);
  assert.equal(responseIn(await sam.signIn(acme, page)).relayState, 'state');
  assert.deepEqual(kinds(), ['authn-request', 'login', 'response']);
});

test('an expired sign-in shows that it has expired, on every route', async () => {
  const page = await sam.ask(acme);
  const transaction = transactionIn(page);
  await sam.signIn(acme, page);
  const foreign = transactionIn(await world.browser().ask(world.globex));
  others = world.contents(world.globex);
  const { username, password } = acme.sam;
  const before = kinds().length;
  const otherBrowser = world.browser();
  for (const id of [transaction, 'unknown', foreign, ''])
    for (const visit of [
      () => otherBrowser.get(`/acme/sso/continue/${id || 'x'}`),
      () => otherBrowser.post('/acme/login', { transaction: id, username, password }),
      () => otherBrowser.post('/acme/cancel', { transaction: id }),
      () => otherBrowser.get(`/acme/held/${id || 'x'}`),
    ]) {
      const response = await visit();
      assert.deepEqual([response.status, codeIn(response)], [410, 'sign-in-over']);
    }
  assert.deepEqual([...world.globex.tenant().transactions.keys()], [foreign]);
  assert.equal(kinds().length, before);
  assert.equal((await otherBrowser.post('/acme/cancel')).status, 410);
});

test('a sign-in that another visit has completed is expired', async () => {
  const page = await sam.ask(acme);
  const both = await Promise.all([sam.signIn(acme, page), sam.signIn(acme, page)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 410]);
  assert.equal(kinds().filter((kind) => kind === 'response').length, 1);
});

test('cancelling sends an error response to the app, and adds one log entry', async () => {
  const page = await sam.ask(acme, { relayState: 'r' });
  const response = responseIn(await sam.post('/acme/cancel', { transaction: transactionIn(page) }));
  assert.deepEqual([response.statuses, response.relayState], [['Responder', 'AuthnFailed'], 'r']);
  assert.equal(response.text('StatusMessage'), 'User cancelled');
  assert.deepEqual(kinds(), ['authn-request', 'refusal', 'response']);
  const [, entry] = acme.tenant().log;
  assert.deepEqual({ ...entry, at: undefined }, { at: undefined, kind: 'refusal', app, because: 'cancelled' });
});

test('cancelling at a tile leads back to the portal, and sends no response', async () => {
  const cancelled = await sam.post('/acme/cancel', { app: '1' });
  assert.deepEqual([cancelled.status, cancelled.location], [303, '/acme']);
  assert.deepEqual(kinds(), []);
});

test('an error response for an unsupported requirement goes to the app', async () => {
  const children = [element('samlp:NameIDPolicy', { Format: 'urn:none' })];
  const { statuses, root } = responseIn(await sam.ask(acme, { children }));
  assert.deepEqual(statuses, ['Requester', 'InvalidNameIDPolicy']);
  assert.equal(root.getElementsByTagNameNS('*', 'Assertion').length, 0);
});

test('a held response is sent to its browser once, when it is released', async () => {
  await world.control('PUT', '/tenants/acme/hold', { hold: true });
  const sent = await sam.askAndSignIn(acme);
  assert.equal(sent.status, 303);
  const waiting = await sam.get(sent.location!);
  assert.deepEqual([titleOf(waiting), waiting.headers.get('refresh')], ['One moment', '2']);
  assert.match(waiting.body, /continues automatically/);
  assert.equal((await sam.get(`${sent.location}x`)).status, 410);
  assert.equal((await sam.get(sent.location!.replace('acme', 'globex'))).status, 410);
  await world.control('PUT', '/tenants/acme/held', {});
  const page = await sam.get(sent.location!);
  assert.equal(page.headers.get('refresh'), null);
  assert.match(page.body, /Continuing to the app\./);
  assert.deepEqual(responseIn(page).statuses, ['Success']);
  assert.equal((await sam.get(sent.location!)).status, 410);
  assert.deepEqual(kinds(), ['authn-request', 'login', 'response']);
  responseIn(await sam.ask(acme));
});

const image = { 'sec-fetch-dest': 'image' };
const foreignForm = { 'sec-fetch-site': 'cross-site' };

test('parts of other pages and forms of other sites change nothing', async () => {
  await portalSignIn();
  const page = await sam.ask(acme, { attributes: { ForceAuthn: 'true' } });
  const sent = await world.browser().post('/acme/sso', posted());
  await world.control('PUT', '/tenants/acme/hold', { hold: true });
  const held = await sam.ask(acme);
  const before = world.contents(acme);
  const { username, password } = acme.sam;
  const visits: [string, () => Promise<Answer>][] = [
    ['a tile', () => sam.get('/acme/apps/1', image)],
    ['a request', () => sam.get('/acme/sso?SAMLRequest=x', image)],
    ['a posted request', () => sam.post('/acme/sso', posted(), image)],
    ['a request that goes on', () => sam.get(sent.location!, image)],
    ['a held response', () => sam.get(held.location!, image)],
    ['the login form', () => sam.post('/acme/login', { username, password }, foreignForm)],
    ['to cancel', () => sam.post('/acme/cancel', { transaction: transactionIn(page) }, foreignForm)],
  ];
  for (const [what, visit] of visits) {
    assert.equal((await visit()).status, 403, what);
    assert.deepEqual(world.contents(acme), before, what);
  }
  await world.control('PUT', '/tenants/acme/held', {});
  acme.tenant().transactions.clear();
  assert.deepEqual(responseIn(await sam.get(held.location!)).statuses, ['Success']);
});

test('RelayState of a portal tile is limited', async () => {
  assert.equal((await sam.get(`/acme/apps/1?RelayState=${'r'.repeat(8192)}`)).status, 200);
  assert.equal((await sam.get(`/acme/apps/1?RelayState=${'r'.repeat(8193)}`)).status, 400);
});

test('signing in as another user in the same browser ends the previous session', async () => {
  await portalSignIn();
  const former = new Map(sam.cookies);
  await portalSignIn(sam, acme.ada);
  const old = world.browser();
  for (const [name, value] of former) old.cookies.set(name, value);
  assert.equal(titleOf(await old.get('/acme')), 'Sign in');
  assert.match((await sam.get('/acme')).body, /Signed in as <strong>ada/);
});

/** The final page of a visit during which `change` runs while the visit waits for the untrusted key. */
async function visitAndMeanwhile(
  path: string,
  fields: Record<string, string> | undefined,
  change: () => unknown,
): Promise<string> {
  const asked = Promise.withResolvers<void>();
  const given = Promise.withResolvers<void>();
  await acme.api.arrangeFaults('signatures by an unknown key'); // no other response needs such a key
  const { keys } = acme.tenant();
  const pool: KeyPool = {
    take: async () => {
      asked.resolve();
      await given.promise;
      return keys;
    },
  };
  const dial = lineTo(createApp({ state: world.state, pool, url: world.url }));
  const browser = createBrowser({ dial, url: world.url });
  for (const [name, value] of sam.cookies) browser.cookies.set(name, value);
  const page = fields ? browser.post(path, fields) : browser.get(path);
  await Promise.race([asked.promise, page]); // a visit that asks for no key ends at once
  await change();
  given.resolve();
  return titleOf(await page);
}

const removed = () => world.state.tenants.delete('acme');
const replaced = () => world.state.tenants.set('acme', { ...acme.tenant() });
/** Changes during a visit, and the page with which the visit ends. */
const meanwhile: [what: string, change: () => unknown, cancelled: string, opened: string][] = [
  ['nothing', () => undefined, 'One moment', 'One moment'],
  ['the tenant is switched off', () => acme.api.change({ disabled: true }), 'Sign-in disabled', 'Sign-in disabled'],
  ['the tenant is removed', removed, 'Not found', 'Not found'],
  ['the tenant is replaced by another of its name', replaced, 'Not found', 'Not found'],
  ['the sign-in is answered elsewhere', () => acme.tenant().transactions.clear(), 'Sign-in expired', 'One moment'],
  ['the user signs out', () => acme.tenant().sessions.clear(), 'One moment', 'Sign in'],
  ['the user is locked', () => acme.api.changeUser('sam', { locked: true }), 'One moment', 'Sign in'],
  ['the user loses the app', () => acme.api.unassign('sam', { app }), 'One moment', 'Not assigned'],
];
for (const [what, change, cancelled, opened] of meanwhile)
  test(`the decision is made after waiting: ${what} meanwhile`, async () => {
    const tenant = acme.tenant();
    await portalSignIn();
    const page = await sam.ask(acme, { attributes: { ForceAuthn: 'true' } });
    for (const [path, fields, title] of [
      ['/acme/apps/1', undefined, opened],
      ['/acme/cancel', { transaction: transactionIn(page) }, cancelled],
    ] as const) {
      const ended = await visitAndMeanwhile(path, fields, change);
      world.state.tenants.set('acme', tenant);
      await acme.api.change({ disabled: false });
      assert.equal(ended, title, path);
    }
  });

test('a sign-in completed while the password was being sent sends nothing', async () => {
  const page = await sam.ask(acme);
  const fields = { transaction: transactionIn(page), username: 'sam', password: acme.sam.password };
  const complete = () => acme.tenant().transactions.clear();
  assert.equal(await visitAndMeanwhile('/acme/login', fields, complete), 'Sign-in expired');
  assert.ok(!kinds().includes('response'));
});
