/**
 * Any other identity provider, described by a small file: its URL, the labels of its sign-in form, its users.
 * Nothing is changed there: an administrator registers the service provider once.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { dropConnections } from '../stack/http.ts';
import type { FixedPerson } from '../stack/rehearsal.ts';
import { type Environment, type Secret, secret, secretText } from '../stack/secret.ts';
import { startStack } from '../stack/servers.ts';
import { createVisitor } from '../stack/visitor.ts';
import { type IdentityProvider, type IdpSide, type SpSide, unable } from './identity-provider.ts';
import { readMetadata } from './read-metadata.ts';
import { upgradeRecipe } from './upgrade-recipe.ts';

const words = z.string().min(1);
/** A label, or another property that identifies a field without one. */
const field = z.union([words, z.strictObject({ placeholder: words }), z.strictObject({ name: words })], {
  error: 'must be a label, {"placeholder": "…"} or {"name": "…"}',
});
const user = z.strictObject({
  address: z.email(),
  /** Default: the email. */
  username: words.optional(),
  /** Required if the form asks for one. */
  password: secret.optional(),
});

const recipeFile = z.strictObject({
  name: words,
  /** A URL, or a file next to the recipe. */
  metadata: words,
  signIn: z.strictObject({ username: field, password: field.optional(), button: words, next: words.optional() }),
  users: z.strictObject({ Sam: user, Grace: user.optional(), Ada: user.optional() }),
  /** The URL at which users sign in without an app. */
  signInAddress: z.url().optional(),
  /** Further origins of its pages, in addition to that of the sign-on URL. */
  origins: z.array(z.url()).default([]),
  serviceProvider: z
    .strictObject({
      port: z.number().int().min(1).max(65_535).default(8480),
      organization: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,60}$/)
        .default('acme'),
    })
    .prefault({}),
  /** Shown before the run. */
  notes: z.array(words).default([]),
});

export interface Recipe extends Omit<z.infer<typeof recipeFile>, 'users'> {
  people: Partial<Record<'Ada' | 'Grace' | 'Sam', FixedPerson>>;
  domain: string;
}

/** Throws with every mistake and its path. */
export function readRecipe(text: string, environment: Environment = process.env): Recipe {
  const parsed = recipeFile.safeParse(parseJson(upgradeRecipe(text)));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { users, ...rest } = parsed.data;
  const people: Recipe['people'] = {};
  for (const name of ['Sam', 'Grace', 'Ada'] as const) {
    const user = users[name];
    if (user === undefined) continue;
    if (user.password === undefined && rest.signIn.password !== undefined)
      throw new Error(`Missing users.${name}.password: the form has a password field (signIn.password)`);
    people[name] = personOf(user, environment);
  }
  const domains = [...new Set(Object.values(people).map(({ address }) => address.split('@')[1]!.toLowerCase()))];
  if (domains.length > 1) throw new Error(`the users must share one mail domain, not ${domains.join(', ')}`);
  return { ...rest, people, domain: domains[0]! };
}

function personOf(
  { address, username = address, password }: z.infer<typeof user>,
  environment: Environment,
): FixedPerson {
  return { address, idpUsername: username, idpPassword: passwordOf(password, environment) };
}

const passwordOf = (password: Secret | undefined, environment: Environment): string =>
  password === undefined ? '' : secretText(password, environment);

function openRecipe(file: string): Recipe {
  if (file === '') throw new Error('IDP=recipe:FILE needs a recipe file');
  try {
    return readRecipe(readText(file));
  } catch (error) {
    throw new Error(`Cannot use the recipe ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('it is not JSON', { cause: error });
  }
}

export async function recipe(file: string): Promise<IdentityProvider> {
  const { name, metadata, signIn, people, domain, signInAddress, origins, serviceProvider } = openRecipe(file);
  const isUrl = /^https?:/.test(metadata);
  const side = await readSide().catch((error: Error) => {
    throw new Error(`${name}: ${error.message}. Check metadata in ${file}.`, { cause: error });
  });

  async function readSide(): Promise<IdpSide> {
    const xml = isUrl ? await fetchMetadata(metadata) : readText(resolve(dirname(file), metadata));
    return readMetadata(xml, isUrl ? metadata : '');
  }

  return {
    name,
    can: {
      faults: false,
      clock: false,
      unassign: false,
      signedRequests: false,
      down: false,
      door: signInAddress !== undefined,
      persona: false,
      session: true,
    },
    form: signIn,
    origins: [new URL(side.ssoUrl).origin, ...origins.map((one) => new URL(one).origin)],
    createTenant: () => Promise.resolve(side),
    registerApp(_rehearsal, _sp, { signedRequests = false } = {}) {
      if (signedRequests) unable(name, 'signedRequests')();
      return Promise.resolve(); // a person did it
    },
    unassign: unable(name, 'unassign'),
    takeDown: unable(name, 'down'),
    door: () => signInAddress ?? unable(name, 'door')(),
    fixed: {
      organization: { slug: serviceProvider.organization, name: 'Acme', domain },
      people,
      spPort: serviceProvider.port,
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function fetchMetadata(url: string): Promise<string> {
  const { status, body } = await createVisitor()
    .visit(url)
    .catch((error: Error) => {
      throw new Error(`No metadata: ${error.message}. Start the identity provider first`, { cause: error });
    });
  if (status < 200 || status > 299) throw new Error(`GET ${url} returned ${status} instead of metadata`);
  return body;
}

/**
 * Prints what to enter at the identity provider, for a service provider at the recipe's port, and writes the metadata
 * of that service provider next to the recipe. The identity provider need not run.
 */
export async function announce(file: string): Promise<void> {
  const { name, notes, ...rest } = openRecipe(file);
  const copy = `${file.replace(/\.json$/, '')}.sp-metadata.xml`;
  const { entityId, acsUrl, metadataUrl } = await writeSpMetadata(copy, rest);
  console.log(`${name} must know this service provider, and let its users use it:
  Entity ID        ${entityId}
  ACS (POST)       ${acsUrl}
  NameID           the email address, in the format emailAddress
  Metadata         ${copy} (while a scenario plays: ${metadataUrl})
${notes.map((note) => `  Note             ${note}\n`).join('')}`);
}

async function writeSpMetadata(
  file: string,
  { domain, serviceProvider: { port, organization } }: Pick<Recipe, 'domain' | 'serviceProvider'>,
): Promise<SpSide> {
  await using ending = new AsyncDisposableStack();
  ending.defer(dropConnections); // the next service provider has the same address
  const stack = ending.use(await startStack({ spPort: port }));
  const side = await stack.sp.control.put<SpSide>(`/organizations/${organization}`, {
    name: 'Acme',
    domains: [domain],
  });
  await writeFile(file, await fetchMetadata(side.metadataUrl));
  return side;
}
