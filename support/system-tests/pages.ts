/** Every page of both apps, in the state in which it says something: how to get there. For tests and pictures; it judges nothing. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { arrange } from '../../mock-idp/faults.ts';
import type { Name } from '../catalogue/cast.ts';
import { createCast } from '../scenario/actor.ts';
import type { Scene } from '../scenario/scene.ts';
import { askForTest, openAdminCenter } from '../scenario/tasks/admin-center.ts';
import { proveConnection, tryConnection } from '../scenario/tasks/connection-test.ts';
import { press } from '../scenario/tasks/press.ts';
import { openTestLink } from '../scenario/tasks/read-mail.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect, sendFaults, unassign } from '../scenario/tasks/set-up.ts';
import { enterPassword, followTestLink, giveAddress } from '../scenario/tasks/sign-in.ts';
import { type Look, looks } from '../stack/looks.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';

/** Opens page after page in one look and hands each over as soon as it stands. */
export async function tour(
  stack: Stack,
  browser: Browser,
  look: Look,
  see: (name: string, page: Page) => Promise<void>,
): Promise<void> {
  const { organization, tenant, cast } = nameRehearsal();
  const contexts: BrowserContext[] = [];
  const dressed = {
    newContext: async (options: BrowserContextOptions) => {
      const context = await browser.newContext({ ...options, ...looks[look], bypassCSP: true });
      contexts.push(context);
      return context;
    },
  } as Browser;
  const actors = createCast(cast, () => Promise.resolve(dressed));
  const scene: Scene = { stack, organization, tenant, cast: actors };
  const of = (who: Name): Promise<Page> => actors[who].page();
  const at = async (who: Name, path: string, name: string): Promise<void> => {
    const page = await of(who);
    await page.goto(new URL(path, path.startsWith('/') ? stack.sp.url : undefined).href);
    await see(name, page);
  };
  try {
    await connect(scene);
    const { id } = (await snapshot(scene)).profiles[0]!;
    await at('Nora', '/login', 'login');
    await at('Nora', '/login/recovery', 'recovery sign-in');
    await giveAddress(scene, { who: 'Nora', address: cast.Sam.address });
    await see('password', await of('Nora'));
    await enterPassword(await of('Nora'), 'wrong');
    await see('wrong password', await of('Nora'));
    await giveAddress(scene, { who: 'Nora', address: cast.Nora.address });
    await see('no such organization', await of('Nora'));
    await at('Nora', `/saml/${organization.slug}/acs`, 'nobody is signed in');
    await at('Nora', '/cases', 'troubleshooting');
    await at('Nora', '/cases/audience-mismatch', 'a case');
    await at('Nora', '/nowhere', 'page not found');
    await at('Nora', '/try/too-short', 'link cut off');
    await openAdminCenter(scene);
    for (const [path, name] of [
      ['/admin', 'overview'],
      [`/admin/sso/${id}/profile`, 'profile'],
      [`/admin/sso/${id}/test`, 'test'],
      [`/admin/sso/${id}/result`, 'result before a test'],
      [`/admin/sso/${id}/enforce`, 'enforce before a proof'],
      ['/admin/users', 'users'],
      ['/admin/domains', 'domains'],
      ['/console', 'console'],
    ] as const)
      await at('Ada', path, name);
    await sendFaults(scene, [arrange('an assertion meant for someone else')]);
    await tryConnection(scene, { who: 'Sam' });
    await see('refused test', await of('Sam'));
    await at('Sam', '/login', 'login in a test');
    await at('Sam', '/try/report', 'report of the tester');
    await (await of('Sam')).getByRole('radio').first().check();
    await press(await of('Sam'), 'Tell Ada');
    await see('thanks for the report', await of('Sam'));
    await at('Ada', `/admin/sso/${id}/result`, 'result of a refusal');
    await sendFaults(scene, []);
    await unassign(scene, 'Grace');
    await tryConnection(scene, { who: 'Grace' });
    await see('not assigned at the identity provider', await of('Grace'));
    await at('Mallory', `${stack.idp.url}/${tenant.slug}`, 'identity provider');
    await at('Grace', `${stack.idp.url}/${tenant.slug}`, 'portal of the identity provider');
    await at('Grace', `${stack.idp.url}/${tenant.slug}/nowhere`, 'not found at the identity provider');
    await at('Grace', `${stack.idp.url}/${tenant.slug}/sso`, 'no request at the identity provider');
    await at('Grace', `${stack.idp.url}/${tenant.slug}/logout`, 'signing out at the identity provider');
    await at('Mallory', `${stack.idp.url}/${tenant.slug}`, 'identity provider again');
    await (await of('Mallory')).getByLabel('User name').fill(cast.Sam.address);
    await (await of('Mallory')).getByLabel('Password').fill('wrong');
    await press(await of('Mallory'), 'Sign in');
    await see('wrong password at the identity provider', await of('Mallory'));
    await askForTest(scene, { tester: 'Sam' });
    await see('test asked', await of('Ada'));
    await followTestLink(scene, { who: 'Sam' });
    await proveConnection(scene, { who: 'Sam' });
    await see('ready to enforce', await of('Ada'));
    await openTestLink(scene, { who: 'Sam' });
    await see('the test is done', await of('Sam'));
    await openTestLink(scene, { who: 'Sam', number: 1 });
    await see('link superseded', await of('Sam'));
    await at('Ada', '/admin/audit', 'audit log');
  } finally {
    await Promise.all(Object.values(actors).map((actor) => actor[Symbol.asyncDispose]()));
  }
}
