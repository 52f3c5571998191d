/** Sign-in pages: where discovery leads, records of successful and failed sign-ins, and signing out. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  askForTest,
  type Browser,
  comeBack,
  goToIdp,
  openWorld,
  type Page,
  type Party,
  password as right,
  type World,
} from './two-organizations.fixture.ts';

let world: World;
let acme: Party;
let ada: Browser;
before(async () => {
  world = await openWorld();
  acme = world.acme;
  for (const [name, deactivated] of [
    ['tim', false],
    ['eve', true],
  ])
    await world.control('PUT', `/organizations/acme/users/${name}@acme.example`, {
      name,
      password: right,
      deactivated,
    });
});
after(() => world[Symbol.asyncDispose]());

/** Globex covers Ned by its enforced profile; Acme covers no user. */
beforeEach(async () => {
  world.sp.store.run`UPDATE profiles SET enforced_revision = iif(organization = 'globex', 1, NULL)`;
  world.sp.store.run`
    UPDATE users SET profile = iif(address = 'ned@globex.example', ${world.globex.profile}, NULL)`;
  world.sp.store.run`DELETE FROM wrong_passwords`;
  ada = await world.signedIn(acme.address('ada'));
});

const discover = (browser: Browser, address: string): Promise<Page> => browser.post('/login', { address });
/** Where the login page leads, in words. */
function whereTo({ location, words }: Page): string {
  if (location?.includes('/sso?')) return new URL(location).hostname;
  if (location !== undefined) return location;
  return /Password/.test(words)
    ? 'password'
    : (/\b(not an? e-?mail|malformed|No organization|for another|is for)/i.exec(words)?.[1] ?? words);
}
/** A browser in which the link of a test for Sam was opened. */
async function inTest(party = acme, admin = ada, tester = 'sam'): Promise<Browser> {
  const browser = world.browser();
  await browser.get(await askForTest(world, party, admin, tester));
  return browser;
}
const testsOf = (browser: Browser): number =>
  browser.cookies.has('sp_browser')
    ? world.sp.store.all`SELECT 1 FROM opened_links JOIN requests USING (browser)`.length
    : 0;

test('discovery sends covered users to the IdP, and all others to the password page', async () => {
  for (const [address, leads] of [
    ['ned@globex.example', 'idp.globex.example'],
    ['NED@globex.example', 'idp.globex.example'],
    ['sam@globex.example', 'password'],
    ['sam@acme.example', 'password'],
    ['eve@acme.example', 'password'],
    ['unknown@acme.example', 'password'],
  ] as const)
    assert.equal(whereTo(await discover(world.browser(), address)), leads, address);
});

test('discovery leads a deactivated user to the password page, even if covered', async () => {
  world.sp.store.run`UPDATE profiles SET enforced_revision = 1`;
  world.sp.store
    .run`UPDATE users SET profile = ${acme.profile} WHERE address IN ('eve@acme.example', 'tim@acme.example')`;
  assert.equal(whereTo(await discover(world.browser(), 'eve@acme.example')), 'password');
  assert.equal(whereTo(await discover(world.browser(), 'tim@acme.example')), 'idp.acme.example');
});

test('discovery rejects a malformed email, and a domain of no organization', async () => {
  for (const [address, status, words] of [
    ['sam', 400, /address|email/i],
    ['sam@nowhere.example', 404, /nowhere\.example/],
  ] as const) {
    const page = await discover(world.browser(), address);
    assert.deepEqual([page.status, page.location], [status, undefined]);
    assert.match(page.words, words);
    assert.ok(page.text.includes(`value="${address}"`), 'the input is kept');
  }
  const long = await discover(world.browser(), `${'x'.repeat(1_000)}@acme.example`);
  assert.equal(long.status, 400);
});

test('a pending test takes precedence in its browser, and only there', async () => {
  const sam = await inTest();
  assert.equal(whereTo(await discover(sam, 'SAM@acme.example')), 'idp.acme.example');
  assert.equal(whereTo(await discover(world.browser(), 'sam@acme.example')), 'password');
  const { test: id, address } = world.sp.store.get<{ test: number | null; address: string }>`
    SELECT test, address FROM requests ORDER BY rowid DESC LIMIT 1`!;
  assert.ok(id !== null && address === 'sam@acme.example');
});

test('another email of the organization is rejected: the test is for another user', async () => {
  const sam = await inTest();
  for (const address of ['kim@acme.example', 'sam@nowhere.example']) {
    const page = await discover(sam, address);
    assert.deepEqual([page.status, page.location], [403, undefined], address);
    assert.ok(page.text.includes(`value="${address}"`));
  }
  assert.equal(whereTo(await discover(sam, 'sam@acme.example')), 'idp.acme.example', 'the test is still pending');
});

test('entering an email of another organization leaves the test in this browser permanently', async () => {
  const nora = await world.signedIn('nora@globex.example');
  const browser = await inTest(world.globex, nora, 'sam');
  const hers = await inTest();
  assert.equal(whereTo(await discover(hers, 'ned@globex.example')), 'idp.globex.example');
  assert.equal(whereTo(await discover(hers, 'sam@acme.example')), 'password');
  assert.equal(
    whereTo(await discover(browser, 'sam@globex.example')),
    'idp.globex.example',
    'other browsers keep theirs',
  );
});

test('of two organizations’ tests in one browser, the email decides', async () => {
  const nora = await world.signedIn('nora@globex.example');
  const both = await inTest();
  world.pass(acme, 1);
  world.pass(world.globex, 2);
  await both.get(await askForTest(world, world.globex, nora, 'sam'));
  assert.equal(whereTo(await discover(both, 'sam@acme.example')), 'idp.acme.example');
});

test('leaving the test continues the usual sign-in with the entered email', async () => {
  const [one, other] = [await inTest(), await inTest()];
  assert.equal((await other.post('/login/leave-test')).location, '/login');
  assert.equal(whereTo(await discover(other, 'kim@acme.example')), 'password');
  assert.equal(whereTo(await one.post('/login/leave-test', { address: 'kim@acme.example' })), 'password');
  assert.equal(whereTo(await discover(one, 'sam@acme.example')), 'password');
  const stranger = await world.browser().post('/login/leave-test', { address: 'sam' });
  assert.equal(stranger.status, 400);
  const third = await inTest();
  await world.browser().post('/login/leave-test');
  assert.equal(whereTo(await discover(third, 'sam@acme.example')), 'idp.acme.example');
  assert.ok(testsOf(third) > 0);
});

test('every sign-in page exists', async () => {
  const stranger = world.browser();
  for (const [path, shows] of [
    ['/login', /Next/],
    ['/login?session-ended', /session has ended|ended/i],
    ['/login/recovery', /recovery/i],
  ] as const) {
    const page = await stranger.get(path);
    assert.equal(page.status, 200);
    assert.match(page.words, shows);
  }
  assert.doesNotMatch((await stranger.get('/login')).words, /session.{0,20}ended/i);
  for (const [path, leads] of [
    ['/login/password', '/login'],
    ['/login/recovery-key', '/login'],
    ['/console', '/login'],
    ['/', '/login'],
  ] as const)
    assert.deepEqual([(await stranger.get(path)).status, (await stranger.get(path)).location], [303, leads]);
  assert.equal((await ada.get('/')).location, '/console');
});

test('the Console shows who is signed in, how, and until when', async () => {
  const console = await ada.get('/console');
  assert.match(console.words, /Signed in as Ada of Acme, with a password\./);
  assert.match(console.words, /ada@acme\.example/);
  assert.match(console.text, /\/login\/recovery-key/);
  const sam = await world.signedIn('sam@acme.example');
  assert.doesNotMatch((await sam.get('/console')).text, /\/login\/recovery-key/);
});

/** The newest entry of the audit log, and the number of entries. */
const newest = (party = acme) => {
  const { actor, action, detail } = world.audit(party)[0]!;
  return { actor, action, detail };
};
const entries = (): number => world.sp.store.get<{ n: number }>`SELECT count(*) AS n FROM audit`!.n;

/** Each leaves one entry, in the right log. */
const attempts: readonly (readonly [
  words: string,
  by: { address: string; password?: string; door?: 'recovery' },
  leaves: { action: string; detail: object; party?: 'globex' },
])[] = [
  ['a right password', { address: 'sam@acme.example' }, { action: 'signed-in', detail: { method: 'password' } }],
  [
    'a right password at the recovery sign-in',
    { address: 'ada@acme.example', door: 'recovery' },
    { action: 'signed-in', detail: { method: 'recovery' } },
  ],
  [
    'a wrong password',
    { address: 'sam@acme.example', password: 'x' },
    { action: 'password-refused', detail: { door: 'password', covered: false } },
  ],
  [
    'a covered user’s right password',
    { address: 'tim@acme.example' },
    { action: 'password-refused', detail: { door: 'password', covered: true } },
  ],
  [
    'a user’s right password at the recovery sign-in',
    { address: 'sam@acme.example', door: 'recovery' },
    { action: 'password-refused', detail: { door: 'recovery', covered: false } },
  ],
  [
    'a deactivated user’s right password',
    { address: 'eve@acme.example' },
    { action: 'password-refused', detail: { door: 'password', covered: false } },
  ],
  [
    'a password of an unknown user',
    { address: 'unknown@globex.example' },
    { action: 'password-refused', detail: { door: 'password', covered: false }, party: 'globex' },
  ],
];
for (const [words, { door = 'password', password = right, address }, { party = 'acme', ...leaves }] of attempts)
  test(`the audit log entry of ${words}`, async () => {
    world.sp.store.run`UPDATE profiles SET enforced_revision = 1 WHERE organization = 'acme'`;
    world.sp.store.run`UPDATE users SET profile = ${acme.profile} WHERE address = 'tim@acme.example'`;
    world.sp.store.run`
      INSERT INTO recovery_administrators VALUES (${acme.profile}, 'ada@acme.example') ON CONFLICT DO NOTHING`;
    const before = entries();
    const browser = world.browser();
    const page = await browser.post(`/login/${door}`, {
      address: address.toUpperCase().replace(/@.*/, (end) => end.toLowerCase()),
      password,
    });
    const isIn = leaves.action === 'signed-in';
    assert.deepEqual([page.status, await browser.isSignedIn()], [isIn ? 303 : 403, isIn]);
    assert.deepEqual([newest(world[party]), entries()], [{ actor: address, ...leaves }, before + 1]);
    const counters = world.sp.store.all<{
      address: string;
      failures: number;
    }>`SELECT address, failures FROM wrong_passwords`;
    assert.deepEqual(
      counters.map((row) => ({ ...row })),
      isIn ? [] : [{ address, failures: 1 }],
    );
    if (!isIn) assert.ok(!browser.cookies.has('sp_session') && !browser.cookies.has('sp_browser'));
  });

test('a password for a domain of no organization adds no entry, only a count', async () => {
  const before = entries();
  for (const address of ['sam@nowhere.example', 'sam'])
    assert.equal((await world.browser().post('/login/password', { address, password: right })).status, 403);
  assert.equal(entries(), before);
  assert.deepEqual(
    world.sp.store.all<{ address: string }>`SELECT address FROM wrong_passwords ORDER BY address`.map(
      (row) => row.address,
    ),
    ['', 'sam@nowhere.example'],
  );
});

test('a locked-out attempt adds no entry and no session', async () => {
  for (let count = 0; count < 10; count++) await world.browser().signIn('zoe@acme.example');
  const before = entries();
  const page = await world.browser().post('/login/password', { address: 'zoe@acme.example', password: right });
  assert.deepEqual([page.status, entries()], [429, before]);
  assert.ok(page.text.includes('zoe@acme.example'), 'the email is kept');
});

test('a known browser is known only for users who signed in there', async () => {
  const browser = world.browser();
  for (let count = 0; count < 10; count++)
    await browser.post('/login/password', { address: 'tim@acme.example', password: 'x' });
  assert.equal((await browser.signIn('tim@acme.example')).status, 429, 'Tim has not signed in there');
  await browser.signIn('kim@acme.example');
  assert.equal((await browser.signIn('tim@acme.example')).status, 429, 'only another user has');
});

test('signing out ends the session of this browser with one entry, and deletes its cookie', async () => {
  const [sam, other] = [await world.signedIn('sam@acme.example'), await world.signedIn('sam@acme.example')];
  const secret = sam.cookies.get('sp_session')!;
  const before = entries();
  const page = await sam.post('/sign-out');
  assert.equal(page.location, '/login');
  assert.ok(!sam.cookies.has('sp_session'));
  sam.cookies.set('sp_session', secret);
  assert.deepEqual([await sam.isSignedIn(), await other.isSignedIn()], [false, true]);
  const left = { actor: 'sam@acme.example', action: 'signed-out', detail: { method: 'password' } };
  assert.deepEqual([newest(), entries()], [left, before + 1]);
  const { because } = world.sp.store.get<{ because: string }>`
    SELECT ended_because AS because FROM sessions WHERE ended_at IS NOT NULL ORDER BY rowid DESC LIMIT 1`!;
  assert.equal(because, 'signed-out');
});

test('signing out without a session, or with an ended one, adds no entry', async () => {
  const sam = await world.signedIn('sam@acme.example');
  const secret = sam.cookies.get('sp_session')!;
  await sam.post('/sign-out');
  sam.cookies.set('sp_session', secret);
  const before = entries();
  assert.equal((await sam.post('/sign-out')).location, '/login');
  assert.equal((await world.browser().post('/sign-out')).location, '/login');
  assert.equal(entries(), before);
  const unknown = await ada.post('/sign-out', { all: 'yes' });
  assert.deepEqual([unknown.status, await ada.isSignedIn()], [400, true], 'a form with an unknown field');
});

test('signing out also ends the session at the IdP if it has a logout URL', async () => {
  for (const sloUrl of ['', 'https://idp.acme.example/slo']) {
    await world.control('PATCH', '/organizations/acme/profiles/Main', { sloUrl });
    const sam = await inTest();
    const asked = await goToIdp(sam, 'sam@acme.example');
    await comeBack(world, acme, sam, { asked });
    const page = await sam.post('/sign-out');
    if (sloUrl === '') assert.equal(page.location, '/login');
    else assert.match(page.text, /https:\/\/idp\.acme\.example\/slo\?SAMLRequest=/);
    assert.deepEqual([await sam.isSignedIn(), newest().detail], [false, { method: 'sso' }]);
  }
});

test('an administrator creates a recovery key for herself, with one entry', async () => {
  const [sam, stranger] = [await world.signedIn('sam@acme.example'), world.browser()];
  const keys = (): string[] =>
    world.sp.store.all<{ address: string }>`SELECT address FROM recovery_keys`.map(({ address }) => address);
  assert.match((await ada.get('/login/recovery-key')).words, /You do not have a recovery key yet/);
  const before = entries();
  assert.equal((await stranger.post('/login/recovery-key')).location, '/login');
  for (const page of [await sam.get('/login/recovery-key'), await sam.post('/login/recovery-key')])
    assert.equal(page.status, 403);
  assert.equal((await ada.post('/login/recovery-key', { address: 'grace@acme.example' })).status, 400);
  assert.deepEqual([keys(), entries()], [[], before]);
  const made = await ada.post('/login/recovery-key');
  const key = /<code>([-0-9A-Z]{26})<\/code>/.exec(made.text)![1]!;
  assert.deepEqual([keys(), entries()], [['ada@acme.example'], before + 1]);
  assert.deepEqual(newest(), { actor: 'ada@acme.example', action: 'recovery-key-made', detail: {} });
  const page = await ada.get('/login/recovery-key');
  assert.match(page.words, /Your recovery key was created at/);
  assert.ok(!page.text.includes(key), 'it is shown only once');
});
