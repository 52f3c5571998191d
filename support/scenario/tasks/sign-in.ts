/** Sign-in tasks: by password, through the IdP, by recovery, and from a test link. */
import type { Name } from '../../catalogue/cast.ts';
import { isAt, need, Unable } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import { getBackIn } from '../../product/connecting.ts';
import { attempt, NotDone } from '../../product/deed.ts';
import type { Driver } from '../../product/driver.ts';
import { type At, addressOf, isAtProduct } from '../../product/product.ts';
import * as signingIn from '../../product/signing-in.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { credentialsAtIdp, needPerson } from './credentials.ts';
import { accountOf, at, driverOf, elsewhere, idpForm, productOf, type Who } from './places.ts';
import { needAccount } from './set-up.ts';
import { sessionCookie, signInByPassword } from './sp-session.ts';

export type { Who };

/** Opens the login page and enters an email. The SP decides where that leads. */
export async function enterEmail(scene: Scene, { email, ...who }: Who & { email: string }): Promise<void> {
  const person = await at(scene, who);
  markStart(scene, who);
  await signingIn.openSignIn(person);
  await signingIn.enterEmail(person, email);
}

/** Counts the browser's requests from now on to a new sign-in. */
export function markStart({ cast }: Scene, { who, inBrowserOf = who }: Who): void {
  const actor = cast[inBrowserOf];
  actor.signInFrom = actor.exchanges.length;
}

/** Enters an email on the open page. */
export async function enterEmailHere(scene: Scene, { email, ...who }: Who & { email: string }): Promise<void> {
  markStart(scene, who);
  await signingIn.enterEmail(await at(scene, who), email);
}

export async function signInWithPassword(scene: Scene, who: Who): Promise<void> {
  const person = await at(scene, who);
  scene.cast[who.inBrowserOf ?? who.who].signedInHere.add(scene.cast[who.who].address);
  const deed = signingIn.signInByPassword(person, passwordOf(scene, who.who));
  await deed.catch(async (error: unknown) => {
    const { page } = person.product.recipe.signedIn;
    const isIn =
      error instanceof NotDone && page !== undefined && error.look.url === addressOf(person.product, page).href;
    if (!isIn) throw error;
    const because = `${who.who} is covered, and is signed in through the IdP already.`;
    throw new NotDone(who.who, { deed: 'sign in with a password', because, look: error.look });
  });
  scene.cast[who.inBrowserOf ?? who.who].typedPassword = { at: Date.now(), how: 'password' };
}

/** At the SP. Throws Unable if the recipe of a product has no such user. */
function passwordOf(scene: Scene, who: Name): signingIn.PasswordOfUser {
  needPerson(scene, who);
  return accountOf(scene.cast[who]);
}

/**
 * Signs in with the password, or is rejected. If the SP does not ask for it, sends the form of a password page that was
 * opened earlier.
 */
export async function tryPassword(scene: Scene, who: Name): Promise<void> {
  const person = await at(scene, { who });
  const { address, password, signedInHere } = scene.cast[who];
  signedInHere.add(address);
  await signingIn.openSignIn(person);
  await signingIn.enterEmail(person, address);
  if (await signingIn.isAskedForPassword(person)) await signingIn.enterPassword(person, password);
  else
    await scene.cast[who].unseen(({ visitor }) => signInByPassword(visitor, scene.stack.sp.url, { address, password }));
}

/** Fills in the form of the IdP login page, which must be open. The IdP must accept the password. */
export async function signInAtIdpHere(scene: Scene, who: Who): Promise<void> {
  const driver = await driverOf(scene, who);
  await makeSureAsks(scene, driver, {
    deed: 'sign in at the IdP',
    because: `${driver.who} is not on the IdP login page.`,
  });
  scene.cast[who.inBrowserOf ?? who.who].signedInHere.add(scene.cast[who.who].address);
  await signingIn.signInAtIdp({ driver }, idpForm(scene), await credentialsAtIdp(scene, who.who));
  await makeSureIdpAccepted(scene, driver);
}

/** Of the mock, which says so in its log: a page of another identity provider may be a consent or a second factor. */
async function makeSureIdpAccepted(scene: Scene, driver: Driver): Promise<void> {
  const { stack, tenant } = scene;
  const idp = idpOf(scene);
  const look = await driver.look();
  if (!idp.can.faults || !isAt(idp, look.url)) return;
  const { log } = await stack.idp.control.get<{ log: { kind: string }[] }>(`/tenants/${tenant.slug}`);
  const last = log.findLast(({ kind }) => kind !== 'warning')?.kind;
  if (last !== 'login' && last !== 'refusal') throw new NotDone(driver.who, { deed: 'sign in at the IdP', look });
}

/** Enters a wrong password on the IdP login page. Throws NotDone if the IdP accepts it. */
export async function enterWrongPasswordHere(scene: Scene, who: Name): Promise<void> {
  await makeSureIdpAsks(scene, who);
  const driver = await scene.cast[who].driver();
  const { username } = await credentialsAtIdp(scene, who);
  const wrong = { username, password: 'not the password' };
  const isIn = await signingIn.signInAtIdp({ driver }, idpForm(scene), wrong).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotDone) return false;
      throw error;
    },
  );
  const deed = 'enter a wrong password at the IdP';
  if (isIn) throw new NotDone(who, { deed, because: 'The IdP accepted the password.', look: await driver.look() });
  await makeSureIdpAsks(scene, who);
}

/**
 * Signs in if the IdP asks for credentials; otherwise it has sent the browser on already. Ends there if the IdP does
 * not respond. Throws NotDone if the SP does not respond.
 */
export async function passIdp(scene: Scene, { driver, who }: { driver: Driver; who: Name }): Promise<void> {
  const credentials = await credentialsAtIdp(scene, who);
  if (!(await signingIn.asksForUser({ driver }, idpForm(scene)))) return;
  scene.cast[driver.who as Name].signedInHere.add(scene.cast[who].address);
  await signingIn.signInAtIdp({ driver }, idpForm(scene), credentials).catch((error: unknown) => {
    const isIdpDown =
      error instanceof NotDone && error.look.isUnreachable && !isAtProduct(productOf(scene), error.look.url);
    if (!isIdpDown) throw error;
  });
}

/** Signs in at the IdP alone, before anything else. */
export async function openIdpSession(scene: Scene, who: Who): Promise<void> {
  const idp = idpOf(scene);
  need(idp, 'session');
  need(idp, 'door');
  needAccount(who.who, 'the IdP');
  const driver = await driverOf(scene, who);
  await driver.open(idp.door(scene));
  await signInAtIdpHere(scene, who);
}

/** Enters ten wrong passwords at the recovery sign-in as another person, each in a browser without cookies. */
export async function guessPasswords(scene: Scene, stranger: Name, whose: Name): Promise<void> {
  needAccount(whose, 'the SP');
  if (scene.product && scene.product.product.recipe.reset === undefined)
    throw new Unable(`${scene.product.product.recipe.name} would lock ${whose}'s account: its recipe has no reset`);
  const { address: email } = scene.cast[whose];
  for (let guess = 1; guess <= 10; guess++) {
    const isIn = await elsewhere(scene, stranger, (driver) =>
      attempt(getBackIn({ driver, product: productOf(scene) }, { email, password: `guess ${guess}` }).then(() => true)),
    );
    if (isIn) throw new Missing(`${stranger} guessed the password of ${whose}.`);
  }
}

/** Signs in by recovery in the person's usual browser, which has signed in before but has no session now. */
export async function recoverAccess(scene: Scene, who: Who): Promise<void> {
  const person = await at(scene, who);
  await endSession(scene, person);
  scene.cast[who.inBrowserOf ?? who.who].signedInHere.add(scene.cast[who.who].address);
  await getBackIn(person, passwordOf(scene, who.who));
  scene.cast[who.who].typedPassword = { at: Date.now(), how: 'recovery' };
}

/** Without its session, the browser remains known to the SP. */
async function endSession({ product }: Scene, person: At): Promise<void> {
  if (product === undefined) return person.driver.forgetCookies(sessionCookie);
  if (product.product.recipe.signOut === undefined && product.product.verbs?.signOut === undefined)
    return person.driver.forgetCookies();
  if ((await signingIn.whoIsSignedIn(person)) !== undefined) await signingIn.signOut(person);
}

/** Signs in by recovery, or is rejected. */
export const tryToRecoverAccess = async (scene: Scene, who: Who): Promise<void> =>
  void (await attempt(recoverAccess(scene, who)));

/** Throws NotDone unless this person is on the IdP login page. */
export async function makeSureIdpAsks(scene: Scene, who: Name): Promise<void> {
  await makeSureAsks(scene, await scene.cast[who].driver(), { deed: 'get to the IdP login page' });
}

async function makeSureAsks(scene: Scene, driver: Driver, why: { deed: string; because?: string }): Promise<void> {
  if (await signingIn.asksForUser({ driver }, idpForm(scene))) return;
  throw new NotDone(driver.who, { ...why, look: await driver.look() });
}
