/** Test links of another organization: they end a session only when asked to, and keep nobody from signing in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTest } from './connection-test.ts';
import { findOrganization, findUser } from './organization.ts';
import { profilesOf } from './profile.ts';
import { acme, type Browser, type RunningApp, startApp } from './running-app.fixture.ts';

let app: RunningApp;
before(async () => {
  app = await startApp();
  await app.control('PUT', '/organizations/acme', acme);
  await app.control('PUT', '/organizations/globex', {
    ...acme,
    name: 'Globex',
    domains: ['globex.example'],
    users: acme.users.map((user) => ({ ...user, address: user.address.replace('acme', 'globex') })),
  });
});
after(() => app[Symbol.asyncDispose]());

/** A link to Sam of this organization. */
function linkOf(organization: 'acme' | 'globex'): string {
  const { store } = app.sp;
  const [profile] = profilesOf(store, organization);
  const [askedBy, tester] = ['ada', 'sam'].map((name) => findUser(store, `${name}@${organization}.example`)!);
  const { token } = createTest(store, findOrganization(store, organization)!, {
    profile: profile!,
    askedBy: askedBy!,
    tester: tester!,
  });
  return `/try/${token}`;
}

async function adasBrowser(): Promise<Browser> {
  const browser = app.browser();
  await browser.post('/login/password', { address: 'ada@acme.example', password: 'Ada-right' });
  return browser;
}

const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/console')).status === 200;

const entries = (organization: string, action: string): { actor: string; detail: string }[] =>
  app.sp.store.all<{ actor: string; detail: string }>`
      SELECT actor, detail FROM audit WHERE organization = ${organization} AND action = ${action}`.map((row) => ({
    ...row,
  }));

test('a link of another organization asks before it ends a session', async () => {
  const ada = await adasBrowser();
  const link = linkOf('globex');
  const { status, text } = await ada.get(link);
  assert.deepEqual([status, await isSignedIn(ada)], [200, true]);
  assert.match(text, /You are signed in as <strong>Ada<\/strong> of Acme/);
  assert.match(text, new RegExp(`<form method="post" action="${link}">`));
  assert.equal((await ada.post('/login', { address: 'ada@acme.example' })).status, 200, 'no test is under way');
  assert.equal((await ada.post(link, {}, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.ok(await isSignedIn(ada));
  const cookie = ada.cookies.get('sp_session')!;
  assert.equal((await ada.post(link)).location, '/login');
  ada.cookies.set('sp_session', cookie);
  assert.equal(await isSignedIn(ada), false, 'pressed, it ends the session on the server');
});

test('each audit log records what concerns its organization', async () => {
  const ada = await adasBrowser();
  const [closed, opened] = [entries('acme', 'session-closed').length, entries('globex', 'test-opened').length];
  const link = linkOf('globex');
  await ada.post(link);
  await ada.get(link);
  assert.deepEqual(entries('acme', 'session-closed').slice(closed), [
    { actor: 'ada@acme.example', detail: '{"because":"test-link-opened"}' },
  ]);
  assert.deepEqual(entries('globex', 'session-closed'), []);
  assert.equal(entries('globex', 'test-opened').length - opened, 1, 'the first opening only');
});

test('a link of the same organization ends the session at once, whoever holds it', async () => {
  const ada = await adasBrowser();
  assert.equal((await ada.get(linkOf('acme'))).location, '/login');
  assert.equal(await isSignedIn(ada), false);
});

test('an address of another organization puts the test aside', async () => {
  const browser = app.browser();
  await browser.get(linkOf('acme'));
  await browser.get(linkOf('globex'));
  const { status, text } = await browser.post('/login', { address: 'ada@acme.example' });
  assert.equal(status, 403, 'Acme’s own test is still under way');
  assert.match(text, /Somebody else was invited/);
  assert.equal((await browser.post('/login', { address: 'sam@acme.example' })).status, 303);
  await browser.get(linkOf('globex'));
  await browser.post('/login/leave-test');
  await browser.get(linkOf('globex'));
  assert.match((await browser.post('/login', { address: 'ada@acme.example' })).text, /Your password/);
});

test('leaving the test goes on with the address in one press', async () => {
  const browser = app.browser();
  await browser.get(linkOf('acme'));
  const { text } = await browser.post('/login', { address: 'ada@acme.example' });
  const [, fields = ''] = /<form method="post" action="\/login\/leave-test">(.*?)<\/form>/s.exec(text) ?? [];
  const [, address = ''] = /name="address" value="([^"]*)"/.exec(fields) ?? [];
  assert.equal(address, 'ada@acme.example');
  assert.match((await browser.post('/login/leave-test', { address })).text, /Your password/);
  assert.equal((await browser.post('/login/leave-test', {})).location, '/login');
});
