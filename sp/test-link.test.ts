/** Test links of another organization: they end a session only after confirmation, and do not prevent sign-ins. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTest, reports } from './connection-test.ts';
import { findOrganization, findUser } from './organization.ts';
import { findProfile } from './profile.ts';
import { openWorld, type Party, type World } from './two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

/** A test link of this organization for Sam. */
function linkOf({ slug, profile, address }: Party): string {
  const { store } = world.sp;
  const { token } = createTest(store, findOrganization(store, slug)!, {
    profile: findProfile(store, slug, profile)!,
    askedBy: findUser(store, address(slug === 'acme' ? 'Ada' : 'Nora'))!,
    tester: findUser(store, address('Sam'))!,
  });
  return `/try/${token}`;
}

const entries = (party: Party, action: string): { actor: string; detail: object }[] =>
  world
    .audit(party)
    .filter((entry) => entry.action === action)
    .map(({ actor, detail }) => ({ actor, detail }));

test('a link of another organization asks before it ends a session', async () => {
  const ada = await world.signedIn(world.acme.address('Ada'));
  const link = linkOf(world.globex);
  const { status, text } = await ada.get(link);
  assert.deepEqual([status, await ada.isSignedIn()], [200, true]);
  assert.match(text, /You are signed in as <strong>Ada<\/strong> of Acme/);
  assert.match(text, new RegExp(`<form method="post" action="${link}">`));
  assert.equal((await ada.post('/login', { address: 'ada@acme.example' })).status, 200, 'no test is pending');
  assert.equal((await ada.post(link, {}, { origin: 'https://evil.example' })).status, 403);
  assert.ok(await ada.isSignedIn());
  const cookie = ada.cookies.get('sp_session')!;
  assert.equal((await ada.post(link)).location, '/login');
  ada.cookies.set('sp_session', cookie);
  assert.equal(await ada.isSignedIn(), false, 'after confirmation, the session has ended on the server');
});

test('a link opens with what mail programs and people add to its end', async () => {
  const link = linkOf(world.acme);
  for (const end of [
    '.',
    '>',
    '"',
    '%20',
    ',',
    ')',
    '%22',
    '%3E',
    ').',
    '%C2%A0',
    '%E2%80%9D',
    '/',
    '%E2%80%8B',
    "'",
    '%5D',
    '..........',
  ])
    assert.equal((await world.browser().get(link + end)).location, '/login', end);
  for (const end of ['x', '-', '.x', '%2Fx', '...........'])
    assert.equal((await world.browser().get(link + end)).status, 404, end);
  assert.equal((await world.browser().get(`${link.slice(0, -1)}.`)).status, 404);
});

test('a decorated link of another organization asks with the link as it should be', async () => {
  const ada = await world.signedIn(world.acme.address('Ada'));
  const link = linkOf(world.globex);
  assert.match((await ada.get(`${link}.`)).text, new RegExp(`<form method="post" action="${link}">`));
});

test('each audit log records its own organization’s part', async () => {
  const ada = await world.signedIn(world.acme.address('Ada'));
  const [closed, opened] = [entries(world.acme, 'session-closed').length, entries(world.globex, 'test-opened').length];
  const link = linkOf(world.globex);
  await ada.post(link);
  await ada.get(link);
  assert.deepEqual(entries(world.acme, 'session-closed').slice(0, -closed || undefined), [
    { actor: 'ada@acme.example', detail: { because: 'test-link-opened' } },
  ]);
  assert.deepEqual(entries(world.globex, 'session-closed'), []);
  assert.equal(entries(world.globex, 'test-opened').length - opened, 1, 'the first opening only');
});

test('a link of the same organization ends any user’s session at once', async () => {
  const ada = await world.signedIn(world.acme.address('Ada'));
  assert.equal((await ada.get(linkOf(world.acme))).location, '/login');
  assert.equal(await ada.isSignedIn(), false);
});

test('entering an email of another organization leaves the test', async () => {
  const browser = world.browser();
  await browser.get(linkOf(world.acme));
  await browser.get(linkOf(world.globex));
  const { status, text } = await browser.post('/login', { address: 'ada@acme.example' });
  assert.equal(status, 403, 'Acme’s own test is still under way');
  assert.match(text, /This test is for another user/);
  assert.equal((await browser.post('/login', { address: 'sam@acme.example' })).status, 303);
  await browser.get(linkOf(world.globex));
  await browser.post('/login/leave-test');
  await browser.get(linkOf(world.globex));
  assert.match((await browser.post('/login', { address: 'ada@acme.example' })).text, /Enter your password/);
});

test('a test does not hide the recovery sign-in', async () => {
  const browser = world.browser();
  await browser.get(linkOf(world.acme));
  assert.match((await browser.get('/login')).text, /href="\/login\/recovery"/);
});

test('leaving the test continues with the email in one click', async () => {
  const browser = world.browser();
  await browser.get(linkOf(world.acme));
  const { text } = await browser.post('/login', { address: 'ada@acme.example' });
  const [, fields = ''] = /<form method="post" action="\/login\/leave-test">(.*?)<\/form>/s.exec(text) ?? [];
  const [, address = ''] = /name="address" value="([^"]*)"/.exec(fields) ?? [];
  assert.equal(address, 'ada@acme.example');
  assert.match((await browser.post('/login/leave-test', { address })).text, /Enter your password/);
  assert.equal((await browser.post('/login/leave-test', {})).location, '/login');
});

/** Loads by programs: they close, spend and bind nothing, even with a live session. */
const machines: readonly Readonly<Record<string, string>>[] = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'Prefetch;prerender' },
  { purpose: 'prefetch' },
  { 'x-moz': 'prefetch' },
  { 'x-purpose': 'preview' },
  { 'sec-fetch-dest': 'image' },
  { 'sec-fetch-dest': 'empty' },
];
for (const headers of machines)
  test(`${JSON.stringify(headers)} opens no link`, async () => {
    const ada = await world.signedIn(world.acme.address('Ada'));
    const link = linkOf(world.acme);
    const before = JSON.stringify(world.contents());
    const { status, text, setCookies } = await ada.get(link, headers);
    assert.deepEqual([status, text, setCookies], [204, '', []]);
    assert.equal(JSON.stringify(world.contents()), before);
    assert.ok(await ada.isSignedIn());
  });

test('a HEAD request opens no link', async () => {
  const ada = await world.signedIn(world.acme.address('Ada'));
  const link = linkOf(world.acme);
  const before = JSON.stringify(world.contents());
  assert.equal((await ada.head(link)).status, 204);
  assert.equal(JSON.stringify(world.contents()), before);
  assert.ok(await ada.isSignedIn());
});

for (const headers of [{}, { 'sec-fetch-dest': 'document' }, { 'sec-purpose': '' }])
  test(`${JSON.stringify(headers)} opens a link any number of times`, async () => {
    const link = linkOf(world.acme);
    for (const browser of [world.browser(), world.browser()]) {
      assert.equal((await browser.get(link, headers)).location, '/login');
      assert.match((await browser.get('/try/report')).words, /What did you see\?/);
    }
  });

/** Invalid links, and the text of their pages. */
const closed: readonly (readonly [what: string, link: () => Promise<string> | string, status: number, says: RegExp])[] =
  [
    ['truncated', () => linkOf(world.acme).slice(0, -1), 404, /The link is incomplete/],
    ['longer', () => `${linkOf(world.acme)}x`, 404, /was not sent from here/],
    ['changed', () => `/try/${'x'.repeat(43)}`, 404, /was not sent from here/],
    ['malformed', () => `/try/${'~'.repeat(43)}`, 404, /was not sent from here/],
    [
      'superseded by a newer one',
      () => {
        const link = linkOf(world.acme);
        linkOf(world.acme);
        return link;
      },
      410,
      /superseded A newer email has replaced this one\. Open the link in the newest email from Ada/,
    ],
    [
      'of an older revision',
      async () => {
        const link = linkOf(world.acme);
        await world.control('PATCH', '/organizations/acme/profiles/Main', { forceAuthn: true });
        return link;
      },
      410,
      /superseded The SSO profile has changed since the email was sent\. Ask Ada for a new link/,
    ],
    [
      'of a test that passed',
      () => {
        const link = linkOf(world.acme);
        world.sp.store.run`UPDATE tests SET verdict = 'success' WHERE id = (SELECT max(id) FROM tests)`;
        return link;
      },
      410,
      /This test has passed .* Ada has the result/,
    ],
    [
      'expired, and its administrator was deleted',
      () => {
        const link = linkOf(world.acme);
        world.sp.store.run`
        UPDATE tests SET expires_at = ${world.clock(world.acme)}, asked_by = 'gone@acme.example', verdict = 'x'
        WHERE id = (SELECT max(id) FROM tests)`;
        return link;
      },
      410,
      /expired A link is valid for 24 hours\. Ask your administrator for a new one/,
    ],
  ];
for (const [what, link, status, says] of closed)
  test(`a link that is ${what} opens nothing`, async () => {
    const ada = await world.signedIn(world.acme.address('Ada'));
    const at = await link();
    const before = JSON.stringify(world.contents());
    for (const page of [await ada.get(at), await ada.post(at)]) {
      assert.equal(page.status, status);
      assert.match(page.words, says);
      assert.match(page.text, what === 'of a test that passed' ? /class="notice right"/ : /class="notice wrong"/);
    }
    assert.equal(JSON.stringify(world.contents()), before);
    assert.ok(await ada.isSignedIn(), 'no session ends');
  });

test('a report is accepted only from the browser that has opened the link', async () => {
  const [sam, stranger] = [world.browser(), world.browser()];
  await sam.get(linkOf(world.acme));
  for (const page of [await stranger.get('/try/report'), await stranger.post('/try/report', { report: 'locked' })]) {
    assert.equal(page.status, 404);
    assert.match(page.words, /No test is in progress in this browser/);
  }
  assert.doesNotMatch((await sam.get('/try/report')).words, /You reported/);
  assert.equal((await sam.post('/try/report', { report: 'unknown' })).status, 400);
  assert.match((await sam.post('/try/report', { report: 'gave-up' })).words, /Ada now sees what you reported: “/);
  assert.match((await sam.get('/try/report')).words, /You reported: I gave up or cancelled\./);
  await sam.post('/try/report', { report: 'locked' });
  assert.match((await sam.get('/try/report')).words, /You reported: My account is locked/);
  const reported = entries(world.acme, 'test-reported').map(({ actor, detail }) => [actor, Object(detail).report]);
  const actor = world.acme.address('sam');
  assert.deepEqual(reported, [
    [actor, 'locked'],
    [actor, 'gave-up'],
  ]);
});

test('the report page offers what a user may see at an IdP, and names the administrator', async () => {
  const sam = world.browser();
  await sam.get(linkOf(world.acme));
  const { text, words } = await sam.get('/try/report');
  assert.equal(text.split('type="radio"').length - 1, Object.keys(reports).length);
  for (const { words: offered } of Object.values(reports)) assert.ok(words.includes(offered), offered);
  assert.match(words, /This helps Ada find the cause/);
  world.sp.store.run`UPDATE tests SET asked_by = 'gone@acme.example'`;
  assert.match((await sam.get('/try/report')).words, /This helps your administrator find the cause/);
  assert.match((await sam.post('/try/report', { report: 'locked' })).words, /Your administrator now sees/);
});

test('a form with unknown fields opens no link', async () => {
  const browser = world.browser();
  const link = linkOf(world.acme);
  assert.equal((await browser.post(link, { confirmed: 'yes' })).status, 400);
  assert.equal((await browser.get('/try/report')).status, 404);
});

test('an ended session is not ended again, and its cookie is deleted', async () => {
  const sam = world.browser();
  sam.cookies.set('sp_session', 'x'.repeat(43));
  const closings = entries(world.acme, 'session-closed').length;
  assert.equal((await sam.get(linkOf(world.acme))).location, '/login');
  assert.equal(sam.cookies.has('sp_session'), false);
  assert.equal(entries(world.acme, 'session-closed').length, closings);
});
