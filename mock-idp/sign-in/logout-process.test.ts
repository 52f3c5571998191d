/** Limits of single logout without pages: what ends no session, what is counted, and what the log keeps. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { instant } from '../response/saml-values.ts';
import { element, render } from '../response/xml.ts';
import { consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';

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
  await acme.api.putApp({ entityId, acs: [acs], slo: 'http://sp.example/slo' });
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
