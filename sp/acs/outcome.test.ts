/** How a response ends: what a sign-in and a rejection leave behind, and the page that the browser shows. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, mock, test } from 'node:test';
import type { Response } from 'express';
import { type AuthnRequestRecord, findRequest, rememberRequest } from '../authn-request.ts';
import { createTest, findTest, recordVerdict, recordWentToIdp } from '../connection-test.ts';
import { auditOf, findUser } from '../organization.ts';
import { emptySettings, findProfile } from '../profile.ts';
import type { Finding } from '../rejection-advice.ts';
import { responsesOf, wasAssertionUsed } from '../response-log.ts';
import type { Identity } from '../saml/judgement.ts';
import { acme, day, hour, minute, openSeeded, start, stopClock } from '../seeded-store.fixture.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';
import type { Store } from '../store.ts';
import { caseOf, cases } from '../troubleshooting.ts';
import { type Arrival, enter, recordSignIn, reject } from './outcome.ts';

let store: Store;
let request: AuthnRequestRecord;
before(stopClock);
after(() => mock.timers.reset());
beforeEach(() => {
  mock.timers.setTime(start);
  store = openSeeded();
  rememberRequest(store, { ...sent, id: '_request', relayState: 'state' });
  request = findRequest(store, 'acme', '_request')!;
});
afterEach(() => store[Symbol.dispose]());

const sam = 'sam@acme.example';
const sent = {
  organization: 'acme',
  profile: 1,
  revision: 1,
  test: undefined,
  browser: 'his',
  address: sam,
  issuedAt: start,
  source: '',
};
/** A test that Ada asked Sam for. */
function newTest(): number {
  const people = { askedBy: findUser(store, 'ada@acme.example')!, tester: findUser(store, sam)! };
  return createTest(store, acme, { profile: findProfile(store, 'acme', 1)!, ...people }).test.id;
}
/** A test whose tester is at the identity provider. */
function testAtIdp(): number {
  const id = newTest();
  recordWentToIdp(store, acme, id);
  return id;
}
const arrivalOf = (id: number, more: Partial<Arrival> = {}): Arrival => ({
  organization: acme,
  xml: '<Response/>',
  request,
  test: findTest(store, id),
  ...more,
});

interface Shown {
  status?: number;
  text?: string;
  location?: string;
  cookies: string[];
}
/** A response of Express, and what the browser gets. */
function browser(): { response: Response; shown: Shown } {
  const shown: Shown = { cookies: [] };
  const response = {
    locals: {},
    status: (status: number) => Object.assign(shown, { status }) && response,
    type: () => response,
    send: (text: string) => Object.assign(shown, { text }),
    cookie: (name: string, value: string) => shown.cookies.push(`${name}=${value}`),
    redirect: (status: number, location: string) => Object.assign(shown, { status, location }),
  };
  return { response: response as unknown as Response, shown };
}

test('a sign-in gives the browser its session and leads to the Console', () => {
  const { response, shown } = browser();
  enter(response, 'secret');
  assert.deepEqual(shown, { cookies: ['sp_session=secret'], status: 303, location: '/console' });
});

const settings = { ...emptySettings, idpEntityId: 'the idp' };
const profileRevision = { profile: 1, revision: 1, settings };
const identity: Identity = {
  nameId: 'SAM@acme.example',
  nameIdFormat: 'a format',
  sessionIndex: '_index',
  authnInstant: new Date(start),
  attributes: {},
  assertionId: '_assertion',
  notOnOrAfter: new Date(start + minute),
};
const signIn = (arrival: Arrival, more: Partial<Identity> = {}): Session =>
  findSession(store, recordSignIn(store, arrival, { profileRevision, identity: { ...identity, ...more } }, 'his'))!;

test('a sign-in uses up its request and its assertion, and passes its test', () => {
  const id = testAtIdp();
  const { user, method, endsAt, sso } = signIn(arrivalOf(id));
  assert.deepEqual([user.address, method, endsAt], [sam, 'sso', start + 12 * hour]);
  const { nameId, nameIdFormat, sessionIndex } = identity;
  assert.deepEqual(sso, { profile: 1, revision: 1, nameId, nameIdFormat, sessionIndex });
  assert.equal(findRequest(store, 'acme', '_request')!.answeredAt, start);
  assert.ok(wasAssertionUsed(store, acme, 'the idp', '_assertion'));
  const [response] = responsesOf(store, 'acme');
  assert.deepEqual(
    [response!.verdict, response!.findings, response!.request, response!.test, response!.xml],
    ['success', [], '_request', id, '<Response/>'],
  );
  const { verdict, verdictAt, response: its } = findTest(store, id)!;
  assert.deepEqual([verdict, verdictAt, its], ['success', start, response!.id]);
  const { actor, action, detail } = auditOf(store, 'acme')[0]!;
  assert.deepEqual([actor, action, detail], [sam, 'signed-in', { method: 'sso', test: id }]);
});

test('an unsolicited sign-in has neither a request nor a test', () => {
  const id = testAtIdp();
  const { user } = signIn({ organization: acme, xml: '<Response/>' });
  assert.equal(user.address, sam);
  assert.equal(findRequest(store, 'acme', '_request')!.answeredAt, undefined);
  assert.equal(findTest(store, id)!.verdict, undefined);
  assert.deepEqual(auditOf(store, 'acme')[0]!.detail, { method: 'sso' });
});

test('a session ends when the identity provider says, if that is earlier', () => {
  const endOf = (sessionNotOnOrAfter: number): number =>
    signIn(
      { organization: acme },
      { assertionId: `_${sessionNotOnOrAfter}`, sessionNotOnOrAfter: new Date(sessionNotOnOrAfter) },
    ).endsAt;
  assert.deepEqual([endOf(start + hour), endOf(start + day)], [start + hour, start + 12 * hour]);
});

test('a request signs in only once', () => {
  signIn(arrivalOf(testAtIdp()));
  const again = arrivalOf(testAtIdp());
  assert.throws(() => signIn(again, { assertionId: '_another' }), /request _request was used while its response was/);
  assert.equal(store.all`SELECT 1 FROM sessions`.length, 1);
});

const findings: readonly [Finding, ...Finding[]] = [
  { code: 'audience-mismatch', expected: 'this', received: 'that' },
  { code: 'assertion-expired' },
];
const rejected = async (arrival: Arrival, all = findings): Promise<Shown & { text: string }> => {
  const { response, shown } = browser();
  await reject({ store } as ServiceProvider, arrival, all, response);
  return { ...shown, text: shown.text!.replaceAll(/<(?!a |\/a)[^>]+>/g, ' ').replaceAll(/\s+/g, ' ') };
};

test('a rejection is recorded with all findings and its reference, and starts no session', async () => {
  const id = testAtIdp();
  const { text, cookies } = await rejected(arrivalOf(id));
  const [response] = responsesOf(store, 'acme');
  assert.deepEqual(
    [response!.verdict, response!.findings, response!.request, response!.test, response!.xml],
    ['audience-mismatch', findings, '_request', id, '<Response/>'],
  );
  assert.ok(text.includes(response!.reference), 'the page shows the reference');
  const { actor, action, detail } = auditOf(store, 'acme')[0]!;
  const { reference } = response!;
  assert.deepEqual([actor, action, detail], [sam, 'sign-in-refused', { rejection: 'audience-mismatch', reference }]);
  assert.deepEqual([cookies, store.all`SELECT 1 FROM sessions`], [[], []]);
  assert.equal(findRequest(store, 'acme', '_request')!.answeredAt, undefined, 'the tester may try again');
});

test('a rejection without a request has no user', async () => {
  await rejected({ organization: acme });
  const [response] = responsesOf(store, 'acme');
  assert.deepEqual([response!.request, response!.test, response!.xml], [undefined, undefined, undefined]);
  assert.equal(auditOf(store, 'acme')[0]!.actor, 'unknown');
});

/** Tests when a response is rejected, and the verdict after it. */
const verdicts: readonly (readonly [what: string, make: () => number, verdict: string | undefined])[] = [
  ['whose tester is at the IdP', testAtIdp, 'audience-mismatch'],
  ['whose tester went there a moment less than 30 minutes ago', () => since(30 * minute - 1), 'audience-mismatch'],
  ['whose tester went there 30 minutes ago', () => since(30 * minute), undefined],
  ['that was rejected before', () => decided('issuer-mismatch'), 'audience-mismatch'],
  ['that has passed', () => decided('success'), 'success'],
  ['that was superseded', () => superseded(testAtIdp()), undefined],
  ['whose tester has not gone to the IdP', newTest, undefined],
];
function since(milliseconds: number): number {
  const id = testAtIdp();
  mock.timers.tick(milliseconds);
  return id;
}
function decided(verdict: 'success' | 'issuer-mismatch'): number {
  const id = testAtIdp();
  recordVerdict(store, acme, { test: id, verdict, response: 1 });
  return id;
}
function superseded(id: number): number {
  store.run`UPDATE tests SET superseded_at = 1 WHERE id = ${id}`;
  return id;
}
for (const [what, make, verdict] of verdicts)
  test(`after a rejection, the verdict of a test ${what} is ${verdict ?? 'none'}`, async () => {
    const id = make();
    const before = findTest(store, id)!;
    await rejected(arrivalOf(id));
    const [response] = responsesOf(store, 'acme');
    const changed = { verdict, verdictAt: Date.now(), response: response!.id };
    assert.deepEqual(findTest(store, id), verdict === 'audience-mismatch' ? { ...before, ...changed } : before);
    assert.equal(response!.test, id, 'it is recorded in any case');
  });

const session = { user: { administrator: false }, organization: acme } as unknown as Session;
const { title } = cases[caseOf('audience-mismatch')];
const vague = 'The sign-in could not be completed. Tell your administrator the reference';
/** Rejected responses, the status of the page, and words that it has and has not. */
const pages: readonly (readonly [
  what: string,
  arrival: () => Arrival,
  status: number,
  says: readonly string[],
  saysNot: readonly string[],
])[] = [
  ['a sign-in', () => ({ organization: acme, request }), 403, [vague, '<a href="/login">'], [title, 'Ada']],
  [
    'a test',
    () => arrivalOf(testAtIdp()),
    403,
    ['The SSO test failed', title, 'Tell ada the reference', 'try again with the same link'],
    [vague],
  ],
  [
    'a test by a former administrator',
    () => {
      const arrival = arrivalOf(testAtIdp());
      store.run`DELETE FROM users WHERE address = 'ada@acme.example'`;
      return arrival;
    },
    403,
    [title, 'Tell your administrator the reference'],
    [vague],
  ],
  [
    'a passed test',
    () => arrivalOf(decided('success')),
    403,
    ['This test has passed', 'was ignored', '<a href="/console">'],
    [title, vague],
  ],
  [
    'a passed test again',
    () => arrivalOf(decided('success'), { isRepeated: true }),
    403,
    ['This test has passed'],
    [title, 'sent a second time'],
  ],
  [
    'a double click',
    () => ({ organization: acme, request, isRepeated: true }),
    409,
    ['this was sent a second time, and was not used', '<a href="/console">'],
    [title, vague],
  ],
  [
    'a visit',
    () => ({ organization: acme, visit: { session: undefined } }),
    403,
    ['Start at the login page', 'takes no visits', '<a href="/login">'],
    [vague, 'Sign out'],
  ],
  [
    'a visit by a user who is signed in',
    () => ({ organization: acme, visit: { session } }),
    403,
    ['takes no visits; you are signed in', '<a href="/console">', 'Sign out'],
    [vague],
  ],
];
for (const [what, arrival, status, says, saysNot] of pages)
  test(`the page after the rejection of ${what}`, async () => {
    const shown = await rejected(arrival());
    assert.equal(shown.status, status);
    for (const text of says) assert.ok(shown.text.includes(text), `“${text}” in ${shown.text}`);
    for (const text of saysNot) assert.ok(!shown.text.includes(text), `no “${text}” in ${shown.text}`);
    assert.ok(shown.text.includes(responsesOf(store, 'acme')[0]!.reference));
  });
