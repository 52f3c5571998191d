/** A tour of every page of both apps, each in a state with something to show; for tests and pictures. */
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { arrange } from '../../mock-idp/faults.ts';
import type { Name } from '../catalogue/cast.ts';
import { attempt } from '../product/deed.ts';
import { enterPassword, signInAtIdp } from '../product/signing-in.ts';
import { reportToAdministrator } from '../product/test-email.ts';
import { createCast } from '../scenario/actor.ts';
import type { Scene } from '../scenario/scene.ts';
import { sendTest } from '../scenario/tasks/admin-center.ts';
import { followTestLink, openTestLink, passTest, takeTest } from '../scenario/tasks/connection-test.ts';
import { pasteBrokenCertificate } from '../scenario/tasks/dead-ends.ts';
import { at, idpForm, signInUnseen } from '../scenario/tasks/places.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect, sendFaults, unassign } from '../scenario/tasks/set-up.ts';
import { enterEmail } from '../scenario/tasks/sign-in.ts';
import { type Look, looks } from '../stack/looks.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';

type See = (name: string, page: Page) => Promise<void>;

/** Opens one page after the other in one look, and hands over each when it is ready. */
export async function tour(stack: Stack, browser: Browser, look: Look, see: See): Promise<void> {
  const { organization, tenant, cast } = nameRehearsal();
  const dressed = {
    newContext: (options: BrowserContextOptions) => browser.newContext({ ...options, ...looks[look], bypassCSP: true }),
  } as Browser;
  const actors = createCast(cast, () => Promise.resolve(dressed));
  const scene: Scene = { stack, organization, tenant, cast: actors };
  try {
    await connect(scene);
    for (const part of [strangersPages, administratorsPages, rejectedTest, unassignedTest, pagesOfIdp, passedTest])
      await part(guide(scene, see));
  } finally {
    await Promise.all(Object.values(actors).map((actor) => actor[Symbol.asyncDispose]()));
  }
}

/** Shared by the parts of the tour. */
interface Guide {
  scene: Scene;
  /** Hands over the page that a person has open. */
  show(who: Name, name: string): Promise<void>;
  /** Opens a page and hands it over. The URL is a path of the SP, or absolute. */
  open(who: Name, address: string, name: string): Promise<void>;
}

function guide(scene: Scene, see: See): Guide {
  const pageOf = (who: Name): Promise<Page> => scene.cast[who].page();
  const show = async (who: Name, name: string): Promise<void> => see(name, await pageOf(who));
  return {
    scene,
    show,
    async open(who, address, name) {
      await (await pageOf(who)).goto(new URL(address, scene.stack.sp.url).href);
      await show(who, name);
    },
  };
}

async function strangersPages({ scene, show, open }: Guide): Promise<void> {
  const { cast, organization } = scene;
  await open('Nora', '/login', 'login');
  await open('Nora', '/login/recovery', 'recovery sign-in');
  await enterEmail(scene, { who: 'Nora', email: cast.Sam.address });
  await show('Nora', 'password');
  await enterPassword(await at(scene, { who: 'Nora' }), 'wrong');
  await show('Nora', 'wrong password');
  await enterEmail(scene, { who: 'Nora', email: cast.Nora.address });
  await show('Nora', 'no such organization');
  await open('Nora', `/saml/${organization.slug}/acs`, 'no user is signed in');
  await open('Nora', '/cases', 'troubleshooting');
  await open('Nora', '/cases/audience-mismatch', 'a case');
  await open('Nora', '/nowhere', 'page not found');
  await open('Nora', '/try/too-short', 'link cut off');
}

async function administratorsPages({ scene, show, open }: Guide): Promise<void> {
  const wizard = await wizardOf(scene);
  await signInUnseen(scene, 'Ada');
  await open('Ada', '/admin', 'overview');
  await open('Ada', `${wizard}/profile`, 'profile');
  await (await scene.cast.Ada.page()).evaluate(
    "for (const one of document.querySelectorAll('details')) one.open = true",
  );
  await show('Ada', 'profile, unfolded');
  await pasteBrokenCertificate(scene);
  await show('Ada', 'profile with an error');
  await showFetchedMetadata({ scene, show, open });
  await open('Ada', '/cases?stage=idp&result=1', 'entries of a stage');
  await open('Ada', '/cases?q=audience', 'entries found');
  await open('Ada', `${wizard}/test`, 'test');
  await open('Ada', `${wizard}/result`, 'result before a test');
  await open('Ada', `${wizard}/enforce`, 'enforce before a test');
  await open('Ada', '/admin/users', 'users');
  await open('Ada', '/admin/domains', 'domains');
  await open('Ada', '/console', 'console');
  await open('Ada', '/login/recovery-key', 'recovery key');
}

/** The changes that metadata would make to a new profile. */
async function showFetchedMetadata({ scene, show, open }: Guide): Promise<void> {
  await open('Ada', '/admin', 'overview again');
  const page = await scene.cast.Ada.page();
  await page.getByLabel('Profile name').fill('Second');
  await page.getByRole('button', { name: 'Create profile' }).click();
  await page.getByText('From a URL, as text').click();
  await page.getByLabel('Metadata URL').fill(`${scene.stack.idp.url}/${scene.tenant.slug}/metadata`);
  await page.getByRole('button', { name: 'Fetch and compare' }).click();
  await page.getByRole('button', { name: 'Import these changes' }).waitFor();
  await show('Ada', 'fetched metadata');
}

/** Some of many users are left out. */
async function showManyUsers({ scene, show, open }: Guide): Promise<void> {
  const { stack, organization } = scene;
  const [, domain] = scene.cast.Sam.address.split('@');
  for (const name of ['Ana', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gus']) {
    const address = `${name.toLowerCase()}@${domain}`;
    await stack.sp.control.put(`/organizations/${organization.slug}/users/${address}`, { name, password: 'x' });
  }
  await open('Ada', `${await wizardOf(scene)}/enforce`, 'enforce for many users');
  const page = await scene.cast.Ada.page();
  await page.getByLabel('Name or email contains').fill('an');
  await page.getByRole('button', { name: 'Leave these out' }).click();
  await page.getByText('Who stays out').click();
  await show('Ada', 'some of many users');
}

async function rejectedTest({ scene, show, open }: Guide): Promise<void> {
  await sendFaults(scene, [arrange('an assertion with a different Audience')]);
  await takeTest(scene, { who: 'Sam' });
  await show('Sam', 'rejected test');
  await open('Ada', `${await wizardOf(scene)}/result`, 'result of a rejection');
  await open('Sam', '/login', 'login in a test');
  await open('Sam', '/try/report', 'report of the tester');
  await reportToAdministrator(await at(scene, { who: 'Sam' }), 'gave-up');
  await show('Sam', 'thanks for the report');
  await open('Ada', `${await wizardOf(scene)}/result`, 'result with a report');
  await sendFaults(scene, []);
}

async function unassignedTest({ scene, show }: Guide): Promise<void> {
  await unassign(scene, 'Grace');
  await takeTest(scene, { who: 'Grace' });
  await show('Grace', 'not assigned at the identity provider');
}

async function pagesOfIdp({ scene, show, open }: Guide): Promise<void> {
  const { stack, tenant, cast } = scene;
  const idp = `${stack.idp.url}/${tenant.slug}`;
  await open('Mallory', `${stack.idp.url}/`, 'root of the identity provider');
  await open('Mallory', idp, 'identity provider');
  await open('Grace', idp, 'portal of the identity provider');
  await open('Grace', `${idp}/nowhere`, 'not found at the identity provider');
  await open('Grace', `${idp}/sso`, 'no request at the identity provider');
  await open('Grace', `${idp}/logout`, 'signing out at the identity provider');
  await open('Mallory', idp, 'identity provider again');
  const wrong = { username: cast.Sam.address, password: 'wrong' };
  await attempt(signInAtIdp({ driver: await cast.Mallory.driver() }, idpForm(scene), wrong));
  await show('Mallory', 'wrong password at the identity provider');
}

async function passedTest({ scene, show, open }: Guide): Promise<void> {
  await sendTest(scene, scene.cast.Sam.address);
  await show('Ada', 'test asked');
  await followTestLink(scene, { who: 'Sam' });
  await passTest(scene, { who: 'Sam' });
  await show('Ada', 'ready to enforce');
  await showManyUsers({ scene, show, open });
  await openTestLink(scene, { who: 'Sam' });
  await show('Sam', 'the test is done');
  await openTestLink(scene, { who: 'Sam', number: 1 });
  await show('Sam', 'link superseded');
  await open('Ada', '/admin/audit', 'audit log');
}

const wizardOf = async (scene: Scene): Promise<string> => `/admin/sso/${(await snapshot(scene)).profiles[0]!.id}`;
