/** The fixtures of `sso-rehearsal/playwright`: each starts its part, hands it over, and ends it. */
import type { Browser, TestInfo } from '@playwright/test';
import { type AppWish, type IdpTenant, type MockIdp, startMockIdp } from '../../mock-idp/start.ts';
import { provideDisposableStacks } from '../package/disposable-stacks.ts';
import type { Driver } from '../product/driver.ts';
import type { Scene } from '../scenario/scene.ts';
import type { Mailbox } from '../stack/mailbox.ts';
import { type Human, type HumanName, openHuman, usersOf } from './people.ts';

provideDisposableStacks();

type Use<Part> = (part: Part) => Promise<void>;

export async function withIdp(use: Use<MockIdp>): Promise<void> {
  await using idp = await startMockIdp();
  await use(idp);
}

// Loaded when a test uses them: a test of the identity provider alone needs no mail server and no service provider.
const mailboxes = () => Promise.all([import('../stack/mail-source.ts'), import('../stack/mailbox.ts')]);
const guestRun = () => import('../scenario/guest-run.ts');

export async function withMailbox(source: unknown, use: Use<Mailbox & { smtpUrl: string }>): Promise<void> {
  const [{ mailSource, openMailbox }, { startMailbox }] = await mailboxes();
  await using mailbox = source === undefined ? await startMailbox() : await openMailbox(mailSource.parse(source));
  await use({
    smtpUrl: 'smtpUrl' in mailbox ? (mailbox.smtpUrl as string) : '',
    messagesTo: (address) => mailbox.messagesTo(address),
    waitFor: (address, options) => mailbox.waitFor(address, options),
  });
}

interface TenantOptions {
  idp: MockIdp;
  app: AppWish | undefined;
  emails: Partial<Record<HumanName, string>>;
  testInfo: TestInfo;
}

/** Fails a test that has passed although one of its faults was never sent. */
export async function withTenant({ idp, app, emails, testInfo }: TenantOptions, use: Use<IdpTenant>): Promise<void> {
  const tenant = await idp.createTenant({
    displayName: 'Acme',
    users: usersOf(emails),
    apps: app === undefined ? [] : [app],
  });
  await use(tenant);
  if (!idp.tenants().includes(tenant.name)) return; // the test has removed it
  const idle = tenant.faults().filter(({ struck }) => struck === 0);
  await tenant.remove();
  if (idle.length > 0 && testInfo.status === 'passed')
    throw new Error(`The IdP has not sent this: ${idle.map(({ phrase }) => phrase).join(', ')}.`);
}

export async function withHuman(
  name: HumanName,
  place: { browser: Browser; tenant: IdpTenant },
  use: Use<Human>,
): Promise<void> {
  const human = await openHuman(name, place);
  await use(human);
  await human.context.close();
}

/** Connects the product to the IdP and tries it once, before the first scene and outside the time limit of a test. */
export async function withStage(browser: Browser, use: () => Promise<void>): Promise<void> {
  const { endRun, prepareRun } = await guestRun();
  await prepareRun({ kind: 'browser', browser });
  await use();
  await endRun();
}

interface SceneOptions {
  browser: Browser;
  drivers: Driver['kind'] | undefined;
  testInfo: TestInfo;
}

export async function withScene({ browser, drivers, testInfo }: SceneOptions, use: Use<Scene>): Promise<void> {
  const { beginScene, endScene } = await guestRun();
  const kind = drivers ?? (testInfo.tags.includes('@scripted') ? 'http' : 'browser');
  const scene = await beginScene({ kind, browser });
  await use(scene);
  if (testInfo.status === 'failed') await sayWhyAccepted(scene, testInfo);
  await endScene(scene);
}

/** Best effort: a stage that is broken has failed the test already. */
async function sayWhyAccepted(scene: Scene, { annotations }: TestInfo): Promise<void> {
  const { explainAccepted } = await import('../evidence/accepted-faults.ts');
  for (const description of await explainAccepted(scene).catch(() => []))
    annotations.push({ type: 'sso-rehearsal', description });
}
