/**
 * Entry point `sso-rehearsal/playwright`: a `test` of @playwright/test with an identity provider, a mailbox, people
 * with browsers of their own, and a scene for `sso-rehearsal/tasks`. A fixture starts when a test uses it.
 */
import {
  test as base,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test';
import type { z } from 'zod';
import type { AppWish, IdpTenant, MockIdp } from '../../mock-idp/start.ts';
import type { Driver } from '../product/driver.ts';
import type { Scene } from '../scenario/scene.ts';
import type { mailSource } from '../stack/mail-source.ts';
import type { Mailbox } from '../stack/mailbox.ts';
import * as fixtures from './fixtures.ts';
import type { Human } from './people.ts';

export type { AppWish, IdpTenant, MockIdp } from '../../mock-idp/start.ts';
export type { Scene } from '../scenario/scene.ts';
export type { Message } from '../stack/message.ts';
export type { Human } from './people.ts';

export interface RehearsalOptions {
  /** Your application as a service provider: registered at the tenant. Override it with a fixture of your own. */
  app: AppWish | undefined;
  /** Emails of people who have accounts already. By default each test has new ones. */
  emails: { ada?: string; sam?: string };
  /** How people of a scene act. By default in browsers, and over HTTP in tests tagged @scripted. */
  drivers: Driver['kind'] | undefined;
}

export interface RehearsalFixtures extends RehearsalOptions {
  /** An identity provider of its own for each test. It knows Ada, Sam and `app`. */
  tenant: IdpTenant;
  /** The administrator. */
  ada: Human;
  /** The user. */
  sam: Human;
  /** For tasks and steps: your product by its recipe, or our own service provider. */
  scene: Scene;
}

export interface RehearsalWorkerOptions {
  /** Where your application's emails arrive (docs/mail.md). By default at `mailbox.smtpUrl`. */
  mail: z.input<typeof mailSource> | undefined;
}

export interface RehearsalWorkerFixtures extends RehearsalWorkerOptions {
  idp: MockIdp;
  /** `smtpUrl` is empty if the emails arrive elsewhere. */
  mailbox: Mailbox & { smtpUrl: string };
  /** Servers and product of all scenes of a worker. */
  rehearsalStage: undefined;
}

export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & RehearsalFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & RehearsalWorkerFixtures
> = base.extend<RehearsalFixtures, RehearsalWorkerFixtures>({
  app: [undefined, { option: true }],
  emails: [{}, { option: true }],
  drivers: [undefined, { option: true }],
  mail: [undefined, { option: true, scope: 'worker' }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern.
  idp: [async ({}, use) => fixtures.withIdp(use), { scope: 'worker' }],
  mailbox: [async ({ mail }, use) => fixtures.withMailbox(mail, use), { scope: 'worker' }],
  rehearsalStage: [
    async ({ browser }, use) => fixtures.withStage(browser, () => use(undefined)),
    { scope: 'worker', timeout: 120_000, box: true },
  ],
  tenant: async ({ idp, app, emails }, use, testInfo) => fixtures.withTenant({ idp, app, emails, testInfo }, use),
  ada: async ({ browser, tenant }, use) => fixtures.withHuman('ada', { browser, tenant }, use),
  sam: async ({ browser, tenant }, use) => fixtures.withHuman('sam', { browser, tenant }, use),
  // Names the stage, so that it stands before the scene and is struck after it.
  scene: async ({ browser, drivers, rehearsalStage: _ }, use, testInfo) =>
    fixtures.withScene({ browser, drivers, testInfo }, use),
});

export { expect } from '@playwright/test';
