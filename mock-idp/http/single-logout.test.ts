/** Single logout: the messages that end a session, and those that confirm its end at an app. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { load } from 'cheerio';
import { type Answer, codeIn, responseIn } from '../app.fixture.ts';
import { statusCode } from '../response/saml-values.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { element, render } from '../response/xml.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';
import { type Browser, consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';

const { entityId } = consoleApp;
const other = wikiApp.entityId;
let keys: KeyPair;
let world: World;
let acme: Party;
let sam: Browser;

before(async () => {
  world = await openWorld();
  ({ acme } = world);
  sam = world.browser();
  keys = await createKeyPair({ commonName: 'sp', notBefore: new Date(), notAfter: new Date(Date.now() + 1e9) });
  const signingCertificates = [keys.certificate];
  for (const one of [consoleApp, wikiApp])
    await acme.api.putApp({
      entityId: one.entityId,
      acs: [one.acs],
      slo: 'http://sp.example/slo',
      signingCertificates,
    });
});
afterEach(() => assert.deepEqual(world.state.errors, []));
after(() => world[Symbol.asyncDispose]());

const sessions = (): number => acme.tenant().sessions.size;
const post = (field: string, message: ReturnType<typeof element>): Promise<Answer> =>
  sam.post('/acme/slo', {
    [field]: Buffer.from(render(sign(message, honestSignature(keys)))).toString('base64'),
  });

const logoutRequest = (attributes: Record<string, string> = {}) =>
  element(
    'samlp:LogoutRequest',
    {
      ID: `_${crypto.randomUUID()}`,
      Version: '2.0',
      IssueInstant: new Date().toISOString(),
      Destination: acme.api.sloUrl,
      ...attributes,
    },
    element('saml:Issuer', {}, entityId),
    element('saml:NameID', {}, acme.sam.email),
  );

test('a signed LogoutRequest is accepted only once', async () => {
  const recorded = logoutRequest();
  responseIn(await sam.askAndSignIn(acme, { keys }));
  assert.equal((await post('SAMLRequest', recorded)).status, 200);
  assert.equal(sessions(), 0);
  responseIn(await sam.askAndSignIn(acme, { keys }));
  assert.equal(codeIn(await post('SAMLRequest', recorded)), 'request-id-reused');
  assert.equal(sessions(), 1);
});

test('a LogoutRequest ends with its NotOnOrAfter', async () => {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  assert.equal(codeIn(await post('SAMLRequest', logoutRequest({ NotOnOrAfter: at(-4) }))), 'request-expired');
  assert.equal(codeIn(await post('SAMLRequest', logoutRequest({ NotOnOrAfter: 'soon' }))), 'request-malformed');
  assert.equal((await post('SAMLRequest', logoutRequest({ NotOnOrAfter: at(5) }))).status, 200);
});

interface Changed {
  attributes?: Record<string, string>;
  issuer?: string;
  status?: string;
  second?: string;
}

const logoutResponse = (inResponseTo: string, { attributes, issuer = entityId, status, second }: Changed = {}) =>
  element(
    'samlp:LogoutResponse',
    {
      ID: `_${crypto.randomUUID()}`,
      Version: '2.0',
      IssueInstant: new Date().toISOString(),
      Destination: acme.api.sloUrl,
      InResponseTo: inResponseTo,
      ...attributes,
    },
    element('saml:Issuer', {}, issuer),
    element(
      'samlp:Status',
      {},
      element(
        'samlp:StatusCode',
        { Value: status ?? statusCode('Success') },
        second === undefined ? undefined : element('samlp:StatusCode', { Value: second }),
      ),
    ),
  );

/** Signs out here and returns the ID of the LogoutRequest to the app. */
async function askedApp(): Promise<string> {
  responseIn(await sam.askAndSignIn(acme, { keys }));
  const page = load((await sam.post('/acme/logout')).body);
  const xml = inflateRawSync(Buffer.from(page('input[name=SAMLRequest]').attr('value')!, 'base64')).toString();
  return / ID="([^"]+)"/.exec(xml)![1]!;
}

test('a LogoutResponse is accepted once, from the right app, and only while it is fresh', async () => {
  const id = await askedApp();
  const rejected: [string, Changed][] = [
    ['request-missing', { issuer: other }],
    ['request-missing', { attributes: { InResponseTo: '_another' } }],
    ['request-expired', { attributes: { IssueInstant: '2020-01-01T00:00:00Z' } }],
    ['request-destination-wrong', { attributes: { Destination: 'http://elsewhere.localhost/slo' } }],
  ];
  for (const [code, changed] of rejected)
    assert.equal(codeIn(await post('SAMLResponse', logoutResponse(id, changed))), code, JSON.stringify(changed));
  const page = await post('SAMLResponse', logoutResponse(id));
  assert.match(page.body, /You are signed out\./);
  assert.doesNotMatch(page.body, /could not confirm/);
  assert.equal(codeIn(await post('SAMLResponse', logoutResponse(id))), 'request-missing');
});

test('a partial or failed logout at an app is shown as not confirmed', async () => {
  for (const changed of [{ status: statusCode('Responder') }, { second: statusCode('PartialLogout') }])
    assert.match(
      (await post('SAMLResponse', logoutResponse(await askedApp(), changed))).body,
      /did not confirm that you are signed out/,
    );
});
