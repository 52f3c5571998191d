/** Password sign-in: who gets in, what counts, changes during a check, and what strangers see. */
import assert from 'node:assert/strict';
import { before, mock, test } from 'node:test';
import { normalizeAddress } from '../address.ts';
import { rememberBrowser } from '../known-browsers.ts';
import { auditOf } from '../organization.ts';
import { hashPassword } from '../password.ts';
import { hashOf } from '../secret.ts';
import { openSeeded, stopClock } from '../seeded-store.fixture.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession } from '../session.ts';
import type { Store } from '../store.ts';
import { type Browser, openWorld, type Page, password as right, type World } from '../two-organizations.fixture.ts';
import { type Attempt, authenticate } from './authenticate.ts';

let hash: string;
before(async () => {
  hash = await hashPassword(right, 2);
});

const stoppedClock = (): Disposable => {
  stopClock();
  return { [Symbol.dispose]: () => mock.timers.reset() };
};

/** Profile 1 is enforced over Ada, its recovery administrator, and Kim; Eve is deactivated. */
function openCovered(): Store {
  const store = openSeeded();
  store.run`UPDATE profiles SET enforced_revision = 1 WHERE id = 1`;
  store.run`INSERT INTO recovery_administrators (profile, address) VALUES (1, 'ada@acme.example')`;
  store.run`
    INSERT INTO users (address, organization, name, password, deactivated)
    VALUES ('eve@acme.example', 'acme', 'Eve', '', 1)`;
  store.run`UPDATE users SET password = ${hash}`;
  store.run`UPDATE users SET profile = 1 WHERE address IN ('ada@acme.example', 'kim@acme.example')`;
  return store;
}
const attempt = (store: Store, more: Pick<Attempt, 'address'> & Partial<Attempt>): ReturnType<typeof authenticate> =>
  authenticate({ store, passwordCost: 2 } as ServiceProvider, {
    password: right,
    method: 'password',
    markBrowser: () => 'a browser',
    ...more,
  });
const countersIn = (store: Store): unknown[] =>
  store.all<{ address: string; browser: string; failures: number }>`
    SELECT address, browser, failures FROM wrong_passwords`.map((row) => Object.values(row));

const [usual, recovery] = [
  /^The email or the password is wrong\. If your organization uses/,
  /is not a recovery administrator\.$/,
];
/** Attempts; the one who is signed in, or the problem; and the entry that is added, as its action and detail. */
const attempts: readonly (readonly [
  what: string,
  attempt: Pick<Attempt, 'address'> & Partial<Attempt>,
  outcome: string | RegExp,
  entry?: readonly [string, object],
])[] = [
  ['the right password', { address: 'SAM@acme.example' }, 'sam@acme.example', ['signed-in', { method: 'password' }]],
  [
    'a wrong password',
    { address: 'sam@acme.example', password: 'wrong' },
    usual,
    ['password-refused', { door: 'password', covered: false }],
  ],
  [
    'the password of a covered user',
    { address: 'kim@acme.example' },
    usual,
    ['password-refused', { door: 'password', covered: true }],
  ],
  [
    'the recovery sign-in of a covered user',
    { address: 'kim@acme.example', method: 'recovery' },
    recovery,
    ['password-refused', { door: 'recovery', covered: true }],
  ],
  [
    'the usual sign-in of a recovery administrator',
    { address: 'ada@acme.example' },
    usual,
    ['password-refused', { door: 'password', covered: true }],
  ],
  [
    'the recovery sign-in of a recovery administrator',
    { address: 'ada@acme.example', method: 'recovery' },
    'ada@acme.example',
    ['signed-in', { method: 'recovery' }],
  ],
  [
    'the recovery sign-in with a wrong password',
    { address: 'ada@acme.example', method: 'recovery', password: 'wrong' },
    recovery,
    ['password-refused', { door: 'recovery', covered: true }],
  ],
  [
    'the password of a deactivated user',
    { address: 'eve@acme.example' },
    usual,
    ['password-refused', { door: 'password', covered: false }],
  ],
  [
    'an email without an account',
    { address: 'zoe@acme.example' },
    usual,
    ['password-refused', { door: 'password', covered: false }],
  ],
  ['an email of no organization', { address: 'sam@elsewhere.example' }, usual],
  ['no email', { address: 'sam' }, usual],
];
for (const [what, made, outcome, entry] of attempts)
  test(`${what} ${typeof outcome === 'string' ? 'signs in' : 'is rejected'}, and is recorded`, async () => {
    using _clock = stoppedClock();
    using store = openCovered();
    const found = await attempt(store, made);
    const sessions = store.all<{ address: string; method: string }>`SELECT address, method FROM sessions`;
    if (typeof outcome === 'string') {
      assert.equal(findSession(store, 'session' in found ? found.session : '')?.user.address, outcome);
      assert.deepEqual([sessions.length, sessions[0]!.method, countersIn(store)], [1, made.method ?? 'password', []]);
    } else {
      assert.ok('problem' in found);
      assert.match(found.problem, outcome);
      const address = normalizeAddress(made.address) ?? '';
      assert.deepEqual([found.status, sessions, countersIn(store)], [403, [], [[address, '', 1]]]);
    }
    const entries = auditOf(store, 'acme').map(({ action, detail }) => [action, detail]);
    assert.deepEqual(entries, entry ? [entry] : []);
  });

/** Attempts with a wrong password, and the counter that each uses up. */
const counters: readonly (readonly [what: string, more: Partial<Attempt>, browser: string])[] = [
  ['an unknown browser', { browser: 'new' }, ''],
  ['a browser without a secret', {}, ''],
  ['a browser in which Ada has signed in', { browser: 'hers' }, 'hers'],
  ['her recovery key', { browser: 'new', recoveryKey: 'KEY' }, 'recovery-key'],
  ['her recovery key in her browser', { browser: 'hers', recoveryKey: 'KEY' }, 'recovery-key'],
  ['a wrong recovery key', { browser: 'new', recoveryKey: 'OTHER' }, ''],
  ['no recovery key', { browser: 'new', recoveryKey: '' }, ''],
];
for (const [what, more, browser] of counters)
  test(`of wrong passwords with ${what}, the first ten are checked, and nothing else is locked`, async () => {
    using _clock = stoppedClock();
    using store = openCovered();
    rememberBrowser(store, 'ada@acme.example', 'hers', 0);
    store.run`INSERT INTO recovery_keys (address, hash, made_at) VALUES ('ada@acme.example', ${hashOf('KEY')}, 0)`;
    const ada = { address: 'ada@acme.example', method: 'recovery', ...more } as const;
    for (let count = 0; count < 10; count++) await attempt(store, { ...ada, password: 'wrong' });
    assert.deepEqual(countersIn(store), [['ada@acme.example', browser, 10]]);
    const entries = auditOf(store, 'acme').length;
    const locked = await attempt(store, ada);
    assert.ok('problem' in locked);
    assert.match(locked.problem, /^Too many wrong passwords for this email\. Wait two minutes/);
    assert.deepEqual([locked.status, auditOf(store, 'acme').length], [429, entries], 'it was not checked');
    const elsewhere = browser === '' ? { browser: 'hers' } : { browser: 'new', recoveryKey: '' };
    assert.ok('session' in (await attempt(store, { ...ada, ...elsewhere })));
  });

/** Covers all users without a profile, and makes the administrators recovery administrators. */
const enforceAcme = (world: World): Promise<unknown> =>
  world.control('PUT', '/organizations/acme/profiles/Main/enforce-unproven');

const addUser = (world: World, name: string, more: { deactivated?: boolean } = {}): Promise<unknown> =>
  world.control('PUT', `/organizations/acme/users/${world.acme.address(name)}`, { name, password: right, ...more });

const knock = (
  browser: Browser,
  address: string,
  password: string,
  { door = 'password', ...more }: { door?: string; recoveryKey?: string } = {},
): Promise<Page> => browser.post(`/login/${door}`, { address, password, ...(door === 'recovery' ? more : {}) });

const getsIn = ({ location }: Page): boolean => location === '/console';

const sessionsIn = ({ sp }: World): string[] =>
  sp.store.all<{ address: string }>`SELECT address FROM sessions WHERE ended_at IS NULL`.map(({ address }) => address);

/** Calls `change` between reading the user for a sign-in and checking the password. */
function changing(store: Store): Store & { change?: (() => void) | undefined } {
  const wrapped: Store & { change?: (() => void) | undefined } = {
    ...store,
    get<Row>(sql: TemplateStringsArray, ...values: Parameters<Store['get']>[1][]) {
      const row = store.get<Row>(sql, ...values);
      const { change } = wrapped;
      if (change && /FROM users WHERE address/.test(sql.join('?'))) {
        wrapped.change = undefined;
        queueMicrotask(change);
      }
      return row;
    },
  };
  return wrapped;
}

test('a change while the password is checked takes effect', async () => {
  const changes: [string, { who: string; door?: string; enforce?: boolean; change: (store: Store) => void }][] = [
    [
      'SSO is enforced',
      {
        who: 'sam',
        change: (store) => {
          store.run`UPDATE profiles SET enforced_revision = 1`;
          store.run`UPDATE users SET profile = (SELECT id FROM profiles)`;
        },
      },
    ],
    ['the user is deactivated', { who: 'sam', change: (store) => store.run`UPDATE users SET deactivated = 1` }],
    ['the password is replaced', { who: 'sam', change: (store) => store.run`UPDATE users SET password = 'scrypt$2'` }],
    ['the user is deleted', { who: 'sam', change: (store) => store.run`DELETE FROM users` }],
    ['the organization is deleted', { who: 'sam', change: (store) => store.run`DELETE FROM organizations` }],
    [
      'the recovery administrator is demoted',
      {
        who: 'ada',
        door: 'recovery',
        enforce: true,
        change: (store) => store.run`UPDATE users SET administrator = 0`,
      },
    ],
  ];
  for (const [words, { who, door = 'password', enforce = false, change }] of changes) {
    await using world = await openWorld({ watch: changing });
    const store = world.sp.store as ReturnType<typeof changing>;
    if (enforce) await enforceAcme(world);
    store.change = () => change(store);
    const page = await knock(world.browser(), world.acme.address(who), right, { door });
    assert.equal(store.change, undefined, `${words}: the change was made`);
    assert.deepEqual([page.status, sessionsIn(world)], [403, []], words);
  }
});

const guess = ({ sp }: World, address: string, password: string): ReturnType<typeof authenticate> =>
  authenticate(sp, { address, password, method: 'password', markBrowser: () => 'a browser' });

test('of 300 concurrent guesses ten are checked, and a right one among the rest does not sign in', async () => {
  await using world = await openWorld();
  const guesses = Array.from({ length: 300 }, (_, index) => (index === 299 ? right : `guess ${index}`));
  const outcomes = await Promise.all(guesses.map((password) => guess(world, 'sam@acme.example', password)));
  const checked = outcomes.filter((outcome) => 'problem' in outcome && /password is wrong/.test(outcome.problem));
  assert.deepEqual([checked.length, sessionsIn(world)], [10, []]);
});

test('concurrent guesses for many users wait in a queue, and are turned away when it is full', async () => {
  await using world = await openWorld();
  const addresses = Array.from({ length: 300 }, (_, index) => `${index}@acme.example`);
  const strangers = addresses.map((address) => guess(world, address, 'x'));
  const outcomes = await Promise.all(strangers);
  const turnedAway = outcomes.filter((outcome) => 'problem' in outcome && /Too many users/.test(outcome.problem));
  assert.equal(turnedAway.length, 300 - 66);
  assert.equal(world.sp.store.all`SELECT 1 FROM wrong_passwords`.length, 66, 'unchecked guesses are not counted');
});

test('a full queue of strangers does not affect known browsers', async () => {
  await using world = await openWorld();
  rememberBrowser(world.sp.store, 'sam@acme.example', 'his', 0);
  const strangers = Array.from({ length: 100 }, (_, index) => guess(world, `${index}@acme.example`, 'x'));
  const known = { address: 'sam@acme.example', password: right, method: 'password', markBrowser: () => 'his' } as const;
  const [his, anothers] = [authenticate(world.sp, { ...known, browser: 'his' }), authenticate(world.sp, known)];
  assert.ok('session' in (await his));
  assert.deepEqual(Object.keys(await anothers), ['problem', 'status']);
  await Promise.all(strangers);
});

test('right passwords are not counted, however many', async () => {
  await using world = await openWorld();
  for (let count = 0; count < 25; count++) assert.ok(getsIn(await knock(world.browser(), 'sam@acme.example', right)));
});

test('every page shows the same for existing and unknown emails', async () => {
  await using world = await openWorld();
  await enforceAcme(world);
  await addUser(world, 'eve', { deactivated: true });
  await addUser(world, 'tim');
  /** Covered with the old password, a recovery administrator, deactivated, not covered. */
  const known = [
    ['sam', right],
    ['ada', 'wrong'],
    ['eve', right],
    ['tim', 'wrong'],
  ] as const;
  const all = [...known, ['zoe', 'wrong']] as const;
  for (const door of ['password', 'recovery'])
    for (let attempt = 0; attempt < 12; attempt++) {
      const pages = await Promise.all(
        all.map(async ([name, password]) => {
          const { status, text } = await knock(world.browser(), `${name}@acme.example`, password, { door });
          return `${status} ${text.replaceAll(name, 'name')}`;
        }),
      );
      assert.deepEqual([...new Set(pages)], [pages.at(-1)], `${door}, attempt ${attempt}`);
    }
  const discovered = await Promise.all(
    ['eve', 'tim', 'zoe'].map(async (name) => {
      const { status, text } = await world.browser().post('/login', { address: `${name}@acme.example` });
      return `${status} ${text.replaceAll(name, 'name')}`;
    }),
  );
  assert.equal(new Set(discovered).size, 1);
});

test('checking a password takes as long without an account as with one, at any scrypt cost', async () => {
  await using world = await openWorld();
  world.sp.passwordCost = 2 ** 12;
  await addUser(world, 'tim');
  world.sp.store.run`DELETE FROM users WHERE address <> ${world.acme.address('tim')}`;
  world.sp.passwordCost = 2;
  const cost = async (name: string): Promise<number> => {
    const begun = process.cpuUsage();
    for (let count = 0; count < 5; count++) await guess(world, world.acme.address(name), 'wrong');
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  };
  await cost('tim');
  const [known, unknown] = [await cost('tim'), await cost('zoe')];
  assert.ok(unknown > known / 3 && known > unknown / 3, `${known} µs for a user, ${unknown} µs without an account`);
});

test('attempts for existing and unknown emails leave the same records', async () => {
  await using world = await openWorld();
  const rows = (): number =>
    world.sp.store.get<{ count: number }>`
      SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM wrong_passwords) AS count`!.count;
  const grown = [];
  for (const name of ['sam', 'zoe']) {
    const before = rows();
    await knock(world.browser(), `${name}@acme.example`, 'wrong');
    grown.push(rows() - before);
  }
  assert.equal(grown[0], grown[1]);
});

test('wrong passwords by strangers never lock out a recovery administrator', async () => {
  await using world = await openWorld();
  const [hers, new1, new2, mallorys] = [world.browser(), world.browser(), world.browser(), world.browser()];
  assert.ok(getsIn(await knock(hers, 'ada@acme.example', right)));
  const { text } = await hers.post('/login/recovery-key');
  const recoveryKey = /<code>([-0-9A-Z]{26})<\/code>/.exec(text)?.[1] ?? '';
  await enforceAcme(world);
  await knock(mallorys, 'grace@acme.example', right, { door: 'recovery' });
  for (let count = 0; count < 30; count++)
    await knock(mallorys, 'ada@acme.example', `guess ${count}`, {
      door: count % 2 ? 'recovery' : 'password',
      recoveryKey: count % 2 ? 'AAAAAAAA-AAAAAAAA-AAAAAAAA' : '',
    });
  const recover = (browser: Browser, more: { recoveryKey?: string } = {}): Promise<Page> =>
    knock(browser, 'ada@acme.example', right, { door: 'recovery', ...more });
  assert.match((await recover(new1)).text, /too many wrong passwords/i);
  assert.match(
    (await recover(mallorys)).text,
    /too many wrong passwords/i,
    'Grace’s known browser is not known for Ada',
  );
  assert.ok(getsIn(await recover(hers)), 'from the browser in which she signed in before');
  assert.ok(getsIn(await recover(new1, { recoveryKey })), 'from a new browser with the key');
  assert.ok(getsIn(await recover(new1)), 'again from that browser');
  assert.match((await recover(new2, { recoveryKey: 'x' })).text, /too many wrong passwords/i);
});

test('a known browser and a recovery key also allow ten wrong passwords', async () => {
  await using world = await openWorld();
  const hers = world.browser();
  await knock(hers, 'ada@acme.example', right);
  const recoveryKey = /<code>([-0-9A-Z]{26})<\/code>/.exec((await hers.post('/login/recovery-key')).text)?.[1] ?? '';
  await enforceAcme(world);
  const ways: [Browser, string][] = [
    [hers, ''],
    [world.browser(), recoveryKey],
  ];
  for (const [browser, key] of ways) {
    for (let count = 0; count < 10; count++)
      assert.match(
        (await knock(browser, 'ada@acme.example', 'x', { door: 'recovery', recoveryKey: key })).text,
        /is not a recovery administrator/,
      );
    const { text } = await knock(browser, 'ada@acme.example', right, { door: 'recovery', recoveryKey: key });
    assert.match(text, /too many wrong passwords/i);
  }
  assert.ok(getsIn(await knock(world.browser(), 'ada@acme.example', right, { door: 'recovery' })));
});
