/** What changes while the key for the signature is made, and what the page that posts a request may do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { createTest, findTest } from './connection-test.ts';
import { findUser } from './organization.ts';
import { changeProfile, createProfile } from './profile.ts';
import { allowFormTo, sendToIdp } from './send-to-idp.ts';
import type { ServiceProvider } from './service-provider.ts';
import { openStore, type Store } from './store.ts';

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
      VALUES (${address}, 'acme', 'Somebody', '', ${profile.id})`;
  const sp = { store, url: 'http://sp.localhost' } as ServiceProvider;
  return { sp, profile, store };
}

/** Where the browser is sent, if `change` comes while the key is made. */
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
  'the user is taken out': (store) => store.run`UPDATE users SET profile = NULL WHERE address = ${sam}`,
};
for (const [name, change] of Object.entries(changes))
  test(`back to the login page: ${name}`, async () => {
    const arranged = acme();
    assert.deepEqual(await sentTo(arranged, () => change(arranged.store)), { to: '/login', requests: 0 });
  });

test('on to the identity provider, if nothing changes', async () => {
  const { to, requests } = await sentTo(acme(), () => {});
  assert.match(to ?? '', /^https:\/\/idp\.example\/sso\?/);
  assert.equal(requests, 1);
});

test('back to the login page: the test is superseded, and keeps what it was', async () => {
  const arranged = acme();
  const { store, profile } = arranged;
  const asked = { profile, askedBy: findUser(store, ada)!, tester: findUser(store, sam)! };
  const { test: started } = createTest(store, organization, asked);
  const change = () => changeProfile(store, organization, profile, { by: ada, input: { forceAuthn: true } });
  assert.deepEqual(await sentTo(arranged, change, started.id), { to: '/login', requests: 0 });
  assert.equal(findTest(store, started.id)!.wentToIdpAt, undefined);
});

test('the tester of a test is told why nobody sends them on: another profile covers them', async () => {
  const arranged = acme();
  const { store, profile } = arranged;
  const asked = { profile, askedBy: findUser(store, ada)!, tester: findUser(store, sam)! };
  const { test: started } = createTest(store, organization, asked);
  const another = createProfile(store, organization, { by: 'control', name: 'Another' });
  const move = () => store.run`UPDATE users SET profile = ${another.id} WHERE address = ${sam}`;
  await assert.rejects(sentTo(arranged, move, started.id), { code: 'tester-enrolled-elsewhere', status: 409 });
});

const policy = "default-src 'none';form-action 'self';base-uri 'none'";

test('its form may go to the identity provider', () => {
  assert.equal(
    allowFormTo(policy, 'https://idp.example:8443/sso;a,b?c'),
    "default-src 'none';form-action 'self' https://idp.example:8443;base-uri 'none'",
  );
});

test('a host that an older release took puts no directive into the policy', () => {
  for (const host of ['idp.example;script-src', 'idp.example,default-src', "idp.example;x-$'-$&"])
    assert.equal(allowFormTo(policy, `https://${host}/sso`).split(/[;,]/).length, 3, host);
});
