/** Stored responses, and how long accepted assertions are kept to detect replays. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import type { Organization } from './organization.ts';
import type { Finding } from './rejection-advice.ts';
import {
  findResponse,
  isOfOpenSession,
  pruneAssertions,
  pruneResponses,
  type ResponseRecord,
  recordResponse,
  rememberAssertion,
  responsesOf,
  wasAssertionUsed,
} from './response-log.ts';
import { acme, globex, hour, later, minute, openSeeded, start, stopClock } from './seeded-store.fixture.ts';
import type { Store } from './store.ts';

before(stopClock);
after(() => mock.timers.reset());

type Recorded = Parameters<typeof recordResponse>[2];
const record = (store: Store, changed: Partial<Recorded> = {}, organization: Organization = acme): number =>
  recordResponse(store, organization, {
    request: undefined,
    test: undefined,
    verdict: 'audience-mismatch',
    findings: [],
    xml: undefined,
    ...changed,
  }).id;
const recorded = (changed: Partial<Recorded>): ResponseRecord => {
  using store = openSeeded();
  return findResponse(store, 'acme', record(store, changed))!;
};

test('a response is recorded with what it was, when, and to what it belongs', () => {
  using store = openSeeded();
  const findings: Finding[] = [
    { code: 'audience-mismatch', expected: 'a', received: 'b', path: '/c' },
    { code: 'request-unknown' },
  ];
  const all = {
    request: '_1',
    test: 3,
    verdict: 'audience-mismatch',
    findings,
    xml: '<a/>',
    reference: 'REF',
  } as const;
  const id = record(store, all, later(acme, 9));
  assert.deepEqual(
    { ...findResponse(store, 'acme', id)!, organization: undefined },
    { id, at: start + 9, organization: undefined, ...all },
  );
  const { request, test, xml, reference } = findResponse(store, 'acme', record(store))!;
  assert.deepEqual([request, test, xml], [undefined, undefined, undefined]);
  assert.match(reference, /^[2-9A-HJ-NP-Z]{8}$/);
});

/** A text at its limit and one character above it. */
const texts: readonly (readonly [words: string, most: number, kept: (text: string) => string | undefined])[] = [
  ['message', 200_000, (xml) => recorded({ xml }).xml],
  [
    'expected value',
    1_000,
    (expected) => recorded({ findings: [{ code: 'audience-mismatch', expected }] }).findings[0]!.expected,
  ],
  [
    'received value',
    1_000,
    (received) => recorded({ findings: [{ code: 'audience-mismatch', received }] }).findings[0]!.received,
  ],
  ['path', 2_000, (path) => recorded({ findings: [{ code: 'audience-mismatch', path }] }).findings[0]!.path],
];
for (const [words, most, kept] of texts)
  test(`${most} characters of a ${words} are kept`, () => {
    const text = 'x'.repeat(most);
    assert.equal(kept(text), text);
    assert.equal(kept(`${text}y`), `${text}… ${(most + 1).toLocaleString('en')} characters in total`);
  });

test('50 findings are kept; the last one has the number of others', () => {
  const finding: Finding = { code: 'audience-mismatch' };
  const all = recorded({ findings: Array.from({ length: 50 }, () => finding) }).findings;
  assert.deepEqual([all.length, all.at(-1)], [50, finding]);
  const cut = recorded({ findings: Array.from({ length: 52 }, () => finding) }).findings;
  assert.deepEqual([cut.length, cut.at(-1)], [50, { ...finding, received: '(and 2 more findings)' }]);
  const quoting = recorded({ findings: Array.from({ length: 51 }, () => ({ ...finding, received: 'x' })) }).findings;
  assert.equal(quoting.at(-1)!.received, 'x (and 1 more findings)');
  assert.deepEqual(recorded({ findings: [] }).findings, []);
});

test('a response is found by its ID in its own organization', () => {
  using store = openSeeded();
  const [one, other] = [record(store, { reference: 'one' }), record(store, { reference: 'other' })];
  assert.equal(findResponse(store, 'acme', one)!.reference, 'one');
  assert.equal(findResponse(store, 'acme', other)!.reference, 'other');
  assert.equal(findResponse(store, 'globex', one), undefined);
});

test('the log shows the newest first, with separate limits for tests and others', () => {
  using store = openSeeded();
  const [toTest, stranger] = [() => record(store, { test: 1 }), () => record(store)];
  const [one, two, three, four, five] = [toTest(), stranger(), toTest(), stranger(), toTest()];
  record(store, {}, globex);
  record(store, { test: 9 }, globex);
  const shown = (options?: object): number[] => responsesOf(store, 'acme', options).map(({ id }) => id);
  assert.deepEqual(shown(), [five, four, three, two, one]);
  assert.deepEqual(shown({ limit: 1 }), [five, four]);
  assert.deepEqual(shown({ after: two }), [five, four, three]);
  assert.deepEqual(shown({ after: five }), []);
});

const fill = (
  store: Store,
  count: number,
  { test = null as number | null, verdict = 'audience-mismatch', slug = 'acme', octets = 0 },
): void =>
  void store.run`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO responses (organization, at, reference, test, verdict, findings, xml)
    SELECT ${slug}, 0, n, ${test}, ${verdict}, '', iif(${octets} = 0, NULL, hex(zeroblob(${octets} / 2))) FROM numbers`;
const count = (store: Store, slug = 'acme'): number =>
  store.all`SELECT 1 FROM responses WHERE organization = ${slug}`.length;

const bounds: readonly (readonly [words: string, most: number, which: Parameters<typeof fill>[2]])[] = [
  ['rejections of one test', 20, { test: 1 }],
  ['accepted responses to one test', 20, { test: 1, verdict: 'success' }],
  ['rejections of strangers', 500, {}],
  ['accepted responses to no test', 500, { verdict: 'success' }],
  ['megabytes of messages to no test', 8, { octets: 1024 * 1024 }],
  ['megabytes of messages to tests', 8, { test: 1, octets: 1024 * 1024 }],
];
for (const [words, most, which] of bounds)
  test(`${most} ${words} are kept, the newest ones`, () => {
    using store = openSeeded();
    const others = [{ test: 1 }, { test: 2 }, { test: 1, verdict: 'success' }, {}, { verdict: 'success' }].filter(
      (one) => one.test !== which.test || one.verdict !== which.verdict || which.octets,
    );
    fill(store, 1, which);
    for (const other of which.octets ? [] : others) fill(store, 1, other);
    const [beside, oldest] = [count(store) - 1, store.get<{ id: number }>`SELECT min(id) AS id FROM responses`!.id];
    fill(store, 2 * most, { ...which, slug: 'globex' });
    fill(store, most - 1, which);
    pruneResponses(store, 'acme');
    assert.equal(count(store), most + beside);
    fill(store, 1, which);
    pruneResponses(store, 'acme');
    assert.deepEqual([count(store), findResponse(store, 'acme', oldest)], [most + beside, undefined]);
    assert.equal(count(store, 'globex'), 2 * most, 'the other organization’s are unchanged');
  });

test('accepted and rejected responses, and those to tests, have separate size limits', () => {
  using store = openSeeded();
  const octets = 1024 * 1024;
  for (const which of [{ test: 1 }, { test: 2, verdict: 'success' }, {}, { verdict: 'success' }])
    fill(store, 8, { ...which, octets });
  pruneResponses(store, 'acme');
  assert.equal(count(store), 32);
});

test('the response of a test’s verdict is kept beyond the limits', () => {
  using store = openSeeded();
  const decisive = record(store, { test: 1 });
  store.run`
    INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at, response)
    VALUES ('acme', 1, 1, '', '', 'a', 0, 0, ${decisive}), ('acme', 1, 1, '', '', 'b', 0, 0, NULL)`;
  fill(store, 30, { test: 1 });
  pruneResponses(store, 'acme');
  assert.ok(findResponse(store, 'acme', decisive));
  assert.equal(count(store), 21);
});

test('old responses are pruned at the first one and at every 20th after it', () => {
  using store = openSeeded();
  fill(store, 600, {});
  record(store);
  assert.equal(count(store), 501);
  for (let index = 0; index < 19; index++) record(store);
  assert.equal(count(store), 520);
  record(store);
  assert.equal(count(store), 501);
});

/** Sam's session in a browser, started by a response. */
function openSession(store: Store, { organization = acme, xml = '<a/>' } = {}): void {
  const { slug } = organization;
  const response = record(store, { xml }, organization);
  store.run`
    INSERT INTO sessions (hash, organization, address, method, created_at, ends_at, response, browser)
    VALUES ('session', ${slug}, ${`sam@${slug}.example`}, 'sso', ${start}, ${start + hour}, ${response}, 'browser')`;
}
const isOpen = (store: Store, asked: Partial<Parameters<typeof isOfOpenSession>[2]> = {}, of = acme): boolean =>
  isOfOpenSession(store, of, { browser: 'browser', xml: '<a/>', ...asked });

test('a response started the open session of its browser', () => {
  using store = openSeeded();
  openSession(store);
  assert.ok(isOpen(store));
  assert.ok(isOpen(store, {}, later(acme, hour - 1)), 'until its end');
  for (const [words, is] of [
    ['another browser', isOpen(store, { browser: 'other' })],
    ['no browser', isOpen(store, { browser: undefined })],
    ['another response', isOpen(store, { xml: '<a />' })],
    ['no message', isOpen(store, { xml: undefined })],
    ['another organization', isOpen(store, {}, globex)],
    ['after its end', isOpen(store, {}, later(acme, hour))],
  ] as const)
    assert.equal(is, false, words);
});

for (const [words, change] of [
  ['a session that ended', (store) => store.run`UPDATE sessions SET ended_at = ${start}`],
  ['a deactivated user', (store) => store.run`UPDATE users SET deactivated = 1 WHERE address = 'sam@acme.example'`],
  ['a user who was removed', (store) => store.run`DELETE FROM users WHERE address = 'sam@acme.example'`],
  ['a session of another response', (store) => store.run`UPDATE sessions SET response = ${record(store)}`],
  ['a password', (store) => store.run`UPDATE sessions SET response = NULL`],
  ['a response of another organization', (store) => store.run`UPDATE responses SET organization = 'globex'`],
] as readonly (readonly [words: string, change: (store: Store) => unknown])[])
  test(`a response started no session that is open: ${words}`, () => {
    using store = openSeeded();
    openSession(store);
    change(store);
    assert.ok(!isOpen(store));
  });

test('a response beyond the limit of the log started its session, too', () => {
  using store = openSeeded();
  const xml = 'x'.repeat(200_001);
  openSession(store, { xml });
  assert.ok(isOpen(store, { xml }) && !isOpen(store, { xml: `${xml}y` }));
});

const assertion = (assertionId: string, inMs = 5 * minute): Parameters<typeof rememberAssertion>[3] => ({
  assertionId,
  notOnOrAfter: new Date(start + inMs),
});

test('a replay is detected by assertion ID, issuer and organization', () => {
  using store = openSeeded();
  rememberAssertion(store, acme, 'idp 1', assertion('_1'));
  assert.ok(wasAssertionUsed(store, acme, 'idp 1', '_1'));
  assert.ok(!wasAssertionUsed(store, acme, 'idp 1', '_2'), 'another ID');
  assert.ok(!wasAssertionUsed(store, acme, 'idp 2', '_1'), 'another issuer');
  assert.ok(!wasAssertionUsed(store, globex, 'idp 1', '_1'), 'another organization');
  rememberAssertion(store, acme, 'idp 2', assertion('_1'));
  rememberAssertion(store, globex, 'idp 1', assertion('_1'));
  assert.ok(wasAssertionUsed(store, acme, 'idp 2', '_1') && wasAssertionUsed(store, globex, 'idp 1', '_1'));
});

test('an assertion is remembered until its end plus twice the clock skew of 3 minutes', () => {
  using store = openSeeded();
  const forgottenAt = 5 * minute + 2 * 3 * minute;
  rememberAssertion(store, acme, 'idp 1', assertion('_1'));
  rememberAssertion(store, globex, 'idp 3', assertion('_1'));
  rememberAssertion(store, later(acme, forgottenAt), 'idp 1', assertion('_2', hour));
  assert.ok(wasAssertionUsed(store, acme, 'idp 1', '_1'));
  rememberAssertion(store, later(acme, forgottenAt + 1), 'idp 1', assertion('_3', hour));
  assert.ok(!wasAssertionUsed(store, acme, 'idp 1', '_1'));
  assert.ok(wasAssertionUsed(store, acme, 'idp 1', '_2'));
  assert.ok(wasAssertionUsed(store, globex, 'idp 3', '_1'), 'the other organization’s clock has not moved');
});

test('an ID of more than 100 characters is stored as a hash', () => {
  for (const [length, stored] of [
    [100, /^x{100}$/],
    [101, /^[0-9a-f]{64}$/],
  ] as const) {
    using store = openSeeded();
    rememberAssertion(store, acme, 'idp 1', assertion('x'.repeat(length)));
    assert.match(store.get<{ id: string }>`SELECT id FROM assertions`!.id, stored);
    assert.ok(wasAssertionUsed(store, acme, 'idp 1', 'x'.repeat(length)));
  }
});

test('50,000 assertions of an organization are remembered; the first to expire are dropped first', () => {
  using store = openSeeded();
  const fillTo = (slug: string, most: number, count: number): void =>
    void store.run`
      WITH RECURSIVE numbers (n) AS (SELECT ${most} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${most + count - 1})
      INSERT INTO assertions SELECT ${slug}, 'idp', cast(n AS INTEGER), ${start} + n FROM numbers`;
  const remembered = (slug = 'acme'): number => store.all`SELECT 1 FROM assertions WHERE organization = ${slug}`.length;
  fillTo('acme', 1, 49_999);
  fillTo('globex', 1, 1);
  pruneAssertions(store, 'acme');
  rememberAssertion(store, acme, 'idp', assertion('newest', 1));
  assert.deepEqual([remembered(), remembered('globex')], [50_000, 1]);
  for (let index = 1; index < 20; index++) rememberAssertion(store, acme, 'idp', assertion(`more ${index}`, hour));
  assert.equal(remembered(), 50_019, 'not at each insert');
  rememberAssertion(store, acme, 'idp', assertion('more', hour));
  assert.deepEqual([remembered(), remembered('globex')], [50_000, 1]);
  assert.ok(
    !wasAssertionUsed(store, acme, 'idp', '20') &&
      wasAssertionUsed(store, acme, 'idp', '21') &&
      wasAssertionUsed(store, acme, 'idp', 'more'),
  );
});
