/** A product, the people who act on it, and the functions of a recipe module that replace verbs. */
import { Unable } from '../idp/identity-provider.ts';
import type { Driver } from './driver.ts';
import type { Recipe } from './recipe.ts';

/** A running service provider, with its recipe. */
export interface Product {
  recipe: Recipe;
  /** Its origin; replaces the one in the recipe. */
  url: string;
  /** Values for the names in braces. */
  values?: Readonly<Record<string, string>>;
  /** From a recipe that is a module. */
  verbs?: Verbs | undefined;
}

/** The product lacks this verb; the scenario is skipped with this reason. */
export class NotAvailable extends Unable {
  constructor({ recipe: { name } }: Pick<Product, 'recipe'>, verb: string) {
    super(`${name} cannot ${verb}: its recipe does not say how`);
  }
}

/** A person at a product. */
export interface At {
  driver: Driver;
  product: Product;
}

/** A name at the product and its password. */
export interface Account {
  email: string;
  password: string;
}

/**
 * Functions for what labels cannot express; each replaces the verb of that name. `at.driver` acts on the person's page;
 * in a browser `at.driver.page` is Playwright's page. A function throws if it could not do what its name says.
 */
export interface Verbs {
  /** Opens the login page and starts single sign-on. Ends where the product leads: at the IdP, or signed in. */
  startSignIn?: (at: At, email: string) => Promise<void>;
  /** Does what the product asks for after the IdP, if it asks. */
  finishSignIn?: (at: At, email: string) => Promise<void>;
  /** The name that the product shows; undefined if no user is signed in. Must not sign in or out. */
  whoIsSignedIn?: (at: At) => Promise<string | undefined>;
  signOut?: (at: At) => Promise<void>;
  signInByPassword?: (at: At, account: Account) => Promise<void>;
  sendTest?: (at: At, email: string) => Promise<void>;
  readResult?: (at: At) => Promise<'pending' | 'passed' | 'failed'>;
  markTest?: (at: At, mark: 'passed' | 'failed') => Promise<void>;
  enforce?: (at: At) => Promise<void>;
  turnOffEnforcement?: (at: At) => Promise<void>;
  /** Signs in while SSO is enforced, without the IdP. */
  getBackIn?: (at: At, account: Account) => Promise<void>;
}

export const verbNames = [
  'startSignIn',
  'finishSignIn',
  'whoIsSignedIn',
  'signOut',
  'signInByPassword',
  'sendTest',
  'readResult',
  'markTest',
  'enforce',
  'turnOffEnforcement',
  'getBackIn',
] as const satisfies readonly (keyof Verbs)[];

/** True for URLs of the product. */
export const isAtProduct = ({ url, recipe: { origins } }: Product, address: string): boolean =>
  URL.canParse(address) && [url, ...origins].some((one) => new URL(one).origin === new URL(address).origin);

/** The first name in braces that a run has not filled in. */
export const missingValue = ({ values = {} }: Product, page: string): string | undefined =>
  [...page.matchAll(/\{(\w+)\}/g)].map(([, key]) => key!).find((key) => values[key] === undefined);

/** The URL of a page. Throws if a name in braces has no value. */
export function addressOf({ url, values = {}, recipe: { name } }: Product, page: string): URL {
  const path = page.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`No value for ${whole} in the address ${page} of ${name}`);
    return encodeURIComponent(value);
  });
  return new URL(path, url);
}
