/** The product under test: a service provider that a recipe describes, with the mock IdP beside it. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { colleagues, type Name } from '../catalogue/cast.ts';
import {
  type IdentityProvider,
  type IdpSide,
  NotReady,
  type RehearsalAtIdp,
  type SpSide,
  Unable,
} from '../idp/identity-provider.ts';
import type { FixedNames } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';
import { trustAuthority } from '../stack/trust.ts';
import { type IdpPlace, type IdpState, openIdpState, withKeptIdp } from './idp-state.ts';
import { instructionsFor } from './instructions.ts';
import { openRecipe } from './open-recipe.ts';
import type { Product } from './product.ts';
import { appOf, originOf } from './product-app.ts';
import { addressesIn, namesOf } from './product-people.ts';
import { idpOf, startStack } from './product-stack.ts';
import type { Recipe } from './recipe.ts';
import { type ByPages, createTeller, hasConnection, resetProduct } from './tell-product.ts';

export interface ProductUnderTest {
  product: Product;
  /** People with an account at the product and at the IdP. */
  people: readonly Name[];
  names: FixedNames;
  side: SpSide;
  /** Instructions for the administrator of the product before the first run. Undefined if the run does it. */
  toDo: string | undefined;
  /** A stack with a freshly started IdP; the product stays as it is. */
  startStack(): Promise<Stack>;
  /** The IdP that the product trusts, for a run that starts it by itself. */
  state: IdpState;
  /** The IdP of that stack. */
  idp(stack: Stack): IdentityProvider;
  /** Names for the addresses of pages. */
  learn(values: Readonly<Record<string, string>>): void;
  /** True while a scenario has SSO enforced; “perhaps” if the product did not say whether it is. */
  isEnforced: boolean | 'perhaps';
  /** True if an SSO test has passed and was marked, so that SSO can be enforced without another one. */
  isVerified: boolean;
  /** True if the run can tell the product of new metadata. */
  takesNewMetadata: boolean;
  /** Throws Unable unless the product has the certificate of the next key from the beginning. */
  needNextCertificate(): void;
  /** Tells the product of the IdP unless it knows this metadata. `byPages` does so where the recipe says “pages”. */
  tell(idp: IdpSide, byPages: ByPages): Promise<void>;
  /** Puts the product back to its first state, where the recipe says how. */
  reset(): Promise<void>;
}

/** A rehearsal, possibly at a product under test. */
export interface RehearsalAtProduct extends RehearsalAtIdp {
  product?: ProductUnderTest | undefined;
}

/** Throws NotReady with what is wrong with the recipe. */
export async function nameOfProduct(file: string): Promise<string> {
  try {
    return (await openRecipe(file)).recipe.name;
  } catch (error) {
    throw new NotReady(`PRODUCT=${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Throws NotReady with what is wrong with the recipe, or who does not respond. `named` is how the person named it. */
export async function openProduct(file: string, named = `PRODUCT=${file}`): Promise<ProductUnderTest> {
  try {
    return await open(resolve(file));
  } catch (error) {
    throw new NotReady(`${named}: ${(error as Error).message}`, { cause: error });
  }
}

async function open(file: string): Promise<ProductUnderTest> {
  const { recipe, verbs } = await openRecipe(file);
  const { people: given, certificateAuthority, idp } = recipe;
  const { text, json } = recipe.signedIn;
  if (given === undefined) throw new Error('the recipe needs people: who signs in?');
  if (text === undefined && json === undefined && verbs?.whoIsSignedIn === undefined)
    throw new Error('signedIn needs text or json: every sign-in is judged by the name that the product shows');
  const folder = dirname(file);
  if (certificateAuthority !== undefined)
    trustAuthority(await readFile(resolve(folder, certificateAuthority), 'utf8'), certificateAuthority);
  const values = { ...recipe.values };
  const product: Product = { recipe, url: originOf(recipe), values, verbs };
  if (idp.by === 'pages' && recipe.reset === undefined && !hasConnection(product))
    throw new Error(
      'idp by “pages” needs reset, which makes room for a new connection. To change an existing one, add ' +
        'setUp.profile and the names in it to values',
    );
  const teller = createTeller(product, folder);
  await resetProduct(product, folder);
  const state = await openIdpState({
    ...placeOf(recipe, folder),
    async introduce({ side, metadataFile }) {
      if (idp.by !== 'pages') await teller.tell(side, metadataFile);
      return { ...(await appOf(product, folder)), encrypt: idp.encrypts };
    },
  });
  const side = { entityId: state.app.entityId, acsUrl: state.app.acs[0]!.url, metadataUrl: '' };
  const people = colleagues.filter((name) => given.domain !== undefined || given[name] !== undefined);
  const underTest: ProductUnderTest = {
    product,
    people,
    names: namesOf(recipe, given),
    side,
    learn: (learned) => void Object.assign(values, learned),
    isEnforced: false,
    isVerified: false,
    takesNewMetadata: teller.isNeeded,
    toDo: instructionsFor(recipe, state),
    state,
    startStack: () => startStack(product, { state, folder, recipients: addressesIn(given) }),
    idp: (stack) => idpOf(stack, { side, idpSide: state.side, people }),
    needNextCertificate() {
      if (idp.nextCertificate) return;
      throw new Unable(`${recipe.name} cannot take a second certificate: its recipe does not say nextCertificate`);
    },
    tell: (side, byPages) => teller.tell(side, state.metadataFile, byPages),
    async reset() {
      if (recipe.reset === undefined) return;
      await resetProduct(product, folder);
      teller.forget();
      underTest.isEnforced = underTest.isVerified = false;
    },
  };
  return underTest;
}

const placeOf = ({ idp: { port, nextCertificate } }: Recipe, folder: string): IdpPlace => ({
  port,
  nextCertificate,
  folder: join(folder, '.sso-rehearsal'),
});

/**
 * Writes the IdP's metadata next to the recipe, and returns the instructions for the administrator of the product. Does
 * not contact the product. Throws NotReady with what is wrong with the recipe, or why the IdP cannot start.
 */
export async function announceToProduct(file: string): Promise<string> {
  try {
    const { recipe } = await openRecipe(file);
    const forProduct = await withKeptIdp(placeOf(recipe, dirname(resolve(file))), async (idp) => idp);
    return (
      instructionsFor(recipe, forProduct) ??
      `Each run tells ${recipe.name} of the identity provider: the recipe says idp.by ${recipe.idp.by}. ` +
        `Its metadata is in ${forProduct.metadataFile}.`
    );
  } catch (error) {
    throw new NotReady(`PRODUCT=${file}: ${(error as Error).message}`, { cause: error });
  }
}
