/** The fixtures: one identity provider for each worker, a tenant and a service provider for each test. */
import { test as base } from '@playwright/test';
import { type IdpTenant, type MockIdp, startMockIdp } from 'sso-rehearsal';
import { type ServiceProvider, startServiceProvider } from '../service-provider.ts';

export const test = base.extend<{ acme: IdpTenant; sp: ServiceProvider }, { idp: MockIdp }>({
  idp: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern.
    async ({}, use) => {
      const idp = await startMockIdp();
      await use(idp);
      await idp[Symbol.asyncDispose]();
    },
    { scope: 'worker' },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern.
  sp: async ({}, use) => {
    const sp = await startServiceProvider();
    await use(sp);
    await sp[Symbol.asyncDispose]();
  },

  acme: async ({ idp, sp }, use) => {
    const acme = await idp.createTenant({
      displayName: 'Acme',
      users: [{ username: 'sam', password: 'open sesame', email: 'sam@acme.example' }],
      apps: [{ metadata: sp.metadata, name: 'Console' }],
    });
    sp.trust(acme);
    await use(acme);
  },
});

export { expect } from '@playwright/test';
