/** How people sign in: by password, through the identity provider, by recovery, and by trying a connection. */
import type { Page } from 'playwright';
import type { Name } from '../../catalogue/cast.ts';
import { need } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import type { Scene } from '../scene.ts';
import { askForTest, markTest } from './admin-center.ts';
import { asked } from './beforehand.ts';
import { credentialsAtIdp } from './credentials.ts';
import { openTestLink } from './read-mail.ts';
import * as scripted from './scripted.ts';

export interface Who {
  who: Name;
  /** Whose browser is used; by default the person's own. */
  inBrowserOf?: Name;
  browser?: string;
}

const pageOf = ({ cast }: Scene, { who, inBrowserOf = who, browser }: Who): Promise<Page> =>
  cast[inBrowserOf].page(browser);

/** Opens the login page and gives an address; where that leads is the SP's decision. */
export async function giveAddress(scene: Scene, { address, ...who }: Who & { address: string }): Promise<void> {
  const page = await pageOf(scene, who);
  await page.goto(new URL('/login', scene.stack.sp.url).href);
  await enterAddress(page, address);
}

export async function enterAddress(page: Page, address: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(address);
  await press(page, 'Next');
}

/** Presses a button that leads to another page, by the keyboard, and waits until the browser has come to rest: pages that post themselves on hold a Continue button, or a message that nobody sees, until they are gone. */
export async function press(page: Page, button: string): Promise<void> {
  const arrived = page.waitForEvent('domcontentloaded');
  await page.getByRole('button', { name: button }).press('Enter');
  await arrived;
  await page.getByRole('button', { name: 'Continue' }).waitFor({ state: 'detached' });
  await page.locator('input[name^=SAML]').first().waitFor({ state: 'detached' });
  await page.waitForLoadState();
}

export async function signInWithPassword(scene: Scene, who: Who): Promise<void> {
  const { address, password } = scene.cast[who.who];
  await giveAddress(scene, { ...who, address });
  await enterPassword(await pageOf(scene, who), password);
}

export async function enterPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password').fill(password);
  await press(page, 'Sign in');
}

/** Gives user name and password at the identity provider, if it asks; otherwise it has passed the browser on already. */
export async function authenticateAtIdp(scene: Scene, who: Who): Promise<void> {
  const page = await pageOf(scene, who);
  const { username, password } = await credentialsAtIdp(scene, who.who);
  if (!(await asksAtIdp(scene, page))) return;
  const { form } = idpOf(scene);
  await page.getByLabel(form.username, exactly).fill(username);
  if (form.next !== undefined) await press(page, form.next);
  await page.getByLabel(form.password, exactly).fill(password);
  await press(page, form.button);
}

export async function signInAtIdp(scene: Scene, who: Who): Promise<void> {
  const page = await pageOf(scene, who);
  need(idpOf(scene), 'door');
  await page.goto(idpOf(scene).door(scene));
  await authenticateAtIdp(scene, who);
}

/** The tester's part: opens the newest link, gives the own address, goes through the identity provider. */
export async function followTestLink(scene: Scene, who: Who): Promise<void> {
  if (scene.scripted) return scripted.follow(scene, who.who);
  await openTestLink(scene, who);
  const page = await pageOf(scene, who);
  await enterAddress(page, scene.cast[who.who].address);
  await authenticateAtIdp(scene, who);
}

/** The whole rehearsal by one colleague: Ada asks, the colleague tries. How it ends is asked afterwards. Where Ada has no page open, nobody watches the asking. */
export async function tryConnection(scene: Scene, who: Who): Promise<void> {
  if ((await scene.cast.Ada.pages()).length > 0) await askForTest(scene, { tester: who.who });
  else await asked(scene, who.who);
  await followTestLink(scene, who);
}

export const tryAgain = (scene: Scene, who: Who): Promise<void> => followTestLink(scene, who);

export async function proveConnection(scene: Scene, who: Who): Promise<void> {
  await tryConnection(scene, who);
  await markTest(scene, 'success');
}

export async function recoverAccess(scene: Scene, who: Who): Promise<void> {
  const page = await pageOf(scene, who);
  const { address, password } = scene.cast[who.who];
  await page.context().clearCookies();
  await page.goto(new URL('/login/recovery', scene.stack.sp.url).href);
  await page.getByLabel('E-mail address').fill(address);
  await enterPassword(page, password);
}

/** Real forms label more than their fields, such as the switch that shows a password. */
const exactly = { exact: true };

const asksAtIdp = async (scene: Scene, page: Page): Promise<boolean> =>
  new URL(page.url()).origin !== scene.stack.sp.url &&
  (await page.getByLabel(idpOf(scene).form.username, exactly).count()) > 0;
