/** The API over HTTP does what the API of the same process does: the same calls are played against both. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { redirectTo } from '../app.fixture.ts';
import { type ConnectedIdp, type ConnectedTenant, connectMockIdp, type MockIdp, startMockIdp } from '../start.ts';
import { createAuthority, issue } from '../tls/authority.ts';

const controlToken = 'of these tests';

/** The same API: in the process, whose methods partly return no promise, and connected. */
let pair: readonly [inProcess: ConnectedIdp, connected: ConnectedIdp];
let servers: readonly MockIdp[];
let app: Server;
let appUrl: string;

before(async () => {
  const start = (): Promise<MockIdp> => startMockIdp({ hostname: '127.0.0.1', controlToken });
  servers = [await start(), await start()];
  pair = [servers[0]! as unknown as ConnectedIdp, await connectMockIdp({ url: servers[1]!.url, controlToken })];
  app = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://app');
    if (pathname !== '/login') return void response.end(`${request.method} ${pathname}`);
    response.writeHead(302, { location: requestTo(searchParams.get('sso')!) }).end();
  });
  appUrl = urlOf(app);
});
after(async () => {
  for (const one of servers) await one[Symbol.asyncDispose]();
  app.close();
  app.closeAllConnections();
});

async function serve(handle: RequestListener): Promise<Server> {
  const server = createServer(handle).listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return server;
}
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

let count = 0;
const requestTo = (ssoUrl: string): string =>
  redirectTo(ssoUrl, { id: `_request-of-this-test-${count++}`, issuer: 'urn:app', relayState: 'r' });

const users = [
  { username: 'sam', password: 'open sesame', email: 'sam@acme.example', attributes: { role: ['a', 'b'] } },
  { username: 'ada', password: 'x', nameId: 'a-d-a' },
];

interface Played {
  tenant: ConnectedTenant;
  idp: ConnectedIdp;
}

/** In order; the first call that is rejected, and each result, must be the same. */
const calls: readonly [what: string, call: (played: Played) => unknown][] = [
  ['its names', ({ tenant, idp }) => [tenant.name, tenant.portalUrl, tenant.sloUrl, idp.tenants()]],
  ['metadata', ({ tenant }) => tenant.metadata()],
  ['certificates', ({ tenant }) => tenant.certificates()],
  ['the same tenant', async ({ tenant, idp }) => (await idp.tenant(tenant.name)).ssoUrl === tenant.ssoUrl],
  ['an unknown tenant', ({ idp }) => idp.tenant('no/where')],
  ['a taken name', ({ tenant, idp }) => idp.createTenant({ name: tenant.name })],
  ['an invalid name', ({ idp }) => idp.createTenant({ name: 'a b' })],
  ['no settings', ({ idp }) => idp.createTenant(null as never)],
  ['a number as settings', ({ idp }) => idp.createTenant(5 as never)],
  ['an unknown setting', ({ idp }) => idp.createTenant({ colour: 'red' } as object)],
  ['no app yet', ({ tenant }) => tenant.signIn('sam', { unsolicited: true })],
  ['an app', ({ tenant }) => tenant.putApp({ entityId: 'urn:app', acs: [`${appUrl}/acs`], name: 'App' })],
  [
    'a second app',
    ({ tenant }) => tenant.putApp({ entityId: 'urn:second', acs: [`${appUrl}/second`], assigned: ['ada'] }),
  ],
  ['an app without an ACS URL', ({ tenant }) => tenant.putApp({ entityId: 'urn:x' } as never)],
  ['metadata that is not XML', ({ tenant }) => tenant.putApp({ metadata: '<x' })],
  ['the apps', ({ tenant }) => tenant.apps()],
  ['a user', ({ tenant }) => tenant.putUser({ username: 'Kim@Acme.example', password: 'x' })],
  ['a user named as a path', ({ tenant }) => tenant.putUser({ username: '..', password: 'x' })],
  ['a user with a question', ({ tenant }) => tenant.putUser({ username: 'a/b?c#d', password: 'x' })],
  ['a user without a password', ({ tenant }) => tenant.putUser({ username: 'eve' } as never)],
  ['no user', ({ tenant }) => tenant.putUser(undefined as never)],
  ['a user without a username', ({ tenant }) => tenant.putUser({ password: 'x' } as never)],
  ['a change without a user', ({ tenant }) => tenant.changeUser(undefined as never, {})],
  ['a removal without a user', ({ tenant }) => tenant.removeUser(null as never)],
  [
    'a sign-in without a user',
    ({ tenant }) => tenant.signIn(undefined as never, { unsolicited: true, app: 'urn:app' }),
  ],
  ['a sign-out without a user', ({ tenant }) => tenant.signOut(undefined as never)],
  ['an unknown kind of entries', ({ tenant }) => tenant.log('logouts' as never)],
  ['a locked user', ({ tenant }) => tenant.changeUser('kim@acme.example', { locked: true })],
  ['an unknown user', ({ tenant }) => tenant.changeUser('eve', { locked: true })],
  ['an unknown field', ({ tenant }) => tenant.changeUser('sam', { colour: 'red' } as object)],
  ['a removed user', ({ tenant }) => tenant.removeUser('..')],
  ['a removed user again', ({ tenant }) => tenant.removeUser('..')],
  ['the users', ({ tenant }) => tenant.users()],
  ['an assignment without an app', ({ tenant }) => tenant.assign('sam')],
  ['an assignment', ({ tenant }) => tenant.assign(['SAM', 'kim@acme.example'], { app: 'urn:second' })],
  ['an assignment to an unknown user', ({ tenant }) => tenant.assign('eve', { app: 'urn:app' })],
  ['an assignment less', ({ tenant }) => tenant.unassign('ada', { app: 'urn:app' })],
  ['the apps with assignments', ({ tenant }) => tenant.apps()],
  ['not assigned', ({ tenant }) => tenant.signIn('ada', { unsolicited: true, app: 'urn:app' })],
  ['a locked account', ({ tenant }) => tenant.signIn('kim@acme.example', { unsolicited: true, app: 'urn:app' })],
  ['no response yet', ({ tenant }) => tenant.lastAnswer()],
  [
    'an unsolicited response',
    ({ tenant }) => tenant.signIn('sam', { unsolicited: true, app: 'urn:app', relayState: 'x' }),
  ],
  ['a response', ({ tenant }) => tenant.signIn('sam', { request: requestTo(tenant.ssoUrl) })],
  ['the same request twice', ({ tenant }) => signInTwice(tenant)],
  ['a request of an unknown app', ({ tenant }) => tenant.signIn('sam', { request: redirectTo(tenant.ssoUrl, {}) })],
  [
    'a request to another URL',
    ({ tenant }) => tenant.signIn('sam', { request: 'http://idp.example/sso?SAMLRequest=x' }),
  ],
  ['a request without its field', ({ tenant }) => tenant.signIn('sam', { request: { RelayState: 'x' } })],
  ['no request', ({ tenant }) => tenant.signIn('sam', {} as never)],
  [
    'an application’s response',
    async ({ tenant }) => tenant.signIn('sam', { request: await fetch(loginUrl(tenant), { redirect: 'manual' }) }),
  ],
  ['the last response', ({ tenant }) => tenant.lastAnswer()],
  ['an unknown fault', ({ tenant }) => tenant.arrangeFaults('a respnse with Consent' as never)],
  [
    'an amount too much',
    ({ tenant }) => tenant.arrangeFaults({ phrase: 'a response with Consent', amount: 1 } as never),
  ],
  [
    'faults',
    ({ tenant }) =>
      tenant.arrangeFaults(
        'a replayed response',
        {
          phrase: 'an assertion that expired {minutes} minutes ago',
          amount: 3,
        },
        'no response: the IdP is down',
      ),
  ],
  ['the faults', ({ tenant }) => tenant.faults()],
  ['a whole sign-in', async ({ tenant }) => inShort(await tenant.signInAt(loginUrl(tenant), 'sam'))],
  ['a sign-in at a page', ({ tenant }) => tenant.signInAt(`${appUrl}/page`, 'sam')],
  ['a response to deliver', ({ tenant }) => deliverTwice(tenant)],
  ['the struck faults', ({ tenant }) => tenant.struckFaults()],
  ['the log', ({ tenant }) => tenant.log()],
  ['the log of a kind', ({ tenant }) => tenant.log('request-refused')],
  ['a user who is not signed in', ({ tenant }) => tenant.signOut('ada')],
  [
    'a logout URL',
    ({ tenant }) => tenant.putApp({ entityId: 'urn:app', acs: [`${appUrl}/acs`], slo: `${appUrl}/slo`, name: 'App' }),
  ],
  [
    'a logout',
    async ({ tenant }) =>
      (await tenant.signOut('sam')).map(({ app, outcome, because, response }) => [
        ...[app, outcome, because],
        response?.status,
      ]),
  ],
  ['a malformed LogoutRequest', ({ tenant }) => tenant.respondToLogout({ request: { SAMLRequest: 'PHg+' } })],
  ['a logout at a page', ({ tenant }) => tenant.signOutAt(`${appUrl}/page`)],
  ['the clock moves', ({ tenant }) => tenant.moveClock({ days: -1, seconds: 0.5 })],
  ['the clock', async ({ tenant }) => Math.round((Date.now() - (await tenant.now()).getTime()) / 3_600_000)],
  ['the clock moves by weeks', ({ tenant }) => tenant.moveClock({ weeks: 1 } as object)],
  ['the clock moves too far', ({ tenant }) => tenant.moveClock({ days: 365 * 51 })],
  [
    'a change',
    ({ tenant }) => tenant.change({ displayName: 'B', publishNextKey: true, validUntil: '2040-01-01T00:00:00Z' }),
  ],
  ['a change of an unknown setting', ({ tenant }) => tenant.change({ colour: 'red' } as object)],
  ['two certificates', ({ tenant }) => tenant.certificates()],
  ['an app less', ({ tenant }) => tenant.removeApp('urn:second')],
  ['an unknown app', ({ tenant }) => tenant.removeApp('urn:second')],
  ['a disabled tenant', ({ tenant }) => tenant.change({ disabled: true })],
  ['metadata of a disabled tenant', ({ tenant }) => tenant.metadata()],
  ['a sign-in at a disabled tenant', ({ tenant }) => tenant.signIn('sam', { unsolicited: true })],
  ['no internal errors', ({ idp }) => idp.errors()],
  ['removal', ({ tenant }) => tenant.remove()],
  ['users of a removed tenant', ({ tenant }) => tenant.users()],
];

const loginUrl = ({ ssoUrl }: ConnectedTenant): string => `${appUrl}/login?${new URLSearchParams({ sso: ssoUrl })}`;

async function signInTwice(tenant: ConnectedTenant): Promise<unknown> {
  const request = requestTo(tenant.ssoUrl);
  await tenant.signIn('sam', { request });
  return tenant.signIn('sam', { request });
}

async function deliverTwice(tenant: ConnectedTenant): Promise<unknown> {
  const answer = await tenant.signIn('sam', { unsolicited: true, app: 'urn:app' });
  const before = await tenant.struckFaults();
  const responses = await tenant.deliver(answer);
  await tenant.deliver(answer);
  return { before, after: await tenant.struckFaults(), answer, count: responses.length };
}

const inShort = async ({ answer, response, responses }: Awaited<ReturnType<ConnectedTenant['signInAt']>>) => ({
  answer,
  text: await response.text(),
  count: responses.length,
});

/** As text: without what differs between two identity providers, or two moments. */
async function outcomeOf(played: Played, call: (played: Played) => unknown): Promise<string> {
  const asked = async (): Promise<unknown> => {
    const value = await call(played);
    return Array.isArray(value) ? Promise.all(value) : value;
  };
  const outcome = await asked().then(
    (value) => ({ value }),
    ({ message, status, code, allowed }) => ({ message, status, code, allowed }),
  );
  return JSON.stringify(outcome, undefined, 1)
    .replaceAll(played.idp.url, 'IDP')
    .replaceAll(encodeURIComponent(played.idp.url), 'IDP')
    .replace(/_request-of-this-test-\d+/g, 'REQUEST')
    .replace(/_[0-9a-f-]{36,40}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g, 'CERTIFICATE')
    .replace(/[A-Za-z0-9+/]{40,}=*/g, 'BASE64');
}

/** Records which methods are called. */
const recorded = <Api extends object>(api: Api, names: Set<string>): Api =>
  new Proxy(api, {
    get(target, name, receiver) {
      names.add(String(name));
      return Reflect.get(target, name, receiver) as unknown;
    },
  });

test('each call has the same result or error as in the process', async () => {
  const names = { tenant: new Set<string>(), idp: new Set<string>() };
  const settings = { name: 'acme', displayName: 'Acme', users };
  const tenants = [await pair[0].createTenant(settings), await pair[1].createTenant(settings)] as const;
  const [here, there] = pair.map((idp, index) => ({
    tenant: recorded(tenants[index]!, names.tenant),
    idp: recorded(idp, names.idp),
  }));
  for (const [what, call] of calls) assert.equal(await outcomeOf(there!, call), await outcomeOf(here!, call), what);
  // The file of the authority is on the machine of the IdP.
  const withoutCalls = ['createTenant', 'url', 'authority'];
  for (const tenant of tenants)
    assert.deepEqual(
      Object.keys(tenant).filter((one) => !names.tenant.has(one)),
      ['entityId', 'metadataUrl'],
    );
  for (const idp of pair)
    assert.deepEqual(
      Object.keys(idp).filter((one) => !names.idp.has(one) && !withoutCalls.includes(one)),
      [],
    );
  assert.deepEqual(Object.keys(tenants[1]).toSorted(), Object.keys(tenants[0]).toSorted());
});

test('errors are of the same class', async () => {
  const [, idp] = pair;
  const tenant = await idp.createTenant({ users, apps: [{ entityId: 'urn:app', acs: [`${appUrl}/acs`] }] });
  assert.match(tenant.name, /^idp-\w+$/);
  await assert.rejects(tenant.removeUser('eve'), { name: 'Refused', status: 400, allowed: ['sam', 'ada'] });
  await assert.rejects(signInTwice(tenant), { name: 'RequestRefused', code: 'request-id-reused' });
  await idp[Symbol.asyncDispose]();
  assert.ok((await idp.tenants()).includes(tenant.name), 'the identity provider continues to run');
});

const notTheMock = (url: string, call: string): string =>
  `${url} is not a mock IdP with a control token: ${call}. ` +
  'Check the URL, and that it was started with a control token.';

for (const [what, handle, message] of [
  ['a web page', (_, response) => response.end('<p>Hi'), (url) => notTheMock(url, 'GET /control/tenants returned 200')],
  ['other JSON', (_, response) => response.end('{}'), (url) => notTheMock(url, 'GET /control/tenants returned 200')],
  [
    'a list of others',
    (_, response) => response.end('[null]'),
    (url) => notTheMock(url, 'GET /control/tenants returned 200'),
  ],
  [
    'a list of texts',
    (_, response) => response.end('["acme"]'),
    (url) => notTheMock(url, 'GET /control/tenants returned 200'),
  ],
  [
    'a server of another protocol',
    ({ socket }) => socket.end('SSH-2.0-OpenSSH_9\r\n'),
    (url) => `${url} does not reply over http (HPE_INVALID_CONSTANT). Check the scheme and the port of the URL.`,
  ],
  [
    'an API that knows no such route',
    (_, response) => response.writeHead(404).end('{"error":"unknown control route"}'),
    (url) => notTheMock(url, 'GET /control/tenants returned 404'),
  ],
  [
    'a server that rejects the token',
    (_, response) => response.writeHead(401).end('{"error":"missing or wrong"}'),
    (url) => `The mock IdP at ${url} rejects this control token. Use the one with which it was started.`,
  ],
  [
    'a server that sends too much',
    (_, response) => response.end('x'.repeat(2_000)),
    (url) => `${url} sent more than 1000 bytes.`,
  ],
  [
    'a server that breaks off',
    (_, response) => response.destroy(),
    (url) => `No server replies at ${url} (ECONNRESET). Is it running?`,
  ],
] as readonly [string, RequestListener, (url: string) => string][])
  test(`${what}: it does not connect, and says why`, async () => {
    const server = await serve(handle);
    const url = urlOf(server);
    await assert.rejects(connectMockIdp({ url: `${url}/`, controlToken, largestReply: 1_000 }), {
      name: 'NotConnected',
      message: message(url),
    });
    server.close();
  });

test('no server, no reply and a malformed URL are one sentence each', async () => {
  const silent = await serve(() => undefined);
  const url = urlOf(silent);
  await assert.rejects(connectMockIdp({ url, controlToken, timeoutMs: 20 }), {
    code: 'no-reply',
    message: `${url} has not replied within 0.02 seconds.`,
  });
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  await assert.rejects(connectMockIdp({ url, controlToken }), {
    code: 'no-server',
    message: `No server replies at ${url} (ECONNREFUSED). Is it running?`,
  });
  for (const wrong of ['two\nlines', '€'])
    await assert.rejects(connectMockIdp({ url, controlToken: wrong }), {
      code: 'wrong-token',
      message:
        'The control token has characters that HTTP cannot send. Use the one with which the mock IdP was started.',
    });
  await assert.rejects(connectMockIdp({ url: 'idp', controlToken }), {
    message: 'url must be the http or https URL of a mock IdP, not “idp”',
  });
});

test('over https it trusts the authority that it is given, and no other', async () => {
  const now = Date.now();
  const authority = await createAuthority({ names: [], now });
  const tls = await issue(authority, { names: ['localhost'], now });
  await using idp = await startMockIdp({ tls, hostname: 'localhost', controlToken });
  const { url } = idp;
  assert.deepEqual(await (await connectMockIdp({ url, controlToken, ca: authority.cert })).tenants(), []);
  await assert.rejects(connectMockIdp({ url, controlToken }), {
    code: 'untrusted-certificate',
    message: `The certificate of ${url} is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Pass its authority as ca.`,
  });
});

test('names that end in .localhost are found, and a path in front of the routes is kept', async () => {
  const { url } = servers[1]!;
  const idp = await connectMockIdp({ url: url.replace('127.0.0.1', 'idp.localhost'), controlToken });
  assert.deepEqual(await idp.tenants(), servers[1]!.tenants());
  const asked: string[] = [];
  const proxy = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('[]');
  });
  assert.deepEqual(await (await connectMockIdp({ url: `${urlOf(proxy)}/idp/`, controlToken })).tenants(), []);
  assert.deepEqual(asked, ['GET /idp/control/tenants', 'GET /idp/control/tenants']);
  proxy.close();
});
