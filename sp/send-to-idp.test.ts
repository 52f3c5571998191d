/** Changes while the signing key is created, and the policy of the page that posts a request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { createTest, findTest } from './connection-test.ts';
import { findUser } from './organization.ts';
import { changeProfile, createProfile } from './profile.ts';
import { hashOf } from './secret.ts';
import { allowFormTo, sendToIdp } from './send-to-idp.ts';
import type { ServiceProvider } from './service-provider.ts';
import { openStore, type Store } from './store.ts';
import { askForTest, goToIdp, openWorld, remoteAddress } from './two-organizations.fixture.ts';

const organization = { slug: 'acme', name: 'Acme', clockOffsetMs: 0 };
const [ada, sam] = ['ada@acme.example', 'sam@acme.example'];
const idp = { idpEntityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso', signRequests: true };

function acme(): { sp: ServiceProvider; profile: ReturnType<typeof createProfile>; store: Store } {
  const store = openStore(':memory:');
  store.run`INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme')`;
  const profile = createProfile(store, organization, { by: 'control', name: 'Acme', input: idp });
  store.run`UPDATE profiles SET enforced_revision = 1 WHERE id = ${profile.id}`;
  for (const address of [ada, sam])
    store.run`
      INSERT INTO users (address, organization, name, password, profile)
      VALUES (${address}, 'acme', 'User', '', ${profile.id})`;
  const sp = { store, url: 'http://sp.localhost' } as ServiceProvider;
  return { sp, profile, store };
}

/** Where the browser is sent if `change` happens while the key is generated. */
async function sentTo(
  { sp, profile, store }: ReturnType<typeof acme>,
  change: () => unknown,
  testId?: number,
): Promise<{ to: string | undefined; requests: number }> {
  const redirects: string[] = [];
  const response = { cookie: () => {}, redirect: (_: number, url: string) => redirects.push(url) };
  const sending = sendToIdp(sp, { headers: {} } as Request, response as unknown as Response, {
    organization,
    profile: profile.id,
    revision: 1,
    address: sam,
    test: testId,
  });
  change();
  await sending;
  return { to: redirects[0], requests: store.all`SELECT 1 FROM requests`.length };
}

const changes: Readonly<Record<string, (store: Store) => unknown>> = {
  'the organization is deleted': (store) => store.run`DELETE FROM organizations`,
  'enforcement is turned off': (store) => store.run`UPDATE profiles SET enforced_revision = NULL`,
  'the user is no longer covered': (store) => store.run`UPDATE users SET profile = NULL WHERE address = ${sam}`,
};
for (const [name, change] of Object.entries(changes))
  test(`back to the login page if ${name}`, async () => {
    const arranged = acme();
    assert.deepEqual(await sentTo(arranged, () => change(arranged.store)), { to: '/login', requests: 0 });
  });

test('on to the IdP if nothing changes', async () => {
  const { to, requests } = await sentTo(acme(), () => {});
  assert.match(to ?? '', /^https:\/\/idp\.example\/sso\?/);
  assert.equal(requests, 1);
});

test('back to the login page if the test is superseded, which keeps its state', async () => {
  const arranged = acme();
  const { store, profile } = arranged;
  const asked = { profile, askedBy: findUser(store, ada)!, tester: findUser(store, sam)! };
  const { test: started } = createTest(store, organization, asked);
  const change = () => changeProfile(store, organization, profile, { by: ada, input: { forceAuthn: true } });
  assert.deepEqual(await sentTo(arranged, change, started.id), { to: '/login', requests: 0 });
  assert.equal(findTest(store, started.id)!.wentToIdpAt, undefined);
});

test('a tester who is covered by another profile sees why the test cannot continue', async () => {
  const arranged = acme();
  const { store, profile } = arranged;
  const asked = { profile, askedBy: findUser(store, ada)!, tester: findUser(store, sam)! };
  const { test: started } = createTest(store, organization, asked);
  const another = createProfile(store, organization, { by: 'control', name: 'Another' });
  const move = () => store.run`UPDATE users SET profile = ${another.id} WHERE address = ${sam}`;
  await assert.rejects(sentTo(arranged, move, started.id), { code: 'tester-enrolled-elsewhere', status: 409 });
});

const policy = "default-src 'none';form-action 'self';base-uri 'none'";

test('the policy allows the form to go to the IdP', () => {
  assert.equal(
    allowFormTo(policy, 'https://idp.example:8443/sso;a,b?c'),
    "default-src 'none';form-action 'self' https://idp.example:8443;base-uri 'none'",
  );
});

test('a host that an older release accepted adds no directive to the policy', () => {
  for (const host of ['idp.example;script-src', 'idp.example,default-src', "idp.example;x-$'-$&"])
    assert.equal(allowFormTo(policy, `https://${host}/sso`).split(/[;,]/).length, 3, host);
});

test('by POST, the page contains the request, may send it only to the IdP, and needs no click', async () => {
  await using world = await openWorld();
  const { acme } = world;
  await world.control('PATCH', '/organizations/acme/profiles/Main', { ssoBinding: 'post' });
  const browser = world.browser();
  await browser.get(await askForTest(world, acme, await world.signedIn(acme.address('ada'))));
  const page = await browser.post('/login', { address: acme.address('sam') });
  assert.equal(page.status, 200);
  assert.match(page.text, /<form method="post" action="https:\/\/idp\.acme\.example\/sso">/);
  const [, request] = /name="SAMLRequest" value="([^"]+)"/.exec(page.text)!;
  const [, relayState] = /name="RelayState" value="([^"]+)"/.exec(page.text)!;
  const sent = world.sp.store.get<{ id: string; state: string; source: string; browser: string }>`
    SELECT id, relay_state AS state, source, browser FROM requests`!;
  assert.ok(Buffer.from(request!, 'base64').toString().includes(`ID="${sent.id}"`));
  assert.equal(relayState, sent.state);
  assert.equal(sent.source, hashOf(remoteAddress));
  assert.match(page.text, /<script nonce="[^"]+">document\.forms\[0\]\.submit/);
  assert.match(page.policy ?? '', /form-action 'self' https:\/\/idp\.acme\.example(;|$)/);
});

test('a request is bound to its browser, and only a test’s request starts the test', async () => {
  await using world = await openWorld();
  const { acme } = world;
  const sam = world.browser();
  await sam.get(await askForTest(world, acme, await world.signedIn(acme.address('ada'))));
  const wentAt = () => world.sp.store.get<{ at: number | null }>`SELECT went_to_idp_at AS at FROM tests`!.at;
  await world.control('PUT', '/organizations/acme/profiles/Main/enforce-unproven');
  await goToIdp(world.browser(), acme.address('sam'));
  assert.equal(wentAt(), null);
  await goToIdp(sam, acme.address('sam'));
  assert.equal(wentAt(), world.clock(acme));
  const [one, other] = world.sp.store.all<{ browser: string; test: number | null; issued_at: number }>`
    SELECT browser, test, issued_at FROM requests ORDER BY rowid`;
  assert.ok(one!.browser !== other!.browser && one!.test === null && other!.test === 1);
  assert.equal(other!.issued_at, world.clock(acme));
});
