/** The in-process API: sign-in, log and last response, separately for each tenant. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { redirectTo, requestXml } from '../app.fixture.ts';
import { instant, statusCode } from '../response/saml-values.ts';
import { element, render } from '../response/xml.ts';
import { consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';

let world: World;
let acme: Party;
let globex: Party;
before(async () => {
  world = await openWorld();
  ({ acme, globex } = world);
});
after(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await acme.api.remove();
  const apps = [consoleApp, wikiApp].map(({ entityId, acs }) => ({ entityId, acs: [acs] }));
  await world.idp.createTenant({ name: 'acme', users: [acme.sam, acme.ada], apps });
});

const of = { unsolicited: true, app: wikiApp.entityId } as const;
const issuer = consoleApp.entityId;

const misuses: readonly [what: string, play: () => Promise<unknown>, message: string][] = [
  ...[null, 5, 'acme', []].map((given): [string, () => Promise<unknown>, string] => [
    `${JSON.stringify(given)} as a tenant`,
    () => world.idp.createTenant(given as never),
    'createTenant needs an object with settings',
  ]),
  ['no user', () => acme.api.putUser(undefined as never), 'putUser needs an object with settings'],
  [
    'a user without a name',
    () => acme.api.putUser({ password: 'x' } as never),
    'the username must be text, not undefined',
  ],
  ['an unknown field', () => acme.api.assign('sam', { apps: 'x' } as never), 'the body has the unknown “apps”'],
];
for (const [what, play, message] of misuses)
  test(`rejected with a sentence: ${what}`, () => assert.rejects(play(), { name: 'Refused', message }));

test('tenants are found by name, with their URLs', () => {
  assert.deepEqual(world.idp.tenants().toSorted(), ['acme', 'globex']);
  const { name, entityId, metadataUrl, ssoUrl, sloUrl } = world.idp.tenant('acme');
  const at = `${world.url}/acme`;
  assert.deepEqual(
    [name, entityId, metadataUrl, ssoUrl, sloUrl],
    ['acme', `${at}/metadata`, `${at}/metadata`, `${at}/sso`, `${at}/slo`],
  );
  for (const url of [entityId, ssoUrl, sloUrl]) assert.ok(acme.api.metadata().includes(`"${url}"`), url);
  assert.equal(globex.api.metadata().includes('/acme/'), false);
});

test('the Issuer of an app’s responses can be that of another identity provider', async () => {
  const forgedIssuer = globex.api.entityId;
  acme.api.putApp({ entityId: wikiApp.entityId, acs: [wikiApp.acs], forgedIssuer });
  const issuersOf = async (app: string): Promise<(string | undefined)[]> => {
    const { xml } = await acme.api.signIn('sam', { ...of, app });
    return [...new Set(Array.from(xml.matchAll(/<saml:Issuer>([^<]*)</g), ([, text]) => text))];
  };
  assert.deepEqual(await issuersOf(wikiApp.entityId), [forgedIssuer]);
  assert.deepEqual(await issuersOf(consoleApp.entityId), [acme.api.entityId]);
});

test('an unsolicited response goes to the given app, with its RelayState', async () => {
  const { action, fields, copies, method, struck, xml } = await acme.api.signIn('SAM', { ...of, relayState: 'r' });
  assert.deepEqual([action, method, copies, struck], [wikiApp.acs, 'post', 1, []]);
  assert.deepEqual(fields, [
    ['SAMLResponse', Buffer.from(xml).toString('base64')],
    ['RelayState', 'r'],
  ]);
  assert.equal(xml.includes('InResponseTo'), false);
  assert.ok(xml.includes(acme.sam.email));
});

for (const [rule, request] of [
  [
    'as a URL string',
    () => redirectTo(acme.api.ssoUrl, { id: '_r-0123456789abcdef', issuer, at: acme.api.now(), relayState: 'r' }),
  ],
  [
    'as a URL object',
    () =>
      new URL(redirectTo(acme.api.ssoUrl, { id: '_r-0123456789abcdef', issuer, at: acme.api.now(), relayState: 'r' })),
  ],
  [
    'as a form',
    () => ({
      SAMLRequest: Buffer.from(
        render(requestXml(acme.api.ssoUrl, { id: '_r-0123456789abcdef', issuer, at: acme.api.now() })),
      ).toString('base64'),
      RelayState: 'r',
    }),
  ],
] as const)
  test(`a request ${rule} gets one response, from its own tenant`, async () => {
    await assert.rejects(globex.api.signIn('sam', { request: request() }), { code: 'request-destination-wrong' });
    const { action, fields, xml } = await acme.api.signIn('sam', { request: request() });
    assert.deepEqual([action, new Map(fields).get('RelayState')], [consoleApp.acs, 'r']);
    assert.match(xml, /InResponseTo="_r-0123456789abcdef"/);
    await assert.rejects(acme.api.signIn('sam', { request: request() }), { code: 'request-id-reused' });
    assert.deepEqual(
      acme.api.log('request-refused').map(({ code }) => code),
      ['request-id-reused'],
    );
    assert.equal(acme.api.log('authn-request').length, 1);
  });

test('a locked or unknown user, or one of a disabled tenant, does not sign in', async () => {
  await acme.api.changeUser('sam', { locked: true });
  const rejected = { name: 'Refused', status: 403 };
  await assert.rejects(acme.api.signIn('sam', of), { ...rejected, message: 'the account of sam is locked' });
  await assert.rejects(acme.api.signIn('kim', of), { message: 'unknown user “kim”', allowed: ['sam', 'ada'] });
  await acme.api.change({ disabled: true });
  await assert.rejects(acme.api.signIn('ada', of), { ...rejected, message: 'sign-in is disabled for this tenant' });
  assert.equal(acme.api.lastAnswer(), undefined);
  await acme.api.change({ disabled: false });
  await acme.api.signIn('ada', of);
  await globex.api.signIn('sam', of);
});

test('the last response is that of this tenant, and a copy', async () => {
  assert.equal(acme.api.lastAnswer(), undefined);
  await acme.api.arrangeFaults('a response without RelayState');
  const sent = await acme.api.signIn('sam', { ...of, relayState: 'r' });
  await globex.api.signIn('sam', of);
  assert.deepEqual(acme.api.lastAnswer(), sent);
  acme.api.lastAnswer()!.fields[0]![1] = 'other';
  (acme.api.lastAnswer()!.struck as string[]).push('other');
  assert.deepEqual(acme.api.lastAnswer(), sent);
  const next = await acme.api.signIn('ada', of);
  assert.deepEqual(acme.api.lastAnswer(), next);
});

test('the log is that of this tenant, oldest first, optionally by kind, and a copy', async () => {
  const before = globex.api.log();
  await acme.api.signIn('sam', of);
  await acme.api.moveClock({ minutes: 1 });
  await acme.api.signIn('ada', of);
  assert.deepEqual(
    acme.api.log().map(({ at, kind }) => [at, kind]),
    [
      ['2026-03-01T12:00:00.000Z', 'login'],
      ['2026-03-01T12:00:00.000Z', 'response'],
      ['2026-03-01T12:01:00.000Z', 'login'],
      ['2026-03-01T12:01:00.000Z', 'response'],
    ],
  );
  assert.deepEqual(
    acme.api.log('login').map(({ username, ok }) => [username, ok]),
    [
      ['sam', true],
      ['ada', true],
    ],
  );
  assert.deepEqual(acme.api.log('logout'), []);
  acme.api.log('login')[0]!.username = 'other';
  assert.equal(acme.api.log('login')[0]!.username, 'sam');
  assert.deepEqual(globex.api.log(), before);
});

/** Methods, and a part of the tenant as the control routes show it afterwards. */
const changes: [what: string, play: () => Promise<unknown>, shown: (view: View) => unknown, is: unknown][] = [
  ['removes a user', () => acme.api.removeUser('SAM'), ({ users }) => users.map(({ username }) => username), ['ada']],
  [
    'removes an app',
    () => acme.api.removeApp(wikiApp.entityId),
    ({ apps }) => apps.map(({ entityId }) => entityId),
    [issuer],
  ],
  [
    'unassigns a user',
    () => acme.api.unassign('Sam', { app: issuer }),
    ({ apps }) => apps.map(({ assigned }) => assigned),
    [['ada'], 'everyone'],
  ],
  [
    'assigns users again',
    async () => {
      await acme.api.unassign('everyone', { app: issuer });
      await acme.api.assign(['ada'], { app: issuer });
    },
    ({ apps }) => apps.map(({ assigned }) => assigned),
    [['ada'], 'everyone'],
  ],
  [
    'arranges faults',
    () => acme.api.arrangeFaults('a multipart form', { phrase: 'a response without RelayState', times: 2 }),
    ({ faults }) => faults.map(({ phrase, times, struck }) => [phrase, times, struck]),
    [
      ['a multipart form', null, 0],
      ['a response without RelayState', 2, 0],
    ],
  ],
  ['moves the clock', () => acme.api.moveClock({ minutes: 3 }), ({ clockOffsetMs }) => clockOffsetMs, 180_000],
  [
    'publishes a second certificate',
    () => acme.api.change({ publishNextKey: true }),
    ({ certificates }) => new Set(certificates).size,
    2,
  ],
];
interface View {
  users: readonly { username: string; email?: string }[];
  apps: readonly { entityId: string; assigned: unknown }[];
  faults: readonly { phrase: string; times: number | null; struck: number }[];
  certificates: readonly string[];
  clockOffsetMs: number;
}
for (const [what, play, shown, is] of changes)
  test(`a program ${what} as the control routes do`, async () => {
    await play();
    const view: View = (await world.control('GET', '/tenants/acme')).json;
    assert.deepEqual(shown(view), is);
    const here: View = {
      users: acme.api.users(),
      apps: acme.api.apps(),
      faults: acme.api.faults(),
      certificates: acme.api.certificates(),
      clockOffsetMs: acme.api.now().getTime() - globex.api.now().getTime(),
    };
    assert.deepEqual(shown(here), is);
  });

test('only the faults that changed a response are listed as such', async () => {
  await acme.api.arrangeFaults('a response without RelayState', 'a multipart form');
  assert.deepEqual(acme.api.struckFaults(), []);
  await acme.api.signIn('sam', { ...of, relayState: 'r' });
  assert.deepEqual(
    acme.api.struckFaults().map(({ phrase, struck }) => [phrase, struck]),
    [['a response without RelayState', 1]],
  );
});

const page = (url: string, body: string, status = 200, headers: Record<string, string> = {}): Response =>
  Object.defineProperty(new Response(body, { status, headers }), 'url', { value: url });
const redirect = (from: string, location: string): Response => page(from, '', 302, { location });

/** The Console: it sends visitors to the identity provider, and notes what it receives. */
function consoleSite() {
  const received: (readonly [type: string | null, fields: string[]])[] = [];
  const fetch = async (address: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = String(address);
    const { pathname, searchParams } = new URL(url);
    if (pathname === '/login') return redirect(url, redirectTo(acme.api.ssoUrl, { issuer, at: acme.api.now() }));
    if (pathname === '/logout') return redirect(url, logoutAt({ SAMLRequest: logoutRequest() }));
    if (searchParams.has('SAMLRequest')) return redirect(url, logoutAt({ SAMLResponse: logoutResponse(searchParams) }));
    const [type, fields] = [new Request(url, init).headers.get('content-type'), init.body as FormData | undefined];
    received.push([type?.split(';')[0] ?? null, [...(fields ?? searchParams).keys()]]);
    return page(url, 'Welcome');
  };
  return { received, fetch };
}
const logoutAt = (fields: Record<string, string>): string => `${acme.api.sloUrl}?${new URLSearchParams(fields)}`;
const packed = (name: string, attributes: object, ...children: ReturnType<typeof element>[]): string => {
  const all = { ID: `_${crypto.randomUUID()}`, Version: '2.0', IssueInstant: instant(acme.api.now()), ...attributes };
  return deflateRawSync(render(element(name, all, element('saml:Issuer', {}, issuer), ...children))).toString('base64');
};
const logoutRequest = (): string => packed('samlp:LogoutRequest', {}, element('saml:NameID', {}, acme.sam.email));
function logoutResponse(asked: URLSearchParams): string {
  const request = inflateRawSync(Buffer.from(asked.get('SAMLRequest')!, 'base64')).toString();
  const success = element('samlp:Status', {}, element('samlp:StatusCode', { Value: statusCode('Success') }));
  return packed('samlp:LogoutResponse', { InResponseTo: / ID="([^"]+)"/.exec(request)![1]! }, success);
}
const registerLogout = () => acme.api.putApp({ entityId: issuer, acs: [consoleApp.acs], slo: 'http://sp.example/slo' });

test('a fault in how a form is sent strikes once the form was sent, and once for each form', async () => {
  await acme.api.arrangeFaults('a multipart form');
  const struck = (): number[] => acme.api.faults().map((one) => one.struck);
  const { received, fetch } = consoleSite();
  const answer = await acme.api.signIn('sam', { unsolicited: true, app: issuer });
  assert.deepEqual(struck(), [0]);
  const [response] = await acme.api.deliver(answer, { fetch });
  assert.deepEqual([await response!.text(), struck()], ['Welcome', [1]]);
  await acme.api.deliver(answer, { fetch });
  assert.deepEqual(struck(), [1]);
  assert.deepEqual(
    received,
    Array.from({ length: 2 }, () => ['multipart/form-data', ['SAMLResponse']]),
  );
  await assert.rejects(acme.api.deliver(undefined as never), { name: 'Refused', message: /deliver needs the form/ });
});

test('a sign-in that starts at the app ends there', async () => {
  await acme.api.arrangeFaults('a multipart form');
  const { received, fetch } = consoleSite();
  const { answer, response, responses } = await acme.api.signInAt('http://sp.example/login', 'sam', { fetch });
  assert.deepEqual([answer.action, await response.text(), responses.length], [consoleApp.acs, 'Welcome', 1]);
  assert.equal(received.length, 1);
  assert.deepEqual(
    acme.api.struckFaults().map(({ phrase, struck }) => [phrase, struck]),
    [['a multipart form', 1]],
  );
  assert.deepEqual(
    acme.api.log('login').map(({ username, ok }) => [username, ok]),
    [['sam', true]],
  );
});

test('a logout from here reads the LogoutResponse of the app', async () => {
  await registerLogout();
  await acme.api.signIn('sam', { unsolicited: true, app: issuer });
  const { fetch } = consoleSite();
  const results = await acme.api.signOut('sam', { fetch });
  assert.deepEqual(
    results.map(({ app, outcome }) => [app, outcome]),
    [[issuer, 'succeeded']],
  );
});

test('a logout that starts at the app ends there, without a session', async () => {
  await registerLogout();
  await acme.api.signIn('sam', { unsolicited: true, app: issuer });
  const { received, fetch } = consoleSite();
  const { answer, response } = await acme.api.signOutAt('http://sp.example/logout', { fetch });
  assert.deepEqual([answer.action, await response.text()], ['http://sp.example/slo', 'Welcome']);
  assert.deepEqual(received, [[null, answer.fields.map(([name]) => name)]]);
  await assert.rejects(acme.api.signOut('sam'), { message: 'sam is not signed in' });
});

test('a logout without a request is an error that says what to pass', async () => {
  for (const source of [undefined, {}])
    await assert.rejects(acme.api.respondToLogout(source as never), {
      name: 'Refused',
      message: /^the request is undefined\. Pass the response of your application/,
    });
});
