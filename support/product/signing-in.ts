/** The verbs of signing in: at the product by email, single sign-on or password, at the identity provider, and out. */
import type { Credentials, SignInForm } from '../stack/sign-in-form.ts';
import { type At, NotDone, onPage, openPage } from './deed.ts';
import { type Look, NotOnPage } from './driver.ts';
import { NotAvailable } from './recipe.ts';
import { whoIsSignedIn as signedInOn } from './signed-in.ts';

const loginPage = 'the SP login page';

export async function openSignIn(at: At): Promise<void> {
  const { page } = at.product.recipe.signIn;
  if (page === 'portal') throw new NotAvailable(at.product, 'start a sign-in');
  await openPage(at, page);
}

/** On the page that is open; where the email leads is the product's decision. */
export async function enterEmail(at: At, email: string): Promise<void> {
  const { driver, product } = at;
  const { email: field, next } = product.recipe.signIn;
  if (field === undefined || next === undefined) throw new NotAvailable(product, 'ask for an email');
  await onPage(at, { deed: `enter the email ${email}`, where: loginPage }, async () => {
    await driver.fill(field, email);
    await driver.press(next);
  });
}

export async function chooseSso(at: At): Promise<void> {
  const { sso } = at.product.recipe.signIn;
  if (sso === undefined) throw new NotAvailable(at.product, 'offer single sign-on by a button');
  await onPage(at, { deed: 'choose single sign-on', where: loginPage }, async () => {
    await at.driver.press(sso).catch((error: unknown) => {
      if (error instanceof NotOnPage) return at.driver.follow(sso);
      throw error;
    });
  });
}

/** On the page that is open. */
export async function enterPassword(at: At, password: string): Promise<void> {
  const { driver, product } = at;
  const { password: field, button } = product.recipe.signIn;
  if (field === undefined || button === undefined) throw new NotAvailable(product, 'take a password');
  await onPage(at, { deed: 'enter the SP password', where: 'the SP password page' }, async () => {
    await driver.fill(field, password);
    await driver.press(button);
  });
}

/** From the login page on. Throws NotDone unless this user is signed in then. */
export async function signInByPassword(
  at: At,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await openSignIn(at);
  await enterEmail(at, email);
  await enterPassword(at, password);
  const { driver } = at;
  const look = await driver.look();
  const user = await whoIsSignedIn(at);
  if (user !== null && user?.toLowerCase() !== email.toLowerCase())
    throw new NotDone(driver.who, { deed: `sign in with the password of ${email}`, look });
}

export interface IdpForm {
  form: SignInForm;
  /** True if an address is the identity provider's. */
  isIdp: (url: string) => boolean;
}

/** The identity provider's page lacks something that its form is described with. */
export class FormMismatch extends NotDone {
  /** Which part of the description does not fit. */
  readonly setting: keyof SignInForm;
  /** The description and what the page lacks. */
  readonly mismatch: string;

  constructor(who: string, { setting, missing, look }: { setting: keyof SignInForm; missing: string; look: Look }) {
    const mismatch = `signIn.${setting}: the page has no ${missing}.`;
    super(who, { deed: 'sign in at the IdP', because: mismatch, look });
    this.setting = setting;
    this.mismatch = mismatch;
  }
}

/**
 * Fills in the form of the identity provider's login page, which must be open. Throws FormMismatch where it lacks a
 * field or button, and NotDone where it asks again.
 */
export async function signInAtIdp(
  { driver }: Pick<At, 'driver'>,
  { form, isIdp }: IdpForm,
  { username, password }: Credentials,
): Promise<void> {
  const { who } = driver;
  const deed = 'sign in at the IdP';
  const look = await driver.look();
  if (!isIdp(look.url)) throw new NotDone(who, { deed, because: `${who} is not on the IdP login page.`, look });
  const use = async (setting: keyof SignInForm, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof NotOnPage)) throw error;
      throw new FormMismatch(who, { setting, missing: error.what, look: await driver.look() });
    }
  };
  await use('username', () => driver.fill(form.username, username));
  if (form.next !== undefined) await use('next', () => driver.press(form.next!));
  if (form.password !== undefined) await use('password', () => driver.fill(form.password!, password));
  await use('button', () => driver.press(form.button));
  if (await asksForUser({ driver }, { form, isIdp }))
    throw new NotDone(who, { deed, because: 'The IdP login page asks again.', look: await driver.look() });
}

/** True if the identity provider's login page is open. */
export async function asksForUser({ driver }: Pick<At, 'driver'>, { form, isIdp }: IdpForm): Promise<boolean> {
  return isIdp((await driver.look()).url) && (await driver.has(form.username));
}

/**
 * The name of the user who is signed in, as the product shows it; null where it does not show whose session it is,
 * undefined if nobody is signed in. Opens the page that shows it.
 */
export async function whoIsSignedIn(at: At): Promise<string | null | undefined> {
  const { driver, product } = at;
  const { page, ...rules } = product.recipe.signedIn;
  if (page !== undefined) await openPage(at, page);
  const { url, text } = await driver.look();
  if (!URL.canParse(url)) return undefined;
  const cookies = (await driver.cookies()).map(({ name }) => name);
  return signedInOn({ signedIn: rules }, { url: new URL(url), text, body: text, cookies })?.as;
}

export async function signOut(at: At): Promise<void> {
  const { driver, product } = at;
  const { page, button, link } = product.recipe.signOut ?? {};
  if (button === undefined && link === undefined) throw new NotAvailable(product, 'sign a user out');
  if (page !== undefined) await openPage(at, page);
  await onPage(at, { deed: 'sign out', where: 'a page of a signed-in user' }, () =>
    button === undefined ? driver.follow(link!) : driver.press(button),
  );
  const look = await driver.look();
  if ((await whoIsSignedIn(at)) !== undefined)
    throw new NotDone(driver.who, { deed: 'sign out', because: `${driver.who} is still signed in.`, look });
}
