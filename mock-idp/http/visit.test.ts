/** A visit leads to its tenant, with its cookies, or to an error page. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { load } from 'cheerio';
import express, { type Request, type Response } from 'express';
import { type Answer, codeIn } from '../app.fixture.ts';
import { createApp } from '../app.ts';
import type { Form } from '../response/delivery.ts';
import {
  type Browser,
  createBrowser,
  exchange,
  lineTo,
  openWorld,
  type Party,
  type World,
} from '../two-tenants.fixture.ts';
import { showError } from './error-handlers.ts';
import { routesOf } from './routes.ts';
import { sendMessageForm, sendPage } from './send-page.ts';
import type { Visit } from './visit.ts';

let world: World;
let acme: Party;
before(async () => {
  world = await openWorld();
  ({ acme } = world);
});
after(() => world[Symbol.asyncDispose]());
afterEach(async () => {
  acme.tenant().log.length = 0;
  await acme.api.change({ disabled: false });
  await acme.api.arrangeFaults();
});

/** Nothing here needs a new key. */
const pool = { take: () => Promise.reject(new Error('no key')), close() {} };

const page = ({ status, body }: Answer): [number, string, string] => [
  status,
  load(body)('h1').text(),
  load(body)('main p').text(),
];
const portalSignIn = async (browser: Browser, { name, sam } = acme): Promise<Answer> =>
  browser.post(`/${name}/login`, { username: sam.username, password: sam.password });

test('an unknown tenant is not found, on every route', async () => {
  for (const path of ['/none', '/none/metadata', '/none/sso', '/none/logout', '/none/slo', '/ACME', '/constructor']) {
    const [status, title, text] = page(await world.browser().get(path));
    assert.deepEqual([status, title], [404, 'Not found'], path);
    assert.match(text, /This organization does not exist/);
  }
});

test('an unknown path is not found, and links to the portal if there is one', async () => {
  const [known, unknown] = [await world.browser().get('/acme/none'), await world.browser().get('/none/none')];
  for (const reply of [known, unknown]) assert.deepEqual(page(reply).slice(0, 2), [404, 'Not found']);
  assert.match(page(known)[2], /This page does not exist/);
  const links = load(known.body)('main a');
  assert.deepEqual([links.attr('href'), links.text()], ['/acme', 'Go to the portal of acme']);
  assert.equal(load(unknown.body)('main a').length, 0);
});

test('an error page names the organization, if known', async () => {
  await acme.api.change({ displayName: 'Acme & Co' });
  const organization = async (path: string) => load((await world.browser().get(path)).body)('.organization').text();
  for (const path of ['/acme/sso', '/acme/apps/9', '/acme/sso/continue/x'])
    assert.equal(await organization(path), 'Acme & Co', path);
  for (const path of ['/none', '/none/sso', '/acme/none/none'])
    assert.equal(await organization(path), 'Identity provider');
  await acme.api.change({ displayName: 'acme' });
});

test('a disabled tenant only says so, and the other tenant keeps working', async () => {
  const browser = world.browser();
  await portalSignIn(browser);
  acme.tenant().log.length = 0;
  await acme.api.change({ disabled: true });
  for (const path of ['/acme', '/acme/metadata', '/acme/sso', '/acme/apps/1', '/acme/logout']) {
    const [status, title, text] = page(await browser.get(path));
    assert.deepEqual([status, title], [403, 'Sign-in disabled'], path);
    assert.match(text, /Sign-in is disabled for this organization/);
  }
  assert.equal(page(await portalSignIn(browser))[0], 403);
  assert.equal((await browser.get('/globex')).status, 200);
  assert.deepEqual(acme.tenant().log, []);
});

test('cookies are for their tenant only, and HttpOnly', async () => {
  const browser = world.browser();
  const [session] = (await portalSignIn(browser)).headers.getSetCookie();
  assert.match(session!, /^idp_session_[0-9a-f]{12}=[\w-]{43}; Path=\/acme; HttpOnly; SameSite=Lax$/);
  const [mark, ...more] = (await world.browser().ask(acme)).headers.getSetCookie();
  assert.match(mark!, /^idp_browser_[0-9a-f]{12}=[\w-]{22}; Path=\/acme; HttpOnly; SameSite=Lax$/);
  assert.deepEqual(more, []);
  const [other] = (await portalSignIn(world.browser(), world.globex)).headers.getSetCookie();
  assert.match(other!, /; Path=\/globex; /);
  assert.notEqual(other!.split('=')[0], session!.split('=')[0]);
});

test("the browser cookie is set once, and identifies the browser's sign-ins", async () => {
  const browser = world.browser();
  await browser.ask(acme);
  const [[, value] = ['', '']] = browser.cookies;
  assert.deepEqual((await browser.ask(acme)).headers.getSetCookie(), []);
  const marks = [...acme.tenant().transactions.values()].slice(-2).map((one) => one.browser);
  assert.equal(marks[0], marks[1]);
  assert.ok(marks[0] !== undefined && marks[0] !== value, 'only its hash is kept');
});

test('the session cookie is found among others, by its whole name', async () => {
  const browser = world.browser();
  await portalSignIn(browser);
  const [[name, value] = ['', '']] = browser.cookies;
  const isSignedIn = async (cookie: string) => /Your apps/.test((await world.browser().get('/acme', { cookie })).body);
  for (const cookie of [`a=b; ${name}=${value}; c=d`, `a;${name}=${value}`, `${name}=; ${name}=${value}`])
    assert.equal(await isSignedIn(cookie), true, cookie);
  for (const cookie of [`x${name}=${value}`, `${name}x=${value}`, `${name}=${value}x`, `${name}=`, `${name}`, ''])
    assert.equal(await isSignedIn(cookie), false, cookie);
});

test("a session of the other tenant does not count here, even under the name of this tenant's cookie", async () => {
  const [browser, neighbour, both] = [world.browser(), world.browser(), world.browser()];
  await portalSignIn(browser);
  await portalSignIn(neighbour, world.globex);
  const [[name] = ['']] = browser.cookies;
  const [[, value] = ['', '']] = neighbour.cookies;
  both.cookies.set(name, value);
  assert.doesNotMatch((await both.get('/acme')).body, /Your apps/);
  assert.doesNotMatch((await neighbour.get('/acme')).body, /Your apps/);
  assert.match((await neighbour.get('/globex')).body, /Your apps/);
});

test('a server fault strikes before everything else, and leaves one log entry', async () => {
  await acme.api.arrangeFaults('an HTTP 500 error page');
  await acme.api.change({ disabled: true });
  const [status, title, text] = page(await world.browser().get('/acme'));
  assert.deepEqual([status, title], [500, 'Something went wrong']);
  assert.match(text, /is unavailable/);
  assert.equal((await world.browser().get('/globex')).status, 200);
  assert.deepEqual(
    acme.tenant().log.map(({ at: _, ...entry }) => entry),
    [{ kind: 'fault', phrase: 'an HTTP 500 error page', path: '/acme' }],
  );
});

test('a message is rejected with its code, a status and one log entry', async () => {
  const browser = world.browser();
  const unregistered = { AssertionConsumerServiceURL: 'http://none' };
  const rejected: [code: string, status: number, title: string, reply: Answer][] = [
    ['request-missing', 400, 'SAML message missing', await browser.get('/acme/sso')],
    [
      'request-missing',
      400,
      'SAML message missing',
      await browser.post('/acme/sso', {}, { 'content-type': 'text/plain' }),
    ],
    ['request-malformed', 400, 'Request rejected', await browser.get('/acme/sso?SAMLRequest=a?b')],
    ['app-unknown', 403, 'Unknown app', await browser.ask(acme, { issuer: 'http://none' })],
    ['acs-not-registered', 403, 'ACS URL not registered', await browser.ask(acme, { attributes: unregistered })],
    ['request-expired', 400, 'Request rejected', await browser.ask(acme, { at: new Date(0) })],
  ];
  for (const [code, status, title, reply] of rejected)
    assert.deepEqual([codeIn(reply), ...page(reply).slice(0, 2)], [code, status, title]);
  assert.deepEqual(
    acme.tenant().log.map((entry) => entry.kind === 'request-refused' && entry.code),
    rejected.map(([code]) => code),
  );
  assert.ok(!world.globex.tenant().log.some(({ kind }) => kind === 'request-refused'));
});

test('field names are read unchanged, with brackets', async () => {
  for (const name of ['SAMLRequest[]', 'SAMLRequest[a]'])
    assert.equal(codeIn(await world.browser().post('/acme/sso', { [name]: 'PGEvPg==' })), 'request-missing', name);
});

test('without allowed hosts only its own are accepted', async () => {
  const dial = lineTo(createApp({ state: world.state, pool, url: world.url }));
  const { status, body } = await exchange({ dial, url: world.url }, '/acme', { headers: { host: 'evil.example' } });
  assert.equal(status, 421);
  assert.match(
    body,
    /^The mock identity provider accepts only the host names idp\.localhost and localhost\. To accept another/,
  );
});

test('a tenant that plays a product shows its pages only at loopback names and chosen ones', async () => {
  const { name } = await world.idp.createTenant({ persona: 'okta' });
  const url = 'http://idp.example:8080';
  const options = { allowedHosts: ['chosen.example'], followsRequests: true };
  const dial = lineTo(createApp({ state: world.state, pool, url, ...options }));
  const open = (path: string, host: string) => exchange({ dial, url }, path, { headers: { host } });
  for (const host of ['localhost', 'acme.localhost', '127.0.0.1:8080', 'chosen.example'])
    assert.equal((await open(`/${name}`, host)).status, 200, host);
  for (const path of [`/${name}`, `/${name}/sso`, `/${name}/logout`]) {
    const [status, title, text] = page(await open(path, 'idp.example'));
    assert.deepEqual([status, title], [421, 'Only for rehearsals'], path);
    assert.match(text, /This identity provider plays a product.*Start it with --allow-host for this name/s);
  }
  assert.equal((await open(`/${name}/metadata`, 'idp.example')).status, 200);
  assert.equal((await open('/acme', 'idp.example')).status, 200, 'without a persona');
});

test('cookies are Secure over https', async () => {
  const url = 'https://idp.localhost:8443';
  const browser = createBrowser({ dial: lineTo(createApp({ state: world.state, pool, url })), url });
  const [session] = (await portalSignIn(browser)).headers.getSetCookie();
  assert.match(session!, /; Path=\/acme; HttpOnly; Secure; SameSite=Lax$/);
});

test('signing out removes the session cookie', async () => {
  const browser = world.browser();
  await portalSignIn(browser);
  const [removed] = (await browser.post('/acme/logout')).headers.getSetCookie();
  assert.match(removed!, /^idp_session_[0-9a-f]{12}=; Max-Age=0; Path=\/acme; /);
});

test('a form that is too large or has too many fields is rejected, without an internal error', async () => {
  const browser = world.browser();
  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, '']));
  assert.equal(page(await browser.post('/acme/login', { username: 'x'.repeat(1024 * 1024) }))[0], 413);
  assert.equal(page(await browser.post('/acme/login', fields(51)))[0], 413);
  assert.equal(page(await browser.post('/acme/login', fields(50)))[0], 422);
  assert.equal(page(await browser.get('/acme/apps/%E0'))[0], 400);
  assert.deepEqual(world.state.errors, []);
});

test('an internal error is recorded, and its details are not shown', async () => {
  const tenant = acme.tenant();
  const { apps } = tenant;
  const browser = world.browser();
  await portalSignIn(browser);
  Object.defineProperty(tenant, 'apps', {
    configurable: true,
    get: () => {
      throw new Error('the inside');
    },
  });
  const reply = await browser.get('/acme/apps/1?x=secret');
  Object.defineProperty(tenant, 'apps', { value: apps, writable: true, enumerable: true });
  assert.deepEqual(page(reply).slice(0, 2), [500, 'Something went wrong']);
  assert.match(page(reply)[2], /had an internal error/);
  assert.doesNotMatch(reply.body, /inside/);
  const [{ method, path, message } = {}, ...more] = world.state.errors;
  assert.deepEqual([method, path, message, more], ['GET', '/acme/apps/1', 'the inside', []]);
  assert.ok(!acme.tenant().log.some(({ kind }) => kind === 'request-refused'));
  world.state.errors.length = 0;
});

/** A response that records what is set and sent. */
function recording() {
  const headers: Record<string, string> = {};
  const sent: unknown[] = [];
  const response = {
    locals: {},
    setHeader: (name: string, value: string) => Object.assign(headers, { [name]: value }),
    status: (code: number) => {
      sent.push(code);
      return response;
    },
    end: (text: string) => sent.push(text),
  };
  return { response: response as unknown as Response, headers, sent };
}

test('an error in the middle of a page closes the connection', async () => {
  let destroyed = 0;
  const response = { headersSent: true, socket: { destroy: () => destroyed++ } } as unknown as Response;
  await showError(world.state)(new Error('late'), {} as Request, response, () => undefined);
  const gone = { headersSent: true, socket: null } as unknown as Response;
  await showError(world.state)(new Error('later'), {} as Request, gone, () => undefined);
  assert.equal(destroyed, 1);
  assert.deepEqual(world.state.errors, []);
});

const always = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

test('a page runs no script, posts only to its own forms, and is not cached', async () => {
  const { response, headers, sent } = recording();
  await sendPage(response, { status: 201, body: Promise.resolve('<p>') as never });
  assert.deepEqual(headers, {
    'Content-Security-Policy': `${always}; form-action 'self'`,
    'Cache-Control': 'no-store',
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': 3,
  });
  assert.deepEqual(sent, [201, '<p>']);
});

/** The action of a message form, and the policy of its page. */
const targets: [action: string, form: string, connect: string][] = [
  ['http://sp.example:7/acs?a', "'self' http: https:", 'http://sp.example:7'],
  ['javascript:alert(1)', "'self'", "'none'"],
];
for (const [action, formAction, connect] of targets)
  test(`the page of a message to ${action} runs its own script only`, async () => {
    const nonces = new Set<string>();
    for (let turn = 0; turn < 2; turn++) {
      const { response, headers, sent } = recording();
      const form: Form = { action, method: 'post', contentType: 'text/plain', fields: [], copies: 1 };
      await sendMessageForm({ response, tenant: acme.tenant() } as Visit, { sentence: 's', form });
      const nonce = /<script nonce="([^"]+)"/.exec(String(sent[1]))![1]!;
      nonces.add(nonce);
      assert.equal(
        headers['Content-Security-Policy'],
        `${always}; form-action ${formAction}; script-src 'nonce-${nonce}'; connect-src ${connect}`,
      );
    }
    assert.equal(nonces.size, 2);
  });

test('pages have security headers', async () => {
  const { headers } = await world.browser().get('/acme');
  assert.deepEqual(
    ['x-powered-by', 'strict-transport-security', 'referrer-policy', 'x-content-type-options', 'cache-control'].map(
      (name) => headers.get(name),
    ),
    [null, null, 'strict-origin-when-cross-origin', 'nosniff', 'no-store'],
  );
  assert.match(headers.get('content-security-policy')!, /^default-src 'none'; /);
});

test('metadata has its own content type', async () => {
  const { status, headers, body } = await world.browser().get('/acme/metadata');
  assert.deepEqual([status, headers.get('content-type')], [200, 'application/samlmetadata+xml; charset=utf-8']);
  assert.equal(headers.get('content-security-policy'), null, 'which is for pages');
  assert.ok(body.includes(`entityID="${acme.api.entityId}"`));
});

const heads: [path: string, status: number][] = [
  ['/acme', 200],
  ['/acme/', 200],
  ['/acme/metadata', 200],
  ['/acme/metadata/', 200],
  ['/', 200],
  ['/acme/sso', 405],
  ['/acme/logout', 405],
  ['/acme/apps/1', 405],
  ['/acme/apps/metadata', 405],
  ['/acme/metadata/x', 405],
];
for (const [path, status] of heads)
  test(`HEAD ${path} returns ${status}, and changes nothing`, async () => {
    const before = world.contents(acme);
    const reply = await world.browser().send('HEAD', path);
    assert.deepEqual([reply.status, reply.headers.get('allow')], [status, status === 405 ? 'GET, POST' : null]);
    assert.deepEqual(world.contents(acme), before);
  });

test('style sheets and the mark may be cached for an hour', async () => {
  for (const [name, type] of [
    ['pico.css', 'text/css; charset=utf-8'],
    ['look.css', 'text/css; charset=utf-8'],
    ['idp.css', 'text/css; charset=utf-8'],
    ['mark.svg', 'image/svg+xml; charset=utf-8'],
  ] as const)
    for (let turn = 0; turn < 2; turn++) {
      const { status, headers, body } = await world.browser().get(`/assets/${name}`);
      assert.deepEqual([status, headers.get('content-type')], [200, type]);
      assert.equal(headers.get('cache-control'), 'public, max-age=3600');
      assert.ok(body.length > 100);
    }
  assert.equal((await world.browser().get('/assets/none.css')).status, 404);
});

test('every route is listed, with its methods and its whole path', () => {
  const pool = { take: () => Promise.reject(new Error('no key')), close() {} };
  const open = routesOf(createApp({ state: world.state, pool, url: world.url, controlToken: 'x' }));
  const listed = open.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(
    listed.filter((one) => !one.includes('/control')),
    [
      'GET /assets/pico.css',
      'GET /assets/look.css',
      'GET /assets/idp.css',
      'GET /assets/mark.svg',
      'GET /healthz',
      'GET /',
      'GET /:tenant',
      'GET /:tenant/metadata',
      'GET /:tenant/sso',
      'POST /:tenant/sso',
      'GET /:tenant/sso/continue/:id',
      'GET /:tenant/held/:id',
      'POST /:tenant/login',
      'POST /:tenant/cancel',
      'GET /:tenant/apps/:number',
      'GET /:tenant/logout',
      'POST /:tenant/logout',
      'GET /:tenant/slo',
      'POST /:tenant/slo',
    ],
  );
  assert.ok(listed.includes('PATCH /control/tenants/:tenant'), listed.join('\n'));
  const all = createApp({ state: world.state, pool, url: world.url });
  assert.ok(!routesOf(all).some(({ path }) => path.startsWith('/control')));
  all.router.all('/everything', () => undefined);
  const added = routesOf(all).filter(({ path }) => path === '/everything');
  assert.deepEqual(
    added.map(({ method }) => method),
    ['GET', 'POST', 'PUT'],
  );
});

test('a route for all methods, or for more than eight, is listed with those of browsers, below any router', () => {
  const app = express();
  const router = express.Router();
  const nothing = (): void => undefined;
  router.route('/each').all(nothing);
  const eight = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'trace'] as const;
  const [wide, wider] = [router.route('/wide'), router.route('/wider')];
  for (const method of eight) wide[method](nothing);
  for (const method of [...eight, 'lock'] as const) wider[method](nothing);
  app.use(router);
  app.use('/below', router);
  const methodsOf = (path: string) => routesOf(app).flatMap((one) => (one.path === path ? [one.method] : []));
  for (const path of ['/each', '/below/each', '/wider', '/below/wider'])
    assert.deepEqual(methodsOf(path), ['GET', 'POST', 'PUT'], path);
  for (const path of ['/wide', '/below/wide'])
    assert.deepEqual(methodsOf(path), ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE'], path);
});
