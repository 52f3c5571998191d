/** How people sign in: by password, through the identity provider, by recovery, and from a test link. */
import type { Locator, Page } from 'playwright';
import type { Name } from '../../catalogue/cast.ts';
import { isAt, need } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import type { FieldHint, SignInForm } from '../../stack/sign-in-form.ts';
import { createVisitor } from '../../stack/visitor.ts';
import type { Scene } from '../scene.ts';
import { credentialsAtIdp } from './credentials.ts';
import { press } from './press.ts';
import { openTestLink } from './read-mail.ts';
import * as scripted from './scripted.ts';
import { sessionCookie, signInByPassword } from './sp-session.ts';

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

/** The identity provider's page lacks something that its form is described with. */
export class FormMismatch extends Error {
  /** Which part of the description does not fit. */
  readonly setting: keyof SignInForm;

  constructor(setting: keyof SignInForm, missing: string) {
    super(`signIn.${setting}: the page has no ${missing}.`);
    this.setting = setting;
  }
}

/**
 * Gives user name and password if the identity provider asks; otherwise it has passed the browser on already.
 * Throws FormMismatch where the page lacks a field or button; the user name's only with `mustAsk`.
 */
export async function authenticateAtIdp(
  scene: Scene,
  { mustAsk = false, ...who }: Who & { mustAsk?: boolean },
): Promise<void> {
  const page = await pageOf(scene, who);
  const { username, password } = await credentialsAtIdp(scene, who.who);
  const { form } = idpOf(scene);
  if (!(await asksAtIdp(scene, page))) {
    if (mustAsk && isAt(idpOf(scene), page.url())) await theField(page, 'username', form.username);
    return;
  }
  await (await theField(page, 'username', form.username)).fill(username);
  if (form.next !== undefined) await pressThe(page, 'next', form.next);
  if (form.password !== undefined) await (await theField(page, 'password', form.password)).fill(password);
  await pressThe(page, 'button', form.button);
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

/** Ten wrong passwords at the recovery sign-in, from browsers that have signed in as nobody. */
export async function guessPasswords({ stack, cast }: Scene, whose: Name): Promise<void> {
  const { address } = cast[whose];
  for (let guess = 1; guess <= 10; guess++) {
    const attempt = { address, password: `guess ${guess}`, path: '/login/recovery' };
    const { url, text } = await signInByPassword(createVisitor(), stack.sp.url, attempt);
    if (url.pathname === '/console' || !text.includes('is not a recovery administrator'))
      throw new Error(`Guess ${guess} was not answered as a wrong password is.`);
  }
}

/** In the person's usual browser, which still is the one that signed in before; its session is gone. */
export async function recoverAccess(scene: Scene, who: Who): Promise<void> {
  const page = await pageOf(scene, who);
  const { address, password } = scene.cast[who.who];
  await page.context().clearCookies({ name: sessionCookie });
  await page.goto(new URL('/login/recovery', scene.stack.sp.url).href);
  await page.getByLabel('E-mail address').fill(address);
  await enterPassword(page, password);
}

/** Real forms label more than their fields, such as the switch that shows a password. */
const exactly = { exact: true };

async function theField(page: Page, setting: keyof SignInForm, hint: FieldHint): Promise<Locator> {
  const field = fieldOn(page, hint);
  if ((await field.count()) > 0) return field;
  const described =
    typeof hint === 'string'
      ? `labelled “${hint}”`
      : 'name' in hint
        ? `named “${hint.name}”`
        : `with the placeholder “${hint.placeholder}”`;
  throw new FormMismatch(setting, `field ${described}`);
}

async function pressThe(page: Page, setting: keyof SignInForm, button: string): Promise<void> {
  if ((await page.getByRole('button', { name: button }).count()) === 0)
    throw new FormMismatch(setting, `button “${button}”`);
  await press(page, button);
}

function fieldOn(page: Page, hint: FieldHint): Locator {
  if (typeof hint === 'string') return page.getByLabel(hint, exactly);
  return 'placeholder' in hint
    ? page.getByPlaceholder(hint.placeholder, exactly)
    : page.locator(`[name=${JSON.stringify(hint.name)}]`);
}

const asksAtIdp = async (scene: Scene, page: Page): Promise<boolean> =>
  new URL(page.url()).origin !== scene.stack.sp.url && (await fieldOn(page, idpOf(scene).form.username).count()) > 0;
