/** AuthnRequests: matching a response to one, pending ones by browser, and pruning. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { findRequests, type Requests } from './acs/requests.ts';
import {
  type AuthnRequestRecord,
  findRequest,
  findRequestByRelayState,
  pendingRequestOf,
  pruneRequests,
  rememberRequest,
  useUp,
} from './authn-request.ts';
import { acme, day, globex, later, minute, openSeeded, start, stopClock } from './seeded-store.fixture.ts';
import type { Store } from './store.ts';

before(stopClock);
after(() => mock.timers.reset());

let numbers = 0;
/** By default one of Acme in Sam's browser, sent now. Gives its ID; its RelayState begins with “state of”. */
function ask(store: Store, changed: Partial<AuthnRequestRecord> & { source?: string } = {}): string {
  const id = changed.id ?? `_${++numbers}`;
  rememberRequest(store, {
    organization: 'acme',
    profile: 1,
    revision: 1,
    test: undefined,
    browser: 'sams',
    address: 'sam@acme.example',
    relayState: `state of ${id}`,
    issuedAt: start,
    source: '',
    ...changed,
    id,
  });
  return id;
}
const idsOf = (store: Store): string[] =>
  store.all<{ id: string }>`SELECT id FROM requests ORDER BY rowid`.map(({ id }) => id);

test('a request is stored as it was sent', () => {
  using store = openSeeded();
  const sent = { profile: 2, revision: 1, browser: 'b', address: 'kim@acme.example', relayState: 'r', issuedAt: 5 };
  store.run`
    INSERT INTO tests (id, organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
    VALUES (3, 'acme', 2, 1, '', '', '', 0, 0)`;
  const [id, inTest] = [ask(store, sent), ask(store, { test: 3 })];
  const found = findRequest(store, 'acme', id)!;
  assert.deepEqual(
    { ...found, source: undefined },
    { ...sent, id, organization: 'acme', test: undefined, answeredAt: undefined, source: undefined },
  );
  assert.equal(findRequest(store, 'acme', inTest)!.test, 3);
});

test('a request is found by its ID or its RelayState, in its own organization', () => {
  using store = openSeeded();
  const [first, second] = [ask(store), ask(store)];
  for (const id of [first, second]) {
    assert.equal(findRequest(store, 'acme', id)?.id, id);
    assert.equal(findRequestByRelayState(store, 'acme', `state of ${id}`)?.id, id);
    assert.equal(findRequest(store, 'globex', id), undefined);
    assert.equal(findRequestByRelayState(store, 'globex', `state of ${id}`), undefined);
  }
  assert.equal(findRequest(store, 'acme', undefined), undefined);
  assert.equal(findRequestByRelayState(store, 'acme', undefined), undefined);
  assert.equal(findRequest(store, 'acme', `state of ${first}`), undefined);
});

test('a request is used up once, on the organization’s clock, and no other with it', () => {
  using store = openSeeded();
  const [first, second] = [ask(store), ask(store)];
  assert.equal(useUp(store, later(acme, 7), first), true);
  assert.equal(useUp(store, later(acme, 9), first), false);
  assert.equal(findRequest(store, 'acme', first)!.answeredAt, start + 7);
  assert.equal(findRequest(store, 'acme', second)!.answeredAt, undefined);
  assert.equal(useUp(store, acme, 'unknown'), false);
});

test('the pending request is the newest of this browser without a response and younger than 10 minutes', () => {
  using store = openSeeded();
  const pending = (organization = acme, browser: string | undefined = 'sams'): string | undefined =>
    pendingRequestOf(store, organization, browser)?.id;
  const [oldest, first, second] = [ask(store, { issuedAt: start - 1 }), ask(store), ask(store)];
  ask(store, { browser: 'another' });
  ask(store, { organization: 'globex', profile: 3 });
  assert.equal(pending(), second);
  assert.notEqual(pending(globex), second);
  assert.equal(pending(acme, 'unknown'), undefined);
  assert.equal(pendingRequestOf(store, acme, undefined), undefined);
  useUp(store, acme, second);
  assert.equal(pending(), first);
  useUp(store, acme, first);
  assert.equal(pending(), oldest);
  assert.equal(pending(later(acme, 10 * minute - 2)), oldest);
  assert.equal(pending(later(acme, 10 * minute - 1)), undefined);
});

/** Responses, and the requests they belong to. Sam's browser has sent `old` and `new`, Kim's `kims`. */
const cases: readonly (readonly [
  words: string,
  says: { browser?: string | undefined; id?: string; state?: string; open?: boolean; responded?: string },
  belongs: Record<keyof Requests, string | undefined>,
])[] = [
  [
    'by its InResponseTo, in the browser that sent the request',
    { id: 'old' },
    { namedByResponse: 'old', matched: 'old', pendingInBrowser: 'new', judgedAgainst: 'old' },
  ],
  [
    'by its RelayState, in the browser that sent the request',
    { state: 'state of old' },
    { namedByResponse: 'old', matched: 'old', pendingInBrowser: 'new', judgedAgainst: 'old' },
  ],
  [
    'by its InResponseTo rather than its RelayState',
    { id: 'new', state: 'state of old' },
    { namedByResponse: 'new', matched: 'new', pendingInBrowser: 'new', judgedAgainst: 'new' },
  ],
  [
    'by its RelayState if its InResponseTo is unknown',
    { id: 'unknown', state: 'state of old' },
    { namedByResponse: 'old', matched: 'old', pendingInBrowser: 'new', judgedAgainst: 'old' },
  ],
  [
    'to none of another browser: it is judged against the pending one',
    { id: 'kims' },
    { namedByResponse: 'kims', matched: undefined, pendingInBrowser: 'new', judgedAgainst: 'new' },
  ],
  [
    'to none in a browser without a request: it is judged against the one that it names',
    { browser: 'new', id: 'kims' },
    { namedByResponse: 'kims', matched: undefined, pendingInBrowser: undefined, judgedAgainst: 'kims' },
  ],
  [
    'to none in a browser without the cookie',
    { browser: undefined, id: 'old' },
    { namedByResponse: 'old', matched: undefined, pendingInBrowser: undefined, judgedAgainst: 'old' },
  ],
  [
    'to none if it names none: it is judged against the pending one',
    {},
    { namedByResponse: undefined, matched: undefined, pendingInBrowser: 'new', judgedAgainst: 'new' },
  ],
  [
    'to none if it names an unknown one',
    { id: 'unknown', state: 'unknown' },
    { namedByResponse: undefined, matched: undefined, pendingInBrowser: 'new', judgedAgainst: 'new' },
  ],
  [
    'to none if it names none and may be unsolicited',
    { open: true },
    { namedByResponse: undefined, matched: undefined, pendingInBrowser: 'new', judgedAgainst: undefined },
  ],
  [
    'to none if it may be unsolicited but names an unknown one',
    { open: true, id: 'unknown' },
    { namedByResponse: undefined, matched: undefined, pendingInBrowser: 'new', judgedAgainst: 'new' },
  ],
  [
    'to the one that it names, although it may be unsolicited',
    { open: true, state: 'state of old' },
    { namedByResponse: 'old', matched: 'old', pendingInBrowser: 'new', judgedAgainst: 'old' },
  ],
  [
    'to the one that it names, even if already used',
    { id: 'new', responded: 'new' },
    { namedByResponse: 'new', matched: 'new', pendingInBrowser: 'old', judgedAgainst: 'new' },
  ],
  [
    'to none of another organization',
    { id: 'theirs', state: 'state of theirs' },
    { namedByResponse: undefined, matched: undefined, pendingInBrowser: 'new', judgedAgainst: 'new' },
  ],
];
for (const [words, { id, state, open = false, responded = '', ...where }, belongs] of cases)
  test(`a response belongs ${words}`, () => {
    using store = openSeeded();
    ask(store, { id: 'old' });
    ask(store, { id: 'new' });
    ask(store, { id: 'kims', browser: 'kims' });
    ask(store, { id: 'theirs', organization: 'globex', profile: 3 });
    useUp(store, acme, responded);
    const browser = 'browser' in where ? where.browser : 'sams';
    const found = findRequests(store, acme, { browser, inResponseTo: id, relayState: state, mayBeUnsolicited: open });
    const ids = Object.fromEntries(Object.entries(found).map(([role, request]) => [role, request?.id]));
    assert.deepEqual(ids, belongs);
  });

test('requests are kept for two days', () => {
  using store = openSeeded();
  const time = start + 2 * day;
  const [kept, theirs] = [ask(store), ask(store, { organization: 'globex', profile: 3, issuedAt: 0 })];
  ask(store, { issuedAt: start - 1 });
  pruneRequests(store, 'acme', time);
  assert.deepEqual(idsOf(store), [kept, theirs]);
});

const fill = (store: Store, count: number, to: { browser?: string; source?: string; address?: string }): void =>
  void store.run`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
    INSERT INTO requests (id, organization, profile, revision, browser, address, relay_state, issued_at, source)
    SELECT ${`${++numbers}`} || '-' || n, 'acme', 1, 1, coalesce(${to.browser}, ${`${numbers}`} || '-' || n),
      coalesce(${to.address}, n), ${`${numbers}`} || '-' || n, ${start}, coalesce(${to.source}, n)
    FROM numbers`;

const bounds: readonly (readonly [words: string, most: number, to: Parameters<typeof fill>[2]])[] = [
  ['of one browser', 20, { browser: 'one' }],
  ['to one email from one source', 2_000, { source: 'one', address: 'sam@acme.example' }],
  ['of one source to many emails, or of an organization', 20_000, { source: 'one' }],
  ['to one email from many sources, or of an organization', 20_000, { address: 'sam@acme.example' }],
];
for (const [words, most, to] of bounds)
  test(`of the requests ${words} the newest ${most} are kept`, () => {
    using store = openSeeded();
    const oldest = ask(store, { browser: 'oldest', source: 'elsewhere', address: '', ...to });
    const count = (): number => store.all`SELECT 1 FROM requests WHERE organization = 'acme'`.length;
    ask(store, { organization: 'globex', profile: 3, ...to });
    fill(store, most - 1, to);
    pruneRequests(store, 'acme', start);
    assert.deepEqual([count(), findRequest(store, 'acme', oldest)?.id], [most, oldest]);
    fill(store, 1, to);
    pruneRequests(store, 'acme', start);
    assert.deepEqual([count(), findRequest(store, 'acme', oldest)], [most, undefined]);
    assert.equal(idsOf(store).length, most + 1, 'the other organization’s are unchanged');
  });

test('old requests are pruned at the first one and at every 200th after it, by its time', () => {
  using store = openSeeded();
  const isThere = (): boolean => findRequest(store, 'acme', 'old') !== undefined;
  ask(store, { organization: 'globex', profile: 3 });
  store.run`INSERT INTO requests (id, organization, profile, revision, browser, address, relay_state, issued_at)
    VALUES ('old', 'acme', 1, 1, '', '', '', ${start})`;
  ask(store, { issuedAt: start + 2 * day });
  assert.ok(isThere());
  for (let index = 1; index < 200; index++) ask(store, { issuedAt: start + 3 * day, browser: String(index) });
  assert.ok(isThere());
  ask(store, { issuedAt: start + 2 * day + 1 });
  assert.ok(!isThere());
});
