/** The format of configurations before they were recipes. It is read until the next minor version. */
import { dirname, relative, resolve } from 'node:path';
import { z } from 'zod';
import { optionalFeatures } from '../catalogue/fault-expectation.ts';
import { type Demand, demands } from '../product/recipe-conformance.ts';

const address = z.url({ protocol: /^https?$/ });

const signedIn = z
  .strictObject({
    /** Visited after every sign-in. Default: the page on which the sign-in ended. */
    page: address.optional(),
    /** Text of the page, with {user} in place of the user's name. */
    text: z
      .string()
      .refine((text) => text.split('{user}').length === 2, 'must contain {user} once')
      .optional(),
    /** Path of the user's name in a JSON page, such as `user.email`. */
    json: z.string().min(1).optional(),
    /** A cookie that exists only while a user is signed in. */
    cookie: z.string().min(1).optional(),
    /** Start of the URL of a page that only a signed-in user reaches. */
    address: address.optional(),
  })
  .refine(
    ({ text, json, cookie, address: prefix }) =>
      [text, json, cookie, prefix].filter((one) => one !== undefined).length === 1,
    'needs exactly one of text, json, cookie and address',
  );

const user = z.strictObject({
  nameId: z.string().min(1),
  /** Typed where the service provider asks for an email. */
  address: z.string().min(1).optional(),
  attributes: z.record(z.string().min(1), z.array(z.string())).default({}),
  /** The name that the service provider shows for this user once signed in. */
  shownAs: z.string().min(1).optional(),
});

/** A second organization at the same service provider, with a connection to another IdP. */
const second = z
  .strictObject({
    metadata: z.string().min(1).optional(),
    entityId: z.string().min(1).optional(),
    acs: address.optional(),
    signIn: z.union([z.literal('portal'), address]),
    /** How to see that a user of this organization is signed in. Default: as for the first one. */
    signedIn: signedIn.optional(),
    user,
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  );

export const oldConfig = z
  .strictObject({
    name: z.string().min(1),
    metadata: z.string().min(1).optional(),
    entityId: z.string().min(1).optional(),
    acs: address.optional(),
    /** Page where a sign-in starts, or `portal` if the service provider starts none. */
    signIn: z.union([z.literal('portal'), address]),
    signedIn,
    user,
    /** The name by which it knows its users: `nameId`, or an attribute. Found out if absent. */
    knownBy: z.string().min(1).optional(),
    /** Another user of the service provider, for whom forged content is made. By default a stranger. */
    victim: z
      .strictObject({
        nameId: z.string().min(1),
        attributes: z.record(z.string().min(1), z.array(z.string())).default({}),
      })
      .optional(),
    second: second.optional(),
    /** A shell command that restarts it after a response that put it out of service, and ends when it is ready. */
    restart: z.string().min(1).optional(),
    unwanted: z.array(z.enum(optionalFeatures)).default([]),
    /** Features without which it rejects a response. */
    demands: z.array(z.enum(Object.keys(demands) as Demand[])).default([]),
    /** Claims to reject also what standards leave open, where the catalogue of faults recommends that. */
    hardened: z.boolean().default(false),
    /** Time limit for a single reply. */
    timeoutSeconds: z.number().positive().max(300).default(10),
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  )
  .refine(
    ({ knownBy, user }) => knownBy === undefined || knownBy === 'nameId' || knownBy in user.attributes,
    'knownBy must be nameId or one of the attributes of user',
  )
  .refine(
    ({ signIn, unwanted }) => signIn !== 'portal' || !unwanted.includes('idp-initiated'),
    'signs in from the portal, so idp-initiated cannot be unwanted',
  );

type OldConfig = z.infer<typeof oldConfig>;
type User = OldConfig['user'];

/** True for content in this format. */
export const isOldConfig = (content: unknown): content is object =>
  typeof content === 'object' &&
  content !== null &&
  ('user' in content || typeof (content as { signIn?: unknown }).signIn === 'string');

/** The same as a recipe. */
function recipeOf(config: OldConfig): object {
  const { name, metadata, entityId, acs, signIn, signedIn, user, second, ...rest } = config;
  const conformance = {
    ...rest,
    ...(second === undefined
      ? {}
      : { second: { ...second, signIn: { page: second.signIn }, user: personOf(second.user) } }),
  };
  return {
    name,
    ...(metadata === undefined ? { entityId, acs } : { metadata }),
    signIn: { page: signIn },
    signedIn,
    people: { Sam: personOf(user) },
    ...(Object.keys(conformance).length === 0 ? {} : { conformance }),
  };
}

function personOf({ nameId, address, attributes, shownAs }: User): object {
  const email = address ?? (/^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/.test(nameId) ? nameId : 'sam@example.org');
  return {
    email,
    ...(nameId === email ? {} : { nameId }),
    ...((shownAs ?? nameId) === email ? {} : { shownAs: shownAs ?? nameId }),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, values]) => [
        name,
        values.length === 1 && values[0] !== '' ? values[0] : values,
      ]),
    ),
  };
}

/** True for the text of a configuration in this format. */
export function isOldText(text: string): boolean {
  try {
    return isOldConfig(JSON.parse(text));
  } catch {
    return false;
  }
}

/**
 * The text of the recipe in place of this file, with no more than the configuration says. Throws with what is wrong.
 * In a recipe, metadata that begins with a slash is at the product.
 */
export function recipeText(text: string, file: string): string {
  const content = JSON.parse(text) as object;
  const result = oldConfig.safeParse(content);
  if (!result.success)
    throw new Error(`not a configuration of the conformance test:\n${z.prettifyError(result.error)}`);
  const written = Object.fromEntries(Object.entries(result.data).filter(([field]) => field in content));
  const { second, ...first } = written as OldConfig;
  const beside = <One extends { metadata?: string | undefined }>(one: One): One =>
    one.metadata?.startsWith('/') ? { ...one, metadata: relative(dirname(resolve(file)), one.metadata) } : one;
  const all = { ...beside(first), ...(second === undefined ? {} : { second: beside(second) }) };
  return `${JSON.stringify(recipeOf(all as OldConfig), null, 2)}\n`;
}
