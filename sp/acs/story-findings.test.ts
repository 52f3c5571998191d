/** The reasons why a request or a test no longer accepts a response, to the millisecond. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthnRequestRecord } from '../authn-request.ts';
import type { ConnectionTest } from '../connection-test.ts';
import type { Finding } from '../rejection-advice.ts';
import { times } from '../time-limits.ts';
import type { Requests } from './requests.ts';
import { storyFindings } from './story-findings.ts';

const issuedAt = Date.parse('2026-03-01T12:00:00Z');
const request = { id: '_request', issuedAt, answeredAt: undefined } as AuthnRequestRecord;
const own: Requests = { namedByResponse: request, matched: request, pendingInBrowser: request, judgedAgainst: request };
const nothing: Requests = {
  namedByResponse: undefined,
  matched: undefined,
  pendingInBrowser: undefined,
  judgedAgainst: undefined,
};
const waiting = { supersededAt: undefined, verdict: undefined, wentToIdpAt: undefined } as ConnectionTest;
const found = ({
  requests = own,
  inResponseTo = '_request' as string | undefined,
  connectionTest = undefined as ConnectionTest | undefined,
  superseded = undefined as string | undefined,
  time = issuedAt,
} = {}): Finding[] => storyFindings({ requests, inResponseTo, test: connectionTest, superseded, time });
const withoutId = (requests: Requests): Finding[] =>
  storyFindings({ requests, inResponseTo: undefined, test: undefined, superseded: undefined, time: issuedAt });
const matched = (changes: Partial<AuthnRequestRecord>): Requests => ({ ...own, matched: { ...request, ...changes } });
const minutes = 60_000;

test('a response to its own request is accepted', () => assert.deepEqual(found(), []));

test('a request with a response is a finding', () => {
  assert.deepEqual(found({ requests: matched({ answeredAt: issuedAt }) }), [
    { code: 'request-answered', received: '_request' },
  ]);
});

test('a request is open for ten minutes on the clock of the organization', () => {
  assert.equal(times.request, 10 * minutes);
  assert.deepEqual(found({ time: issuedAt + 10 * minutes - 1 }), []);
  const expired = { code: 'request-expired', expected: 'a response within 10 minutes' };
  for (const [time, received] of [
    [issuedAt + 10 * minutes, 'a response after 10 minutes'],
    [issuedAt + 11.4 * minutes, 'a response after 11 minutes'],
    [issuedAt + 90 * minutes, 'a response after 90 minutes'],
  ] as const)
    assert.deepEqual(found({ time }), [{ ...expired, received }]);
});

test('a response that is both late and repeated has both findings', () => {
  const codes = found({ requests: matched({ answeredAt: 1 }), time: issuedAt + times.request }).map(({ code }) => code);
  assert.deepEqual(codes, ['request-answered', 'request-expired']);
});

test("another browser's request is not accepted in this one, in any state", () => {
  const lost = {
    code: 'request-id-lost',
    expected: 'the browser that sent the request',
    received: 'another browser, or one that did not send its cookie',
  };
  for (const pendingInBrowser of [undefined, request]) {
    const requests = { ...nothing, namedByResponse: { ...request, answeredAt: 1 }, pendingInBrowser };
    assert.deepEqual(found({ requests, time: issuedAt + 90 * minutes }), [lost]);
  }
});

test('a request that was never sent is unknown, unless this browser has another pending', () => {
  assert.deepEqual(found({ requests: nothing }), [{ code: 'request-unknown', received: '_request' }]);
  assert.deepEqual(found({ requests: { ...nothing, pendingInBrowser: request } }), []);
  assert.deepEqual(withoutId(nothing), []);
  assert.deepEqual(found({ requests: nothing, inResponseTo: '' }), []);
});

const tests: Readonly<Record<string, readonly [Partial<ConnectionTest>, Finding['code'][]]>> = {
  'a pending test': [{}, []],
  'a test that was superseded': [{ supersededAt: 1 }, ['test-superseded']],
  'a test that was superseded at time 0': [{ supersededAt: 0 }, ['test-superseded']],
  'a test that has passed': [{ verdict: 'success' }, ['test-already-answered']],
  'a test that has passed and was superseded': [{ verdict: 'success', supersededAt: 1 }, ['test-superseded']],
  'a test whose tester was rejected, and tries again': [{ verdict: 'audience-mismatch' }, []],
  'a test whose tester went 29 min 59.999 s ago': [{ wentToIdpAt: issuedAt - times.response + 1 }, []],
  'a test whose tester went 30 minutes ago': [{ wentToIdpAt: issuedAt - times.response }, ['test-answer-late']],
  'a test whose tester went an hour ago and passed': [
    { wentToIdpAt: issuedAt - 2 * times.response, verdict: 'success' },
    ['test-already-answered'],
  ],
};
for (const [name, [changes, codes]] of Object.entries(tests))
  test(`${name}: ${codes.join() || 'open'}`, () =>
    assert.deepEqual(
      found({ connectionTest: { ...waiting, ...changes } }),
      codes.map((code) => ({ code })),
    ));

test('the finding has the reason why the user is no longer sent to the IdP', () => {
  assert.deepEqual(found({ superseded: 'enforcement is off' }), [
    {
      code: 'request-superseded',
      expected: 'a user covered by this SSO profile',
      received: 'enforcement is off',
    },
  ]);
});

test('all findings are listed: of the request first, then of the test, then of the user', () => {
  const codes = found({
    requests: nothing,
    connectionTest: { ...waiting, supersededAt: 1 },
    superseded: '',
  }).map(({ code }) => code);
  assert.deepEqual(codes, ['request-unknown', 'test-superseded', 'request-superseded']);
});
