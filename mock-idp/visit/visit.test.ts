/** Sign-ins from the application's side: its request is found, and the form is sent as a browser would. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type FaultWish, type IdpTenant, type MockIdp, type RequestSource, startMockIdp } from '../start.ts';

interface Received {
  method: string;
  url: string;
  contentType: string;
  body: string;
}

let idp: MockIdp;
let acme: IdpTenant;
let app: Server;
let url: string;
let received: Received[];
/** In place of the home page. */
let acsRedirectsTo: string | undefined;

before(async () => {
  app = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, url);
    if (pathname === '/acs' && acsRedirectsTo === undefined) {
      received.push(await read(request));
      return void response.writeHead(303, { location: '/home', 'set-cookie': `sent=${received.length}` }).end();
    }
    if (pathname === '/acs') return void response.writeHead(302, { location: acsRedirectsTo }).end();
    if (pathname === '/home') return void response.end(`Hello, ${request.headers.cookie}`);
    if (pathname === '/login')
      return void response.writeHead(302, { location: '/start', 'set-cookie': 'lang=en' }).end();
    if (pathname === '/start') return void response.writeHead(302, { location: requestUrl() }).end();
    if (pathname === '/post') return void response.end(requestForm());
    const [, , target] = pathname.split('/');
    if (pathname.startsWith('/to/'))
      return void response.writeHead(302, { location: decodeURIComponent(target!) }).end();
    if (pathname === '/round') return void response.writeHead(302, { location: '/round' }).end();
    response.writeHead(500).end('<html><style>b { }</style><h1>Internal error</h1> <p>No route to SSO</p></html>');
  });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  idp = await startMockIdp({ hostname: '127.0.0.1' });
});
after(async () => {
  app.closeAllConnections();
  app.close();
  await idp[Symbol.asyncDispose]();
});
beforeEach(async () => {
  received = [];
  acsRedirectsTo = undefined;
  acme = await idp.createTenant({
    users: [{ username: 'sam', password: 'open sesame', email: 'sam@acme.example' }],
    apps: [{ entityId: url, acs: [`${url}/acs`] }],
  });
});

async function read(request: IncomingMessage): Promise<Received> {
  const { method = '', url = '', headers } = request;
  return { method, url, contentType: headers['content-type'] ?? '', body: await text(request) };
}

let count = 0;
const requestXml = (): string =>
  `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
  xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_request-${++count}-of-this-test" Version="2.0"
  IssueInstant="${acme.now().toISOString()}"><saml:Issuer>${url}</saml:Issuer></samlp:AuthnRequest>`;
const requestUrl = (): string =>
  `${acme.ssoUrl}?${new URLSearchParams({
    SAMLRequest: deflateRawSync(requestXml()).toString('base64'),
    RelayState: 'back',
  })}`;
const requestForm = (): string =>
  `<form method="post" action="${acme.ssoUrl}">
  <input type="hidden" name="SAMLRequest" value="${Buffer.from(requestXml()).toString('base64')}">
  <input name="RelayState" value="a &amp; b"></form>`;

test('a request is found in a redirect and in a page of the application', async () => {
  const redirected = await acme.signIn('sam', { request: await fetch(`${url}/start`, { redirect: 'manual' }) });
  assert.equal(new Map(redirected.fields).get('RelayState'), 'back');
  const page = await fetch(`${url}/post`);
  const posted = await acme.signIn('sam', { request: page });
  assert.equal(new Map(posted.fields).get('RelayState'), 'a & b');
  assert.match(await page.text(), /SAMLRequest/, 'the page can still be read');
});

const noRequest: readonly [what: string, request: () => unknown, message: RegExp][] = [
  ['undefined', () => undefined, /^the request is undefined\. Pass the response of your application, .* \{ unsolic/],
  ['null', () => null, /^the request is null\. Pass the response of your application, /],
  ['a relative URL', () => '/sso?SAMLRequest=x', /^the request must be a whole URL, not “\/sso\?SAMLRequest=x”$/],
  [
    'the URL of another host',
    () => requestUrl().replace('127.0.0.1', 'idp.example'),
    /^the application sends the browser to http:\/\/idp\.example:\d+\/[\w-]+\/sso, but this tenant's sign-in URL is /,
  ],
  [
    'the URL of another path',
    () => requestUrl().replace('/sso', '/slo'),
    /^the application sends the browser to .*\/slo, but this tenant's sign-in URL is .*\/sso$/,
  ],
  [
    'an error page',
    () => fetch(`${url}/login-page`),
    /^the application returned 500 “Internal error No route to SSO”, and no redirect to the identity provider\. Call/,
  ],
];

for (const [what, request, message] of noRequest)
  test(`${what} is not accepted as a request, and no response is sent`, async () => {
    await assert.rejects(acme.signIn('sam', { request: (await request()) as RequestSource }), { message });
    assert.deepEqual(acme.log(), []);
  });

test('signInAt goes from the login URL to the page of the signed-in user, with cookies', async () => {
  const { response, responses, answer, cookies } = await acme.signInAt(`${url}/login`, 'sam');
  assert.equal(responses.length, 1);
  assert.equal(await response.text(), 'Hello, lang=en; sent=1');
  assert.equal(await cookies.getCookieString(url), 'lang=en; sent=1');
  assert.match(answer.xml, /InResponseTo="_request-\d+-of-this-test"/);
  assert.equal(new URLSearchParams(received[0]!.body).get('RelayState'), 'back');
  const again = await acme.signInAt(`${url}/post`, 'sam', { cookies });
  assert.equal(await again.response.text(), 'Hello, lang=en; sent=2');
});

test('signInAt says where the login URL leads, if not to the identity provider', async () => {
  await assert.rejects(acme.signInAt(`${url}/elsewhere`, 'sam'), {
    message:
      `${url}/elsewhere does not lead to this tenant's sign-in URL ${acme.ssoUrl}: ` +
      `${url}/elsewhere returned 500 “Internal error No route to SSO”`,
  });
  await assert.rejects(
    acme.signInAt(`${url}/round`, 'sam'),
    /leads to more than 20 redirects, the last one to .*round/,
  );
});

for (const start of ['/login', 'sam', '', null, undefined, 'file:///login'])
  test(`“${start}” is not accepted as the URL of the application`, async () => {
    const message = `your application's URL must be a whole http or https URL, not “${start}”`;
    await assert.rejects(acme.signInAt(start as string, 'sam'), { name: 'Refused', message });
    await assert.rejects(acme.signOutAt(start as string), { name: 'Refused', message });
  });

for (const [target, sentence] of [
  ['http://[', 'the application redirects to “http://[”, which is not a whole URL'],
  ['board://start?x=1', 'the application sends the browser to board://start, but this tenant’s sign-in URL is '],
  ['file:///etc/passwd', 'the application sends the browser to file:///etc/passwd, but '],
] as const)
  test(`a login URL that redirects to ${target} is explained, and nothing there is visited`, async () => {
    await assert.rejects(acme.signInAt(`${url}/to/${encodeURIComponent(target)}`, 'sam'), ({ message }: Error) =>
      message.startsWith(sentence.replace('’', "'")),
    );
  });

for (const target of ['http://[', 'board://signed-in', '/round'])
  test(`after a response and a LogoutRequest, the application redirects to ${target}`, async () => {
    acsRedirectsTo = target;
    await acme.putApp({ entityId: url, acs: [`${url}/acs`], slo: `${url}/acs` });
    const answer = await acme.signIn('sam', { unsolicited: true });
    const [result] = await acme.signOut('sam');
    assert.equal(result!.outcome, 'not-confirmed');
    assert.ok(result!.because?.includes(target), result!.because);
    assert.doesNotMatch(result!.because!, /SAMLRequest|did not respond/);
    if (target === '/round') await assert.rejects(acme.deliver(answer), { name: 'Refused', message: /20 redirects/ });
    else assert.equal((await acme.deliver(answer))[0]!.headers.get('location'), target);
  });

test('an application that does not respond is named', async () => {
  const gone = 'http://127.0.0.1:1';
  const named = (at: string) => ({ name: 'Refused', message: `${gone}${at} did not respond: bad port` });
  await assert.rejects(acme.signInAt(`${gone}/login`, 'sam'), named('/login'));
  await assert.rejects(acme.signOutAt(`${gone}/logout`), named('/logout'));
  const answer = await acme.signIn('sam', { unsolicited: true });
  await assert.rejects(acme.deliver({ ...answer, action: `${gone}/acs` }), named('/acs'));
});

const misuses: readonly [what: string, play: (tenant: IdpTenant) => Promise<unknown>, message: RegExp][] = [
  [
    'a request and none',
    (tenant) => tenant.signIn('sam', { request: requestUrl(), unsolicited: true }),
    /^\{ unsolicited: true \} is for a response without a request: leave one out$/,
  ],
  [
    'a RelayState beside a request',
    (tenant) => tenant.signIn('sam', { request: requestUrl(), relayState: 'x' } as never),
    /^relayState is for a response without a request: leave one out$/,
  ],
  [
    'a misspelt option of signIn',
    (tenant) => tenant.signIn('sam', { unsolicited: true, relaystate: 'x' } as never),
    /^signIn has the unknown “relaystate”$/,
  ],
  ['no options', (tenant) => tenant.signIn('sam', undefined as never), /^the request is undefined\. /],
  ['no logout request', (tenant) => tenant.respondToLogout(undefined as never), /^the request is undefined\. /],
  [
    'a misspelt option of a visit',
    async (tenant) => tenant.deliver(await tenant.signIn('sam', { unsolicited: true }), { jar: {} } as never),
    /^the visit has the unknown “jar”$/,
  ],
  [
    'cookies of another kind',
    (tenant) => tenant.signInAt(`${url}/login`, 'sam', { cookies: {} as never }),
    /^“cookies”: must be those of a sign-in, or a CookieJar of tough-cookie$/,
  ],
  [
    'a fetch of another kind',
    (tenant) => tenant.signOutAt(`${url}/login`, { fetch: 5 as never }),
    /^“fetch”: must be a function such as fetch$/,
  ],
  [
    'a form that is not awaited',
    (tenant) => tenant.deliver(tenant.signIn('sam', { unsolicited: true }) as never),
    /^deliver needs the form that signIn or respondToLogout returns: await it, and pass it on$/,
  ],
  ['no form', (tenant) => tenant.deliver(null as never), /^deliver needs the form that signIn /],
  ['no username', (tenant) => tenant.signIn(undefined as never, { unsolicited: true }), /not undefined$/],
  ['a username that is a number', (tenant) => tenant.signIn(5 as never, { unsolicited: true }), /not 5$/],
  ['no username to sign out', (tenant) => tenant.signOut(null as never), /^the username must be text, not null$/],
];

for (const [what, play, message] of misuses)
  test(`${what}: a sentence says what to pass`, async () => {
    await assert.rejects(play(acme), { name: 'Refused', message });
    assert.deepEqual(received, []);
  });

const sentOtherwise: readonly [fault: FaultWish, sent: (all: readonly Received[]) => unknown][] = [
  ['a replayed response', (all) => all.length === 2 && all[0]!.body === all[1]!.body],
  ['a response in the query string', ([one]) => one?.method === 'GET' && /\?SAMLResponse=/.test(one.url)],
  ['a plain-text form', ([one]) => one?.contentType === 'text/plain' && one.body.startsWith('SAMLResponse=')],
  ['a multipart form', ([one]) => /^multipart\/form-data; boundary=/.test(one?.contentType ?? '')],
];

for (const [fault, wasSent] of sentOtherwise)
  test(`${String(fault)}: it counts once it has been delivered`, async () => {
    await acme.arrangeFaults(fault);
    const answer = await acme.signIn('sam', { unsolicited: true });
    assert.deepEqual([answer.struck, answer.undelivered], [[fault], [fault]]);
    await fetch(answer.action, { method: 'POST', body: new URLSearchParams(answer.fields) });
    assert.deepEqual(acme.struckFaults(), [], 'the form was not sent as the fault wants it');
    received = [];
    const responses = await acme.deliver(answer);
    assert.equal(responses.length, received.length);
    assert.ok(wasSent(received), JSON.stringify(received));
    assert.deepEqual(
      acme.struckFaults().map(({ struck }) => struck),
      [1],
    );
    await acme.deliver(answer);
    assert.equal(acme.struckFaults()[0]!.struck, 1, 'once for each form');
  });

test('a fault in the response counts at once, and deliver uses a function of the caller', async () => {
  await acme.arrangeFaults('an assertion with a different Audience');
  const answer = await acme.signIn('sam', { unsolicited: true });
  assert.equal(acme.struckFaults()[0]!.struck, 1);
  const asked: string[] = [];
  const own: typeof fetch = (input, init) => {
    asked.push(`${init?.method ?? 'GET'} ${String(input)} ${init?.redirect}`);
    return fetch(input, init);
  };
  const [response] = await acme.deliver(answer, { fetch: own });
  assert.equal(await response!.text(), 'Hello, sent=1');
  assert.deepEqual(asked, [`POST ${url}/acs manual`, `GET ${url}/home manual`]);
  assert.equal(acme.struckFaults()[0]!.struck, 1);
});
