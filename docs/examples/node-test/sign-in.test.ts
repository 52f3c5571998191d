/** What a service provider makes of good and of bad answers, without a browser: `node --test`. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type FaultWish, type IdpTenant, type MockIdp, startMockIdp } from 'sso-rehearsal';
import { type ServiceProvider, startServiceProvider } from '../service-provider.ts';

let idp: MockIdp;
let sp: ServiceProvider;
let acme: IdpTenant;

before(async () => {
  idp = await startMockIdp({ hostname: '127.0.0.1' });
  sp = await startServiceProvider({ hostname: '127.0.0.1' });
});
after(async () => {
  await sp[Symbol.asyncDispose]();
  await idp[Symbol.asyncDispose]();
});

// A tenant of its own for each test: nothing has to be put back.
beforeEach(async () => {
  acme = await idp.createTenant({
    users: [{ username: 'sam', password: 'open sesame', email: 'sam@acme.example' }],
    apps: [{ metadata: sp.metadata }],
  });
  sp.trust(acme);
});

/** As a browser would: from the login page to the identity provider, and back with the answer. */
async function signIn(username: string): Promise<Response> {
  const login = await fetch(`${sp.url}/login`, { redirect: 'manual' });
  const answer = await acme.signIn(username, { request: login.headers.get('location')! });
  return fetch(answer.action, { method: 'POST', body: new URLSearchParams(answer.fields) });
}

test('Sam signs in', async () => {
  const page = await signIn('sam');
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Welcome, sam@acme\.example/);
  assert.equal(acme.log('response').length, 1);
});

const mustBeRefused: FaultWish[] = [
  'an assertion with a different Audience',
  'an assertion that expired 10 minutes ago',
  'a response to an unknown request',
];

for (const fault of mustBeRefused) {
  test(`the service provider refuses ${String(fault)}`, async () => {
    await acme.arrangeFaults(fault);
    const page = await signIn('sam');
    assert.equal(page.status, 403);
    assert.equal(acme.struckFaults().length, 1, 'the answer really had this fault');
  });
}

test('an identity provider whose clock is slow by an hour is refused', async () => {
  await acme.moveClock({ hours: -1 });
  // The request lies in its future, so it is not even taken.
  await assert.rejects(signIn('sam'), { name: 'RequestRefused' });
  assert.equal(acme.log('response').length, 0);
});

test('who is not assigned never comes back', async () => {
  await acme.unassign('sam');
  await assert.rejects(signIn('sam'), /not assigned to sam/);
  assert.deepEqual(
    acme.log('refusal').map(({ because }) => because),
    ['not-assigned'],
  );
});
