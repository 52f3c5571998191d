/** Password sign-in: changes during a check, many guesses at once, and what strangers see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberBrowser } from '../known-browsers.ts';
import type { Store } from '../store.ts';
import { type Browser, openWorld, type Page, password as right, type World } from '../two-organizations.fixture.ts';
import { authenticate } from './authenticate.ts';

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
