/** Any other identity provider, by a small file that says where it is, how its sign-in form reads and whom it knows. Nothing is changed there: a person registers the service provider once. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { request } from '../stack/http.ts';
import type { FixedPerson } from '../stack/rehearsal.ts';
import { startStack } from '../stack/servers.ts';
import { type IdentityProvider, type SpSide, unable } from './identity-provider.ts';
import { readMetadata } from './read-metadata.ts';

const words = z.string().min(1);
const user = z.strictObject({
  address: z.email(),
  /** By default the address. */
  username: words.optional(),
  password: z.union([words, z.strictObject({ fromEnvironment: words })]),
});

const recipeFile = z.strictObject({
  name: words,
  /** An address, or a file beside the recipe. */
  metadata: words,
  signIn: z.strictObject({ username: words, password: words, button: words, next: words.optional() }),
  users: z.strictObject({ Sam: user, Grace: user.optional(), Ada: user.optional() }),
  /** Where somebody signs in without an application. */
  signInAddress: z.url().optional(),
  /** Further origins of its pages, where the sign-on URL's is not the only one. */
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
  /** What a person has to know before the run. */
  notes: z.array(words).default([]),
});

export interface Recipe extends Omit<z.infer<typeof recipeFile>, 'users'> {
  people: Readonly<Partial<Record<'Ada' | 'Grace' | 'Sam', FixedPerson>>>;
  domain: string;
}

/** Throws with every mistake and its place. */
export function readRecipe(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Recipe {
  const parsed = recipeFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { users, ...rest } = parsed.data;
  const passwordOf = ({ password }: z.infer<typeof user>): string => {
    if (typeof password === 'string') return password;
    const given = environment[password.fromEnvironment];
    if (!given)
      throw new Error(`the environment holds no ${password.fromEnvironment}, which the recipe takes a password from`);
    return given;
  };
  const known = Object.entries(users).flatMap(([name, one]) =>
    one === undefined
      ? []
      : [
          [
            name,
            { address: one.address, idpUsername: one.username ?? one.address, idpPassword: passwordOf(one) },
          ] as const,
        ],
  );
  const domains = [...new Set(known.map(([, { address }]) => address.split('@')[1]!.toLowerCase()))];
  if (domains.length > 1) throw new Error(`the users must share one mail domain, not ${domains.join(', ')}`);
  return { ...rest, people: Object.fromEntries(known), domain: domains[0]! };
}

function open(file: string): Recipe {
  if (file === '') throw new Error('IDP=recipe:FILE needs the name of a recipe');
  try {
    return readRecipe(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`the recipe ${file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

export async function recipe(file: string): Promise<IdentityProvider> {
  const { name, metadata, signIn, people, domain, signInAddress, origins, serviceProvider } = open(file);
  const xml = /^https?:/.test(metadata)
    ? await fetched(metadata)
    : readFileSync(resolve(dirname(file), metadata), 'utf8');
  const side = readMetadata(xml, /^https?:/.test(metadata) ? metadata : '');
  return {
    name,
    can: {
      faults: false,
      clock: false,
      unassign: false,
      signedRequests: false,
      down: false,
      door: signInAddress !== undefined,
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

async function fetched(address: string): Promise<string> {
  const answer = await request(address, { redirect: 'follow' });
  if (!answer.ok) throw new Error(`the metadata at ${address} was not given out (${answer.status})`);
  return answer.text();
}

/** Says what the identity provider must be told, as a service provider at the recipe's port says it of itself; its metadata is written beside the recipe. */
export async function announce(file: string): Promise<void> {
  const {
    name,
    domain,
    notes,
    serviceProvider: { port, organization },
  } = open(file);
  await using stack = await startStack({ spPort: port });
  const { entityId, acsUrl, metadataUrl } = await stack.sp.control.put<SpSide>(`/organizations/${organization}`, {
    name: 'Acme',
    domains: [domain],
  });
  const copy = `${file.replace(/\.json$/, '')}.sp-metadata.xml`;
  await writeFile(copy, await fetched(metadataUrl));
  console.log(`${name} must know this service provider, and let its users use it:
  Entity ID        ${entityId}
  ACS (POST)       ${acsUrl}
  Name ID          the e-mail address, in the format emailAddress
  Metadata         ${copy} (while a scenario plays: ${metadataUrl})
${notes.map((note) => `  Note             ${note}\n`).join('')}`);
}
