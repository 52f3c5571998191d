/** The product of a load test and the IdPs around it: one that behaves correctly, and one for each fault. */
import { randomBytes } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotReady } from '../idp/identity-provider.ts';
import { mock } from '../idp/mock.ts';
import { filled } from '../product/filled.ts';
import { tenant } from '../product/idp-state.ts';
import { openRecipe } from '../product/open-recipe.ts';
import { originOf } from '../product/product-app.ts';
import type { Recipe } from '../product/recipe.ts';
import { openProduct } from '../product/under-test.ts';
import { control } from '../stack/control.ts';
import { passwordOfAll, UnusablePlan } from './make-plan.ts';
import { originsOf } from './played/origins.ts';
import { namesOf, type PeoplePlan, type Plan } from './played/plan.ts';
import { newRunFolder } from './run-folder.ts';
import { type Servers, startServers } from './servers.ts';

/** Facts about the product for a plan. */
export interface Product {
  recipe: Recipe;
  url: string;
  values: Readonly<Record<string, string>>;
  /** The IdP as the product knows it. */
  idp: Plan['idp'];
  mayRollKey: boolean;
}

export interface Target extends AsyncDisposable {
  product: Product;
  /** The tenant at the IdP with these people. */
  tenantSettings(people: PeoplePlan): object;
  /** Starts the IdPs with these people; `faults` are phrases. A replica listens at a free port. */
  startIdps(people: PeoplePlan, faults: readonly string[], how?: { isReplica?: boolean }): Promise<Idps>;
  /** Tells the product of the IdP's new key, where the recipe says how. */
  tellNewKey(idps: Idps): Promise<void>;
}

export interface Idps extends AsyncDisposable {
  /** As the product knows it. */
  url: string;
  /** Where the correct one listens. */
  listensAt: string;
  token: string;
  /** Phrase → origin of the IdP that has this fault. */
  faulty: Readonly<Record<string, string>>;
  /** The share of each second in which the correct IdP was busy. */
  busy: readonly number[];
  /** The phrases of faults that changed a response. */
  struck(): Promise<readonly string[]>;
}

export const formOfMock = (): Plan['idp']['form'] =>
  mock({ idp: { url: 'http://idp.localhost', control: undefined as never } }).form;

/**
 * `check` gets every address of the recipe before any of them is visited. Throws NotReady with what is wrong with the
 * recipe, or who does not respond.
 */
export async function openTarget(
  file: string,
  check: (addresses: readonly string[]) => void = () => undefined,
): Promise<Target> {
  check(await addressesIn(file));
  const { product, state, ...underTest } = await openProduct(file, file);
  const { recipe, url, values = {}, verbs = {} } = product;
  const functions = Object.keys(verbs);
  if (functions.length > 0)
    throw new UnusablePlan(
      `${recipe.name} has functions (${functions.join(', ')}), which k6 cannot run: describe the sign-in by labels`,
    );
  const { port, nextCertificate, encrypts } = recipe.idp;
  const origin = new URL(state.side.ssoUrl).origin;
  const settingsWith = (people: PeoplePlan): object =>
    tenantSettings(people, { recipe, app: { ...state.registered, encrypt: encrypts } });
  return {
    product: {
      recipe,
      url,
      values,
      idp: { origin, tenant, form: formOfMock() },
      mayRollKey: nextCertificate || underTest.takesNewMetadata || recipe.idp.by === 'metadata-url',
    },
    tenantSettings: settingsWith,
    startIdps: (people, faults, { isReplica = false } = {}) =>
      startIdps({
        port: isReplica ? 0 : port,
        kept: state.keptFile,
        publicUrl: origin,
        settings: settingsWith(people),
        faults,
      }),
    async tellNewKey({ url, token }) {
      const side = await control(url, token).get<typeof state.side>(`/tenants/${tenant}`);
      await underTest.tell({ ...state.side, certificates: side.certificates }, async () => undefined);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Every address that a run visits. Throws NotReady with what is wrong with the recipe. */
async function addressesIn(file: string): Promise<string[]> {
  try {
    const { recipe } = await openRecipe(file);
    return originsOf(recipe, originOf(recipe));
  } catch (error) {
    throw new NotReady(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** The tenant at the IdP, with all people. */
export function tenantSettings(
  { patterns, count }: PeoplePlan,
  { recipe, app }: { recipe: Recipe; app: object },
): object {
  const { nameId = '{email}', attributes = { displayName: '{name}' } } = recipe.people ?? {};
  return {
    displayName: 'Acme',
    users: patterns.map((pattern, at) => {
      const values = namesOf(patterns, at);
      return {
        pattern,
        count,
        password: passwordOfAll,
        email: pattern,
        nameId: filled(nameId, values),
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([name, texts]) => [name, filled([texts].flat(), values)]),
        ),
      };
    }),
    apps: [{ ...app, assigned: 'everyone' }],
  };
}

interface IdpSettings {
  port: number;
  /** The file with the key; without it a new one is made. */
  kept?: string;
  publicUrl?: string;
  settings: object;
  faults: readonly string[];
}

export async function startIdps({ port, kept, publicUrl, settings, faults }: IdpSettings): Promise<Idps> {
  await using starting = new AsyncDisposableStack();
  // The files contain the key that the product trusts.
  const folder = await newRunFolder();
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const token = randomBytes(24).toString('hex');
  const stateFile = join(folder, 'idp.json');
  if (kept !== undefined) await copyFile(kept, stateFile);
  const correct = starting.use(
    await startServers({
      controlToken: token,
      idps: [{ port, stateFile, publicUrl, tenant, settings, faults: [] }],
    }),
  );
  const url = publicUrl ?? correct.urls[0]!;
  const others = starting.use(await startFaulty({ folder, stateFile, publicUrl: url, token, faults }));
  const faulty = Object.fromEntries(faults.map((phrase, at) => [phrase, others.urls[at]!]));
  const started = starting.move();
  return {
    url,
    listensAt: correct.urls[0]!,
    token,
    faulty,
    busy: correct.busy,
    async struck() {
      const struck = await Promise.all(
        others.urls.map((one) =>
          others.control(one).get<{ phrase: string }[]>(`/tenants/${tenant}/faults?struck=true`),
        ),
      );
      return faults.filter((_phrase, at) => struck[at]!.length > 0);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** With the same keys, people and URL; the script visits each at a port of its own. */
async function startFaulty({
  folder,
  stateFile,
  publicUrl,
  token,
  faults,
}: {
  folder: string;
  stateFile: string;
  publicUrl: string;
  token: string;
  faults: readonly string[];
}): Promise<Omit<Servers, 'busy'>> {
  if (faults.length === 0)
    return { urls: [], control: () => undefined as never, [Symbol.asyncDispose]: () => Promise.resolve() };
  const idps = await Promise.all(
    faults.map(async (phrase, at) => {
      const copy = join(folder, `faulty-${at}.json`);
      await copyFile(stateFile, copy);
      return { port: 0, stateFile: copy, publicUrl, tenant, faults: [phrase] };
    }),
  );
  return startServers({ controlToken: token, idps });
}
