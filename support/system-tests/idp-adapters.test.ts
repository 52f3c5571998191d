/** Selects the identity provider, and skips a scenario that needs too much of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapterOf, adapters, openRealIdp, prepareIdp, takesNoOrders } from '../idp/adapters.ts';
import { type IdentityProvider, isAt, NotReady, type RehearsalAtIdp, Unable } from '../idp/identity-provider.ts';
import { credentialsAtIdp } from '../scenario/tasks/credentials.ts';
import { sendFaults, signRequests } from '../scenario/tasks/set-up.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';

/** An IdP that can only sign users in. */
const plain: IdentityProvider = {
  name: 'Plain 1.0',
  can: {
    faults: false,
    clock: false,
    unassign: false,
    signedRequests: false,
    down: false,
    door: false,
    persona: false,
    session: false,
  },
  form: { username: 'Username', password: 'Password', button: 'Login' },
  origins: ['https://idp.example'],
  createTenant: () => Promise.reject(new Error('not asked')),
  registerApp: () => Promise.resolve(),
  unassign: () => Promise.resolve(),
  takeDown: () => Promise.resolve(),
  door: () => 'https://idp.example/',
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function rehearsal(idp: IdentityProvider, clockOffsetMs = 0): RehearsalAtIdp {
  const control = { ...takesNoOrders('the service provider'), get: () => Promise.resolve({ clockOffsetMs } as never) };
  return {
    ...nameRehearsal(idp.fixed),
    idp,
    stack: {
      sp: { url: 'http://sp.localhost:1', control },
      idp: { url: idp.origins[0], control: takesNoOrders(idp.name) },
    } as unknown as Stack,
  };
}

const saysWhy = (reason: string): object => ({ constructor: Unable, message: reason });

test('an unknown identity provider is rejected with the list of known ones', async () => {
  for (const unknown of ['okta', 'recipe', 'recipe:', '', 'toString'])
    await assert.rejects(
      prepareIdp(unknown),
      ({ message, constructor: thrown }: Error) =>
        thrown === NotReady && Object.keys(adapters).every((known) => message.includes(known)),
      unknown,
    );
  assert.equal(await openRealIdp(undefined), undefined, 'the mock is part of the stack');
  assert.equal(adapterOf('recipe:C:/acme.json').detail, 'C:/acme.json');
});

test('a missing ability is a reason to skip', async () => {
  await assert.rejects(sendFaults(rehearsal(plain), []), saysWhy('Plain 1.0 cannot arrange a fault'));
  await assert.rejects(signRequests(rehearsal(plain), 'post'), saysWhy('Plain 1.0 cannot require signed requests'));
  await assert.rejects(
    takesNoOrders('Plain 1.0').put('/tenants/idp-1/users/sam', {}),
    saysWhy('Plain 1.0 has no control routes for users'),
  );
  await assert.rejects(
    takesNoOrders('Plain 1.0').patch('/tenants/idp-1', {}),
    saysWhy('Plain 1.0 has no control routes for settings'),
  );
});

test('no response is requested while only the service provider’s clock is moved', async () => {
  assert.equal((await credentialsAtIdp(rehearsal(plain), 'Sam')).password, 'Sam at the identity provider');
  await assert.rejects(
    credentialsAtIdp(rehearsal(plain, 60_000), 'Sam'),
    saysWhy('Plain 1.0 cannot follow the service provider’s clock'),
  );
});

test('fixed users determine the organization, and missing users cannot sign in', async () => {
  const organization = { slug: 'acme', name: 'Acme', domain: 'acme.example' };
  const fixed = rehearsal({
    ...plain,
    fixed: {
      organization,
      spPort: 1,
      people: { Sam: { address: 'sam@acme.example', idpUsername: 'sam', idpPassword: 'secret' } },
    },
  });
  assert.deepEqual(fixed.organization, organization);
  assert.equal(fixed.cast.Grace.address, 'grace@acme.example');
  assert.deepEqual(await credentialsAtIdp(fixed, 'Sam'), { username: 'sam', password: 'secret' });
  await assert.rejects(credentialsAtIdp(fixed, 'Grace'), saysWhy('Plain 1.0 has no user for Grace'));
});

test('a page belongs to the identity provider by its origin', () => {
  assert.deepEqual(
    [
      'https://idp.example/login?x',
      'https://idp.example.evil/',
      'about:blank',
      'chrome-error://chromewebdata/',
      '',
    ].map((url) => isAt(plain, url)),
    [true, false, false, false, false],
  );
});
