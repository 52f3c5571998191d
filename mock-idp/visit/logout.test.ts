/** Single logout without pages, with applications that verify what they receive: from both sides, in both bindings. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { arrange, type LogoutFaultPhrase, logoutFaults } from '../faults.ts';
import { type Arrival, receive } from '../sign-in/incoming.ts';
import { type LogoutMessage, logoutRequestForm, logoutResponseForm } from '../sign-in/logout.ts';
import { attributeOf, childOf, textOf, type XmlElement } from '../sign-in/parse.ts';
import { type Cookies, type IdpTenant, type MockIdp, startMockIdp } from '../start.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';
import type { Binding } from '../tenants/metadata.ts';

interface Session {
  nameId: string;
  index: string;
}
/** How an application responds to a LogoutRequest. */
type Manner = 'correctly' | 'with a page' | 'not at all' | LogoutFaultPhrase;

/** Applications at one server, by binding. Each keeps sessions by cookie and verifies each message. */
let server: Server;
let url: string;
let manner: Manner;
let rejected: string[];
/** LogoutResponses of the identity provider. */
let responses: { inResponseTo: string | undefined; status: string | undefined }[];
/** IDs of the LogoutRequests of the applications. */
let asked: string[];
const sessions = new Map<string, Session>();
const keys: Record<'app' | 'other', KeyPair> = await (async () => {
  const span = { notBefore: new Date(0), notAfter: new Date(4e12), commonName: 'app' };
  const [app, other] = await Promise.all([createKeyPair(span), createKeyPair(span)]);
  return { app, other };
})();

const controlToken = 'for these tests';
const bindings = ['redirect', 'post'] as const;
const users = ['sam', 'ada'].map((username) => ({ username, password: 'x', email: `${username}@acme.example` }));
let idp: MockIdp;
let acme: IdpTenant;
before(async () => {
  server = createServer((request, response) => {
    serve(request).then(
      ({ status = 200, location, body = '', cookie }) => {
        if (status === 0) return response.destroy();
        if (location !== undefined) response.setHeader('location', location);
        if (cookie !== undefined) response.setHeader('set-cookie', cookie);
        return response.writeHead(status, { 'content-type': 'text/html' }).end(body);
      },
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  idp = await startMockIdp({ hostname: '127.0.0.1', controlToken });
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await idp[Symbol.asyncDispose]();
});
beforeEach(async () => {
  manner = 'correctly';
  [rejected, responses, asked] = [[], [], []];
  sessions.clear();
  // A replaced tenant keeps its key, and nothing else.
  const replaced = await fetch(`${idp.url}/control/tenants/acme`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${controlToken}` },
    body: JSON.stringify({ users, apps: bindings.map((name) => ({ name, metadata: metadataOf(name) })) }),
  });
  assert.ok(replaced.ok);
  acme = idp.tenant('acme');
});

const entityIdOf = (binding: Binding): string => `${url}/${binding}`;
const uri = { redirect: 'HTTP-Redirect', post: 'HTTP-POST' };
function metadataOf(binding: Binding): string {
  const at = `${url}/${binding}`;
  const certificate = keys.app.certificate.replace(/-----[^-]+-----|\s/g, '');
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${at}">
<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${uri[binding]}" Location="${at}/slo"/>
<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${at}/acs" index="0"/>
</md:SPSSODescriptor></md:EntityDescriptor>`;
}

interface Reply {
  /** 0 closes the connection. */
  status?: number;
  location?: string;
  body?: string;
  cookie?: string;
}

async function serve(request: IncomingMessage): Promise<Reply> {
  const { pathname, search } = new URL(request.url!, url);
  const [, name, page] = pathname.split('/');
  const binding = name as Binding;
  const fields = Object.fromEntries(new URLSearchParams(await text(request)));
  const cookie = new RegExp(`${binding}=(\\w+)`).exec(request.headers.cookie ?? '')?.[1];
  if (page === 'acs') {
    const xml = Buffer.from(fields.SAMLResponse!, 'base64').toString();
    const id = crypto.randomUUID().replaceAll('-', '');
    sessions.set(id, {
      nameId: />([^<]+)<\/saml:NameID>/.exec(xml)![1]!,
      index: /SessionIndex="(\w+)"/.exec(xml)![1]!,
    });
    return { status: 303, location: `/${binding}/home`, cookie: `${binding}=${id}; Path=/` };
  }
  if (page === 'home') return { body: cookie !== undefined && sessions.has(cookie) ? 'Welcome' : 'Please sign in' };
  if (page === 'login') return { body: 'No single sign-on today' };
  if (page === 'logout') return startLogout(binding, cookie);
  const arrival: Arrival =
    request.method === 'POST' ? { binding: 'post', fields } : { binding: 'redirect', query: search.slice(1) };
  return takeMessage(binding, arrival);
}

const sender = (binding: Binding) => ({ issuer: entityIdOf(binding), keys: keys.app, now: acme.now() });

/** The application ends its session, and sends the browser to the identity provider. */
function startLogout(binding: Binding, cookie: string | undefined): Reply {
  const session = cookie === undefined ? undefined : sessions.get(cookie);
  if (!session) return { status: 401, body: 'You are not signed in' };
  sessions.delete(cookie!);
  const message = logoutRequestForm(sender(binding), {
    ...session,
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    endpoint: { url: acme.sloUrl, binding },
  });
  asked.push(message.id);
  return toIdp(message);
}

const toIdp = ({ action, method, fields }: LogoutMessage): Reply =>
  method === 'get'
    ? { status: 302, location: `${action}?${new URLSearchParams(fields.map(([name, value]) => [name, value]))}` }
    : {
        body: `<form method="post" action="${action}">${fields
          .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
          .join('')}</form>`,
      };

/** Verifies the signature with the tenant's certificate, the destination and the issuer. */
function takeMessage(binding: Binding, arrival: Arrival): Reply {
  const isRequest = arrival.binding === 'post' ? 'SAMLRequest' in arrival.fields : /SAMLRequest=/.test(arrival.query);
  const message = receive(arrival, isRequest ? 'SAMLRequest' : 'SAMLResponse');
  const { root } = message;
  const reject = (reason: string): Reply => {
    rejected.push(reason);
    return { status: 403, body: `Rejected: ${reason}` };
  };
  if (!message.signed) return reject('unsigned');
  try {
    message.verify(acme.certificates());
  } catch {
    return reject('signature');
  }
  if (attributeOf(root, 'Destination') !== `${url}/${binding}/slo`) return reject('destination');
  if (textOf(childOf(root, 'saml:Issuer')) !== acme.entityId) return reject('issuer');
  return isRequest ? endSession(binding, root) : noteResponse(root);
}

function endSession(binding: Binding, root: XmlElement): Reply {
  const [nameId, index] = ['saml:NameID', 'samlp:SessionIndex'].map((name) => textOf(childOf(root, name)));
  for (const [id, session] of sessions) if (session.nameId === nameId && session.index === index) sessions.delete(id);
  if (manner === 'with a page') return { body: '<h1>Bye</h1>' };
  if (manner === 'not at all') return { status: 0 };
  return toIdp(responseTo(binding, attributeOf(root, 'ID')!));
}

/** The faults are the same as the identity provider's, but made by the application. */
const responseTo = (binding: Binding, inResponseTo: string): LogoutMessage =>
  logoutResponseForm(
    {
      ...sender(binding),
      untrustedKeys: keys.other,
      faults: manner in logoutFaults ? [arrange(manner)] : [],
    },
    { endpoint: { url: acme.sloUrl, binding }, inResponseTo, partial: false, relayState: undefined },
  );

function noteResponse(root: XmlElement): Reply {
  const code = childOf(childOf(root, 'samlp:Status')!, 'samlp:StatusCode')!;
  const second = childOf(code, 'samlp:StatusCode');
  responses.push({
    inResponseTo: attributeOf(root, 'InResponseTo'),
    status: attributeOf(second ?? code, 'Value'),
  });
  return { status: 303, location: '/redirect/home' };
}

const signIn = async (binding: Binding, username = 'sam', cookies?: Cookies) => {
  const answer = await acme.signIn(username, { unsolicited: true, app: entityIdOf(binding) });
  const { CookieJar } = await import('tough-cookie');
  const jar = cookies ?? new CookieJar();
  const [response] = await acme.deliver(answer, { cookies: jar });
  assert.equal(await response!.text(), 'Welcome');
  return jar;
};
const home = async (binding: Binding, cookies: Cookies): Promise<string> =>
  (
    await fetch(`${url}/${binding}/home`, { headers: { cookie: await cookies.getCookieString(`${url}/${binding}`) } })
  ).text();
const short = (status: string | undefined): string | undefined => status?.split(':').at(-1);
const logged = () =>
  acme
    .log('logout')
    .map((entry) =>
      entry.event === 'session-ended'
        ? [entry.event, entry.username]
        : [entry.event, entry.app.split('/').at(-1), entry.binding, short(entry.second ?? entry.status)],
    );

for (const binding of bindings)
  test(`signOut sends a LogoutRequest by ${binding} and reads the LogoutResponse`, async () => {
    const cookies = await signIn(binding);
    const other = await signIn(binding, 'ada');
    const [{ index } = { index: '' }] = sessions.values();
    const [result, ...more] = await acme.signOut('sam', { cookies });
    const { app, sessionIndex, outcome, because, request } = result!;
    assert.deepEqual([more, rejected], [[], []]);
    assert.deepEqual([app, sessionIndex, outcome, because], [entityIdOf(binding), index, 'succeeded', undefined]);
    assert.deepEqual(
      [request!.action, request!.method],
      [`${url}/${binding}/slo`, binding === 'post' ? 'post' : 'get'],
    );
    assert.match(request!.xml, />sam@acme\.example</);
    assert.deepEqual([await home(binding, cookies), await home(binding, other)], ['Please sign in', 'Welcome']);
    assert.deepEqual(logged(), [
      ['session-ended', 'sam'],
      ['request-sent', binding, binding, undefined],
      ['response-received', binding, binding, 'Success'],
    ]);
    await assert.rejects(acme.signOut('sam'), { name: 'Refused', message: 'sam is not signed in' });
  });

test('signOut reports each app of each session', async () => {
  const cookies = await signIn('redirect');
  await signIn('post', 'sam', cookies);
  await acme.putApp({ entityId: 'http://silent.example', acs: ['http://silent.example/acs'] });
  await acme.signIn('sam', { unsolicited: true, app: 'http://silent.example' });
  const results = await acme.signOut('sam', { cookies });
  assert.deepEqual(
    results.map(({ app, outcome, because, request }) => [app, outcome, because, request === undefined]),
    [
      [entityIdOf('redirect'), 'succeeded', undefined, false],
      [entityIdOf('post'), 'succeeded', undefined, false],
      [
        'http://silent.example',
        'not-confirmed',
        'the app has no logout URL: register one, or metadata with a SingleLogoutService',
        true,
      ],
    ],
  );
  assert.equal(new Set(results.map(({ sessionIndex }) => sessionIndex)).size, 3);
  assert.equal(sessions.size, 0);
});

const manners: readonly [Manner, outcome: string, because: RegExp][] = [
  ['a LogoutResponse with a PartialLogout status', 'partial', /^the app reports Success, PartialLogout$/],
  ['a LogoutResponse with a Responder status', 'not-confirmed', /^the app reports Responder$/],
  ['an unsigned LogoutResponse', 'not-confirmed', /not signed/],
  ['a LogoutResponse signed by an unknown key', 'not-confirmed', /^The signature of the message is invalid: /],
  ['a LogoutResponse altered after signing', 'not-confirmed', /^The signature of the message is invalid: /],
  ['a LogoutResponse with a different InResponseTo', 'not-confirmed', /does not match a pending single logout/],
  ['a LogoutResponse with a different Destination', 'not-confirmed', /has the Destination “https:\/\/elsewhere/],
  ['a LogoutResponse with a different Issuer', 'not-confirmed', /No app with the entity ID “https:\/\/elsewhere/],
  ['with a page', 'not-confirmed', /^the app returned 200 “Bye”, and no LogoutResponse$/],
  ['not at all', 'not-confirmed', /^http:.*\/slo did not respond: \w+/],
];
for (const binding of bindings)
  for (const [one, outcome, because] of manners)
    test(`the app responds by ${binding} ${one}: ${outcome}`, async () => {
      await signIn(binding);
      manner = one;
      const [result] = await acme.signOut('sam');
      assert.equal(result!.outcome, outcome);
      assert.match(result!.because!, because);
      assert.equal(result!.response === undefined, one === 'not at all');
      const isRejected = one in logoutFaults && !one.endsWith('status');
      assert.equal(acme.log('request-refused').length, isRejected ? 1 : 0);
    });

for (const binding of bindings) {
  test(`signOutAt responds to the LogoutRequest of the app by ${binding}`, async () => {
    const cookies = await signIn(binding);
    const { answer, response } = await acme.signOutAt(`${url}/${binding}/logout`, { cookies });
    assert.equal(await response.text(), 'Please sign in');
    assert.deepEqual([rejected, answer.method], [[], binding === 'post' ? 'post' : 'get']);
    assert.deepEqual(
      responses.map(({ inResponseTo, status }) => [inResponseTo, short(status)]),
      [[asked[0], 'Success']],
    );
    assert.deepEqual(logged(), [
      ['request-received', binding, binding, undefined],
      ['session-ended', 'sam'],
      ['response-sent', binding, binding, 'Success'],
    ]);
    const [received, , sent] = acme.log('logout');
    assert.ok(received?.event === 'request-received' && sent?.event === 'response-sent');
    assert.deepEqual([received.id, received.nameId, sent.inResponseTo], [asked[0], 'sam@acme.example', asked[0]]);
    assert.equal(received.sessionIndexes.length, 1);
    assert.match(received.xml, /LogoutRequest/);
    await assert.rejects(acme.signOut('sam'), /sam is not signed in/);
  });

  test(`respondToLogout and deliver do the same step by step, by ${binding}`, async () => {
    const cookies = await signIn(binding);
    const request = await fetch(`${url}/${binding}/logout`, {
      headers: { cookie: await cookies.getCookieString(url) },
      redirect: 'manual',
    });
    await acme.deliver(await acme.respondToLogout({ request }));
    assert.deepEqual([rejected, responses.length], [[], 1]);
    await assert.rejects(acme.respondToLogout({ request }), { code: 'request-id-reused' });
    assert.equal(acme.log('request-refused').length, 1);
  });
}

/** An AuthnRequest that continues the latest session. */
const passiveRequest = (binding: Binding): string => {
  const xml =
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0" IsPassive="true" ' +
    `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${crypto.randomUUID()}" ` +
    `IssueInstant="${acme.now().toISOString()}"><saml:Issuer>${entityIdOf(binding)}</saml:Issuer></samlp:AuthnRequest>`;
  return `${acme.ssoUrl}?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`;
};

for (const [what, content] of [
  ['with quotation marks', "0; URL='$'"],
  ['without them', '0;url=$'],
  ['without its name', '1, $'],
] as const)
  test(`a page that goes on by itself is a redirect: ${what}`, async () => {
    const cookies = await signIn('redirect');
    const headers = { cookie: await cookies.getCookieString(url) };
    const redirect = await fetch(`${url}/redirect/logout`, { headers, redirect: 'manual' });
    const next = redirect.headers.get('location')!.replaceAll('&', '&amp;');
    const page = `<meta http-equiv="Refresh" content="${content.replace('$', () => next)}"><p>One moment</p>`;
    await acme.deliver(await acme.respondToLogout({ request: new Response(page) }));
    assert.deepEqual([rejected, responses.length], [[], 1]);
    const elsewhere = new Response(page.replace('/slo?', '/sso?'));
    await assert.rejects(acme.respondToLogout({ request: elsewhere }), { code: 'request-destination-wrong' });
    const plain = new Response('<meta http-equiv="refresh" content="5"><meta content="0;url=x"><p>One moment</p>');
    await assert.rejects(acme.respondToLogout({ request: plain }), /returned 200 “One moment”, and no redirect/);
  });

test('an app with a session at another app gets PartialLogout', async () => {
  const cookies = await signIn('post');
  const { xml } = await acme.signIn('sam', { request: passiveRequest('redirect') });
  assert.match(xml, /status:Success/);
  await acme.signOutAt(`${url}/post/logout`, { cookies });
  assert.deepEqual(
    responses.map(({ status }) => short(status)),
    ['PartialLogout'],
  );
});

test('a URL that leads to no LogoutRequest says what the app returned', async () => {
  await assert.rejects(acme.signOutAt(`${url}/redirect/login`), {
    name: 'Refused',
    message:
      `${url}/redirect/login does not lead to this tenant's logout URL ${acme.sloUrl}: ` +
      `${url}/redirect/login returned 200 “No single sign-on today”`,
  });
  await assert.rejects(acme.respondToLogout({ request: `${acme.ssoUrl}?SAMLRequest=x` }), {
    code: 'request-destination-wrong',
    message: /this tenant's logout URL is /,
  });
  await assert.rejects(acme.respondToLogout({ request: await fetch(`${url}/redirect/login`) }), /or use signOutAt$/);
});

test('faults of logout strike at logout messages, and only there', async () => {
  await acme.arrangeFaults(
    { phrase: 'an unsigned LogoutRequest', times: 1 },
    'a LogoutResponse with a different Destination',
    'an assertion with a different Audience',
  );
  const counts = () => acme.faults().map(({ struck, times }) => [struck, times]);
  const cookies = await signIn('post');
  assert.deepEqual(counts(), [
    [0, 1],
    [0, null],
    [1, null],
  ]);
  const [result] = await acme.signOut('sam', { cookies });
  assert.deepEqual([rejected, result!.request!.struck], [['unsigned'], ['an unsigned LogoutRequest']]);
  assert.match(result!.because!, /^the app returned 403 “Rejected: unsigned”, and no LogoutResponse$/);
  assert.equal(await home('post', cookies), 'Welcome', 'the app keeps its session');
  const { answer } = await acme.signOutAt(`${url}/post/logout`, { cookies });
  assert.deepEqual(answer.struck, ['a LogoutResponse with a different Destination']);
  assert.deepEqual([rejected, responses], [['unsigned', 'destination'], []]);
  assert.deepEqual(counts(), [
    [1, 0],
    [1, null],
    [1, null],
  ]);
});

test('a replayed LogoutRequest is the one that the app received before', async () => {
  await signIn('redirect');
  const [first] = await acme.signOut('sam');
  const cookies = await signIn('redirect');
  await acme.arrangeFaults('a replayed LogoutRequest');
  const [second] = await acme.signOut('sam', { cookies });
  assert.equal(second!.request!.xml, first!.request!.xml);
  assert.match(second!.because!, /does not match a pending single logout/);
  assert.equal(acme.struckFaults().length, 1);
  assert.equal(await home('redirect', cookies), 'Welcome');
});
