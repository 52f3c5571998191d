/** Limits of single logout without pages: what ends no session, what is counted, and what the log keeps. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AppSignOut } from '../api.ts';
import { instant, statusCode } from '../response/saml-values.ts';
import { element, render } from '../response/xml.ts';
import { consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';
import { receive } from './incoming.ts';

let world: World;
let acme: Party;
before(async () => {
  world = await openWorld();
  ({ acme } = world);
});
after(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  acme.tenant().sessions.clear();
  acme.tenant().log.length = 0;
  await acme.api.arrangeFaults();
  const { entityId, acs } = consoleApp;
  await acme.api.putApp({ entityId, acs: [acs], slo: firstSlo });
  await signIn();
});

const app = consoleApp.entityId;
const signIn = () => acme.api.signIn('sam', { unsolicited: true, app });
const sessions = (): number => acme.tenant().sessions.size;
/** An app that shows a page. */
const page = (html: string) => ({ fetch: async () => new Response(html) });

function logoutRequest(indexes: readonly string[] = [], issuer = app): string {
  const xml = render(
    element(
      'samlp:LogoutRequest',
      { ID: `_${crypto.randomUUID()}`, Version: '2.0', IssueInstant: instant(acme.api.now()) },
      element('saml:Issuer', {}, issuer),
      element('saml:NameID', {}, acme.sam.email),
      ...indexes.map((index) => element('samlp:SessionIndex', {}, index)),
    ),
  );
  return `${acme.api.sloUrl}?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`;
}

const [firstSlo, secondSlo] = ['http://sp.example/slo', 'http://wiki.example/slo'];
const messageIn = (url: string): string =>
  inflateRawSync(Buffer.from(new URL(url).searchParams.get('SAMLRequest')!, 'base64')).toString();

interface Replied {
  status?: readonly Parameters<typeof statusCode>[0][];
  inResponseTo?: string;
}

/** An app that redirects with a LogoutResponse of these status codes. */
function replying({ status = ['Success'], ...options }: Replied) {
  const [top, second] = status.map((code) => ({ Value: statusCode(code) }));
  const inner = second && element('samlp:StatusCode', second);
  const code = top && element('samlp:StatusCode', top, inner);
  return {
    fetch: async (address: unknown) => {
      const { inResponseTo = / ID="([^"]+)"/.exec(messageIn(String(address)))![1]! } = options;
      const xml = render(
        element(
          'samlp:LogoutResponse',
          { ID: '_r', Version: '2.0', IssueInstant: instant(acme.api.now()), InResponseTo: inResponseTo },
          element('saml:Issuer', {}, app),
          element('samlp:Status', {}, code),
        ),
      );
      const query = new URLSearchParams({ SAMLResponse: deflateRawSync(xml).toString('base64') });
      return new Response(null, { status: 302, headers: { location: `${acme.api.sloUrl}?${query}` } });
    },
  };
}

/** Reports of an app, the results for the caller, and the status that is logged. */
const reports: [rule: string, replied: Replied, result: Partial<AppSignOut>, logged: (string | undefined)[]][] = [
  ['success', {}, { outcome: 'succeeded', because: undefined }, [statusCode('Success'), undefined]],
  [
    'a partial logout',
    { status: ['Success', 'PartialLogout'] },
    { outcome: 'partial', because: 'the app reports Success, PartialLogout' },
    [statusCode('Success'), statusCode('PartialLogout')],
  ],
  [
    'an error',
    { status: ['Responder'] },
    { outcome: 'not-confirmed', because: 'the app reports Responder' },
    [statusCode('Responder'), undefined],
  ],
  [
    'no status',
    { status: [] },
    { outcome: 'not-confirmed', because: 'the app reports no status' },
    [undefined, undefined],
  ],
];
for (const [rule, replied, expected, logged] of reports)
  test(`an app that reports ${rule}: ${expected.outcome}`, async () => {
    const [result] = await acme.api.signOut('sam', replying(replied));
    assert.deepEqual({ outcome: result!.outcome, because: result!.because }, expected);
    const last = acme.api.log('logout').at(-1)!;
    assert.ok(last.event === 'response-received');
    assert.deepEqual([last.status, last.second], logged);
    assert.equal(acme.api.log('request-refused').length, 0);
  });

test('a LogoutResponse to another request is logged as rejected', async () => {
  const [result] = await acme.api.signOut('sam', replying({ inResponseTo: '_another' }));
  const sentence = 'This LogoutResponse does not match a pending single logout.';
  assert.deepEqual([result!.outcome, result!.because], ['not-confirmed', sentence]);
  assert.deepEqual(
    acme.api.log('request-refused').map((entry) => [entry.code, entry.sentence]),
    [['request-missing', sentence]],
  );
});

test('signing out ends the sessions of this user only', async () => {
  await signIn();
  await acme.api.signIn('ada', { unsolicited: true, app });
  await acme.api.signOut('sam', page('Bye'));
  assert.deepEqual(
    [...acme.tenant().sessions.values()].map(({ username }) => username),
    ['ada'],
  );
});

test('each app of a session gets a LogoutRequest at its own logout URL', async () => {
  await acme.api.putApp({ entityId: wikiApp.entityId, acs: [wikiApp.acs], slo: secondSlo });
  const [session] = acme.tenant().sessions.values();
  session!.apps.set(wikiApp.entityId, { ...session!.apps.get(app)!, nameId: 'sam of the wiki' });
  const results = await acme.api.signOut('sam', page('Bye'));
  await acme.api.putApp({ entityId: wikiApp.entityId, acs: [wikiApp.acs] });
  assert.deepEqual(
    results.map((one) => [one.app, one.request!.action, one.request!.xml.includes('>sam of the wiki<')]),
    [
      [app, firstSlo, false],
      [wikiApp.entityId, secondSlo, true],
    ],
  );
});

test('an app’s LogoutRequest ends the sessions of its user there, and of no other user', async () => {
  await signIn();
  await acme.api.signIn('ada', { unsolicited: true, app });
  await acme.api.signIn('sam', { unsolicited: true, app: wikiApp.entityId });
  const { fields, xml, undelivered, copies } = await acme.api.respondToLogout({ request: logoutRequest() });
  assert.deepEqual(
    [...acme.tenant().sessions.values()].map(({ username, apps }) => [username, ...apps.keys()]),
    [
      ['ada', app],
      ['sam', wikiApp.entityId],
    ],
  );
  assert.match(xml, /^<samlp:LogoutResponse /);
  assert.deepEqual([fields[0]![0], undelivered, copies], ['SAMLResponse', [], 1]);
});

test('a rejected LogoutRequest is logged, and a missing logout URL is not', async () => {
  const unknown = 'http://unknown.example';
  await assert.rejects(acme.api.respondToLogout({ request: logoutRequest([], unknown) }), { code: 'app-unknown' });
  const rejections = () => acme.api.log('request-refused').map(({ code, sentence }) => [code, sentence]);
  const expected = [['app-unknown', `No app with the entity ID “${unknown}” is registered.`]];
  assert.deepEqual(rejections(), expected);
  await assert.rejects(acme.api.respondToLogout({ request: logoutRequest([], wikiApp.entityId) }), { name: 'Refused' });
  assert.deepEqual([rejections(), sessions()], [expected, 1]);
});

for (const [phrase, isValid] of [
  ['a LogoutRequest signed by an unknown key', false],
  ['a LogoutRequest without SessionIndex', true],
] as const)
  test(`${phrase} has ${isValid ? 'a valid' : 'an invalid'} signature, and names the fault`, async () => {
    await acme.api.arrangeFaults(phrase);
    const [{ request } = assert.fail()] = await acme.api.signOut('sam', page('Bye'));
    assert.deepEqual(request!.struck, [phrase]);
    const query = String(new URLSearchParams(request!.fields.map(([name, value]) => [name, value])));
    const message = receive({ binding: 'redirect', query }, 'SAMLRequest');
    const verify = () => message.verify(acme.api.certificates());
    if (isValid) verify();
    else assert.throws(verify, { code: 'request-signature-bad' });
  });

test('a disabled tenant ends no session', async () => {
  await acme.api.change({ disabled: true });
  await assert.rejects(acme.api.signOut('sam'), { status: 403, message: /disabled/ });
  await assert.rejects(acme.api.respondToLogout({ request: logoutRequest() }), { status: 403, message: /disabled/ });
  await acme.api.change({ disabled: false });
  assert.equal(sessions(), 1);
});

test('a session that is over after eight hours is not signed out again', async () => {
  await acme.api.moveClock({ hours: 8 });
  await assert.rejects(acme.api.signOut('sam'), { status: 409, message: 'sam is not signed in' });
  await acme.api.moveClock({ hours: -8 });
});

test('an app without a logout URL gets no LogoutResponse, and its session stays', async () => {
  await acme.api.signIn('sam', { unsolicited: true, app: wikiApp.entityId });
  await assert.rejects(acme.api.respondToLogout({ request: logoutRequest([], wikiApp.entityId) }), {
    name: 'Refused',
    message: /has no logout URL: register one, or metadata with a SingleLogoutService/,
  });
  assert.equal(sessions(), 2);
});

test('a request that names another session ends none', async () => {
  const { xml } = await acme.api.respondToLogout({ request: logoutRequest(['_another']) });
  assert.match(xml, /status:Success"/);
  assert.equal(sessions(), 1);
});

test('an app that sends its LogoutResponse elsewhere has not confirmed', async () => {
  const form =
    '<form method="post" action="https://elsewhere.example/slo"><input name="SAMLResponse" value="PHg+"></form>';
  const [result] = await acme.api.signOut('sam', page(form));
  assert.equal(result!.outcome, 'not-confirmed');
  assert.match(
    result!.because!,
    /sends the browser to https:\/\/elsewhere\.example\/slo, but this tenant's logout URL/,
  );
});

test('a fault for one message does not strike at the next', async () => {
  await acme.api.arrangeFaults({ phrase: 'an unsigned LogoutRequest', times: 1 });
  const signed: boolean[] = [];
  for (const _ of [1, 2]) {
    const [result] = await acme.api.signOut('sam', page('Bye'));
    signed.push(result!.request!.fields.some(([name]) => name === 'Signature'));
    await signIn();
  }
  assert.deepEqual(signed, [false, true]);
  assert.deepEqual(
    acme.api.faults().map(({ times, struck }) => [times, struck]),
    [[0, 1]],
  );
});

test('the log keeps the start of a long message, and some of its session indexes', async () => {
  await acme.api.respondToLogout({
    request: logoutRequest(Array.from({ length: 30 }, (_, at) => `${at}${'x'.repeat(999)}`)),
  });
  const [received] = acme.api.log('logout');
  assert.ok(received?.event === 'request-received');
  assert.equal(received.xml.length, 20_000);
  assert.deepEqual(
    [received.sessionIndexes.length, ...new Set(received.sessionIndexes.map(({ length }) => length))],
    [20, 200],
  );
});

test('an app that is no longer registered cannot be signed out of', async () => {
  const old = 'http://old.example';
  await acme.api.putApp({ entityId: old, acs: [`${old}/acs`], slo: `${old}/slo` });
  acme.tenant().sessions.clear();
  await acme.api.signIn('sam', { unsolicited: true, app: old });
  await acme.api.removeApp(old);
  const [result] = await acme.api.signOut('sam', page('Bye'));
  assert.deepEqual([result!.outcome, result!.because], ['not-confirmed', 'the app is no longer registered']);
});
