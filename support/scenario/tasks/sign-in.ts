/** How people sign in: by password, through the identity provider, by recovery, and from a test link. */
import type { Locator, Page } from 'playwright';
import type { Name } from '../../catalogue/cast.ts';
import { need } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import type { FieldHint } from '../../stack/sign-in-form.ts';
import type { Scene } from '../scene.ts';
import { credentialsAtIdp } from './credentials.ts';
import { press } from './press.ts';
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

export async function signInWithPassword(scene: Scene, who: Who): Promise<void> {
  const { address, password } = scene.cast[who.who];
  await giveAddress(scene, { ...who, address });
  await enterPassword(await pageOf(scene, who), password);
}

export async function enterPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password').fill(password);
  await press(page, 'Sign in');
}

/** Gives user name and password if the identity provider asks; otherwise it has passed the browser on already. */
export async function authenticateAtIdp(scene: Scene, who: Who): Promise<void> {
  const page = await pageOf(scene, who);
  const { username, password } = await credentialsAtIdp(scene, who.who);
  if (!(await asksAtIdp(scene, page))) return;
  const { form } = idpOf(scene);
  await fieldOn(page, form.username).fill(username);
  if (form.next !== undefined) await press(page, form.next);
  if (form.password !== undefined) await fieldOn(page, form.password).fill(password);
  await press(page, form.button);
}

export async function signInAtIdp(scene: Scene, who: Who): Promise<void> {
  const page = await pageOf(scene, who);
  need(idpOf(scene), 'session');
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

function fieldOn(page: Page, hint: FieldHint): Locator {
  if (typeof hint === 'string') return page.getByLabel(hint, exactly);
  return 'placeholder' in hint
    ? page.getByPlaceholder(hint.placeholder, exactly)
    : page.locator(`[name=${JSON.stringify(hint.name)}]`);
}

const asksAtIdp = async (scene: Scene, page: Page): Promise<boolean> =>
  new URL(page.url()).origin !== scene.stack.sp.url && (await fieldOn(page, idpOf(scene).form.username).count()) > 0;
