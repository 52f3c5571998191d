/** The configuration of a service provider under test, from its recipe: how to reach it, and who is signed in. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { OptionalFeature } from '../catalogue/fault-expectation.ts';
import type { ProductModule } from '../product/define-product.ts';
import { type OpenedRecipe, openRecipe } from '../product/open-recipe.ts';
import { addressOf, type Product, type Verbs } from '../product/product.ts';
import { originOf } from '../product/product-app.ts';
import { withNames } from '../product/product-people.ts';
import { type Recipe, readRecipe } from '../product/recipe.ts';
import { type Demand, usualTimeoutSeconds } from '../product/recipe-conformance.ts';
import type { Person } from '../stack/rehearsal.ts';
import { trustAuthority } from '../stack/trust.ts';
import { isOldConfig, oldConfig } from './old-config.ts';

interface Names {
  nameId: string;
  attributes: Readonly<Record<string, readonly string[]>>;
}

export interface UserUnderTest extends Names {
  /** Typed where the service provider asks for an email. */
  address?: string | undefined;
  /** The name that the service provider shows for this user once signed in. */
  shownAs?: string | undefined;
}

/** The attributes that the identity provider sends: it adds the email. */
export const sentAttributes = ({ address, nameId, attributes }: UserUnderTest): Names['attributes'] =>
  'email' in attributes ? attributes : { email: [address ?? nameId], ...attributes };

/** A connection of the service provider: as a party, and how its users sign in. */
export interface ConnectionUnderTest {
  metadata?: string | undefined;
  entityId?: string | undefined;
  acs?: string | undefined;
  /** Page where a sign-in starts, or `portal` if the service provider starts none. */
  signIn: string;
  user: UserUnderTest;
  /** To sign in and out by its recipe; without it, by the email field of the page, if it has one. */
  product?: ProductUnderTest | undefined;
}

export interface ProductUnderTest extends Product {
  /** The folder of the recipe. */
  folder: string;
}

export interface StandConfig extends ConnectionUnderTest {
  name: string;
  signedIn: Recipe['signedIn'];
  /** The name by which it knows its users: `nameId`, or an attribute. Found out if absent. */
  knownBy?: string | undefined;
  /** Another user of the service provider, for whom forged content is made. By default a stranger. */
  victim?: Names | undefined;
  /** A second organization at the same service provider, with a connection to another IdP. */
  second?: (ConnectionUnderTest & { signedIn?: Recipe['signedIn'] | undefined }) | undefined;
  /** A shell command that restarts it after a response that put it out of service, and ends when it is ready. */
  restart?: string | undefined;
  unwanted: readonly OptionalFeature[];
  /** Features without which it rejects a response. */
  demands: readonly Demand[];
  /** Claims to reject also what standards leave open, where the catalogue of faults recommends that. */
  hardened: boolean;
  /** The clock skew that it allows. If unknown, its limit is not judged. */
  skewMinutes?: number | undefined;
  /** Time limit for a single reply. */
  timeoutSeconds: number;
}

export class InvalidConfig extends Error {}

/**
 * Reads a recipe, or a configuration in the old format: JSON, or a TypeScript or JavaScript module whose default export
 * is the object. Throws InvalidConfig with everything that is wrong.
 */
export async function readConfig(file: string): Promise<StandConfig> {
  const path = resolve(file);
  const content = /\.[cm]?[jt]s$/.test(path) ? await fromModule(path) : await fromJson(path);
  if (isOldConfig(content)) return fromOld(content, { file, path });
  return inWords(async () => fromRecipe(await openRecipe(path), path));
}

/** The content of a recipe. Files are relative to the current folder. */
export const readConfigOf = ({ verbs, ...fields }: ProductModule): Promise<StandConfig> =>
  inWords(() => fromRecipe({ recipe: readRecipe(fields, 'the recipe'), ...(verbs && { verbs }) }, resolve('recipe')));

const inWords = (read: () => Promise<StandConfig>): Promise<StandConfig> =>
  read().catch((error: unknown) => {
    if (error instanceof InvalidConfig) throw error;
    throw new InvalidConfig((error as Error).message, { cause: error });
  });

function fromOld(content: object, { file, path }: { file: string; path: string }): StandConfig {
  const result = oldConfig.safeParse(content);
  if (!result.success)
    throw new InvalidConfig(
      `${file} does not describe a service provider:\n${z.prettifyError(result.error)}\n` +
        `Its settings are: ${Object.keys(oldConfig.shape).join(', ')}.`,
    );
  const { data } = result;
  return { ...besideFile(data, path), ...(data.second && { second: besideFile(data.second, path) }) };
}

/** Metadata in a file is beside the configuration. */
const besideFile = <One extends { metadata?: string | undefined }>(one: One, path: string): One =>
  one.metadata === undefined || URL.canParse(one.metadata)
    ? one
    : { ...one, metadata: resolve(path, '..', one.metadata) };

async function fromRecipe({ recipe, verbs }: OpenedRecipe, path: string): Promise<StandConfig> {
  const folder = dirname(path);
  const { name, certificateAuthority, idpInitiated, conformance } = recipe;
  if (certificateAuthority !== undefined) {
    const pem = await readFile(resolve(folder, certificateAuthority), 'utf8').catch(() => {
      throw new InvalidConfig(`cannot read certificateAuthority: ${certificateAuthority}, beside the recipe`);
    });
    trustAuthority(pem, certificateAuthority);
  }
  const { second, unwanted = [], ...settings } = { ...defaults, ...conformance };
  const first = connectionOf(recipe, { folder, verbs });
  const config: StandConfig = {
    name,
    ...first,
    ...settings,
    signedIn: absolute(recipe.signedIn, first.product!),
    unwanted: idpInitiated === 'rejected' ? [...new Set([...unwanted, 'idp-initiated' as const])] : unwanted,
    ...(second === undefined ? {} : { second: secondOf(recipe, second, { folder, verbs }) }),
  };
  if (config.signIn === 'portal' && config.unwanted.includes('idp-initiated'))
    throw new InvalidConfig(`${path}: it signs in from the portal, so idp-initiated cannot be unwanted`);
  const { knownBy, user } = config;
  if (knownBy !== undefined && knownBy !== 'nameId' && !(knownBy in sentAttributes(user)))
    throw new InvalidConfig(`${path}: conformance.knownBy must be nameId, email or one of the attributes of Sam`);
  return config;
}

type Settings = NonNullable<Recipe['conformance']>;

const defaults: Pick<Settings, 'demands' | 'hardened' | 'timeoutSeconds'> & Partial<Settings> = {
  demands: [],
  hardened: false,
  timeoutSeconds: usualTimeoutSeconds,
};

interface Place {
  folder: string;
  verbs: Verbs | undefined;
}

function connectionOf(recipe: Recipe, { folder, verbs }: Place): ConnectionUnderTest {
  const product: ProductUnderTest = { recipe, url: originOf(recipe), values: recipe.values, verbs, folder };
  const at = (address: string | undefined): string | undefined =>
    address === undefined ? undefined : addressOf(product, address).href;
  const { metadata, entityId, acs, signIn } = recipe;
  const isFile = metadata !== undefined && !/^(https?:|\/)/.test(metadata);
  return {
    ...(metadata === undefined
      ? { entityId, acs: at(acs) }
      : { metadata: isFile ? resolve(folder, metadata) : at(metadata) }),
    signIn: signIn.page === 'portal' ? 'portal' : at(signIn.page)!,
    user: userOf(recipe),
    product,
  };
}

function userOf(recipe: Recipe): UserUnderTest {
  const { people } = recipe;
  if (people === undefined) throw new InvalidConfig('the recipe needs people.Sam or people.domain: who signs in?');
  const address = people.Sam?.email ?? `sam@${people.domain}`;
  const person: Person = { name: 'Sam', address, password: '', idpPassword: '' };
  const { nameId = address, shownAs, attributes = {} } = withNames(person, recipe);
  return { address, nameId, shownAs, attributes };
}

/** As a recipe of its own, which differs in what the second organization says. */
function secondOf(
  recipe: Recipe,
  { user, signedIn, ...connection }: NonNullable<Settings['second']>,
  place: Place,
): NonNullable<StandConfig['second']> {
  const { metadata: _, entityId: __, acs: ___, ...rest } = recipe;
  const whole = { ...rest, ...connection, people: { ...recipe.people!, Sam: user } };
  const made = connectionOf(whole, place);
  return { ...made, ...(signedIn === undefined ? {} : { signedIn: absolute(signedIn, made.product!) }) };
}

const absolute = (signedIn: Recipe['signedIn'], product: Product): Recipe['signedIn'] => ({
  ...signedIn,
  ...(signedIn.page === undefined ? {} : { page: addressOf(product, signedIn.page).href }),
  ...(signedIn.address === undefined ? {} : { address: addressOf(product, signedIn.address).href }),
});

async function fromJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new InvalidConfig(`cannot read the configuration: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidConfig(`${path} is not valid JSON: ${(error as Error).message}`);
  }
}

async function fromModule(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href).catch((error: Error) => {
    throw new InvalidConfig(`cannot load the configuration: ${error.message}`);
  })) as { default?: unknown };
  return module.default;
}
