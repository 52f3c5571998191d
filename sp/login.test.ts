/** Passwords at the door: what changes while one is checked, many guesses at once, and what a stranger is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticate } from './login/authenticate.ts';
import { acme, type Browser, type Reply, type RunningApp, startApp } from './running-app.fixture.ts';
import { openStore, type Store } from './store.ts';

const enforced = '/organizations/acme/profiles/Acme/enforce-unproven';

async function acmeAt(app: RunningApp, { enforce = false } = {}): Promise<void> {
  await app.control('PUT', '/organizations/acme', acme);
  if (enforce) await app.control('PUT', enforced);
}

const knock = (
  browser: Browser,
  address: string,
  password: string,
  { door = 'password', ...more }: { door?: string; recoveryKey?: string } = {},
): Promise<Reply> => browser.post(`/login/${door}`, { address, password, ...(door === 'recovery' ? more : {}) });

const getsIn = ({ location }: Reply): boolean => location === '/console';

const sessionsIn = ({ sp }: RunningApp): string[] =>
  sp.store.all<{ address: string }>`SELECT address FROM sessions WHERE ended_at IS NULL`.map(({ address }) => address);

/** Calls `change` after the user was read for a sign-in and before its password is checked. */
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

test('a change while the password is checked is what counts', async () => {
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
    const store = changing(openStore(':memory:'));
    await using app = await startApp({ store });
    await acmeAt(app, { enforce });
    store.change = () => change(store);
    const password = who === 'ada' ? 'Ada-right' : 'Sam-right';
    const reply = await knock(app.browser(), `${who}@acme.example`, password, { door });
    assert.equal(store.change, undefined, `${words}: the change was made`);
    assert.deepEqual([reply.status, sessionsIn(app), app.sp.errors], [403, [], []], words);
  }
});

const guess = ({ sp }: RunningApp, address: string, password: string): ReturnType<typeof authenticate> =>
  authenticate(sp, { address, password, door: 'password', markBrowser: () => 'a browser' });

test('of 300 guesses at once ten are checked, and the right one among the rest does not get in', async () => {
  await using app = await startApp();
  await acmeAt(app);
  const guesses = Array.from({ length: 300 }, (_, index) => (index === 299 ? 'Sam-right' : `guess ${index}`));
  const outcomes = await Promise.all(guesses.map((password) => guess(app, 'sam@acme.example', password)));
  const checked = outcomes.filter((outcome) => 'problem' in outcome && /password is wrong/.test(outcome.problem));
  assert.deepEqual([checked.length, sessionsIn(app)], [10, []]);
});

test('guesses at many addresses at once wait in a line, and beyond its end they are turned away', async () => {
  await using app = await startApp();
  await acmeAt(app);
  const addresses = Array.from({ length: 300 }, (_, index) => `${index}@acme.example`);
  const strangers = addresses.map((address) => guess(app, address, 'x'));
  const outcomes = await Promise.all(strangers);
  const turnedAway = outcomes.filter((outcome) => 'problem' in outcome && /Too many people/.test(outcome.problem));
  assert.equal(turnedAway.length, 300 - 66);
  assert.equal(app.sp.store.all`SELECT 1 FROM wrong_passwords`.length, 66, 'what was not checked is not counted');
});

test('right passwords are not counted, however many', async () => {
  await using app = await startApp();
  await acmeAt(app);
  for (let count = 0; count < 25; count++)
    assert.ok(getsIn(await knock(app.browser(), 'sam@acme.example', 'Sam-right')));
});

test('every page says the same of an address that exists and of one that does not', async () => {
  await using app = await startApp();
  await acmeAt(app, { enforce: true });
  await app.control('PUT', '/organizations/acme/users/eve@acme.example', {
    address: 'eve@acme.example',
    name: 'Eve',
    password: 'Eve-right',
    deactivated: true,
  });
  await app.control('PUT', '/organizations/acme/users/tim@acme.example', {
    address: 'tim@acme.example',
    name: 'Tim',
    password: 'Tim-right',
  });
  /** Covered with the old password, a recovery administrator, deactivated, not covered. */
  const known = [
    ['sam', 'Sam-right'],
    ['ada', 'wrong'],
    ['eve', 'Eve-right'],
    ['tim', 'wrong'],
  ] as const;
  const all = [...known, ['zoe', 'wrong']] as const;
  for (const door of ['password', 'recovery'])
    for (let attempt = 0; attempt < 12; attempt++) {
      const pages = await Promise.all(
        all.map(async ([name, password]) => {
          const { status, text } = await knock(app.browser(), `${name}@acme.example`, password, { door });
          return `${status} ${text.replaceAll(name, 'name')}`;
        }),
      );
      assert.deepEqual([...new Set(pages)], [pages.at(-1)], `${door}, attempt ${attempt}`);
    }
  const discovered = await Promise.all(
    ['eve', 'tim', 'zoe'].map(async (name) => {
      const { status, text } = await app.browser().post('/login', { address: `${name}@acme.example` });
      return `${status} ${text.replaceAll(name, 'name')}`;
    }),
  );
  assert.equal(new Set(discovered).size, 1);
});

test('an attempt at an address that exists leaves as much behind as one that does not', async () => {
  await using app = await startApp();
  await acmeAt(app);
  const rows = (): number =>
    app.sp.store.get<{ count: number }>`
      SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM wrong_passwords) AS count`!.count;
  const grown = [];
  for (const name of ['sam', 'zoe']) {
    const before = rows();
    await knock(app.browser(), `${name}@acme.example`, 'wrong');
    grown.push(rows() - before);
  }
  assert.equal(grown[0], grown[1]);
});

test('wrong passwords of strangers never close the door of a recovery administrator', async () => {
  await using app = await startApp();
  await acmeAt(app);
  const [hers, new1, new2, mallorys] = [app.browser(), app.browser(), app.browser(), app.browser()];
  assert.ok(getsIn(await knock(hers, 'ada@acme.example', 'Ada-right')));
  const { text } = await hers.post('/login/recovery-key');
  const recoveryKey = /<code>([-0-9A-Z]{26})<\/code>/.exec(text)?.[1] ?? '';
  await app.control('PUT', enforced);
  await knock(mallorys, 'grace@acme.example', 'Grace-right', { door: 'recovery' });
  for (let count = 0; count < 30; count++)
    await knock(mallorys, 'ada@acme.example', `guess ${count}`, {
      door: count % 2 ? 'recovery' : 'password',
      recoveryKey: count % 2 ? 'AAAAAAAA-AAAAAAAA-AAAAAAAA' : '',
    });
  const recover = (browser: Browser, more: { recoveryKey?: string } = {}): Promise<Reply> =>
    knock(browser, 'ada@acme.example', 'Ada-right', { door: 'recovery', ...more });
  assert.match((await recover(new1)).text, /too many wrong passwords/);
  assert.match((await recover(mallorys)).text, /too many wrong passwords/, 'knowing Grace is not knowing Ada');
  assert.ok(getsIn(await recover(hers)), 'from the browser in which she signed in before');
  assert.ok(getsIn(await recover(new1, { recoveryKey })), 'from a new browser with the key');
  assert.ok(getsIn(await recover(new1)), 'from there again');
  assert.match((await recover(new2, { recoveryKey: 'x' })).text, /too many wrong passwords/);
});

test('a known browser and a recovery key bear ten wrong passwords, too', async () => {
  await using app = await startApp();
  await acmeAt(app);
  const hers = app.browser();
  await knock(hers, 'ada@acme.example', 'Ada-right');
  const recoveryKey = /<code>([-0-9A-Z]{26})<\/code>/.exec((await hers.post('/login/recovery-key')).text)?.[1] ?? '';
  await app.control('PUT', enforced);
  const ways: [Browser, string][] = [
    [hers, ''],
    [app.browser(), recoveryKey],
  ];
  for (const [browser, key] of ways) {
    for (let count = 0; count < 10; count++)
      assert.match(
        (await knock(browser, 'ada@acme.example', 'x', { door: 'recovery', recoveryKey: key })).text,
        /did not work/,
      );
    const { text } = await knock(browser, 'ada@acme.example', 'Ada-right', { door: 'recovery', recoveryKey: key });
    assert.match(text, /too many wrong passwords/);
  }
  assert.ok(getsIn(await knock(app.browser(), 'ada@acme.example', 'Ada-right', { door: 'recovery' })));
});
