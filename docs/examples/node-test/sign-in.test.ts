/** Correct and faulty responses, without a browser: `node --test`. */
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

// Each test gets its own tenant, so there is nothing to reset.
beforeEach(async () => {
  acme = await idp.createTenant({
    users: [{ username: 'sam', password: 'open sesame', email: 'sam@acme.example' }],
    apps: [{ metadata: sp.metadata }],
  });
  sp.trust(acme);
});

/** Signs in as a browser would: from the login page to the identity provider, and back with the response. */
const signIn = async (username: string): Promise<Response> =>
  (await acme.signInAt(`${sp.url}/login`, username)).response;

test('Sam signs in', async () => {
  const page = await signIn('sam');
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Welcome, sam@acme\.example/);
  assert.equal(acme.log('response').length, 1);
});

const faultsToReject: FaultWish[] = [
  'an assertion with a different Audience',
  'an assertion that expired 10 minutes ago',
  'a response to an unknown request',
];

for (const fault of faultsToReject) {
  test(`the service provider rejects ${String(fault)}`, async () => {
    await acme.arrangeFaults(fault);
    const page = await signIn('sam');
    assert.equal(page.status, 403);
    assert.equal(acme.struckFaults().length, 1, 'the response really had this fault');
  });
}

test('an identity provider whose clock is an hour behind rejects the request', async () => {
  await acme.moveClock({ hours: -1 });
  // For its clock, the request comes from the future.
  await assert.rejects(signIn('sam'), { name: 'RequestRefused' });
  assert.equal(acme.log('response').length, 0);
});

test('a user who is not assigned never comes back', async () => {
  await acme.unassign('sam');
  await assert.rejects(signIn('sam'), /not assigned to sam/);
  assert.deepEqual(
    acme.log('refusal').map(({ because }) => because),
    ['not-assigned'],
  );
});
