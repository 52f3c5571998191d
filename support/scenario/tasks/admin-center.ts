/** What Ada does in the Admin Center: sets the connection up, asks for a test, marks it, enforces and lifts. */
import type { Page } from 'playwright';
import type { Name } from '../../catalogue/cast.ts';
import { request } from '../../stack/http.ts';
import type { Scene } from '../scene.ts';
import { press } from './press.ts';
import * as scripted from './scripted.ts';
import { changeProfile, createOrganization, createTenant, type IdpSide, registerApp } from './set-up.ts';
import { sessionCookie } from './sp-session.ts';
import { signInUnseen } from './without-pages.ts';

/** Opens the Admin Center as this administrator. Signing in is not the point here, so nobody sees it. */
export async function openAdminCenter(scene: Scene, { who = 'Ada' }: { who?: Name } = {}): Promise<Page> {
  const center = new URL('/admin', scene.stack.sp.url).href;
  if (!(await scene.cast[who].cookies()).some(({ name }) => name === sessionCookie)) await signInUnseen(scene, who);
  const page = await scene.cast[who].page();
  await page.goto(center);
  if (new URL(page.url()).pathname !== '/login') return page;
  await signInUnseen(scene, who);
  await page.goto(center);
  return page;
}

/** A step of Acme's wizard. A page that is open already is used as it is, except the result, which others change. */
export async function openStep(scene: Scene, step: 'Profile' | 'Test' | 'Result' | 'Enforce'): Promise<Page> {
  const usual = await scene.cast.Ada.page();
  const wizard = usual.getByRole('navigation', { name: 'Steps' });
  const heading = usual.getByRole('heading', { name: `Acme: ${step}`, level: 1 });
  if (step !== 'Result' && (await heading.count()) > 0) return usual;
  if ((await wizard.count()) > 0) await wizard.getByRole('link', { name: step }).press('Enter');
  else
    await (await openAdminCenter(scene))
      .getByRole('navigation', { name: 'Acme' })
      .getByRole('link', { name: step })
      .press('Enter');
  await heading.waitFor();
  return usual;
}

/** Ada reads what the identity provider says and types it in. */
export async function connectByHand(scene: Scene): Promise<void> {
  const idp = await createUnconnected(scene);
  const page = await createProfile(scene);
  await page.getByLabel('Identity provider’s entity ID').fill(idp.entityId);
  await page.getByLabel('Sign-on URL').fill(idp.ssoUrl);
  await page.getByLabel('Signing certificates').fill(idp.certificates.join('\n'));
  await press(page, 'Save profile');
}

/** Ada uploads the identity provider's metadata. */
export async function connectByMetadata(scene: Scene): Promise<void> {
  const { metadataUrl } = await createUnconnected(scene);
  const metadata = await (await request(metadataUrl)).text();
  const page = await createProfile(scene);
  await uploadMetadata(page, metadata);
  await page.getByRole('heading', { name: 'Acme: Test' }).waitFor();
}

export async function uploadMetadata(page: Page, metadata: string): Promise<void> {
  await page
    .getByLabel('Metadata file')
    .setInputFiles({ name: 'metadata.xml', mimeType: 'application/xml', buffer: Buffer.from(metadata) });
  await press(page, 'Read metadata');
}

async function createUnconnected(scene: Scene): Promise<IdpSide> {
  const [idp, sp] = await Promise.all([createTenant(scene), createOrganization(scene)]);
  await registerApp(scene, sp);
  return idp;
}

async function createProfile(scene: Scene): Promise<Page> {
  const page = await openAdminCenter(scene);
  await page.getByLabel('Name of a new profile').fill('Acme');
  await press(page, 'Create profile');
  return page;
}

export async function askForTest(
  scene: Scene,
  { tester, address = scene.cast[tester ?? 'Sam'].address }: { tester?: Name; address?: string },
): Promise<void> {
  if (scene.scripted) return void (await scripted.ask(scene, address));
  const page = await openStep(scene, 'Test');
  await page.getByLabel('Colleague’s e-mail address').fill(address);
  await press(page, 'Send test e-mail');
}

export async function markTest(scene: Scene, mark: 'success' | 'failure'): Promise<void> {
  if (scene.scripted) return void (await scripted.mark(scene, mark));
  const page = await openStep(scene, 'Result');
  await press(page, mark === 'success' ? 'It worked' : 'It failed');
}

/** Code of the case to which a mark of failure leads. */
export async function caseAfterFailure(scene: Scene): Promise<string> {
  await markTest(scene, 'failure');
  const url = scene.scripted ? scripted.party(scene, 'Ada').page!.url : new URL((await scene.cast.Ada.page()).url());
  return url.pathname.replace('/cases/', '');
}

export async function enforce(scene: Scene): Promise<void> {
  const page = await openStep(scene, 'Enforce');
  await press(page, 'Enforce single sign-on');
}

export async function lift(scene: Scene): Promise<void> {
  const page = await openStep(scene, 'Enforce');
  await press(page, 'Lift single sign-on');
}

/** Any change makes a new revision; by default one that does no harm. */
export const changeConnection = (
  scene: Scene,
  changes: object = { sloUrl: 'http://idp.localhost/signed-out' },
): Promise<void> => changeProfile(scene, changes);
