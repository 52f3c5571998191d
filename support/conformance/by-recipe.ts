/** Starts and finishes a sign-in, sees who is signed in, and signs out, all by the recipe of the product. */
import type { Driver } from '../product/driver.ts';
import type { At } from '../product/product.ts';
import type { SignedIn } from '../product/signed-in.ts';
import { finishSso, mayAskMore, pressSignOut, startSso } from '../product/signing-in.ts';
import type { Form } from '../stack/visit.ts';
import type { ConnectionUnderTest, ProductUnderTest } from './config.ts';

/** True if its recipe says more than the page where a sign-in starts. */
export function startsByRecipe({ product, signIn }: ConnectionUnderTest, startAt: string): boolean {
  if (product === undefined || startAt !== signIn) return false;
  const { start, sso, next } = product.recipe.signIn;
  return (
    product.recipe.signIn.page !== 'portal' &&
    (product.verbs?.startSignIn !== undefined || start !== undefined || sso !== undefined || next !== undefined)
  );
}

/** True if its recipe says what it asks for after the identity provider. */
export const finishesByRecipe = ({ product }: ConnectionUnderTest): boolean =>
  product !== undefined && mayAskMore(product);

/** True if its recipe says how to sign out. */
export const signsOutByRecipe = ({ product }: ConnectionUnderTest): boolean =>
  product?.recipe.signOut !== undefined || product?.verbs?.signOut !== undefined;

const at = (driver: Driver, product: ProductUnderTest): At => ({ driver, product });

export const start = (driver: Driver, { product, user }: ConnectionUnderTest): Promise<void> =>
  startSso(at(driver, product!), emailOf(user));

export const finish = (driver: Driver, { product, user }: ConnectionUnderTest): Promise<void> =>
  finishSso(at(driver, product!), emailOf(user));

export const signOut = (driver: Driver, { product }: ConnectionUnderTest): Promise<void> =>
  (product!.verbs?.signOut ?? pressSignOut)(at(driver, product!));

/** By the function of a recipe that is a module. */
export async function lookBy(driver: Driver, { product }: ConnectionUnderTest): Promise<SignedIn> {
  const as = await product!.verbs!.whoIsSignedIn!(at(driver, product!));
  return as === undefined ? undefined : { as };
}

const emailOf = ({ address, nameId }: ConnectionUnderTest['user']): string => address ?? nameId;

/** A form that a page sends to the identity provider by script. */
export const asksIdp = ({ fields }: Form): boolean => fields.some(({ name }) => name === 'SAMLRequest');
