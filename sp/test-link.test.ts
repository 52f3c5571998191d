/** Test links of another organization: they end a session only when asked to, and keep nobody from signing in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTest } from './connection-test.ts';
import { findOrganization, findUser } from './organization.ts';
import { findProfile } from './profile.ts';
import { openWorld, type Party, type World } from './two-organizations.fixture.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

/** A link to Sam of this organization. */
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
  assert.equal((await ada.post('/login', { address: 'ada@acme.example' })).status, 200, 'no test is under way');
  assert.equal((await ada.post(link, {}, { origin: 'https://evil.example' })).status, 403);
  assert.ok(await ada.isSignedIn());
  const cookie = ada.cookies.get('sp_session')!;
  assert.equal((await ada.post(link)).location, '/login');
  ada.cookies.set('sp_session', cookie);
  assert.equal(await ada.isSignedIn(), false, 'pressed, it ends the session on the server');
});

test('each audit log records what concerns its organization', async () => {
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

test('a link of the same organization ends the session at once, whoever holds it', async () => {
  const ada = await world.signedIn(world.acme.address('Ada'));
  assert.equal((await ada.get(linkOf(world.acme))).location, '/login');
  assert.equal(await ada.isSignedIn(), false);
});

test('an address of another organization puts the test aside', async () => {
  const browser = world.browser();
  await browser.get(linkOf(world.acme));
  await browser.get(linkOf(world.globex));
  const { status, text } = await browser.post('/login', { address: 'ada@acme.example' });
  assert.equal(status, 403, 'Acme’s own test is still under way');
  assert.match(text, /Somebody else was invited/);
  assert.equal((await browser.post('/login', { address: 'sam@acme.example' })).status, 303);
  await browser.get(linkOf(world.globex));
  await browser.post('/login/leave-test');
  await browser.get(linkOf(world.globex));
  assert.match((await browser.post('/login', { address: 'ada@acme.example' })).text, /Your password/);
});

test('a test hides the recovery sign-in from nobody', async () => {
  const browser = world.browser();
  await browser.get(linkOf(world.acme));
  assert.match((await browser.get('/login')).text, /href="\/login\/recovery"/);
});

test('leaving the test goes on with the address in one press', async () => {
  const browser = world.browser();
  await browser.get(linkOf(world.acme));
  const { text } = await browser.post('/login', { address: 'ada@acme.example' });
  const [, fields = ''] = /<form method="post" action="\/login\/leave-test">(.*?)<\/form>/s.exec(text) ?? [];
  const [, address = ''] = /name="address" value="([^"]*)"/.exec(fields) ?? [];
  assert.equal(address, 'ada@acme.example');
  assert.match((await browser.post('/login/leave-test', { address })).text, /Your password/);
  assert.equal((await browser.post('/login/leave-test', {})).location, '/login');
});
