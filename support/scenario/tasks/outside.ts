/** Questions that a product under test answers by its pages: who is signed in, and the outcome of a response. */
import { type Name, names } from '../../catalogue/cast.ts';
import { isAt } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import { NotDone } from '../../product/deed.ts';
import type { Driver, Exchange } from '../../product/driver.ts';
import type { Product } from '../../product/product.ts';
import { isSameName, signInByPassword, whoIsSignedIn } from '../../product/signing-in.ts';
import type { Actor } from '../actor.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { accountOf, elsewhere } from './places.ts';

export const noResponse = 'No response has reached the SP yet.';

/** True if the product shows this name for the person. */
export const isShownAs = ({ address, shownAs = address }: Pick<Actor, 'address' | 'shownAs'>, shown: string): boolean =>
  isSameName(shown, shownAs);

/**
 * The user whom the product shows in a browser: the email if it is one of the cast, otherwise the name. The open page
 * stays as it is.
 */
export async function userShown(scene: Scene, driver: Driver, product: Product): Promise<string | undefined> {
  const { cast } = scene;
  await using aside = product.recipe.signedIn.page === undefined ? undefined : await driver.aside();
  // The IdP's own pages may say the same of its user.
  if (aside === undefined && isAt(idpOf(scene), (await driver.look()).url)) return undefined;
  const shown = await whoIsSignedIn({ driver: aside ?? driver, product });
  if (typeof shown !== 'string') return undefined;
  return Object.values(cast).find((one) => isShownAs(one, shown))?.address ?? shown;
}

/** The same, and how the user signed in: by the newest response or password of this person's browsers. */
export async function sessionShown(
  scene: Scene,
  who: Name,
  product: Product,
): Promise<{ address: string; method: string } | undefined> {
  const address = await userShown(scene, await scene.cast[who].driver(), product);
  if (address === undefined) return undefined;
  const { typedPassword, exchanges } = scene.cast[who];
  const response = exchanges.findLast((one) => carriesResponse(scene, one));
  const isSso = response !== undefined && response.at > (typedPassword?.at ?? 0);
  return { address, method: isSso ? 'sso' : (typedPassword?.how ?? 'unknown') };
}

/** True if a browser posted a SAML response to the SP, and the SP replied. */
export const carriesResponse = (scene: Scene, { method, fields, url }: Exchange): boolean =>
  method === 'POST' && fields.includes('SAMLResponse') && !isAt(idpOf(scene), url);

/** The user who is signed in after the newest response that a person's browser posted to the product. */
export async function userAfterResponse(scene: Scene, product: Product): Promise<string | undefined> {
  const newest = names
    .map((name) => ({ name, at: scene.cast[name].exchanges.findLast((one) => carriesResponse(scene, one))?.at }))
    .filter((one): one is { name: Name; at: number } => one.at !== undefined)
    .toSorted((one, other) => one.at - other.at)
    .at(-1);
  if (newest === undefined) throw new Missing(noResponse);
  return userShown(scene, await scene.cast[newest.name].driver(), product);
}

/** True if the password signs the person in, in a new browser. Throws NotDone if the product does not respond. */
export async function signsInByPassword(scene: Scene, who: Name, product: Product): Promise<boolean> {
  return elsewhere(scene, who, async (driver) => {
    try {
      await signInByPassword({ driver, product }, accountOf(scene.cast[who]));
      return true;
    } catch (error) {
      if (error instanceof NotDone && !error.look.isUnreachable) return false;
      throw error;
    }
  });
}
