/** The sign-in verbs: by email, SSO or password at the product, at the identity provider, and signing out. */
import type { Credentials, SignInForm } from '../stack/sign-in-form.ts';
import { act, isAsked, pressOrFollow } from './actions.ts';
import { NotDone, onPage, openPage } from './deed.ts';
import { type Look, NotOnPage } from './driver.ts';
import type { FieldHint } from './label.ts';
import { type At, addressOf, isAtProduct, NotAvailable, type Product } from './product.ts';
import { whoIsSignedIn as signedInOn } from './signed-in.ts';

const loginPage = 'the SP login page';
const passwordPage = 'the SP password page';

export async function openSignIn(at: At): Promise<void> {
  const { page } = at.product.recipe.signIn;
  if (page === 'portal') throw new NotAvailable(at.product, 'start a sign-in');
  await openPage(at, page);
}

/** True if the product's login page is open. */
export async function isOnSignIn(at: At): Promise<boolean> {
  const { email, sso } = at.product.recipe.signIn;
  if (email !== undefined || sso === undefined) return asks(at, email);
  return isAtProduct(at.product, (await at.driver.look()).url) && isAsked(at, { press: sso });
}

/** True if the product asks for the password. */
export const isAskedForPassword = (at: At): Promise<boolean> => asks(at, at.product.recipe.signIn.password);

/** True if a page of the product with this field is open. An IdP's fields may have the same labels. */
async function asks({ driver, product }: At, field: FieldHint | undefined): Promise<boolean> {
  if (field === undefined) return false;
  return isAtProduct(product, (await driver.look()).url) && (await driver.has(field));
}

/** Throws NotDone unless a page of the product is open. */
async function makeSureAtProduct({ driver, product }: At, deed: string, where: string): Promise<void> {
  const look = await driver.look();
  if (!isAtProduct(product, look.url))
    throw new NotDone(driver.who, { deed, because: `${driver.who} is not on ${where}.`, look });
}

/** Enters the email on the open page. The product decides where that leads. */
export async function enterEmail(at: At, email: string): Promise<void> {
  const { next } = at.product.recipe.signIn;
  if (next === undefined) throw new NotAvailable(at.product, 'ask for an email');
  await fillEmail(at, email);
  await onPage(at, { deed: `enter the email ${email}`, where: loginPage }, () => at.driver.press(next));
}

async function fillEmail(at: At, email: string): Promise<void> {
  const { driver, product } = at;
  const { email: field } = product.recipe.signIn;
  if (field === undefined) throw new NotAvailable(product, 'ask for an email');
  const deed = `enter the email ${email}`;
  await makeSureAtProduct(at, deed, loginPage);
  await onPage(at, { deed, where: loginPage }, () => driver.fill(field, email));
}

/**
 * Starts single sign-on from the login page: by the actions of the recipe, or by email and Next, then by the button for
 * single sign-on. Ends where the product leads.
 */
export async function startSso(at: At, email: string): Promise<void> {
  const own = at.product.verbs?.startSignIn;
  if (own) return own(at, email);
  const { start, email: field, next, sso } = at.product.recipe.signIn;
  await openSignIn(at);
  if (start !== undefined) return act(at, start, { deed: 'start single sign-on', where: loginPage, values: { email } });
  if (field !== undefined && next !== undefined) await enterEmail(at, email);
  if (sso !== undefined) await chooseSso(at);
}

/** True if the recipe says what the product may ask for after the identity provider. */
export const mayAskMore = ({ recipe, verbs }: Product): boolean =>
  recipe.signIn.finish !== undefined || verbs?.finishSignIn !== undefined;

/** Does what the product asks for after the identity provider, if one of its pages is open and asks. */
export async function finishSso(at: At, email: string): Promise<void> {
  if (!mayAskMore(at.product) || !isAtProduct(at.product, (await at.driver.look()).url)) return;
  const own = at.product.verbs?.finishSignIn;
  if (own) return own(at, email);
  const { finish } = at.product.recipe.signIn;
  if (finish === undefined || !(await isAsked(at, finish[0]!))) return;
  await act(at, finish, {
    deed: 'finish the sign-in',
    where: 'the page after the identity provider',
    values: { email },
  });
}

export async function chooseSso(at: At): Promise<void> {
  const { sso } = at.product.recipe.signIn;
  if (sso === undefined) throw new NotAvailable(at.product, 'offer single sign-on by a button');
  await onPage(at, { deed: 'choose single sign-on', where: loginPage }, () => pressOrFollow(at.driver, sso));
}

/** Enters the password on the open page. */
export async function enterPassword(at: At, password: string): Promise<void> {
  const { driver, product } = at;
  const { password: field, button } = product.recipe.signIn;
  if (field === undefined || button === undefined) throw new NotAvailable(product, 'take a password');
  const deed = 'enter the SP password';
  await makeSureAtProduct(at, deed, passwordPage);
  await onPage(at, { deed, where: passwordPage }, async () => {
    await driver.fill(field, password);
    await driver.press(button);
  });
}

export interface PasswordOfUser {
  email: string;
  password: string;
  /** The name that the product shows; by default the email. */
  shownAs?: string | undefined;
}

/** Signs in from the login page. Throws NotDone if the user is not signed in afterwards. */
export async function signInByPassword(at: At, { email, password, shownAs = email }: PasswordOfUser): Promise<void> {
  const own = at.product.verbs?.signInByPassword;
  if (own) return own(at, { email, password });
  await openSignIn(at);
  if (at.product.recipe.signIn.next !== undefined) await enterEmail(at, email);
  else await fillEmail(at, email);
  await enterPassword(at, password);
  await makeSureOfUser(at, shownAs, `sign in with the password of ${email}`);
}

/** Products show emails in upper or lower case. */
export const isSameName = (shown: string, name: string): boolean => shown.toLowerCase() === name.toLowerCase();

/** Throws NotDone with the open page unless this user is signed in. */
export async function makeSureOfUser(at: At, shownAs: string, deed: string): Promise<void> {
  const look = await at.driver.look();
  const isThere = isConsole(at, look);
  // A session that was open before says nothing of a sign-in that the product rejects.
  if (!isThere && look.alert !== undefined) throw new NotDone(at.driver.who, { deed, look });
  const user = isThere ? await shownUser(at) : await whoIsSignedIn(at);
  if (user === undefined || (user !== null && !isSameName(user, shownAs)))
    throw new NotDone(at.driver.who, { deed, look });
}

/** True if the page that shows the signed-in user is open. */
const isConsole = ({ product }: At, { url }: Look): boolean =>
  product.recipe.signedIn.page !== undefined && url === addressOf(product, product.recipe.signedIn.page).href;

export interface IdpForm {
  form: SignInForm;
  /** True for URLs of the identity provider. */
  isIdp: (url: string) => boolean;
}

/** The IdP's page lacks a part of the described form. */
export class FormMismatch extends NotDone {
  /** The setting that does not match. */
  readonly setting: keyof SignInForm;
  /** The setting, and the missing part of the page. */
  readonly mismatch: string;

  constructor(who: string, { setting, missing, look }: { setting: keyof SignInForm; missing: string; look: Look }) {
    const mismatch = `signIn.${setting}: the page has no ${missing}.`;
    super(who, { deed: 'sign in at the IdP', because: mismatch, look });
    this.setting = setting;
    this.mismatch = mismatch;
  }
}

/**
 * Fills in the form of the IdP login page, which must be open. Throws FormMismatch if it lacks a field or button, and
 * NotDone if it asks again or the next page cannot be opened.
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
  const after = await driver.look();
  if (after.isUnreachable) throw new NotDone(who, { deed, look: after });
  if (await asksForUser({ driver }, { form, isIdp }))
    throw new NotDone(who, { deed, because: 'The IdP login page asks again.', look: after });
}

/** True if the identity provider's login page is open. */
export async function asksForUser({ driver }: Pick<At, 'driver'>, { form, isIdp }: IdpForm): Promise<boolean> {
  return isIdp((await driver.look()).url) && (await driver.has(form.username));
}

/**
 * The name of the signed-in user, as the product shows it. Null if the product does not show it, undefined if no user
 * is signed in. Opens the page that shows it. Throws NotDone if it cannot be opened, or if the server fails.
 */
export async function whoIsSignedIn(at: At): Promise<string | null | undefined> {
  const own = at.product.verbs?.whoIsSignedIn;
  if (own) return own(at);
  const { page } = at.product.recipe.signedIn;
  if (page !== undefined) await openPage(at, page);
  const look = await at.driver.look();
  const deed = 'see who is signed in';
  if (look.isUnreachable) throw new NotDone(at.driver.who, { deed, look });
  if (page !== undefined && look.failedWith !== undefined) {
    const status = `The page failed with the status ${look.failedWith}`;
    const because = `${status}, so it shows no user whether one is signed in or not.`;
    throw new NotDone(at.driver.who, { deed, because, look });
  }
  return shownUser(at);
}

async function shownUser({ driver, product }: At): Promise<string | null | undefined> {
  const { page: _, ...rules } = product.recipe.signedIn;
  const { url, text } = await driver.look();
  if (!URL.canParse(url)) return undefined;
  const cookies = (await driver.cookies()).map(({ name }) => name);
  return signedInOn({ signedIn: rules }, { url: new URL(url), text, body: text, cookies })?.as;
}

/** Presses the button or link that signs out. */
export async function pressSignOut(at: At): Promise<void> {
  const { page, button, link, after = [] } = at.product.recipe.signOut ?? {};
  if ([page, button, link].every((one) => one === undefined)) throw new NotAvailable(at.product, 'sign a user out');
  if (page !== undefined) await openPage(at, page);
  const where = 'a page of a signed-in user';
  const pressed = button === undefined ? [] : [{ press: button }];
  const followed = button === undefined && link !== undefined ? [{ follow: link }] : [];
  await act(at, [...pressed, ...followed, ...after], { deed: 'sign out', where, values: {} });
}

/** Throws NotDone if the user is still signed in afterwards. */
export async function signOut(at: At): Promise<void> {
  const { driver } = at;
  await (at.product.verbs?.signOut ?? pressSignOut)(at);
  const look = await driver.look();
  if ((await whoIsSignedIn(at)) !== undefined)
    throw new NotDone(driver.who, { deed: 'sign out', because: `${driver.who} is still signed in.`, look });
}
