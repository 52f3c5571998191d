/** The fixtures of the package, with your application beside them: registered at the tenant, which it trusts. */
import { test as base } from 'sso-rehearsal/playwright';
import { type ServiceProvider, startServiceProvider } from '../service-provider.ts';

export const test = base.extend<{ sp: ServiceProvider }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern.
  sp: async ({}, use) => {
    const sp = await startServiceProvider();
    await use(sp);
    await sp[Symbol.asyncDispose]();
  },

  app: async ({ sp }, use) => use({ metadata: sp.metadata, name: 'Console' }),

  tenant: async ({ tenant, sp }, use) => {
    sp.trust(tenant);
    await use(tenant);
  },
});

export { expect } from 'sso-rehearsal/playwright';
