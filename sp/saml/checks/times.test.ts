/** Every time in a message, to the millisecond, on both sides of its limit and for several tolerances. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../rejection-advice.ts';
import { type Edit, expectation, findingsOf, inTurn, type Settings, swap } from '../message.fixture.ts';
import { instantOf } from './check.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const requested = Date.parse('2026-03-01T11:59:00Z');
const iso = (time: number): string => new Date(time).toISOString();

interface Limit {
  write: (time: string) => Edit;
  /** The tolerance moves the limit forwards, backwards, or not at all. */
  tolerance: 1 | -1 | 0;
  from: number;
  /** Milliseconds from the limit to the last accepted and the first rejected time. */
  taken: number;
  rejected: number;
  finding: (limit: string, time: string, seconds: number) => Finding;
  settings?: Settings;
}

const assertion = '/samlp:Response/saml:Assertion';
const confirmationData = `${assertion}/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData`;
const forced: Settings = { request: { ...expectation().request!, forceAuthn: true } };
const notAfter = { tolerance: 1, taken: 0, rejected: 1, from: now } as const;
const notOnOrBefore = { tolerance: -1, taken: 1, rejected: 0, from: now } as const;
const notBefore = { tolerance: -1, taken: 0, rejected: -1, from: requested } as const;

const issued = (path: string, honest: string): Readonly<Record<string, Limit>> => ({
  [`IssueInstant of ${path} is not in the future`]: {
    ...notAfter,
    write: (time) => swap(honest, time),
    finding: (_, received, seconds) => ({
      code: 'response-from-future',
      expected: `at most ${seconds} s after ${iso(now)}`,
      received,
      path: `${path}/@IssueInstant`,
    }),
  },
  [`IssueInstant of ${path} is not before the request`]: {
    ...notBefore,
    write: (time) => swap(honest, time),
    finding: (_, received, seconds) => ({
      code: 'response-before-request',
      expected: `at most ${seconds} s before ${iso(requested)}`,
      received,
      path: `${path}/@IssueInstant`,
    }),
  },
});

const limits: Readonly<Record<string, Limit>> = {
  ...issued('/samlp:Response', '2026-03-01T11:59:58Z'),
  ...issued(assertion, '2026-03-01T11:59:57Z'),
  'NotBefore of the conditions has passed': {
    ...notAfter,
    write: (time) => swap('2026-03-01T11:55:00Z', time),
    finding: (limit, received) => ({
      code: 'not-yet-valid',
      expected: `not later than ${limit}`,
      received,
      path: `${assertion}/saml:Conditions/@NotBefore`,
    }),
  },
  'NotOnOrAfter of the conditions has not passed': {
    ...notOnOrBefore,
    write: (time) => swap('2026-03-01T12:05:00Z', time),
    finding: (limit, received) => ({
      code: 'assertion-expired',
      expected: `later than ${limit}`,
      received,
      path: `${assertion}/saml:Conditions/@NotOnOrAfter`,
    }),
  },
  'NotOnOrAfter of the confirmation has not passed': {
    ...notOnOrBefore,
    write: (time) => swap('2026-03-01T12:05:01Z', time),
    finding: (limit, received) => ({
      code: 'confirmation-expired',
      expected: `later than ${limit}`,
      received,
      path: `${confirmationData}/@NotOnOrAfter`,
    }),
  },
  'AuthnInstant is not in the future': {
    ...notAfter,
    write: (time) => swap('2026-03-01T11:59:50Z', time),
    finding: (_, received) => ({
      code: 'authn-instant-invalid',
      expected: `a time in UTC not after ${iso(now)}`,
      received,
      path: `${assertion}/saml:AuthnStatement/@AuthnInstant`,
    }),
  },
  'AuthnInstant is not before a request with ForceAuthn': {
    ...notBefore,
    write: (time) => swap('2026-03-01T11:59:50Z', time),
    settings: forced,
    finding: (_, received) => ({
      code: 'authn-instant-stale',
      expected: `after the request of ${iso(requested)}, which requested a fresh sign-in`,
      received,
      path: `${assertion}/saml:AuthnStatement/@AuthnInstant`,
    }),
  },
  'SessionNotOnOrAfter has not passed, zero tolerance': {
    ...notOnOrBefore,
    tolerance: 0,
    write: (time) => swap('SessionIndex', `SessionNotOnOrAfter="${time}" SessionIndex`),
    finding: (_, received) => ({
      code: 'session-over',
      expected: `later than ${iso(now)}`,
      received,
      path: `${assertion}/saml:AuthnStatement/@SessionNotOnOrAfter`,
    }),
  },
};

for (const [rule, { write, from, tolerance, taken, rejected, finding, settings }] of Object.entries(limits))
  for (const skewMs of [undefined, 0, 60_000])
    test(`${rule}: tolerance ${skewMs ?? 'by default'}`, () => {
      const limit = from + tolerance * (skewMs ?? 180_000);
      const findings = (time: number): Finding[] => findingsOf(write(iso(time)), { ...settings, skewMs });
      assert.deepEqual(findings(limit + taken), []);
      const expected = finding(iso(limit), iso(limit + rejected), (skewMs ?? 180_000) / 1000);
      assert.deepEqual(findings(limit + rejected), [expected]);
    });

const old = swap('2026-03-01T11:59:50Z', '2026-02-01T00:00:00Z');
const early = inTurn(swap('11:59:58Z', '11:00:00Z'), swap('11:59:57Z', '11:00:00Z'));
const settingsWithout = (...names: ('issuedAt' | 'relayState')[]): Settings => {
  const request = { ...forced.request! };
  for (const name of names) delete request[name];
  return { request };
};
const notCompared: Readonly<Record<string, readonly [Edit, Settings]>> = {
  'an old sign-in, without ForceAuthn': [old, {}],
  'an old sign-in, unsolicited': [old, { request: undefined, policies: { allowIdpInitiated: true } }],
  'an old sign-in, the time of the request unknown': [old, settingsWithout('issuedAt')],
  'an early response, the time of the request unknown': [early, settingsWithout('issuedAt')],
  'Conditions without NotBefore': [swap(' NotBefore="2026-03-01T11:55:00Z"', ''), {}],
  'Conditions without NotOnOrAfter': [swap(' NotOnOrAfter="2026-03-01T12:05:00Z"', ''), {}],
};
for (const [name, [edit, settings]] of Object.entries(notCompared))
  test(`not compared: ${name}`, () => {
    const findings = findingsOf(edit, settings).filter(({ code }) => !/^(in-response|confirmation-in)/.test(code));
    assert.deepEqual(findings, []);
  });

test('NotBefore must be at least a millisecond before NotOnOrAfter, and both are compared with the clock', () => {
  const between = (start: string, end: string): Edit => inTurn(swap('11:55:00Z', start), swap('12:05:00Z', end));
  assert.deepEqual(findingsOf(between('12:00:00.000Z', '12:00:00.001Z')), []);
  const early = 'not-yet-valid';
  const late = 'assertion-expired';
  const rows: readonly [string, string, ...Finding['code'][]][] = [
    ['12:00:00Z', '12:00:00Z'],
    ['12:01:00Z', '11:59:00Z'],
    ['13:00:00.001Z', '13:00:00Z', early],
    ['10:00:01Z', '10:00:00Z', late],
    ['13:00:00Z', '10:00:00Z', early, late],
  ];
  for (const [start, end, ...others] of rows) {
    const [inverted, ...more] = findingsOf(between(start, end));
    assert.deepEqual(inverted, {
      code: 'conditions-window-inverted',
      expected: 'NotBefore earlier than NotOnOrAfter',
      received: `2026-03-01T${start} and 2026-03-01T${end}`,
      path: `${assertion}/saml:Conditions`,
    });
    assert.deepEqual(
      more.map(({ code }) => code),
      others,
    );
  }
});

const unreadable: Readonly<
  Record<string, readonly [at: string, code: Finding['code'], write: (time: string) => Edit]>
> = {
  'IssueInstant of the response': [
    '/samlp:Response/@IssueInstant',
    'issue-instant-invalid',
    (time) => swap('2026-03-01T11:59:58Z', time),
  ],
  'IssueInstant of the assertion': [
    `${assertion}/@IssueInstant`,
    'issue-instant-invalid',
    (time) => swap('2026-03-01T11:59:57Z', time),
  ],
  NotBefore: [
    `${assertion}/saml:Conditions/@NotBefore`,
    'conditions-time-invalid',
    (time) => swap('2026-03-01T11:55:00Z', time),
  ],
  'NotOnOrAfter of the conditions': [
    `${assertion}/saml:Conditions/@NotOnOrAfter`,
    'conditions-time-invalid',
    (time) => swap('2026-03-01T12:05:00Z', time),
  ],
  'NotOnOrAfter of the confirmation': [
    `${confirmationData}/@NotOnOrAfter`,
    'confirmation-time-invalid',
    (time) => swap('2026-03-01T12:05:01Z', time),
  ],
  SessionNotOnOrAfter: [
    `${assertion}/saml:AuthnStatement/@SessionNotOnOrAfter`,
    'authn-instant-invalid',
    (time) => swap('SessionIndex', `SessionNotOnOrAfter="${time}" SessionIndex`),
  ],
};
for (const [name, [path, code, write]] of Object.entries(unreadable))
  test(`${name}: a malformed time is quoted, and that is the only finding`, () => {
    const expected = 'a UTC time like 2026-01-31T12:00:00Z';
    for (const received of ['', 'soon', '2026-03-01T12:00:00'])
      assert.deepEqual(findingsOf(write(received), forced), [{ code, expected, received, path }]);
  });

test('AuthnInstant: malformed, and missing', () => {
  const expected = `a time in UTC not after ${iso(now)}`;
  const path = `${assertion}/saml:AuthnStatement/@AuthnInstant`;
  for (const [edit, received] of [
    [swap('2026-03-01T11:59:50Z', 'soon'), 'soon'],
    [swap(' AuthnInstant="2026-03-01T11:59:50Z"', ''), 'none'],
  ] as const)
    assert.deepEqual(findingsOf(edit, forced), [{ code: 'authn-instant-invalid', expected, received, path }]);
});

const readable: Readonly<Record<string, string>> = {
  '2026-03-01T12:00:00Z': '2026-03-01T12:00:00.000Z',
  '2026-03-01T12:00:00.1Z': '2026-03-01T12:00:00.100Z',
  '2026-03-01T12:00:00.123456789Z': '2026-03-01T12:00:00.123Z',
  '2024-02-29T23:59:59Z': '2024-02-29T23:59:59.000Z',
  '2026-10-10T00:00:00Z': '2026-10-10T00:00:00.000Z',
  '2026-12-31T19:09:09Z': '2026-12-31T19:09:09.000Z',
  '2026-01-30T20:00:00Z': '2026-01-30T20:00:00.000Z',
};
for (const [text, expected] of Object.entries(readable))
  test(`a valid time: ${text}`, () => assert.equal(iso(instantOf(text)!), expected));
for (const text of [
  ...['', '2026-03-01', '12:00:00Z', '2026-03-01T12:00:00', '2026-03-01T12:00:00z', '2026-03-01 12:00:00Z'],
  ...['2026-03-01T12:00:00+00:00', '2026-03-01T12:00Z', '2026-03-01T12:00:00.Z', '2026-03-01T12:00:00,1Z'],
  ...['2026-00-01T12:00:00Z', '2026-13-01T12:00:00Z', '2026-20-01T12:00:00Z', '2026-03-00T12:00:00Z'],
  ...['2026-03-32T12:00:00Z', '2026-03-40T12:00:00Z', '2026-02-29T12:00:00Z', '2026-04-31T12:00:00Z'],
  ...['2026-03-01T24:00:00Z', '2026-03-01T30:00:00Z', '2026-03-01T12:60:00Z', '2026-03-01T12:00:60Z'],
  ...['226-03-01T12:00:00Z', '+002026-03-01T12:00:00Z', 'x2026-03-01T12:00:00Z', '2026-03-01T12:00:00Zx'],
  ...['2026-3-01T12:00:00Z', '2026-03-1T12:00:00Z', '2026-03-01T2:00:00Z', '20260301T120000Z', ' 2026-03-01T12:00:00Z'],
  undefined,
])
  test(`a malformed time: ${JSON.stringify(text)}`, () => assert.equal(instantOf(text), undefined));
