/** Permissions: every route that changes data, tried by all users who may not use it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RouteEntry } from './routes.ts';
import {
  controlRoutes,
  formsOfAdministrators,
  formsThatShow,
  multipart,
  pagesThatChange,
  partsOf,
  publicRoutes,
} from './state-changes.fixture.ts';
import { type Browser, hiddenFields, openWorld, type Page, type World } from './two-organizations.fixture.ts';

let world: World;
let routes: string[];
let ada: Browser;
before(async () => {
  world = await openWorld();
  const { body } = await world.control('GET', '/routes');
  routes = (body as RouteEntry[]).map(({ method, path }) => `${method} ${path}`);
  ada = await world.signedIn(world.acme.address('ada'));
});
after(() => world[Symbol.asyncDispose]());

type Contents = ReturnType<World['contents']>;

/** Compares as text first, which is fast. */
function assertUnchanged(before: Contents, because: string): void {
  const now = world.contents();
  if (JSON.stringify(now) !== JSON.stringify(before)) assert.deepEqual(now, before, because);
}

test('every route that changes data has a row', () => {
  const changing = routes.filter((route) => !/^(GET|HEAD|OPTIONS) /.test(route));
  const rows = [
    ...formsOfAdministrators.map(({ path }) => `POST ${path}`),
    ...controlRoutes.map(({ method, path }) => `${method} /control${path}`),
    ...formsThatShow,
    ...publicRoutes.filter((route) => routes.includes(route)),
  ];
  assert.deepEqual(changing.toSorted(), rows.toSorted());
  assert.ok(changing.length > 20);
});

/** A user without permission, and what they see. */
interface Other {
  who: string;
  status: number;
  /** Where the person is sent. */
  to?: string;
  browser: () => Promise<Browser> | Browser;
  /** Undoes what `browser` did. */
  restore?: () => unknown;
  headers?: Readonly<Record<string, string>>;
}

const set = (column: 'administrator' | 'deactivated', value: 0 | 1): unknown =>
  column === 'administrator'
    ? world.sp.store.run`UPDATE users SET administrator = ${value} WHERE address = 'grace@acme.example'`
    : world.sp.store.run`UPDATE users SET deactivated = ${value} WHERE address = 'grace@acme.example'`;

/** Grace, who has signed in as an administrator before she loses her rights. */
async function grace(lose: (browser: Browser) => unknown): Promise<Browser> {
  const browser = await world.signedIn(world.acme.address('grace'));
  await lose(browser);
  return browser;
}

const ended = { status: 303, to: '/login?session-ended' };
const others: readonly Other[] = [
  { who: 'a stranger', ...ended, browser: () => world.browser() },
  {
    who: 'a stranger with a made-up session',
    ...ended,
    browser() {
      const browser = world.browser();
      browser.cookies.set('sp_session', 'x'.repeat(43));
      return browser;
    },
  },
  { who: 'a colleague', status: 403, browser: () => world.signedIn(world.acme.address('kim')) },
  {
    who: 'an administrator who was deactivated',
    ...ended,
    browser: () => grace(() => set('deactivated', 1)),
    restore: () => set('deactivated', 0),
  },
  {
    who: 'an administrator who was demoted',
    status: 403,
    browser: () => grace(() => set('administrator', 0)),
    restore: () => set('administrator', 1),
  },
  {
    who: 'an administrator who has signed out',
    ...ended,
    browser: () =>
      grace(async (browser) => {
        const cookie = browser.cookies.get('sp_session')!;
        await browser.post('/sign-out');
        browser.cookies.set('sp_session', cookie);
      }),
  },
  {
    who: 'a page of another site in the administrator’s browser',
    status: 403,
    browser: () => ada,
    headers: { 'sec-fetch-site': 'cross-site' },
  },
  {
    who: 'a page of the same site but another origin',
    status: 403,
    browser: () => ada,
    headers: { 'sec-fetch-site': 'same-site' },
  },
  {
    who: 'a page of another site in an old browser',
    status: 403,
    browser: () => ada,
    headers: { origin: 'https://evil.example' },
  },
];

const neighbour: Other = {
  who: 'the neighbour’s administrator, by number',
  status: 404,
  browser: () => world.signedIn(world.globex.address('nora')),
};

for (const { path, on = path, fields = () => ({}), arrange } of formsOfAdministrators)
  test(`POST ${path} is for administrators of this organization`, async () => {
    const { acme } = world;
    const [action, page] = [path, on].map((one) => one.replace(':profile', String(acme.profile))) as [string, string];
    await arrange?.(world, acme, ada);
    const filled = { ...hiddenFields((await ada.get(page)).text, action), ...fields(acme) };
    const send = (browser: Browser, headers: Readonly<Record<string, string>> = {}): Promise<Page> =>
      path.endsWith('/metadata')
        ? browser.post(action, partsOf(filled), { ...multipart, ...headers })
        : browser.post(action, filled, headers);
    for (const { who, status, to, browser, restore, headers } of [
      ...others,
      ...(path.includes(':profile') ? [neighbour] : []),
    ]) {
      const person = await browser();
      const before = world.contents();
      const reply = await send(person, headers);
      assert.equal(reply.status, status, `${who}: ${reply.words}`);
      if (to) assert.equal(reply.location, path.startsWith('/admin') ? to : '/login', who);
      assertUnchanged(before, who);
      await restore?.();
    }
    const before = world.contents();
    const { status, words } = await send(ada);
    assert.ok(status === 303 || status === 200 || path.endsWith('/fetch'), words); // it shows why it failed
    assert.notDeepEqual(world.contents(), before, 'the administrator may');
  });

test('a route without a profile in its path changes only the administrator’s own organization', async () => {
  const nora = await world.signedIn(world.globex.address('nora'));
  const of = (): unknown => [
    world.audit(world.acme),
    world.sp.store.all`SELECT * FROM profiles WHERE organization = 'acme'`,
    world.sp.store.all`SELECT * FROM recovery_keys WHERE address <> 'nora@globex.example'`,
  ];
  const before = of();
  assert.equal((await nora.post('/admin/sso', { name: 'Noras' })).status, 303);
  assert.equal((await nora.post('/login/recovery-key')).status, 200);
  assert.deepEqual(of(), before);
});

test('GET requests change nothing', async () => {
  const pages = routes.filter((route) => route.startsWith('GET ') && !pagesThatChange.includes(route));
  for (const route of pages) {
    const path = route
      .slice('GET '.length)
      .replace(':organization', 'acme')
      .replace(':profile', String(world.acme.profile))
      .replace(':code', 'app-not-assigned');
    const before = world.contents();
    await ada.get(path);
    assertUnchanged(before, route);
  }
  assert.ok(pages.length > 20);
});

for (const { method, path, at, body = () => ({}) } of controlRoutes)
  test(`${method} /control${path} requires the token`, async () => {
    const before = world.contents();
    for (const authorization of [
      '',
      'Bearer ',
      'Bearer x',
      'Basic a token for these tests',
      'Bearer a token for these',
      'Not Bearer a token for these tests',
    ])
      assert.equal((await world.control(method, at, body(world.acme), authorization)).status, 401, authorization);
    assertUnchanged(before, 'without the token');
    const reply = await world.control(method, at, body(world.acme));
    assert.ok(reply.status < 300, JSON.stringify(reply.body));
    assert.notDeepEqual(world.contents(), before);
  });
