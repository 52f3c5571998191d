/** The control routes: what each changes, rejects and returns, and for which tenant. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { redirectTo, responseIn } from '../app.fixture.ts';
import {
  consoleApp,
  controlToken,
  exchange,
  openWorld,
  type Party,
  type World,
  wikiApp,
} from '../two-tenants.fixture.ts';
import { logKinds } from './control-replies.ts';

let world: World;
let acme: Party;
let globex: Party;
let neighbour: unknown;
before(async () => {
  world = await openWorld();
  ({ acme, globex } = world);
});
after(() => world[Symbol.asyncDispose]());
/** Acme is created again for each test. */
beforeEach(async () => {
  if (world.idp.tenants().includes('acme')) await acme.api.remove();
  const apps = [consoleApp, wikiApp].map(({ entityId, acs }) => ({ entityId, acs: [acs] }));
  await world.idp.createTenant({ name: 'acme', users: [acme.sam, acme.ada], apps });
  neighbour = world.contents(globex);
});
/** Globex has users and apps of the same names. */
afterEach(() => assert.deepEqual(world.contents(globex), neighbour));

const addresses = () => ({
  entityId: `${world.url}/acme/metadata`,
  metadataUrl: `${world.url}/acme/metadata`,
  ssoUrl: `${world.url}/acme/sso`,
  sloUrl: `${world.url}/acme/slo`,
  portalUrl: `${world.url}/acme`,
  certificates: acme.api.certificates(),
});

interface Route {
  method: string;
  path: string;
  body?: unknown;
  status?: number;
  /** The expected result; by default none. */
  returns?: () => unknown;
  /** The expected change of the tenant; by default none. */
  changed?: () => boolean;
  /** A body that it rejects. */
  rejects?: unknown;
}

const user = (name: string) => acme.tenant().users.get(name);
const routes: Route[] = [
  {
    method: 'PUT',
    path: '/acme',
    body: { displayName: 'A' },
    returns: addresses,
    changed: () => acme.tenant().displayName === 'A',
    rejects: { colour: 1 },
  },
  {
    method: 'PATCH',
    path: '/acme',
    body: { displayName: 'B' },
    returns: addresses,
    changed: () => acme.tenant().displayName === 'B',
    rejects: { users: [] },
  },
  {
    method: 'PATCH',
    path: '/acme',
    body: { publishNextKey: true },
    returns: addresses,
    changed: () => acme.api.certificates().length === 2,
  },
  { method: 'DELETE', path: '/acme', status: 204, changed: () => acme.tenant() === undefined },
  {
    method: 'PUT',
    path: '/acme/users/kim',
    body: { password: 'x' },
    returns: () => ({ username: 'kim' }),
    changed: () => user('kim')?.password === 'x',
    rejects: {},
  },
  {
    method: 'PUT',
    path: '/acme/users/kim%40acme.example',
    body: { password: 'x' },
    returns: () => ({ username: 'kim@acme.example' }),
    changed: () => user('kim@acme.example') !== undefined,
    rejects: {},
  },
  {
    method: 'PATCH',
    path: '/acme/users/sam',
    body: { nameId: 'x' },
    returns: () => ({ username: 'sam' }),
    changed: () => user('sam')?.nameId === 'x',
    rejects: { username: 'kim' },
  },
  { method: 'DELETE', path: '/acme/users/sam', status: 204, changed: () => user('sam') === undefined },
  {
    method: 'PUT',
    path: '/acme/apps',
    body: { entityId: 'urn:x', acs: ['http://x'], name: 'X' },
    returns: () => ({ number: 3, entityId: 'urn:x', acs: [{ url: 'http://x', index: 0, isDefault: true }] }),
    changed: () => acme.tenant().apps.length === 3,
    rejects: {},
  },
  { method: 'DELETE', path: '/acme/apps/2', status: 204, changed: () => acme.tenant().apps.length === 1 },
  {
    method: 'PUT',
    path: '/acme/assignments',
    body: { app: consoleApp.entityId, users: ['sam'] },
    returns: () => ({ app: consoleApp.entityId, users: ['sam'] }),
    changed: () => acme.tenant().apps[0]!.assigned.length === 1,
    rejects: {},
  },
  {
    method: 'PUT',
    path: '/acme/faults',
    body: [{ phrase: 'a response without RelayState' }],
    returns: () => [{ phrase: 'a response without RelayState', amount: 0, times: null, struck: 0 }],
    changed: () => acme.tenant().faults.length === 1,
    rejects: [{}],
  },
  { method: 'GET', path: '/acme/faults', returns: () => [] },
  {
    method: 'PUT',
    path: '/acme/hold',
    body: { hold: true },
    returns: () => ({ hold: true, held: null }),
    changed: () => acme.tenant().hold.next,
    rejects: { hold: 1 },
  },
  { method: 'GET', path: '/acme/held', returns: () => ({ hold: false, held: null }) },
  {
    method: 'GET',
    path: '/acme/clock',
    returns: () => ({ now: '2026-03-01T12:00:00.000Z', clockOffsetMs: 0 }),
  },
  {
    method: 'POST',
    path: '/acme/clock',
    body: { days: 1, minutes: -1 },
    returns: () => ({ now: '2026-03-02T11:59:00.000Z', clockOffsetMs: 86_340_000 }),
    changed: () => acme.tenant().clockOffsetMs === 86_340_000,
    rejects: { weeks: 1 },
  },
  { method: 'GET', path: '/acme/metadata', returns: () => ({ ...addresses(), metadata: acme.api.metadata() }) },
  {
    method: 'GET',
    path: '/acme/users',
    returns: () =>
      [acme.sam, acme.ada].map(({ username, email }) => ({ username, email, attributes: {}, locked: false })),
  },
  { method: 'GET', path: '/acme/apps', returns: () => acme.api.apps() },
  {
    method: 'DELETE',
    path: `/acme/apps?entityId=${encodeURIComponent(wikiApp.entityId)}`,
    status: 204,
    changed: () => acme.tenant().apps.length === 1,
  },
  {
    method: 'PATCH',
    path: '/acme/assignments',
    body: { app: wikiApp.entityId, remove: ['SAM'] },
    returns: () => ({ app: wikiApp.entityId, users: ['ada'] }),
    changed: () => acme.tenant().apps[1]!.assigned.length === 1,
    rejects: { add: 'sam' },
  },
  {
    method: 'POST',
    path: '/acme/sign-ins',
    body: { username: 'sam', unsolicited: true, app: wikiApp.entityId, relayState: 'r' },
    returns: () => JSON.parse(JSON.stringify(acme.api.lastAnswer())),
    changed: () => acme.api.log('response').length === 1,
    rejects: { username: 'sam' },
  },
  { method: 'POST', path: '/acme/deliveries', body: { faults: ['a replayed response'] }, status: 204, rejects: {} },
  { method: 'GET', path: '/acme/last-response', returns: () => ({ response: null }) },
  { method: 'GET', path: '/acme/log?kind=response', returns: () => [] },
  { method: 'GET', path: '/acme/faults?struck=true', returns: () => [] },
];
const named = ({ method, path, body }: Route): string => `${method} /tenants${path} ${JSON.stringify(body) ?? ''}`;
const call = ({ method, path, body }: Route, headers = {}) => world.control(method, `/tenants${path}`, body, headers);

for (const route of routes)
  test(`${named(route)}: what it changes and returns`, async () => {
    const before = world.contents(acme);
    const { status, json } = await call(route);
    assert.deepEqual([status, json], [route.status ?? 200, route.returns?.() ?? null]);
    if (route.changed) assert.ok(route.changed());
    else assert.deepEqual(world.contents(acme), before);
  });

for (const route of routes)
  test(`${named(route)}: requires the token, a tenant and known fields`, async () => {
    const before = world.contents(acme);
    const needsToken = { error: 'missing or wrong header Authorization: Bearer <control token>' };
    for (const authorization of [
      '',
      'Bearer ',
      controlToken,
      `Basic ${controlToken}`,
      `Bearer ${controlToken}x`,
      `Bearer ${controlToken.slice(1)}`,
    ])
      assert.deepEqual(await call(route, { authorization }), { status: 401, json: needsToken });
    if (route.rejects !== undefined) {
      const { status, json } = await call({ ...route, body: route.rejects });
      assert.equal(status, 400);
      assert.equal(typeof json.error, 'string');
    }
    if (route.body !== undefined) {
      const { status, json } = await call({ ...route, body: '{"half' });
      assert.equal(status, 400);
      assert.equal(json.error, 'the body is not JSON, or neither an object nor a list');
    }
    assert.deepEqual(world.contents(acme), before);
    if (route.path === '/acme' && route.method === 'PUT') return;
    const elsewhere = await call({ ...route, path: route.path.replace('acme', 'nowhere') });
    assert.deepEqual(elsewhere, { status: 404, json: { error: 'unknown tenant “nowhere”' } });
    assert.deepEqual(world.idp.tenants().toSorted(), ['acme', 'globex']);
  });

test('every listed route but the OpenAPI document requires the token, and says so without one', async () => {
  const { json } = await world.control('GET', '/routes');
  const before = world.contents(acme);
  const needsToken = { error: 'missing or wrong header Authorization: Bearer <control token>' };
  const listed = (json as { method: string; path: string }[]).filter(
    ({ path }) => path.startsWith('/control/') && path !== '/control/openapi.json',
  );
  assert.equal(listed.length, 33);
  for (const { method, path } of listed) {
    const names = { ':tenant': 'acme', ':username': 'sam', ':number': '1' };
    const here = path.replace('/control', '').replace(/:\w+/g, (name) => names[name as keyof typeof names]);
    const body = method === 'PUT' || method === 'PATCH' ? {} : undefined;
    for (const authorization of ['', `Bearer ${controlToken.toUpperCase()}`, `bearer ${controlToken}`])
      assert.deepEqual(await world.control(method, here, body, { authorization }), { status: 401, json: needsToken });
  }
  assert.equal((await exchange(world, '/control/errors')).status, 401, 'without the header');
  assert.deepEqual(world.contents(acme), before);
});

test('tenants are listed and created, by default with a unique name', async () => {
  const { status, json } = await world.control('POST', '/tenants', { displayName: 'X' });
  assert.deepEqual([status, world.idp.tenant(json.name).certificates()], [201, json.certificates]);
  const taken = await world.control('POST', '/tenants', { name: json.name });
  assert.equal(taken.status, 409);
  const { certificates, ...listed } = json;
  const all = (await world.control('GET', '/tenants')).json;
  assert.deepEqual(all.at(-1), { ...listed, displayName: 'X' });
  assert.equal(all.length, 3);
  await world.idp.tenant(json.name).remove();
});

test('the log, the struck faults and the last response are those of the sign-ins before', async () => {
  const signIn = (body: object) => world.control('POST', '/tenants/acme/sign-ins', { username: 'sam', ...body });
  await world.control('PUT', '/tenants/acme/faults', ['a replayed response', 'a response with Consent']);
  const request = redirectTo(acme.api.ssoUrl, { issuer: consoleApp.entityId, at: acme.api.now() });
  const { json } = await signIn({ request });
  assert.deepEqual([json.action, json.undelivered], [consoleApp.acs, ['a replayed response']]);
  const struck = async () =>
    (await world.control('GET', '/tenants/acme/faults?struck=true')).json.map(
      ({ phrase, struck }: { phrase: string; struck: number }) => [phrase, struck],
    );
  assert.deepEqual(await struck(), [['a response with Consent', 1]]);
  await world.control('POST', '/tenants/acme/deliveries', { faults: json.undelivered });
  assert.deepEqual(await struck(), [
    ['a replayed response', 1],
    ['a response with Consent', 1],
  ]);
  const last = await world.control('GET', '/tenants/acme/last-response');
  assert.deepEqual(last.json, { response: { ...json, undelivered: [] } });
  assert.deepEqual(await signIn({ request }), {
    status: 400,
    json: { error: acme.api.log('request-refused')[0]!.sentence, code: 'request-id-reused' },
  });
  const kinds = async (query: string) =>
    (await world.control('GET', `/tenants/acme/log${query}`)).json.map(({ kind }: { kind: string }) => kind);
  assert.deepEqual(await kinds(''), ['authn-request', 'login', 'response', 'request-refused']);
  assert.deepEqual(await kinds('?kind=login'), ['login']);
  const wrong = await world.control('GET', '/tenants/acme/log?kind=logins');
  assert.deepEqual([wrong.status, wrong.json.allowed], [400, logKinds]);
});

test('a new tenant is created with 201 and its public data', async () => {
  await acme.api.remove();
  const { status, json } = await world.control('PUT', '/tenants/acme', { signingAlgorithm: 'ecdsa-p256' });
  assert.deepEqual([status, json], [201, addresses()]);
});

test('everything about a tenant is shown, except keys, passwords and the secret', async () => {
  const browser = world.browser();
  await browser.askAndSignIn(acme);
  const id = '_a-request-that-waits-0123456789';
  await browser.ask(acme, { id, attributes: { ForceAuthn: 'true' } });
  await acme.api.arrangeFaults({ phrase: 'a response without RelayState', times: 2 });
  await acme.api.change({ validUntil: '2030-01-31T12:00:00Z', clockOffsetMs: 1_000, wantAuthnRequestsSigned: true });
  const { status, json } = await world.control('GET', '/tenants/acme');
  const { log, apps, users, pendingRequests, ...rest } = json;
  assert.equal(status, 200);
  assert.deepEqual(rest, {
    name: 'acme',
    displayName: 'acme',
    clockOffsetMs: 1_000,
    wantAuthnRequestsSigned: true,
    disabled: false,
    validUntil: '2030-01-31T12:00:00Z',
    signingAlgorithm: 'rsa-2048',
    ...addresses(),
    sessions: 1,
    requestsTaken: 2,
    userPatterns: [],
    signInsUnderWay: 1,
    logoutsUnderWay: 0,
    faults: [{ phrase: 'a response without RelayState', amount: 0, times: 2, struck: 0 }],
  });
  assert.deepEqual(pendingRequests, [{ id, app: consoleApp.entityId, since: '2026-03-01T12:00:00.000Z' }]);
  assert.deepEqual(
    users,
    [acme.sam, acme.ada].map(({ username, email }) => ({
      username,
      email,
      attributes: {},
      locked: false,
      wrong: 0,
      lockedUntil: 0,
    })),
  );
  assert.deepEqual(
    apps.map((one: { entityId: string }) => one.entityId),
    [consoleApp.entityId, wikiApp.entityId],
  );
  assert.deepEqual(log, JSON.parse(JSON.stringify(acme.api.log())));
  const text = JSON.stringify(json);
  for (const secret of [acme.sam.password, acme.tenant().secret, 'PRIVATE', globex.sam.email, controlToken])
    assert.equal(text.includes(secret), false, secret);
});

test('the seed of a tenant is shown, or else that of all tenants', async () => {
  const tenant = acme.tenant();
  const shown = async (): Promise<unknown> => (await world.control('GET', '/tenants/acme')).json.seed;
  tenant.defaultSeed = { ids: 'all' };
  assert.deepEqual(await shown(), { ids: 'all' });
  tenant.seed = { ids: 'own' };
  assert.deepEqual(await shown(), { ids: 'own' });
  tenant.seed = tenant.defaultSeed = undefined;
  assert.equal(await shown(), undefined);
});

test('a sign-in started at the portal is not stored', async () => {
  const browser = world.browser();
  await browser.get('/acme/apps/1');
  assert.deepEqual((await world.control('GET', '/tenants/acme')).json.pendingRequests, []);
});

test('a response is held, shown and released, and the next one is sent', async () => {
  const nothing = {
    status: 409,
    json: { error: 'no response is held; send PUT …/hold {"hold": true}, then sign in' },
  };
  assert.deepEqual(await world.control('PUT', '/tenants/acme/held', {}), nothing);
  await world.control('PUT', '/tenants/acme/hold', { hold: true });
  const browser = world.browser();
  const sent = await browser.askAndSignIn(acme);
  assert.match(sent.location!, /^\/acme\/held\/_/);
  const { json } = await world.control('GET', '/tenants/acme/held');
  const { xml } = acme.api.lastAnswer()!;
  assert.deepEqual(json, { hold: false, held: { xml, action: consoleApp.acs, since: '2026-03-01T12:00:00.000Z' } });
  assert.match((await browser.get(sent.location!)).body, /being held/);
  assert.deepEqual(await world.control('PUT', '/tenants/globex/held', {}), nothing, 'nothing is held at the neighbour');
  assert.equal((await world.control('PUT', '/tenants/acme/held', { xml: 'no XML', resign: true })).status, 400);
  assert.equal((await world.control('PUT', '/tenants/acme/held', { xml: 1 })).status, 400);
  const edited = xml.replace('sam@acme.example', 'ada@acme.example');
  const released = await world.control('PUT', '/tenants/acme/held', { xml: edited });
  assert.deepEqual(released, { status: 200, json: { hold: false, held: null } });
  assert.deepEqual(await world.control('PUT', '/tenants/acme/held', {}), nothing, 'only once');
  assert.equal(responseIn(await browser.get(sent.location!)).text('NameID'), 'ada@acme.example');
  assert.deepEqual(responseIn(await browser.ask(acme)).statuses, ['Success']);
});

for (const [method, path] of [
  ['PUT', '/tenants'],
  ['POST', '/tenants/acme'],
  ['GET', '/tenants/acme/users/sam'],
  ['GET', '/tenants/acme/nothing'],
  ['PUT', '/tenants/acme/apps/1'],
  ['GET', '/'],
] as const)
  test(`there is no route ${method} ${path}`, async () => {
    const before = world.contents(acme);
    const body = method === 'GET' ? undefined : {};
    assert.deepEqual(await world.control(method, path, body), {
      status: 404,
      json: { error: `unknown control route ${method} /control${path}` },
    });
    assert.equal(
      (await world.control(method, path, body, { authorization: '' })).status,
      401,
      'without the token, an unknown route looks like any other',
    );
    assert.deepEqual(world.contents(acme), before);
  });

test('a body is read as JSON regardless of its content type, up to 4 MB', async () => {
  const typed = await world.control('PATCH', '/tenants/acme', { displayName: 'A' }, { 'content-type': 'text/plain' });
  assert.deepEqual([typed.status, acme.tenant().displayName], [200, 'A']);
  const before = world.contents(acme);
  const size = 4 * 1024 * 1024;
  const large = { displayName: 'x'.repeat(size) };
  assert.equal((await world.control('PATCH', '/tenants/acme', large)).status, 413);
  assert.equal((await world.control('PUT', '/tenants/acme/users/%E0', { password: 'x' })).status, 400);
  assert.deepEqual(world.contents(acme), before);
  const fits = { displayName: 'x'.repeat(size - 18) };
  assert.equal((await world.control('PATCH', '/tenants/acme', fits)).status, 200);
});

test('a body that is not JSON, is too large, or a malformed path is a sentence of our own', async () => {
  for (const [path, body, error] of [
    ['/tenants/acme', '{"half', 'the body is not JSON, or neither an object nor a list'],
    ['/tenants/acme', '7', 'the body is not JSON, or neither an object nor a list'],
    ['/tenants/acme', { displayName: 'x'.repeat(5_000_000) }, 'the body is larger than 4 MB'],
    ['/tenants/%E0', {}, 'the path has a malformed % code'],
  ] as const)
    assert.deepEqual((await world.control('PATCH', path, body)).json, { error });
});

// Such as fetch, which sends this path for /tenants/acme/users/…: the user’s name is two dots.
test('a client that shortens the path of a user “..” does not remove or replace the tenant', async () => {
  for (const method of ['DELETE', 'PUT', 'PATCH']) {
    const { status } = await world.control(method, '/tenants/acme/', method === 'DELETE' ? undefined : {});
    assert.equal(status, 404, method);
    assert.equal(acme.tenant().users.get('sam')?.username, 'sam', method);
  }
});

test('a rejection is not an internal error; an internal error is recorded with its route', async () => {
  assert.deepEqual((await world.control('GET', '/errors')).json, []);
  await world.control('GET', '/tenants/nowhere');
  await world.control('PUT', '/tenants/acme/faults', 'no JSON');
  assert.deepEqual(world.state.errors, []);
  const { users } = acme.tenant();
  acme.tenant().users = undefined as never;
  const { status, json } = await world.control('DELETE', '/tenants/acme/users/sam');
  acme.tenant().users = users;
  const [error] = (await world.control('GET', '/errors')).json;
  assert.equal(status, 500);
  assert.deepEqual(
    [error.method, error.path, error.message, error.at],
    ['DELETE', '/control/tenants/acme/users/sam', json.error, '2026-03-01T12:00:00.000Z'],
  );
  assert.deepEqual([world.state.errors.length, world.idp.errors()], [1, world.state.errors]);
  world.state.errors.length = 0;
});

for (const [what, thrown] of [
  ['an error', new Error('the inside')],
  ['a text', 'the inside'],
  ['an error with the status of a server', Object.assign(new Error('the inside'), { status: 503 })],
  ['an error whose status is a text', Object.assign(new Error('the inside'), { status: '404' })],
] as const)
  test(`an internal error has status 500, and is recorded: ${what}`, async () => {
    const tenant = acme.tenant();
    const { users } = tenant;
    const broken = () => {
      throw thrown;
    };
    Object.defineProperty(tenant, 'users', { get: broken, configurable: true });
    const { status, json } = await world.control('DELETE', '/tenants/acme/users/sam');
    Object.defineProperty(tenant, 'users', { value: users, writable: true, enumerable: true });
    assert.deepEqual([status, json], [500, { error: 'the inside' }]);
    assert.deepEqual([world.state.errors.length, world.state.errors.pop()?.message], [1, 'the inside']);
  });

test('a released text may have two million characters', async () => {
  await world.control('PUT', '/tenants/acme/hold', { hold: true });
  await world.browser().askAndSignIn(acme);
  const release = (length: number) => world.control('PUT', '/tenants/acme/held', { xml: 'x'.repeat(length) });
  assert.equal((await release(2_000_001)).status, 400);
  assert.equal((await release(2_000_000)).status, 200);
});

test('all browser and control routes are listed', async () => {
  const { json } = await world.control('GET', '/routes');
  const lines = json.map(({ method, path }: { method: string; path: string }) => `${method} ${path}`);
  for (const line of ['GET /:tenant', 'POST /:tenant/slo', 'PUT /control/tenants/:tenant/held', 'GET /control/routes'])
    assert.ok(lines.includes(line), line);
  assert.equal(lines.filter((line: string) => line.includes('/control/')).length, 34);
});
