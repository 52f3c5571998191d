/** Other web pages and host names cannot affect the identity provider. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { load } from 'cheerio';
import { type Answer, acs, ada, bob, entityId, redirectTo, requestXml, token } from '../app.fixture.ts';
import { createApp } from '../app.ts';
import { element, render } from '../response/xml.ts';
import { type IdpTenant, startMockIdp } from '../start.ts';
import { createKeyPool } from '../tenants/keys.ts';
import { openState } from '../tenants/state-file.ts';
import { openTenants } from '../tenants/tenant.ts';
import { type Dial, exchange, lineTo, openWorld, type World } from '../two-tenants.fixture.ts';

const slo = 'http://sp.localhost:1/slo';
let world: World;
let acme: IdpTenant;

before(async () => {
  world = await openWorld({ token, allowedHosts: ['idp.acme.example', 'mock-idp:9999'] });
  await world.acme.api.remove();
  acme = await world.idp.createTenant({ name: 'acme', users: [ada, bob], apps: [{ entityId, acs: [acs], slo }] });
});
after(() => world[Symbol.asyncDispose]());

interface Sent {
  method?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
  dial?: Dial;
}
interface Page extends Answer {
  cookies: Record<string, string>;
}

async function send(
  path: string,
  { fields, method = fields ? 'POST' : 'GET', headers = {}, dial = world.dial }: Sent = {},
): Promise<Page> {
  const type = fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const body = fields ? new URLSearchParams(fields).toString() : '';
  const reply = await exchange({ dial, url: world.url }, path, { method, headers: { ...type, ...headers }, body });
  const pairs = reply.headers.getSetCookie().map((one) => one.split(';')[0]!.split('=') as [string, string]);
  return { ...reply, cookies: Object.fromEntries(pairs) };
}

const cookie = ({ cookies }: Page) => ({
  cookie: Object.entries(cookies)
    .map((pair) => pair.join('='))
    .join('; '),
});
const transaction = ({ body }: Page) => load(body)('input[name=transaction]').attr('value');
const signIn = (
  user: { username: string; password: string } = ada,
  headers: Record<string, string> = {},
): Promise<Page> => send('/acme/login', { fields: { username: user.username, password: user.password }, headers });
const isSignedIn = async (page: Page): Promise<boolean> =>
  /Your apps/.test((await send('/acme', { headers: cookie(page) })).body);
const pending = async (): Promise<{ id: string }[]> => {
  const { body } = await send('/control/tenants/acme', { headers: { authorization: `Bearer ${token}` } });
  return (JSON.parse(body) as { pendingRequests: { id: string }[] }).pendingRequests;
};
const asksFor = (options: Parameters<typeof redirectTo>[1] = {}): string => redirectTo(acme.ssoUrl, options);

test('an unknown host name gets 421 on every route', async () => {
  const routes = [
    '/acme',
    '/acme/metadata',
    '/acme/logout',
    '/assets/idp.css',
    '/control/errors',
    '/unknown',
    asksFor(),
  ];
  const entries = acme.log().length;
  for (const target of routes)
    for (const host of ['evil.example', 'idp.localhost.evil.example', 'localhost.', '0.0.0.0', '203.0.113.9', 'a b'])
      for (const method of ['GET', 'POST', 'HEAD']) {
        const headers = { host, authorization: `Bearer ${token}`, 'content-length': '0' };
        const { status, body } = await send(target, { method, headers });
        assert.equal(status, 421, `${method} ${target} at ${host}`);
        if (method !== 'HEAD') assert.match(body, /accepts only .*idp\.localhost.*IDP_ALLOWED_HOSTS/);
      }
  assert.equal((await signIn(ada, { host: 'evil.example' })).status, 421);
  assert.equal(acme.log().length, entries);
});

test('its own name, loopback names and allowed hosts are accepted, with any port', async () => {
  for (const host of ['idp.localhost', 'LOCALHOST:1', 'other.localhost:8', '127.0.0.1', '127.0.0.2:3', '[::1]:80'])
    assert.equal((await send('/acme', { headers: { host } })).status, 200, host);
  for (const host of ['idp.acme.example', 'idp.acme.example:8081', 'MOCK-IDP'])
    assert.equal((await send('/acme', { headers: { host } })).status, 200, host);
});

test('the public URL is an accepted name, and an invalid host is named', async () => {
  await using behindProxy = await startMockIdp({ publicUrl: 'https://login.acme.example/' });
  assert.equal(behindProxy.url, 'https://login.acme.example');
  for (const allowedHosts of [['http://x'], [''], ['a/b'], ['a b'], ['*']])
    await assert.rejects(startMockIdp({ allowedHosts }), /in allowedHosts is not a host name/);
  await assert.rejects(startMockIdp({ publicUrl: 'idp.acme.example' }), /publicUrl must be an http or https URL/);
});

test('behind https, cookies are Secure, and a plain http page of the same name is foreign', async () => {
  const url = 'https://login.acme.example';
  const state = await openState();
  const pool = createKeyPool();
  await openTenants({ state, pool, url }).put('acme', { users: [ada], signingAlgorithm: 'ecdsa-p256' });
  const dial = lineTo(createApp({ state, pool, url }));
  const host = 'login.acme.example';
  const fields = { username: ada.username, password: ada.password };
  const page = await send('/acme/login', { dial, fields, headers: { host, origin: url } });
  assert.equal(page.status, 303);
  for (const line of page.headers.getSetCookie()) assert.match(line, /Path=\/acme; HttpOnly; Secure; SameSite=Lax/);
  const foreign = await send('/acme/login', { dial, fields, headers: { host, origin: `http://${host}` } });
  assert.equal(foreign.status, 403);
});

test('forms of other sites are rejected, by Sec-Fetch-Site or by Origin; programs send neither', async () => {
  const own = new URL(world.url).origin;
  const rejected: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: own },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: own.replace('http:', 'https:') },
    { origin: `${own}.evil.example` },
    { origin: 'http://evil.example', host: 'idp.acme.example' },
  ];
  const signedIn = await signIn();
  for (const headers of rejected) {
    const entries = acme.log().length;
    for (const path of ['login', 'cancel', 'logout']) {
      const fields = { username: ada.username, password: ada.password };
      const page = await send(`/acme/${path}`, { fields, headers: { ...headers, ...cookie(signedIn) } });
      assert.equal(page.status, 403, `${path} ${JSON.stringify(headers)}`);
      assert.deepEqual(page.cookies, {});
    }
    assert.equal(acme.log().length, entries);
  }
  assert.ok(await isSignedIn(signedIn));
  const welcome: Record<string, string>[] = [
    {},
    { origin: own },
    { origin: own, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://idp.acme.example:8081', host: 'idp.acme.example:8081' },
  ];
  for (const headers of welcome) assert.equal((await signIn(ada, headers)).status, 303, JSON.stringify(headers));
});

test('an image, a frame, a script or a prefetch starts and ends nothing', async () => {
  const signedIn = await signIn();
  const former = await pending();
  const ends = logoutAddress({ nameId: ada.email });
  const loads: Record<string, string>[] = [
    ...['image', 'iframe', 'frame', 'embed', 'object', 'script', 'style', 'empty', 'video'].map((dest) => ({
      'sec-fetch-dest': dest,
      'sec-fetch-site': 'cross-site',
    })),
    { 'sec-purpose': 'prefetch', 'sec-fetch-dest': 'document' },
    { 'sec-purpose': 'prefetch;prerender', 'sec-fetch-dest': 'document' },
  ];
  for (const headers of loads)
    for (const target of ['/acme/apps/1', asksFor(), ends, '/acme/sso/continue/x', '/acme/held/x']) {
      const page = await send(target, { headers: { ...headers, ...cookie(signedIn) } });
      assert.equal(page.status, 403, `${target.slice(0, 40)} ${JSON.stringify(headers)}`);
      assert.ok(!page.body.includes('SAMLRes'));
    }
  assert.deepEqual(await pending(), former);
  assert.ok(await isSignedIn(signedIn));
});

test('a tile stores nothing while its user signs in, and returns RelayState', async () => {
  const page = await send('/acme/apps/1?RelayState=where%20to');
  assert.equal(transaction(page), undefined);
  const fields = Object.fromEntries(
    load(page.body)('form[action$="/login"] input[type=hidden]')
      .get()
      .map((one) => [one.attribs.name!, one.attribs.value!]),
  );
  const signedIn = await send('/acme/login', { fields: { ...fields, username: ada.username, password: ada.password } });
  const form = load(signedIn.body);
  assert.equal(form('input[name=RelayState]').attr('value'), 'where to');
  assert.match(Buffer.from(form('input[name=SAMLResponse]').attr('value')!, 'base64').toString(), /<samlp:Response/);
  const cancelled = await send('/acme/cancel', { fields });
  assert.deepEqual([cancelled.status, cancelled.location], [303, '/acme']);
  assert.equal((await send('/acme/login', { fields: { ...fields, app: '9' } })).status, 404);
});

test('cookies are for this identity provider only, and HttpOnly', async () => {
  const lines = [...(await send(asksFor())).headers.getSetCookie(), ...(await signIn()).headers.getSetCookie()];
  assert.deepEqual(
    lines.map((line) => line.replace(/_\w+=.*?;/, ';')),
    ['idp; Path=/acme; HttpOnly; SameSite=Lax', 'idp; Path=/acme; HttpOnly; SameSite=Lax'],
  );
});

test('one browser cannot displace the sign-in of another', async () => {
  const other = await send(asksFor());
  const first = await send(asksFor());
  for (let count = 0; count < 60; count++) await send(asksFor(), { headers: cookie(first) });
  assert.ok((await pending()).length < 60);
  const fields = { transaction: transaction(other)!, username: ada.username, password: ada.password };
  assert.match((await send('/acme/login', { fields, headers: cookie(other) })).body, /SAMLResponse/);
  const over = { ...fields, transaction: transaction(first)! };
  assert.equal((await send('/acme/login', { fields: over, headers: cookie(first) })).status, 410);
});

test('a posted request belongs to its browser after the redirect', async () => {
  const first = await send(asksFor());
  for (let count = 0; count < 60; count++) {
    const posted = await send('/acme/sso', {
      fields: { SAMLRequest: Buffer.from(render(requestXml(acme.ssoUrl, {}))).toString('base64') },
    });
    assert.equal((await send(posted.location!, { headers: cookie(first) })).status, 200);
  }
  const fields = { transaction: transaction(first)!, username: ada.username, password: ada.password };
  assert.equal((await send('/acme/login', { fields, headers: cookie(first) })).status, 410);
});

test('RelayState, IDs and pending sign-ins are limited', async () => {
  const tooLong = 'r'.repeat(8 * 1024 + 1);
  const posted = (relayState: string, id?: string) =>
    send('/acme/sso', {
      fields: {
        SAMLRequest: Buffer.from(render(requestXml(acme.ssoUrl, id === undefined ? {} : { id }))).toString('base64'),
        RelayState: relayState,
      },
    });
  assert.equal((await posted(tooLong.slice(1))).status, 303);
  for (const page of [
    await posted(tooLong),
    await posted('é'.repeat(5_000)),
    await send(`/acme/apps/1?RelayState=${tooLong}`),
  ]) {
    assert.equal(page.status, 400);
    assert.match(page.body, /RelayState is longer than 8192 octets/);
  }
  const longId = await posted('r', `_${'i'.repeat(2_000)}`);
  assert.match(longId.body, /ID is longer than/);
  for (const { sentence } of acme.log('request-refused')) assert.ok(sentence.length < 1_000);
});

function logoutAddress({ nameId = ada.email, id = `_${crypto.randomUUID()}` } = {}): string {
  const xml = logoutXml({ nameId, id });
  const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64'), RelayState: 'r' });
  return `${acme.sloUrl}?${query}`;
}

const logoutXml = ({ nameId, id }: { nameId: string; id: string }): string =>
  render(
    element(
      'samlp:LogoutRequest',
      { ID: id, Version: '2.0', IssueInstant: acme.now().toISOString(), Destination: acme.sloUrl },
      element('saml:Issuer', {}, entityId),
      element('saml:NameID', {}, nameId),
    ),
  );

const toApp = async (headers: Record<string, string> = {}): Promise<Page> => {
  const page = await signIn(ada, headers);
  await send('/acme/apps/1', { headers: cookie(page) });
  return page;
};
const navigation = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };

test('an unsigned LogoutRequest ends only the session of the browser that sends it', async () => {
  const [here, elsewhere] = [await toApp(), await toApp()];
  const reply = await send(logoutAddress(), { headers: navigation });
  assert.match(reply.body, /SAMLResponse/, 'the app receives the response');
  assert.ok(await isSignedIn(here));
  const other = await send(logoutAddress({ nameId: bob.username }), { headers: { ...navigation, ...cookie(here) } });
  assert.equal(other.status, 200);
  assert.ok(await isSignedIn(here));
  await send(logoutAddress(), { headers: { ...navigation, ...cookie(here) } });
  assert.deepEqual([await isSignedIn(here), await isSignedIn(elsewhere)], [false, true]);
});

test('an unsigned LogoutRequest by POST is redirected to a GET that carries the cookie', async () => {
  const [here, elsewhere] = [await toApp(), await toApp()];
  const fields = {
    SAMLRequest: Buffer.from(logoutXml({ nameId: ada.email, id: `_${crypto.randomUUID()}` })).toString('base64'),
    RelayState: 'to & fro',
  };
  const posted = await send('/acme/slo', { fields, headers: { ...navigation, origin: 'http://sp.localhost:1' } });
  assert.equal(posted.status, 303);
  assert.ok(await isSignedIn(here));
  const page = await send(posted.location!, { headers: { ...navigation, ...cookie(here) } });
  assert.equal(load(page.body)('input[name=RelayState]').attr('value'), 'to & fro');
  assert.deepEqual([await isSignedIn(here), await isSignedIn(elsewhere)], [false, true]);
});

test('a program without a browser ends sessions by an unsigned LogoutRequest, on loopback names', async () => {
  const signedIn = await toApp();
  const fields = {
    SAMLRequest: Buffer.from(logoutXml({ nameId: ada.email, id: `_${crypto.randomUUID()}` })).toString('base64'),
  };
  await send('/acme/slo', { fields, headers: { host: 'idp.acme.example' } });
  assert.ok(await isSignedIn(signedIn), 'at other names, browsers do not tell what loads a page');
  await send(logoutAddress());
  assert.ok(await isSignedIn(signedIn), 'a browser without Sec-Fetch sends an image just so');
  assert.match((await send('/acme/slo', { fields })).body, /SAMLResponse/);
  assert.equal(await isSignedIn(signedIn), false);
});

test('an outdated page does not sign out another user', async () => {
  const old = await signIn();
  const fields = Object.fromEntries(
    load((await send('/acme', { headers: cookie(old) })).body)('form[action$="/logout"] input')
      .get()
      .map((one) => [one.attribs.name!, one.attribs.value!]),
  );
  const now = await signIn(bob, cookie(old));
  const page = await send('/acme/logout', { fields, headers: cookie(now) });
  assert.match(page.body, /Signed in as <strong>bob@acme\.example/);
  assert.ok(await isSignedIn(now));
});
