/** Sessions: duration, end, owner, and how long they are stored. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { isKnownBrowser } from './known-browsers.ts';
import type { Organization } from './organization.ts';
import {
  acme,
  addRevision,
  day,
  globex,
  hour,
  later,
  openSeeded,
  pass,
  start,
  stopClock,
} from './seeded-store.fixture.ts';
import {
  endSession,
  endSessionOfResponse,
  endSessionsByNameId,
  endSessionsOf,
  findSession,
  type NewSession,
  pruneSessions,
  startSession,
} from './session.ts';
import type { Store } from './store.ts';

before(stopClock);
after(() => mock.timers.reset());

const sam = 'sam@acme.example';
let browsers = 0;
/** By default Sam's password session in a new browser. */
const begin = (store: Store, changed: Partial<NewSession> = {}, organization: Organization = acme): string =>
  startSession(store, organization, { browser: `b${++browsers}`, address: sam, method: 'password', ...changed });

const sso = { profile: 1, revision: 1, response: 7, nameId: sam, nameIdFormat: 'email', sessionIndex: '_s1' };
/** From the identity provider. */
const beginSso = (store: Store, changed: object = {}, more: Partial<NewSession> = {}): string =>
  begin(store, { method: 'sso', sso: { ...sso, ...changed }, ...more });

const isOpen = (store: Store, secret: string): boolean => findSession(store, secret) !== undefined;
const endOf = (store: Store, address = sam): { because: string | null; at: number | null } => ({
  ...store.get<{ because: string | null; at: number | null }>`
    SELECT ended_because AS because, ended_at AS at FROM sessions WHERE address = ${address} ORDER BY rowid LIMIT 1`!,
});

const lives: readonly (readonly [words: string, says: number | undefined, lasts: number])[] = [
  ['12 hours', undefined, 12 * hour],
  ['12 hours, even if the IdP sets a later end', 13 * hour, 12 * hour],
  ['until the end set by the IdP', 3 * hour, 3 * hour],
];
for (const [words, says, lasts] of lives)
  test(`a session lasts ${words}`, () => {
    using store = openSeeded();
    const secret = begin(store, { notOnOrAfter: says && start + says });
    pass(store, globex, 100 * hour);
    pass(store, acme, lasts - 1);
    assert.ok(isOpen(store, secret));
    pass(store, acme, 1);
    assert.ok(!isOpen(store, secret));
  });

const gone: Readonly<Record<string, (store: Store) => unknown>> = {
  'its user is deactivated': (store) => store.run`UPDATE users SET deactivated = 1 WHERE address = ${sam}`,
  'its user is deleted': (store) => store.run`DELETE FROM users WHERE address = ${sam}`,
  'its organization is deleted': (store) => store.run`DELETE FROM organizations WHERE slug = 'acme'`,
};
for (const [words, happens] of Object.entries(gone))
  test(`a session is over when ${words}`, () => {
    using store = openSeeded();
    const [sams, neighbours] = [begin(store), begin(store, { address: 'sam@globex.example' }, globex)];
    assert.ok(isOpen(store, sams));
    happens(store);
    assert.deepEqual([isOpen(store, sams), isOpen(store, neighbours)], [false, true]);
  });

test('a session has its owner, method, start and end', () => {
  using store = openSeeded();
  const found = findSession(store, begin(store, { method: 'recovery' }, later(acme, 5)))!;
  assert.deepEqual(
    [found.user.address, found.organization.slug, found.method, found.createdAt, found.endsAt, found.sso],
    [sam, 'acme', 'recovery', start + 5, start + 5 + 12 * hour, undefined],
  );
  const { response: _, ...facts } = sso;
  assert.deepEqual(findSession(store, beginSso(store))!.sso, facts);
  assert.deepEqual(findSession(store, beginSso(store, { sessionIndex: undefined }))!.sso, {
    ...facts,
    sessionIndex: undefined,
  });
});

test('a session with incomplete single logout data has none', () => {
  using store = openSeeded();
  const secret = beginSso(store);
  store.run`UPDATE sessions SET name_id_format = NULL`;
  assert.equal(findSession(store, secret)!.sso!.nameIdFormat, '');
  for (const missing of [
    () => store.run`UPDATE sessions SET profile = NULL, revision = 1, name_id = 'x'`,
    () => store.run`UPDATE sessions SET profile = 1, revision = NULL`,
    () => store.run`UPDATE sessions SET revision = 1, name_id = NULL`,
  ]) {
    missing();
    assert.equal(findSession(store, secret)!.sso, undefined);
  }
});

test('a session is found only by its secret, which is unique', () => {
  using store = openSeeded();
  const [first, second] = [begin(store), begin(store, { address: 'kim@acme.example' })];
  const { hash } = findSession(store, first)!;
  for (const wrong of [undefined, '', hash, first.slice(1), `${first}x`])
    assert.equal(findSession(store, wrong), undefined);
  assert.equal(findSession(store, second)!.user.address, 'kim@acme.example');
});

test('signing in again ends the session of this browser, and no other', () => {
  using store = openSeeded();
  const held = begin(store, { browser: 'hers' });
  const elsewhere = begin(store, { browser: 'another' });
  begin(store, { browser: 'hers', address: 'ada@globex.example' }, later(globex, 9));
  assert.deepEqual([isOpen(store, held), isOpen(store, elsewhere)], [false, true]);
  assert.deepEqual(endOf(store), { because: 'signed-in-again', at: start }, 'on the clock of its own organization');
});

test('ending an ended session changes nothing', () => {
  using store = openSeeded();
  const secret = beginSso(store, {}, { browser: 'hers' });
  assert.equal(endSession(store, secret, 'test-link-opened'), true);
  pass(store, acme, hour);
  const byLogout = { profile: 1, issuer: 'idp 1', nameId: sam, sessionIndexes: [] };
  assert.equal(endSession(store, secret, 'signed-out'), false);
  assert.equal(endSessionsByNameId(store, later(acme, hour), byLogout), 0);
  assert.equal(endSessionsOf(store, later(acme, hour), sam, 'user-changed'), 0);
  endSessionOfResponse(store, later(acme, hour), 7, 'test-failed');
  begin(store, { browser: 'hers' });
  assert.deepEqual(endOf(store), { because: 'test-link-opened', at: start });
});

test('ending one session ends no other, and no session ends before its start', () => {
  using store = openSeeded();
  pass(store, acme, hour);
  const [one, other] = [begin(store, {}, later(acme, hour)), begin(store)];
  pass(store, acme, -hour);
  assert.equal(endSession(store, 'unknown', 'signed-out'), false);
  assert.equal(endSession(store, one, 'signed-out'), true);
  assert.deepEqual(endOf(store), { because: 'signed-out', at: start + hour });
  assert.ok(isOpen(store, other));
});

/** A LogoutRequest of profile 1's IdP for all of Sam's sessions. */
const asked = { profile: 1, issuer: 'idp 1', nameId: sam, sessionIndexes: [] as string[] };
const byNameId: readonly (readonly [words: string, ends: boolean, session: object, asks: object, as?: Organization])[] =
  [
    ['a session that this IdP opened', true, {}, {}],
    ['one of a later revision with the same entity ID', true, { revision: 2 }, {}],
    ['one of a revision with another entity ID', false, { revision: 3 }, {}],
    ['one of another profile', false, { profile: 2 }, {}],
    ['one by another profile of the same identity provider', false, {}, { profile: 2 }],
    ['one for another NameID', false, { nameId: 'kim@acme.example' }, {}],
    ['one for a NameID in upper case', false, {}, { nameId: sam.toUpperCase() }],
    ['one of another organization', false, {}, {}, globex],
    ['one with this SessionIndex', true, {}, { sessionIndexes: ['_s1'] }],
    ['one with this SessionIndex among others', true, {}, { sessionIndexes: ['_s0', '_s1'] }],
    ['one with another SessionIndex', false, {}, { sessionIndexes: ['_s2'] }],
    [
      'one without a SessionIndex, when indexes are named',
      false,
      { sessionIndex: undefined },
      { sessionIndexes: [''] },
    ],
    ['one without a SessionIndex, when none are named', true, { sessionIndex: undefined }, {}],
  ];
for (const [words, ends, session, asks, as = acme] of byNameId)
  test(`a LogoutRequest ${ends ? 'ends' : 'does not end'} ${words}`, () => {
    using store = openSeeded();
    addRevision(store, 1, 2, 'idp 1');
    addRevision(store, 1, 3, 'another idp');
    const secret = beginSso(store, session);
    const byPassword = begin(store);
    assert.equal(endSessionsByNameId(store, as, { ...asked, ...asks }), ends ? 1 : 0);
    assert.deepEqual([isOpen(store, secret), isOpen(store, byPassword)], [!ends, true]);
    if (ends) assert.equal(endOf(store).because, 'signed-out-at-idp');
  });

test('a password session is never an IdP session, with any stored data', () => {
  using store = openSeeded();
  const secret = beginSso(store, {}, { method: 'password' });
  assert.equal(endSessionsByNameId(store, acme, asked), 0);
  assert.ok(isOpen(store, secret));
});

test('a long SessionIndex and NameID format are cut, and the SessionIndex still matches', () => {
  for (const length of [1_000, 1_001]) {
    using store = openSeeded();
    const name = 'x'.repeat(length);
    const found = findSession(store, beginSso(store, { sessionIndex: name, nameIdFormat: name }))!.sso!;
    const cut = length === 1_000 ? name : `${name.slice(1)}… 1,001 characters in total`;
    assert.deepEqual([found.sessionIndex, found.nameIdFormat], [cut, cut]);
    assert.equal(endSessionsByNameId(store, acme, { ...asked, sessionIndexes: [name] }), 1);
  }
});

test('a session is ended by its response, only in its organization', () => {
  using store = openSeeded();
  const [its, others, withPassword] = [beginSso(store), beginSso(store, { response: 8 }), begin(store)];
  const neighbours = begin(
    store,
    { address: 'sam@globex.example', method: 'sso', sso: { ...sso, profile: 3 } },
    globex,
  );
  endSessionOfResponse(store, acme, undefined, 'test-failed');
  assert.ok(isOpen(store, its));
  endSessionOfResponse(store, acme, 7, 'test-failed');
  assert.deepEqual(
    [its, others, withPassword, neighbours].map((one) => isOpen(store, one)),
    [false, true, true, true],
  );
  assert.deepEqual(endOf(store), { because: 'test-failed', at: start });
});

const ofUser: readonly (readonly [words: string, options: object, open: readonly string[]])[] = [
  ['all sessions of the user', {}, []],
  ['those by either password door', { byPassword: true }, ['sso']],
  ['all except one', { except: 'recovery' }, ['recovery']],
  ['those by password, except one', { byPassword: true, except: 'password' }, ['password', 'sso']],
];
for (const [words, { except, ...options }, open] of ofUser as typeof ofUser & [string, { except?: string }, string[]][])
  test(`sessions to end: ${words}`, () => {
    using store = openSeeded();
    const methods = ['password', 'recovery', 'sso'] as const;
    const secrets = methods.map((method) => begin(store, { method }));
    const untouched = [
      begin(store, { address: 'kim@acme.example' }),
      begin(store, { address: 'sam@globex.example' }, globex),
      begin(store, {}, globex),
    ];
    const spared = except && findSession(store, secrets[methods.indexOf(except as 'password')])!.hash;
    assert.equal(endSessionsOf(store, acme, sam, 'user-changed', { ...options, except: spared }), 3 - open.length);
    assert.deepEqual(
      methods.filter((_, index) => isOpen(store, secrets[index]!)),
      open,
    );
    assert.ok(untouched.every((one) => isOpen(store, one)));
    if (open.length === 0) assert.deepEqual(endOf(store), { because: 'user-changed', at: start });
  });

test('signing in makes the browser known for this user', () => {
  using store = openSeeded();
  begin(store, { browser: 'hers' });
  assert.deepEqual(
    [
      isKnownBrowser(store, sam, 'hers'),
      isKnownBrowser(store, sam, 'b'),
      isKnownBrowser(store, 'kim@acme.example', 'hers'),
    ],
    [true, false, false],
  );
});

const count = (store: Store, address = sam): number =>
  store.all`SELECT 1 FROM sessions WHERE address = ${address}`.length;

test('an ended session is stored for seven days, for any reason of its end', () => {
  for (const [ended, end] of [
    [false, 12 * hour],
    [true, 2 * hour],
  ] as const) {
    using store = openSeeded();
    const secret = begin(store);
    begin(store, { address: 'sam@globex.example' }, globex);
    pass(store, acme, end);
    if (ended) endSession(store, secret, 'signed-out');
    pruneSessions(store, 'acme', start + end + 7 * day);
    assert.equal(count(store), 1);
    pruneSessions(store, 'acme', start + end + 7 * day + 1);
    assert.equal(count(store), 0);
    assert.equal(count(store, 'sam@globex.example'), 1);
  }
});

test('the newest 200 sessions of each user are stored', () => {
  using store = openSeeded();
  const insert = (address: string, organization: string, from: number, to: number): void => {
    for (let index = from; index < to; index++)
      store.run`
        INSERT INTO sessions (hash, organization, address, method, created_at, ends_at)
        VALUES (${`${address} ${index}`}, ${organization}, ${address}, 'password', ${index % 2}, ${start})`;
  };
  insert(sam, 'acme', 0, 200);
  insert('kim@acme.example', 'acme', 0, 5);
  insert('sam@globex.example', 'globex', 0, 201);
  pruneSessions(store, 'acme', start);
  assert.equal(count(store), 200);
  insert(sam, 'acme', 200, 201);
  pruneSessions(store, 'acme', start);
  assert.deepEqual([count(store), count(store, 'kim@acme.example'), count(store, 'sam@globex.example')], [200, 5, 201]);
  assert.equal(store.get`SELECT 1 FROM sessions WHERE hash = ${`${sam} 0`}`, undefined, 'the oldest one was deleted');
});

test('old sessions are pruned at the first sign-in and at every 20th after it', () => {
  using store = openSeeded();
  const old = (): void =>
    void store.run`
      INSERT INTO sessions (hash, organization, address, method, created_at, ends_at)
      VALUES ('old', 'acme', 'kim@acme.example', 'password', 0, ${start - 8 * day})`;
  const isThere = (): boolean => store.get`SELECT 1 FROM sessions WHERE hash = 'old'` !== undefined;
  old();
  begin(store);
  assert.ok(!isThere());
  old();
  for (let index = 0; index < 19; index++) begin(store);
  assert.ok(isThere());
  begin(store);
  assert.ok(!isThere());
});
