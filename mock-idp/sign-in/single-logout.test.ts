/** Sessions that a LogoutRequest ends, and the messages that an app gets, as they are counted and logged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { element, render } from '../response/xml.ts';
import { createKeyPair } from '../tenants/keys.ts';
import type { App, Session, User } from '../tenants/state.ts';
import { arrangeFaults } from '../tenants/tenant-faults.ts';
import type { LogoutRequest } from './logout.ts';
import { openSession } from './sessions.ts';
import { acceptRequest, appsToNotify, issueRequest, issueResponse, takeResponse } from './single-logout.ts';
import { begin, entries, type Stage, stageOf } from './tenant.fixture.ts';

const span = { commonName: 'acme', notBefore: new Date(0), notAfter: new Date(1e13) };
const keys = await createKeyPair({ ...span, algorithm: 'ecdsa-p256' });
const sending = { issuer: 'http://idp/acme/metadata', untrustedKeys: keys };
const nameIdFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const nameOf = ({ username }: User): string => `${username}@acme.example`;

/** A session in these apps, and its cookie. */
function sessionIn({ tenant }: Stage, user: User, apps: readonly App[], sessionIndex?: string) {
  const opened = openSession(tenant, user, undefined);
  for (const { entityId } of apps)
    opened.session.apps.set(entityId, { nameId: nameOf(user), nameIdFormat, ...(sessionIndex && { sessionIndex }) });
  return opened;
}

/** Sam has two sessions in the Console, one of them with an index of its own there; Ada has one. */
function stageWithSessions() {
  const stage = stageOf('acme', keys);
  const { sam, ada, console: app, wiki } = stage;
  const own = sessionIn(stage, sam, [app]);
  const other = sessionIn(stage, sam, [app], '_at-console');
  sessionIn(stage, ada, [app]);
  sessionIn(stage, sam, [wiki]);
  return { ...stage, own, other };
}
type Sessions = ReturnType<typeof stageWithSessions>;

const asked = ({ sam, console: app }: Stage, change: Partial<LogoutRequest> = {}): LogoutRequest => ({
  id: '_asked',
  binding: 'redirect',
  xml: '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_asked"/>',
  app,
  isVerified: false,
  nameId: nameOf(sam),
  sessionIndexes: [],
  relayState: undefined,
  ...change,
});

interface From {
  cookie?: (sessions: Sessions) => string;
  indexes?: (sessions: Sessions) => string[];
  isTrusted: boolean;
}
const ownCookie = ({ own }: Sessions): string => own.cookie;
const otherIndex = (): string[] => ['_at-console'];
const ownIndex = ({ own }: Sessions): string[] => [own.session.index];
/** The requests, and the sessions that they end. */
const requests: [rule: string, from: From, ends: ('own' | 'other')[]][] = [
  ['by a program: all of the user in the app', { isTrusted: true }, ['own', 'other']],
  ['by a program, with an index', { isTrusted: true, indexes: otherIndex }, ['other']],
  ['by a program, with another index', { isTrusted: true, indexes: () => ['_none'] }, []],
  ['with an index of the session elsewhere', { isTrusted: true, indexes: ({ other }) => [other.session.index] }, []],
  ['with two indexes', { isTrusted: true, indexes: (all) => [...ownIndex(all), '_at-console'] }, ['own', 'other']],
  ['in a browser: that of the browser', { isTrusted: true, cookie: ownCookie }, ['own']],
  ['in a browser without a session', { isTrusted: true, cookie: () => 'none' }, []],
  ['in a browser, with an index of another', { isTrusted: true, cookie: ownCookie, indexes: otherIndex }, ['other']],
  ['by any page: that of the browser', { isTrusted: false, cookie: ownCookie }, ['own']],
  ['by any page, with its index', { isTrusted: false, cookie: ownCookie, indexes: ownIndex }, ['own']],
  ['by any page, with an index of another', { isTrusted: false, cookie: ownCookie, indexes: otherIndex }, []],
  ['by any page, without a session', { isTrusted: false, cookie: () => 'none' }, []],
  ['by any page, without a cookie', { isTrusted: false, indexes: ownIndex }, []],
];
for (const [rule, { cookie, indexes, isTrusted }, ends] of requests)
  test(`a LogoutRequest ${rule}: ${ends.join(' and ') || 'nothing'} ends`, () => {
    const stage = stageWithSessions();
    const { tenant } = stage;
    const request = asked(stage, { sessionIndexes: indexes?.(stage) ?? [] });
    const ended = acceptRequest(tenant, request, { cookie: cookie?.(stage), isTrusted });
    assert.deepEqual(
      ended,
      ends.map((name) => stage[name].session),
    );
    assert.equal(tenant.sessions.size, 4 - ends.length);
    const [received, ...more] = tenant.log;
    assert.ok(received?.kind === 'logout' && received.event === 'request-received');
    assert.deepEqual([received.id, received.app, received.struck], ['_asked', stage.console.entityId, []]);
    assert.equal(more.length, ends.length);
  });

test('a signed request is taken once, from each app, and an unsigned one again', () => {
  const stage = stageWithSessions();
  const { tenant, wiki } = stage;
  const accept = (change: Partial<LogoutRequest>) =>
    acceptRequest(tenant, asked(stage, change), { cookie: undefined, isTrusted: true });
  accept({ isVerified: true });
  sessionIn(stage, stage.sam, [stage.console]);
  const logged = tenant.log.length;
  assert.throws(() => accept({ isVerified: true }), {
    code: 'request-id-reused',
    message: 'console has already sent a LogoutRequest with the ID “_asked”.',
  });
  assert.deepEqual([tenant.sessions.size, tenant.log.length], [3, logged]);
  accept({ isVerified: true, app: wiki });
  accept({ isVerified: true, id: '_next' });
  accept({});
  accept({});
  assert.equal(tenant.sessions.size, 1);
});

const slo = (of: string) => ({ url: `http://${of}.example/slo`, binding: 'post' as const });
/** The apps of the sessions that ended, and the second status code that the Console receives. */
const ended: [rule: string, apps: ('console' | 'wiki')[][], second: string | undefined][] = [
  ['no session', [], undefined],
  ['a session of this app', [['console']], undefined],
  ['a session of two apps', [['console', 'wiki']], 'PartialLogout'],
  ['two sessions, one of two apps', [['console'], ['wiki', 'console']], 'PartialLogout'],
];
for (const [rule, sessions, second] of ended)
  test(`the LogoutResponse after ${rule} has ended is ${second ?? 'Success'}`, () => {
    const stage = stageOf('acme', keys);
    const { tenant, sam, console: app } = stage;
    app.slo = slo('console');
    const over = sessions.map(
      (names) =>
        sessionIn(
          stage,
          sam,
          names.map((name) => stage[name]),
        ).session,
    );
    const { xml, action } = issueResponse(tenant, asked(stage), { ...sending, ended: over });
    assert.equal(action, 'http://console.example/slo');
    const [sent = assert.fail(), ...more] = tenant.log;
    assert.ok(sent.kind === 'logout' && sent.event === 'response-sent' && more.length === 0);
    assert.deepEqual([sent.inResponseTo, sent.binding, sent.app, sent.xml], ['_asked', 'post', app.entityId, xml]);
    assert.deepEqual(
      [sent.status, sent.second].map((code) => code?.split(':').at(-1)),
      ['Success', second],
    );
  });

test('only registered apps with a logout URL are notified, each with its name and its index', () => {
  const stage = stageOf('acme', keys);
  const { tenant, sam, console: app, wiki } = stage;
  const { session } = sessionIn(stage, sam, [wiki, app]);
  assert.deepEqual(appsToNotify(tenant, session), []);
  app.slo = slo('console');
  session.apps.set('http://gone.example', { nameId: 'sam', nameIdFormat });
  const target = { app, nameId: nameOf(sam), nameIdFormat };
  assert.deepEqual(appsToNotify(tenant, session), [{ ...target, index: session.index }]);
  session.apps.set(app.entityId, { nameId: nameOf(sam), nameIdFormat, sessionIndex: '_own' });
  assert.deepEqual(appsToNotify(tenant, session), [{ ...target, index: '_own' }]);
});

function askConsole(faults: unknown[] = []) {
  const stage = stageOf('acme', keys);
  const { tenant, sam, console: app } = stage;
  app.slo = slo('console');
  const { session } = sessionIn(stage, sam, [app]);
  const [target] = appsToNotify(tenant, session);
  arrangeFaults(tenant, faults);
  return { stage, tenant, app, send: () => issueRequest(tenant, target!, sending), session: session as Session };
}
function responseTo({ tenant, app }: ReturnType<typeof askConsole>, inResponseTo: string) {
  const attributes = {
    ID: '_r',
    Version: '2.0',
    IssueInstant: new Date(begin).toISOString(),
    InResponseTo: inResponseTo,
  };
  const xml = render(element('samlp:LogoutResponse', attributes, element('saml:Issuer', {}, app.entityId)));
  const fields = { SAMLResponse: Buffer.from(xml).toString('base64') };
  return takeResponse(tenant, { binding: 'post', fields }, { sloUrl: 'http://idp/acme/slo' });
}

test('a LogoutRequest is logged, kept until its response, and its response is taken once', () => {
  const asking = askConsole();
  const { tenant, app, send, session } = asking;
  const { id, xml } = send();
  const [sent = assert.fail()] = tenant.log;
  assert.ok(sent.kind === 'logout' && sent.event === 'request-sent');
  assert.deepEqual([sent.id, sent.app, sent.binding, sent.xml], [id, app.entityId, 'post', xml]);
  assert.deepEqual([sent.sessionIndexes, sent.nameId], [[session.index], 'sam@acme.example']);
  assert.equal(tenant.previousLogoutRequests.get(app.entityId)!.xml, xml);
  assert.deepEqual(tenant.logouts.get(id), { remaining: [], failed: [], waitingFor: app });
  assert.throws(() => responseTo(asking, '_another'), { code: 'request-missing' });
  assert.equal(responseTo(asking, id).logout.waitingFor, app);
  assert.throws(() => responseTo(asking, id), { code: 'request-missing' });
  assert.deepEqual(
    entries(tenant).map((entry) => 'event' in entry && entry.event),
    ['request-sent', 'response-received'],
  );
});

test('a fault of a logout message counts if it struck at one of its kind, as often as it may', () => {
  const phrases = [
    { phrase: 'a LogoutRequest without Destination', times: 1 },
    { phrase: 'a LogoutRequest without SessionIndex' },
    { phrase: 'a LogoutResponse with a different Destination', times: 2 },
    { phrase: 'an empty NameID', times: 3 },
  ];
  const { tenant, send } = askConsole(phrases);
  assert.deepEqual(send().struck, [phrases[0]!.phrase, phrases[1]!.phrase]);
  assert.deepEqual(send().struck, [phrases[1]!.phrase]);
  assert.deepEqual(
    tenant.faults.map(({ struck, times }) => [struck, times]),
    [
      [1, 0],
      [2, undefined],
      [0, 2],
      [0, 3],
    ],
  );
});
