/** The product under test: a service provider that a recipe describes, with the mock IdP beside it. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { colleagues, isColleague, type Name } from '../catalogue/cast.ts';
import {
  type IdentityProvider,
  type IdpSide,
  NotReady,
  type RehearsalAtIdp,
  type SpSide,
  Unable,
} from '../idp/identity-provider.ts';
import { mock } from '../idp/mock.ts';
import type { Control } from '../stack/control.ts';
import { request } from '../stack/http.ts';
import { openMailbox } from '../stack/mail-source.ts';
import type { Mailbox } from '../stack/mailbox.ts';
import type { FixedNames, Person } from '../stack/rehearsal.ts';
import { secretText } from '../stack/secret.ts';
import type { Stack } from '../stack/servers.ts';
import { trustAuthority } from '../stack/trust.ts';
import { filled, run, send } from './calls.ts';
import { type IdpPlace, type IdpState, openIdpState, type ProductApp, tenant, withKeptIdp } from './idp-state.ts';
import { instructionsFor } from './instructions.ts';
import { openRecipe } from './open-recipe.ts';
import { missingValue, type Product } from './product.ts';
import type { Recipe } from './recipe.ts';

/** Sets up the connection on the product's pages, or changes it. */
type ByPages = (what: { metadata: string; isNew: boolean }) => Promise<void>;

export interface ProductUnderTest extends AsyncDisposable {
  product: Product;
  /** People with an account at the product and at the IdP. */
  people: readonly Name[];
  names: FixedNames;
  side: SpSide;
  /** Instructions for the administrator of the product before the first run. Undefined if the run does it. */
  toDo: string | undefined;
  /** A stack with a freshly started IdP; the product stays as it is. */
  startStack(): Promise<Stack>;
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

/** Throws NotReady with what is wrong with the recipe, or who does not respond. */
export async function openProduct(file: string): Promise<ProductUnderTest> {
  try {
    return await open(resolve(file));
  } catch (error) {
    throw new NotReady(`PRODUCT=${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function open(file: string): Promise<ProductUnderTest> {
  const { recipe, verbs } = await openRecipe(file);
  const { people: given, certificateAuthority } = recipe;
  const { text, json } = recipe.signedIn;
  if (given === undefined) throw new Error('the recipe needs people: who signs in?');
  if (text === undefined && json === undefined && verbs?.whoIsSignedIn === undefined)
    throw new Error('signedIn needs text or json: every sign-in is judged by the name that the product shows');
  const folder = dirname(file);
  if (certificateAuthority !== undefined)
    trustAuthority(await readFile(resolve(folder, certificateAuthority), 'utf8'), certificateAuthority);
  const values = { ...recipe.values };
  const product: Product = { recipe, url: originOf(recipe), values, verbs };
  const idp = recipe.idp ?? idpByHand;
  if (idp.by === 'pages' && recipe.reset === undefined && !hasConnection(product))
    throw new Error(
      'idp by “pages” needs reset, which makes room for a new connection. To change an existing one, add ' +
        'setUp.profile and the names in it to values',
    );
  const teller = createTeller(product, { idp, folder });
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
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return underTest;
}

async function resetProduct({ recipe: { reset }, url }: Product, folder: string): Promise<void> {
  if (reset === undefined) return;
  if ('command' in reset) await run(reset.command, folder, {});
  else await send(reset, url, {});
}

/** True if the recipe names a connection that exists, and its page. */
const hasConnection = ({ recipe, url }: Product): boolean => {
  const { setUp, values } = recipe;
  return setUp?.profile !== undefined && missingValue({ recipe, url, values }, setUp.profile) === undefined;
};

type Idp = NonNullable<Recipe['idp']>;

const placeOf = ({ idp = idpByHand }: Recipe, folder: string): IdpPlace => ({
  port: idp.port,
  nextCertificate: idp.nextCertificate,
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
      `Each run tells ${recipe.name} of the identity provider: the recipe says idp.by ${recipe.idp?.by}. ` +
        `Its metadata is in ${forProduct.metadataFile}.`
    );
  } catch (error) {
    throw new NotReady(`PRODUCT=${file}: ${(error as Error).message}`, { cause: error });
  }
}

const idpByHand = { by: 'hand', port: 8490, nextCertificate: false, encrypts: false } as const satisfies Idp;

interface Teller {
  /** True if a run tells the product of the IdP; otherwise a person does, or the product fetches the metadata. */
  isNeeded: boolean;
  tell(side: IdpSide, metadataFile: string, byPages?: ByPages): Promise<void>;
  /** The product was put back to its first state. */
  forget(): void;
}

function createTeller(product: Product, { idp, folder }: { idp: Idp; folder: string }): Teller {
  const isNeeded = idp.by !== 'hand' && idp.by !== 'metadata-url';
  const { url } = product;
  /** The certificates that the product has received. */
  let known: string | undefined;
  return {
    isNeeded,
    forget() {
      known = undefined;
    },
    async tell({ metadataUrl, entityId, ssoUrl, certificates }, metadataFile, byPages) {
      if (!isNeeded || known === certificates.join()) return;
      const metadata = await (await request(metadataUrl)).text();
      await writeFile(metadataFile, metadata);
      const [certificate] = certificates;
      const values = { metadata, metadataUrl, metadataFile, entityId, signOnUrl: ssoUrl, certificate: certificate! };
      if (idp.by === 'command') await run(idp.command, folder, values);
      else if (idp.by === 'request') await send(idp, url, values);
      else await byPages?.({ metadata, isNew: known === undefined && !hasConnection(product) });
      known = certificates.join();
    },
  };
}

/** The IdP and the mailbox as at the beginning of a run; the product stays as it is. */
async function startStack(
  { url, recipe: { name, mail } }: Product,
  { state, folder, recipients }: { state: IdpState; folder: string; recipients: readonly string[] },
): Promise<Stack> {
  await using starting = new AsyncDisposableStack();
  const idp = starting.use(await state.start());
  const mailbox = mail === undefined ? undefined : starting.use(await openMailbox(mail, { folder, recipients }));
  const started = starting.move();
  return {
    sp: { url, control: noControl(name) },
    idp,
    mailbox: mailbox ?? noMailbox(name),
    mailProblems: undefined,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

const addressesIn = (people: NonNullable<Recipe['people']>): string[] =>
  colleagues.flatMap((name) => people[name]?.email ?? []);

/** The recipe's origin, or that of its first address. */
function originOf({ origin, signIn, metadata, acs, signedIn }: Recipe): string {
  const address = [origin, signIn.page, metadata, acs, signedIn.page].find((one) => one && /^https?:/.test(one));
  if (address === undefined) throw new Error('the recipe needs origin: where does the product run?');
  return new URL(address).origin;
}

async function appOf({ recipe, url, values }: Product, folder: string): Promise<ProductApp> {
  const { metadata, entityId, acs } = recipe;
  if (metadata === undefined) return { entityId: entityId!, acs: [new URL(acs!, url).href] };
  if (/^(https?:|\/)/.test(metadata))
    return { metadata: await fetchMetadata(new URL(filled(metadata, values ?? {}), url)) };
  const file = resolve(folder, metadata);
  if (!existsSync(file))
    throw new Error(
      `there is no file ${metadata} beside the recipe. For a path at the product, begin with /: /${metadata}`,
    );
  return { metadata: await readFile(file, 'utf8') };
}

async function fetchMetadata(url: URL): Promise<string> {
  const response = await request(url).catch((error: Error) => {
    throw new Error(`the product does not respond at ${url.href}. Start it first`, { cause: error });
  });
  if (!response.ok) throw new Error(`${url.href} returned ${response.status} instead of metadata`);
  return response.text();
}

function namesOf(recipe: Recipe, people: NonNullable<Recipe['people']>): FixedNames {
  const given = colleagues.flatMap((name) => {
    const one = people[name];
    if (one === undefined) return [];
    const { email: address, password } = one;
    return [[name, { address, ...(password === undefined ? {} : { password: secretText(password) }) }] as const];
  });
  const domain = people.domain ?? people.Sam!.email.split('@')[1]!;
  return {
    organization: { slug: tenant, name: 'Acme', domain },
    tenant: { slug: tenant },
    people: Object.fromEntries(given),
    isNewEachTime: people.domain !== undefined,
    complete: (person) => withTemplates(person, recipe),
  };
}

/** Adds the NameID and attributes at the IdP, and the name that the product shows. */
function withTemplates(person: Person, { people }: Recipe): Person {
  const { name, address } = person;
  const { shownAs, nameId, attributes } = {
    ...people!,
    ...(isColleague(name) ? people![name as (typeof colleagues)[number]] : {}),
  };
  const values = { email: address, name, localPart: address.split('@')[0]! };
  return {
    ...person,
    shownAs: filled(shownAs ?? people!.shownAs, values),
    nameId: filled(nameId ?? people!.nameId, values),
    attributes: Object.fromEntries(
      Object.entries(attributes ?? { displayName: '{name}' }).map(([key, one]) => [key, filled([one].flat(), values)]),
    ),
  };
}

/** The mock with the people of the recipe. */
function idpOf(
  stack: Stack,
  { side, idpSide, people }: Pick<ProductUnderTest, 'side' | 'people'> & { idpSide: IdpSide },
): IdentityProvider {
  const { control } = stack.idp;
  return {
    ...mock(stack, people),
    async createTenant({ cast }) {
      for (const name of people) {
        const { address, idpPassword, nameId, attributes } = cast[name];
        const user = { password: idpPassword, email: address, nameId, attributes };
        await control.put(`/tenants/${tenant}/users/${encodeURIComponent(address)}`, user);
      }
      return idpSide;
    },
    async registerApp(_rehearsal, _sp, { signedRequests = false } = {}) {
      await control.put(`/tenants/${tenant}/assignments`, { app: side.entityId, users: 'everyone' });
      if (signedRequests) await control.patch(`/tenants/${tenant}`, { wantAuthnRequestsSigned: true });
    },
  };
}

/** The product shows only what a person sees; a scenario that needs more is skipped. */
function noControl(name: string): Control {
  const reject = (): Promise<never> =>
    Promise.reject(new Unable(`${name} cannot be set up or read by control routes: only its pages are played`));
  return { put: reject, patch: reject, get: reject, remove: reject };
}

function noMailbox(name: string): Mailbox {
  const reject = (): Promise<never> =>
    Promise.reject(new Unable(`${name} cannot send a test email: its recipe does not say where its mail goes`));
  return { messagesTo: reject, waitFor: reject };
}
