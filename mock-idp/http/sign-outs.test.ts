/** Single logout started over HTTP: the forms for the apps, and the apps' LogoutResponses in the log. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { instant, statusCode } from '../response/saml-values.ts';
import { element, render } from '../response/xml.ts';
import { consoleApp, openWorld, type World, wikiApp } from '../two-tenants.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
  const { entityId, acs } = consoleApp;
  await world.acme.api.putApp({ entityId, acs: [acs], slo: 'http://sp.example/slo' });
});
after(() => world[Symbol.asyncDispose]());

const signOuts = (body: unknown) => world.control('POST', '/tenants/acme/sign-outs', body);

test('the reply has a form for each app of each session, and the sessions are over', async () => {
  const { api, name, sam, tenant } = world.acme;
  for (const one of [consoleApp, wikiApp]) await api.signIn('sam', { unsolicited: true, app: one.entityId });
  await api.signIn('ada', { unsolicited: true, app: wikiApp.entityId });
  const browser = world.browser();
  await browser.post(`/${name}/login`, sam);
  const { status, json } = await signOuts({ username: 'SAM' });
  assert.equal(status, 200);
  const [ofConsole, ofWiki] = json;
  assert.deepEqual(
    [json.length, ofConsole.app, ofConsole.because, ofWiki.app, ofWiki.request],
    [2, consoleApp.entityId, undefined, wikiApp.entityId, undefined],
  );
  assert.match(ofWiki.because, /^the app has no logout URL: register one/);
  assert.match(ofConsole.sessionIndex, /^_\w{40}$/);
  const { action, method, contentType, fields, xml, struck } = ofConsole.request;
  assert.deepEqual(
    [action, method, contentType, struck],
    ['http://sp.example/slo', 'get', 'application/x-www-form-urlencoded', []],
  );
  assert.deepEqual(
    fields.map(([field]: [string]) => field),
    ['SAMLRequest', 'SigAlg', 'Signature'],
  );
  assert.ok(xml.includes(`>${ofConsole.sessionIndex}</samlp:SessionIndex>`));
  assert.deepEqual(
    [...tenant().sessions.values()].map(({ username }) => username),
    ['ada'],
  );
  assert.match((await browser.get(`/${name}`)).body, /Password/, 'the browser is signed out, too');

  const [, id] = / ID="(\w+)"/.exec(xml)!;
  const fieldsOf = (code: string) => ({ SAMLResponse: responseOfConsole(id!, code) });
  const outcome = async (response: unknown) =>
    (await world.control('POST', '/tenants/acme/logout-outcomes', { response })).json;
  assert.deepEqual(await outcome({ SAMLResponse: responseOfConsole('_another') }), {
    outcome: 'not-confirmed',
    because: 'This LogoutResponse does not match a pending single logout.',
  });
  assert.deepEqual(await outcome(fieldsOf('Success')), { outcome: 'succeeded' });
  assert.equal((await outcome(fieldsOf('Success'))).outcome, 'not-confirmed', 'it is accepted once');
  const last = api.log('logout').at(-1)!;
  assert.ok(last.event === 'response-received');
  assert.deepEqual([last.app, last.inResponseTo, last.status], [consoleApp.entityId, id, statusCode('Success')]);
  assert.equal(api.log('request-refused').length, 2);
});

test('an outcome may be partial or not confirmed, and a response to another URL is rejected', async () => {
  const { api } = world.acme;
  for (const [code, expected] of [
    ['PartialLogout', { outcome: 'partial', because: 'the app reports PartialLogout' }],
    ['Responder', { outcome: 'not-confirmed', because: 'the app reports Responder' }],
  ] as const) {
    await api.signIn('sam', { unsolicited: true, app: consoleApp.entityId });
    const [{ request }] = (await signOuts({ username: 'sam' })).json;
    const SAMLResponse = responseOfConsole(/ ID="(\w+)"/.exec(request.xml)![1]!, code);
    const { json } = await world.control('POST', '/tenants/acme/logout-outcomes', { response: { SAMLResponse } });
    assert.deepEqual(json, expected);
  }
  const elsewhere = await world.control('POST', '/tenants/acme/logout-outcomes', { response: `${api.ssoUrl}?x` });
  assert.deepEqual([elsewhere.status, elsewhere.json.code], [400, 'request-destination-wrong']);
});

test("an app's LogoutRequest gets the form with the LogoutResponse", async () => {
  const { api, tenant } = world.acme;
  await api.signIn('sam', { unsolicited: true, app: consoleApp.entityId });
  const request = element(
    'samlp:LogoutRequest',
    { ID: '_of-the-app', Version: '2.0', IssueInstant: instant(api.now()) },
    element('saml:Issuer', {}, consoleApp.entityId),
    element('saml:NameID', {}, world.acme.sam.email),
  );
  const SAMLRequest = Buffer.from(render(request)).toString('base64');
  const { status, json } = await world.control('POST', '/tenants/acme/logout-responses', { request: { SAMLRequest } });
  assert.deepEqual([status, json.action, json.method], [200, 'http://sp.example/slo', 'get']);
  assert.match(json.xml, /InResponseTo="_of-the-app"/);
  assert.ok([...tenant().sessions.values()].every(({ username }) => username !== 'sam'));
  const unknown = await world.control('POST', '/tenants/acme/logout-responses', { request: { SAMLRequest: 'PHg+' } });
  assert.deepEqual([unknown.status, unknown.json.code], [400, 'request-malformed']);
});

function responseOfConsole(inResponseTo: string, code = 'Success'): string {
  const response = element(
    'samlp:LogoutResponse',
    { ID: '_of-the-app', Version: '2.0', IssueInstant: instant(world.acme.api.now()), InResponseTo: inResponseTo },
    element('saml:Issuer', {}, consoleApp.entityId),
    element('samlp:Status', {}, element('samlp:StatusCode', { Value: statusCode(code) })),
  );
  return Buffer.from(render(response)).toString('base64');
}

for (const [problem, body, status, message] of [
  ['the user is unknown', { username: 'bob' }, 400, /unknown user “bob”/],
  ['the user is not signed in', { username: 'sam' }, 409, /^sam is not signed in$/],
  ['no username', {}, 400, /username/],
  ['an unknown field', { username: 'sam', user: 'sam' }, 400, /unknown “user”/],
] as const)
  test(`no user is signed out: ${problem}`, async () => {
    const before = world.contents(world.acme);
    const reply = await signOuts(body);
    assert.equal(reply.status, status);
    assert.match(reply.json.error, message);
    assert.deepEqual(world.contents(world.acme), before);
  });
