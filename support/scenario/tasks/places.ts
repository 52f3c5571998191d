/** Drivers for tasks: at the SP, at the IdP, and signed in to the Admin Center. */
import type { Name } from '../../catalogue/cast.ts';
import { isAt } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import type { Driver } from '../../product/driver.ts';
import { ownProduct } from '../../product/own-product.ts';
import { type At, isAtProduct, type Product } from '../../product/product.ts';
import {
  type IdpForm,
  isSameName,
  type PasswordOfUser,
  signInByPassword,
  whoIsSignedIn,
} from '../../product/signing-in.ts';
import type { Actor } from '../actor.ts';
import type { Scene } from '../scene.ts';
import { Missing, noProfile } from '../step-failure.ts';
import { snapshot } from './records.ts';
import { sessionCookie } from './sp-session.ts';

export interface Who {
  who: Name;
  /** Owner of the browser. Default: the person. */
  inBrowserOf?: Name;
  browser?: string;
}

export const driverOf = ({ cast }: Scene, { who, inBrowserOf = who, browser }: Who): Promise<Driver> =>
  cast[inBrowserOf].driver(browser);

/** A person at the SP. */
export const at = async (scene: Scene, who: Who): Promise<At> => ({
  driver: await driverOf(scene, who),
  product: productOf(scene),
});

export const productOf = ({ stack, organization, product }: Scene): Product =>
  product?.product ?? ownProduct(stack.sp.url, { organization: organization.slug });

/** The product with Acme's SSO profile, for the administrators' pages. */
export async function acmeOf(scene: Scene): Promise<Product> {
  if (scene.product) return scene.product.product;
  const profile = (await snapshot(scene)).profiles.find(({ name }) => name === 'Acme');
  if (profile === undefined) throw new Missing(noProfile);
  return ownProduct(scene.stack.sp.url, { organization: scene.organization.slug, connection: profile.id });
}

/**
 * An administrator who is signed in, or continues on the open page. The sign-in is not part of the scenario, so it
 * happens without a page.
 */
export async function administratorAt(scene: Scene, who: Name = 'Ada'): Promise<At> {
  return { ...(await administratorBeforeSetUp(scene, who)), product: await acmeOf(scene) };
}

/** The same while Acme has no SSO profile yet. */
export async function administratorBeforeSetUp(scene: Scene, who: Name = 'Ada'): Promise<At> {
  const isAtSp = (await scene.cast[who].drivers()).length > 0 && (await hasSpPage(scene, who));
  if (!isAtSp) await signInUnseen(scene, who);
  return { driver: await scene.cast[who].driver(), product: productOf(scene) };
}

const hasSpPage = async (scene: Scene, who: Name): Promise<boolean> =>
  isAtProduct(productOf(scene), (await (await scene.cast[who].driver()).look()).url);

/** The same without a page, for actions of Ada that are not part of the scenario. */
export async function unseenAda<Result>(scene: Scene, act: (at: At) => Promise<Result>): Promise<Result> {
  await signInUnseen(scene, 'Ada');
  const product = await acmeOf(scene);
  return unseen(scene, 'Ada', (driver) => act({ driver, product }));
}

/**
 * Acts over HTTP without a page. At a product under test, whose pages may need script, in the person's usual browser.
 */
export async function unseen<Result>(
  { cast, product }: Scene,
  who: Name,
  act: (driver: Driver) => Promise<Result>,
): Promise<Result> {
  return product === undefined ? cast[who].unseen(act) : act(await cast[who].driver());
}

/** Acts in a new browser. The pages of a product under test may need script. */
export const elsewhere = <Result>(
  { cast, product }: Scene,
  who: Name,
  act: (driver: Driver) => Promise<Result>,
): Promise<Result> => cast[who].elsewhere(act, { mayNeedScript: product !== undefined });

/** A person's email and password at the SP, and the name that it shows. */
export const accountOf = ({ address, password, shownAs = address }: Actor): PasswordOfUser & { shownAs: string } => ({
  email: address,
  password,
  shownAs,
});

/** Signs in with the password, unless this person's usual browser is signed in. */
export async function signInUnseen(scene: Scene, who: Name): Promise<void> {
  const actor = scene.cast[who];
  actor.signedInHere.add(actor.address);
  const account = accountOf(actor);
  const mayBeIn = (await actor.cookies()).some(({ name }) => scene.product || name === sessionCookie);
  await unseen(scene, who, async (driver) => {
    const person = { driver, product: productOf(scene) };
    const shown = mayBeIn ? await whoIsSignedIn(person) : undefined;
    if (typeof shown === 'string' && isSameName(shown, account.shownAs)) return;
    await signInByPassword(person, account);
  });
}

/** The sign-in form of the scene's IdP. */
export function idpForm(scene: Scene): IdpForm {
  const idp = idpOf(scene);
  return { form: idp.form, isIdp: (url) => isAt(idp, url) };
}
