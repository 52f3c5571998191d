/** Logout by page and by message: the sessions that end, the apps that are notified, and the replies. */
import assert from 'node:assert/strict';
import { createVerify, X509Certificate } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { load } from 'cheerio';
import { type Answer, codeIn } from '../app.fixture.ts';
import { statusCode } from '../response/saml-values.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { element, render } from '../response/xml.ts';
import { createKeyPair } from '../tenants/keys.ts';
import { type Browser, consoleApp, openWorld, type Party, type World, wikiApp } from '../two-tenants.fixture.ts';

const span = { notBefore: new Date(0), notAfter: new Date(1e13), commonName: 'sp' };
const keys = await createKeyPair(span);
/** It has a key, so its messages must be signed. The Console and the Wiki have none. */
const signing = { entityId: 'http://signing.example/metadata', acs: ['http://signing.example/acs'] };
const slo = (entityId: string): string => entityId.replace('metadata', 'slo');
const { entityId: app } = consoleApp;

let world: World;
let acme: Party;
let sam: Browser;
before(async () => {
  world = await openWorld();
  ({ acme } = world);
  for (const { api } of [acme, world.globex]) {
    for (const one of [consoleApp, wikiApp])
      await api.putApp({ entityId: one.entityId, acs: [one.acs], slo: slo(one.entityId) });
    await api.putApp({
      ...signing,
      slo: slo(signing.entityId),
      signingCertificates: [keys.certificate],
      name: 'Signing',
    });
    await api.putApp({
      entityId: 'http://silent.example/metadata',
      acs: ['http://silent.example/acs'],
      name: 'Silent',
    });
  }
});
after(() => world[Symbol.asyncDispose]());
let others: unknown;
beforeEach(async () => {
  acme.tenant().sessions.clear();
  acme.tenant().log.length = 0;
  sam = await signedIn();
  await signedIn(world.globex);
  others = world.contents(world.globex);
});
afterEach(() => assert.deepEqual(world.contents(world.globex), others, 'nothing changes in the other tenant'));

/** A browser in which Sam is signed in, at these apps as well. */
async function signedIn({ name, sam: { username, password } } = acme, ...apps: number[]): Promise<Browser> {
  const browser = world.browser();
  await browser.post(`/${name}/login`, { username, password });
  for (const number of apps) await browser.get(`/${name}/apps/${number}`);
  return browser;
}
const isSignedIn = async (browser: Browser): Promise<boolean> => /Your apps/.test((await browser.get('/acme')).body);
const ended = (): string[] =>
  acme.api.log('logout').flatMap((entry) => (entry.event === 'session-ended' ? [entry.username] : []));
const titleOf = ({ body }: Answer): string => load(body)('h1').text();
const paragraphs = ({ body }: Answer): string => load(body)('main p').text();

interface MessageOptions {
  id?: string;
  of?: string;
  nameId?: string;
  indexes?: string[];
  isSigned?: boolean;
  comment?: string;
}
let count = 0;
const logoutRequest = ({
  id = `_logout-${++count}`,
  of = app,
  nameId = acme.sam.email,
  indexes = [],
  isSigned,
  comment,
}: MessageOptions = {}): string => {
  const tree = element(
    'samlp:LogoutRequest',
    { ID: id, Version: '2.0', IssueInstant: acme.api.now().toISOString(), Destination: acme.api.sloUrl },
    element('saml:Issuer', {}, of),
    element('saml:NameID', {}, nameId),
    ...indexes.map((one) => element('samlp:SessionIndex', {}, one)),
    comment ? element('samlp:Extensions', {}, comment) : undefined,
  );
  return render(isSigned ? sign(tree, honestSignature(keys)) : tree);
};
const address = (xml: string, field = 'SAMLRequest', relayState = '&RelayState=state'): string =>
  `/acme/slo?${field}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}${relayState}`;
const form = (xml: string, field = 'SAMLRequest'): Record<string, string> => ({
  [field]: Buffer.from(xml).toString('base64'),
  RelayState: 'state',
});
/** Headers that browsers send for a page opened from another site. */
const opened = { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' };
const indexOf = (number: number): string => [...acme.tenant().sessions.values()][number]!.index;

/** The message on the page, its form and the codes of its status. */
function messageIn({ body, status }: Answer) {
  const $ = load(body);
  const field = $('input[name=SAMLRequest], input[name=SAMLResponse]');
  assert.equal(field.length, 1, `no message: ${status} ${$('main').text()}`);
  const xml = inflateRawSync(Buffer.from(field.attr('value')!, 'base64')).toString();
  return {
    name: field.attr('name'),
    xml,
    action: $('form').attr('action'),
    relayState: $('input[name=RelayState]').attr('value'),
    id: / ID="([^"]+)"/.exec(xml)![1]!,
    codes: [...xml.matchAll(/status:(\w+)"/g)].map(([, code]) => code),
    inResponseTo: /InResponseTo="([^"]+)"/.exec(xml)?.[1],
  };
}

test('a visit alone does not sign the user out', async () => {
  const page = await sam.get('/acme/logout');
  assert.deepEqual([titleOf(page), load(page.body)('strong').text()], ['Sign out', 'sam']);
  assert.equal(await isSignedIn(sam), true);
  assert.equal(titleOf(await world.browser().get('/acme/logout')), 'Signed out');
  assert.deepEqual(ended(), []);
});

test('the form ends the session of its browser, and removes the cookie', async () => {
  const other = await signedIn();
  const page = await sam.post('/acme/logout', { username: 'SAM' });
  assert.equal(titleOf(page), 'Signed out');
  assert.doesNotMatch(paragraphs(page), /could not confirm/);
  assert.equal(load(page.body)('main a').attr('href'), '/acme');
  const [line] = page.headers.getSetCookie();
  assert.match(line!, /^idp_session_\w+=; Max-Age=0; Path=\/acme; .*HttpOnly; SameSite=Lax/);
  assert.deepEqual([await isSignedIn(sam), await isSignedIn(other)], [false, true]);
  assert.deepEqual(ended(), ['sam']);
  assert.equal(acme.tenant().sessions.size, 1);
});

test('the form of another site or an outdated page does not sign out', async () => {
  assert.equal((await sam.post('/acme/logout', {}, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal(titleOf(await sam.post('/acme/logout', { username: 'ada' })), 'Sign out');
  assert.equal(await isSignedIn(sam), true);
  assert.deepEqual(ended(), []);
});

test('without a session the form shows that the user is signed out, and ends nothing', async () => {
  assert.equal(titleOf(await world.browser().post('/acme/logout', { username: 'ada' })), 'Signed out');
  assert.equal(await isSignedIn(sam), true);
  assert.deepEqual(ended(), []);
});

const response = (inResponseTo: string, of: string, status = 'Success'): string =>
  render(
    element(
      'samlp:LogoutResponse',
      {
        ID: `_response-${++count}`,
        Version: '2.0',
        IssueInstant: acme.api.now().toISOString(),
        Destination: acme.api.sloUrl,
        InResponseTo: inResponseTo,
      },
      element('saml:Issuer', {}, of),
      element('samlp:Status', {}, element('samlp:StatusCode', { Value: statusCode(status) })),
    ),
  );

test('apps of the session with a logout URL get a LogoutRequest, one after the other', async () => {
  const browser = await signedIn(acme, 1, 2, 4);
  const index = indexOf(1);
  const first = await browser.post('/acme/logout');
  assert.match(paragraphs(first), /You are signed out here\. Signing out of sp\.example\./);
  assert.equal(titleOf(first), 'Signing out');
  const asked = messageIn(first);
  assert.deepEqual([asked.name, asked.action, asked.relayState], ['SAMLRequest', slo(app), undefined]);
  assert.match(asked.xml, new RegExp(`>${acme.sam.email}</saml:NameID>.*<samlp:SessionIndex>${index}<`));
  assert.ok(asked.xml.includes(`>${acme.api.entityId}</saml:Issuer>`));
  const second = messageIn(await browser.get(address(response(asked.id, app, 'Responder'), 'SAMLResponse')));
  assert.equal(second.action, slo(wikiApp.entityId));
  const last = await browser.post('/acme/slo', form(response(second.id, wikiApp.entityId), 'SAMLResponse'));
  assert.match(paragraphs(last), /You are signed out\..*sp\.example did not confirm that you are signed out/);
  assert.doesNotMatch(paragraphs(last), /wiki/);
  assert.equal(acme.tenant().logouts.size, 0);
  assert.deepEqual(ended(), ['sam']);
});

test('an app that loses its logout URL meanwhile is named as not confirmed', async () => {
  const browser = await signedIn(acme, 1, 2);
  const { id } = messageIn(await browser.post('/acme/logout'));
  const { entityId, acs } = wikiApp;
  await acme.api.putApp({ entityId, acs: [acs] });
  const last = await browser.get(address(response(id, app), 'SAMLResponse'));
  assert.match(paragraphs(last), /You are signed out\..*wiki\.example did not confirm that you are signed out/);
  await acme.api.putApp({ entityId, acs: [acs], slo: slo(entityId) });
});

test('a removed app, or one without a session, gets no LogoutRequest', async () => {
  const browser = await signedIn(acme, 2);
  const { apps } = acme.tenant();
  acme.tenant().apps = apps.filter(({ number }) => number !== 2);
  assert.equal(titleOf(await browser.post('/acme/logout')), 'Signed out');
  acme.tenant().apps = apps;
  assert.equal(titleOf(await sam.post('/acme/logout')), 'Signed out');
});

test('a LogoutResponse is accepted once, from the right app, and ends no session', async () => {
  const browser = await signedIn(acme, 1);
  const { id } = messageIn(await browser.post('/acme/logout'));
  for (const wrong of [response(id, wikiApp.entityId), response('_unknown', app)]) {
    const page = await browser.get(address(wrong, 'SAMLResponse'));
    assert.deepEqual([page.status, codeIn(page)], [400, 'request-missing']);
    assert.match(paragraphs(page), /does not match a pending single logout/);
  }
  assert.equal(titleOf(await browser.get(address(response(id, app), 'SAMLResponse'))), 'Signed out');
  assert.equal(codeIn(await browser.get(address(response(id, app), 'SAMLResponse'))), 'request-missing');
  assert.equal(await isSignedIn(sam), true);
  assert.deepEqual(ended(), ['sam']);
});

test('a pending logout belongs to its tenant', async () => {
  const { id } = messageIn(await (await signedIn(acme, 1)).post('/acme/logout'));
  const [there, here] = [world.globex.api.sloUrl, acme.api.sloUrl];
  const page = await sam.get(address(response(id, app).replace(here, there), 'SAMLResponse').replace('acme', 'globex'));
  assert.equal(codeIn(page), 'request-missing');
  assert.ok(acme.tenant().logouts.has(id));
  world.globex.tenant().log.pop();
});

test('a thousand logouts may be pending; the next one replaces the oldest', async () => {
  const { logouts } = acme.tenant();
  logouts.clear();
  const { id: first } = messageIn(await (await signedIn(acme, 1)).post('/acme/logout'));
  const waiting = logouts.get(first)!;
  for (let count = 1; count < 999; count++) logouts.set(`_${count}`, waiting);
  const { id: last } = messageIn(await (await signedIn(acme, 1)).post('/acme/logout'));
  assert.deepEqual([logouts.size, logouts.has(first), logouts.has(last)], [1_000, true, true]);
  messageIn(await (await signedIn(acme, 1)).post('/acme/logout'));
  assert.deepEqual([logouts.size, logouts.has(first), logouts.has(last)], [1_000, false, true]);
  logouts.clear();
});

test('logout messages are signed with the current key before, during and after a rollover', async () => {
  const signer = async (): Promise<number[]> => {
    const page = load((await (await signedIn(acme, 1)).post('/acme/logout')).body);
    const fields = page('form input[type=hidden]').get();
    const pairs = fields.map(({ attribs }): [string, string] => [attribs.name!, attribs.value!]);
    const [, signature = ''] = pairs.pop()!;
    return acme.api.certificates().flatMap((certificate, index) => {
      const verifier = createVerify('sha256').update(new URLSearchParams(pairs).toString());
      const key = { key: new X509Certificate(certificate).publicKey, dsaEncoding: 'ieee-p1363' } as const;
      return verifier.verify(key, signature, 'base64') ? [index] : [];
    });
  };
  assert.deepEqual(await signer(), [0]);
  await acme.api.change({ publishNextKey: true });
  assert.equal(acme.api.certificates().length, 2);
  assert.deepEqual(await signer(), [0]);
  await acme.api.change({ rollKey: true });
  assert.equal(acme.api.certificates().length, 1);
  assert.deepEqual(await signer(), [0]);
});

/**
 * An app's LogoutRequest: its content, signature and sender, and if it ends the session here and
 * the one in Sam's other browser.
 */
const here = 0;
/** Neither sends an origin; only the program posts. */
const [program, silent] = [{}, {}];
const ends: [
  rule: string,
  options: () => MessageOptions,
  brings: object,
  hasCookie: boolean,
  of: [here: boolean, there: boolean],
][] = [
  ['unsigned, it ends the session of the browser that brings it', () => ({}), opened, true, [true, false]],
  ['unsigned, it ends nothing without the session cookie', () => ({}), opened, false, [false, false]],
  [
    'unsigned, its indexes reach no other browser',
    () => ({ indexes: [indexOf(here + 1)] }),
    opened,
    true,
    [false, false],
  ],
  ['unsigned, from a program, it ends all of the user', () => ({}), program, false, [true, true]],
  ['unsigned, by a GET that could be an image, it ends nothing', () => ({}), silent, false, [false, false]],
  [
    'unsigned, from a program, it ends those of its indexes',
    () => ({ indexes: [indexOf(1)] }),
    program,
    false,
    [false, true],
  ],
  ['signed, it ends that of the browser', () => ({ isSigned: true }), opened, true, [true, false]],
  [
    'signed, it ends all of the user where no browser brings it',
    () => ({ isSigned: true }),
    opened,
    false,
    [true, true],
  ],
  [
    'signed, it ends those of its indexes',
    () => ({ isSigned: true, indexes: [indexOf(1), 'x'] }),
    opened,
    true,
    [false, true],
  ],
  ['signed, unknown indexes end nothing', () => ({ isSigned: true, indexes: ['x'] }), opened, true, [false, false]],
  [
    'signed, another name ends nothing',
    () => ({ isSigned: true, nameId: 'ada@acme.example' }),
    opened,
    false,
    [false, false],
  ],
  [
    "unsigned, the neighbour's name ends nothing",
    () => ({ nameId: 'sam@globex.example' }),
    opened,
    true,
    [false, false],
  ],
];
for (const [rule, options, brings, hasCookie, [isHere, isThere]] of ends)
  test(`a LogoutRequest: ${rule}`, async () => {
    acme.tenant().sessions.clear();
    const number = options.toString().includes('isSigned') ? 3 : 1;
    const [one, other] = [await signedIn(acme, number), await signedIn(acme, number)];
    const of = number === 3 ? signing.entityId : app;
    const bringer = hasCookie ? one : world.browser();
    const xml = logoutRequest({ of, ...options() });
    const headers = brings as Record<string, string>;
    const posts = number === 3 || brings === program;
    const page = posts ? await bringer.post('/acme/slo', form(xml), headers) : await bringer.get(address(xml), headers);
    const response = messageIn(page);
    assert.deepEqual([response.name, response.action, response.relayState], ['SAMLResponse', slo(of), 'state']);
    assert.deepEqual(response.codes, ['Success']);
    assert.ok(xml.includes(` ID="${response.inResponseTo}"`));
    assert.deepEqual([await isSignedIn(one), await isSignedIn(other)], [!isHere, !isThere]);
    assert.deepEqual(
      ended(),
      [isHere, isThere].filter(Boolean).map(() => 'sam'),
    );
    assert.equal(bringer.cookies.size, hasCookie && !isHere ? 1 : 0, 'the cookie goes with its session');
    assert.equal(page.headers.getSetCookie().length, hasCookie && isHere ? 1 : 0, 'nothing else changes a cookie');
  });

test('a session ends only for an app that is part of it', async () => {
  const browser = await signedIn(acme, 2);
  messageIn(await browser.get(address(logoutRequest()), opened));
  assert.equal(await isSignedIn(browser), true);
});

test('the LogoutResponse reports a partial logout if other apps keep their sessions', async () => {
  const browser = await signedIn(acme, 1, 2);
  const page = await browser.get(address(logoutRequest()), opened);
  assert.deepEqual(messageIn(page).codes, ['Success', 'PartialLogout']);
  assert.match(paragraphs(page), /You are signed out\. Returning to sp\.example\./);
  assert.equal(titleOf(page), 'Signed out');
});

test('an app without a logout URL gets no LogoutResponse', async () => {
  const browser = await signedIn(acme, 4);
  const page = await browser.get(address(logoutRequest({ of: 'http://silent.example/metadata' })), opened);
  assert.equal(titleOf(page), 'Signed out');
  assert.equal(load(page.body)('input').length, 0);
  assert.equal(await isSignedIn(browser), false);
});

test('a signed LogoutRequest is accepted once, an unsigned one again', async () => {
  const recorded = logoutRequest({ of: signing.entityId, isSigned: true });
  const first = await signedIn(acme, 3);
  messageIn(await first.post('/acme/slo', form(recorded), opened));
  const second = await signedIn(acme, 3);
  const page = await second.post('/acme/slo', form(recorded), opened);
  assert.equal(codeIn(page), 'request-id-reused');
  assert.match(paragraphs(page), /Signing has already sent a LogoutRequest with the ID “_logout-\d+”/);
  assert.equal(await isSignedIn(second), true);
  const unsigned = address(logoutRequest());
  for (let turn = 0; turn < 2; turn++) messageIn(await second.get(unsigned, opened));
  const unsignedOfSigning = logoutRequest({ of: signing.entityId });
  assert.equal(codeIn(await second.post('/acme/slo', form(unsignedOfSigning), opened)), 'request-unsigned');
  assert.equal(await isSignedIn(second), true);
});

test('an unsigned LogoutRequest by POST is redirected to a GET, unless a program sends it', async () => {
  const browser = await signedIn(acme, 1);
  const xml = logoutRequest();
  const sent = await world.browser().post('/acme/slo', form(xml), opened);
  assert.equal(sent.status, 303);
  const query = new URL(sent.location!, world.url).searchParams;
  assert.equal(inflateRawSync(Buffer.from(query.get('SAMLRequest')!, 'base64')).toString(), xml);
  assert.equal(query.get('RelayState'), 'state');
  const bare = await world.browser().post('/acme/slo', { SAMLRequest: form(xml).SAMLRequest! }, opened);
  assert.doesNotMatch(bare.location!, /RelayState/);
  assert.equal(await isSignedIn(browser), true);
  messageIn(await world.browser().post('/acme/slo', form(xml)));
  assert.equal(await isSignedIn(browser), false);
});

test('the redirect URL may have 8 Ki characters', async () => {
  /** Random text, because other text would be compressed. */
  const noise = Array.from({ length: 20_000 }, (_, at) => ((at * 7919 + at ** 3) % 36).toString(36)).join('');
  const sentOn = async (length: number) =>
    world
      .browser()
      .post(
        '/acme/slo',
        { ...form(logoutRequest({ id: '_same-length' })), RelayState: noise.slice(0, length) },
        opened,
      );
  const { location } = await sentOn(0);
  const most = 8 * 1024 - location!.length;
  assert.equal((await sentOn(most)).location!.length, 8 * 1024);
  const rejected = await sentOn(most + 1);
  assert.equal(codeIn(rejected), 'request-malformed');
  assert.match(paragraphs(rejected), /an unsigned LogoutRequest must be shorter/);
});

test('a message loaded as a subresource does nothing', async () => {
  const browser = await signedIn(acme, 1);
  const before = world.contents(acme);
  assert.equal((await browser.get(address(logoutRequest()), { 'sec-fetch-dest': 'image' })).status, 403);
  assert.deepEqual(world.contents(acme), before);
});

test('a visit without a logout message is rejected as request-missing', async () => {
  for (const page of [await sam.get('/acme/slo'), await sam.post('/acme/slo', { RelayState: 'x' })]) {
    assert.equal(codeIn(page), 'request-missing');
    assert.match(paragraphs(page), /SAMLRequest is missing/);
  }
});

test("messages are judged by the tenant's own clock and addresses", async () => {
  const browser = await signedIn(acme, 1);
  const xml = logoutRequest();
  await acme.api.moveClock({ minutes: 11 });
  assert.equal(codeIn(await browser.get(address(xml), opened)), 'request-expired');
  await acme.api.moveClock({ minutes: -11 });
  const foreign = xml.replace(acme.api.sloUrl, world.globex.api.sloUrl);
  assert.equal(codeIn(await browser.get(address(foreign), opened)), 'request-destination-wrong');
  assert.equal(await isSignedIn(browser), true);
});
