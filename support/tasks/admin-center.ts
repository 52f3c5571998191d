/** What Ada does in the Admin Center: sets the connection up, asks for a test, marks it, enforces and lifts. */
import type { Page } from 'playwright';
import { request } from '../http.ts';
import type { Name } from '../rehearsal.ts';
import type { Scene } from '../world.ts';
import { changeProfile, createOrganization, createTenant, registerApp, type IdpSide } from './set-up.ts';

/** Opens a page of the Admin Center as this administrator, who signs in first when necessary. */
export async function openAdminCenter(scene: Scene, path: string, { who = 'Ada' }: { who?: Name } = {}): Promise<Page> {
  const { address, password, page: pageOf } = scene.cast[who];
  const page = await pageOf();
  const url = new URL(path, scene.stack.sp.url).href;
  await page.goto(url);
  if (new URL(page.url()).pathname === '/login') {
    await page.getByLabel('E-mail address').fill(address);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/console');
    await page.goto(url);
  }
  return page;
}

/** A step of the wizard for the profile Acme. */
export async function openStep(scene: Scene, step: 'Profile' | 'Test' | 'Result' | 'Enforce'): Promise<Page> {
  const page = await openAdminCenter(scene, '/admin');
  await page.getByRole('link', { name: 'Acme', exact: true }).click();
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name: step }).click();
  return page;
}

/** Ada reads what the identity provider says and types it in. */
export async function connectByHand(scene: Scene): Promise<void> {
  const idp = await createUnconnected(scene);
  const page = await createProfile(scene);
  await page.getByLabel('Identity provider’s entity ID').fill(idp.entityId);
  await page.getByLabel('Sign-on URL').fill(idp.ssoUrl);
  await page.getByLabel('Signing certificates').fill(idp.certificates.join('\n'));
  await page.getByRole('button', { name: 'Save profile' }).click();
  await page.getByRole('heading', { name: 'Acme: Test' }).waitFor();
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
  await page.getByLabel('Metadata file').setInputFiles({ name: 'metadata.xml', mimeType: 'application/xml', buffer: Buffer.from(metadata) });
  await page.getByRole('button', { name: 'Read metadata' }).click();
}

async function createUnconnected(scene: Scene): Promise<IdpSide> {
  const [idp, sp] = await Promise.all([createTenant(scene), createOrganization(scene)]);
  await registerApp(scene, sp);
  return idp;
}

async function createProfile(scene: Scene): Promise<Page> {
  const page = await openAdminCenter(scene, '/admin');
  await page.getByLabel('Name of a new profile').fill('Acme');
  await page.getByRole('button', { name: 'Create profile' }).click();
  return page;
}

export async function askForTest(scene: Scene, { tester, address = scene.cast[tester ?? 'Sam'].address }: { tester?: Name; address?: string }): Promise<void> {
  const page = await openStep(scene, 'Test');
  await page.getByLabel('Colleague’s e-mail address').fill(address);
  await page.getByRole('button', { name: 'Send test e-mail' }).click();
  await page.getByRole('alert').or(page.getByRole('status')).first().waitFor();
}

export async function markTest(scene: Scene, mark: 'success' | 'failure'): Promise<void> {
  const page = await openStep(scene, 'Result');
  await page.getByRole('button', { name: mark === 'success' ? 'It worked' : 'It failed' }).click();
  await page.waitForLoadState();
}

/** Code of the case to which a mark of failure leads. */
export async function caseAfterFailure(scene: Scene): Promise<string> {
  await markTest(scene, 'failure');
  const page = await scene.cast.Ada.page();
  return new URL(page.url()).pathname.replace('/cases/', '');
}

export async function enforce(scene: Scene): Promise<void> {
  const page = await openStep(scene, 'Enforce');
  await page.getByRole('button', { name: 'Enforce single sign-on' }).click();
  await page.waitForLoadState();
}

export async function lift(scene: Scene): Promise<void> {
  const page = await openStep(scene, 'Enforce');
  await page.getByRole('button', { name: 'Lift single sign-on' }).click();
  await page.waitForLoadState();
}

/** Any change makes a new revision; by default one that does no harm. */
export const changeConnection = (scene: Scene, changes: object = { sloUrl: 'http://idp.localhost/signed-out' }): Promise<void> => changeProfile(scene, changes);
