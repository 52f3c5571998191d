/**
 * How an actor acts on a service provider: where things are and how they are labelled. One JSON file describes a
 * product. A verb that it leaves out is not available there.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Unable } from '../idp/identity-provider.ts';
import type { FieldHint, Label } from './label.ts';

const words = z.string({ error: 'must be text' }).min(1, 'must not be empty');

/** Plain text, or a pattern between slashes, as /Sign in|Anmelden/i. */
const label = words.transform((text, context): Label => {
  const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/.exec(text) ?? [];
  if (pattern === undefined) return text;
  try {
    return new RegExp(pattern, flags);
  } catch {
    context.addIssue({ code: 'custom', message: `is not a pattern: ${text}` });
    return z.NEVER;
  }
});

const field = z.union([label, z.strictObject({ placeholder: words }), z.strictObject({ name: words })], {
  error: 'must be a label, {"placeholder": "…"} or {"name": "…"}',
}) satisfies z.ZodType<FieldHint>;

/** A whole address, or a path at the origin; `{connection}` and other names in braces stand for what a run fills in. */
const page = z
  .string({ error: 'must be an address or a path' })
  .regex(/^(https?:\/\/|\/)/, 'must begin with http://, https:// or /');

/** How to see who is signed in. */
export const signedIn = z
  .strictObject({
    /** Looked at after every sign-in; without it, the page on which the sign-in ended. */
    page: page.optional(),
    /** Text of the page; {user} stands for the user who is signed in. */
    text: z
      .string()
      .refine((text) => text.split('{user}').length === 2, 'must contain {user} once')
      .optional(),
    /** Where a page of JSON names the user, as `user.email`. */
    json: words.optional(),
    /** A cookie that exists only while a user is signed in. */
    cookie: words.optional(),
    /** How the address of a page begins that only signed-in users reach. */
    address: page.optional(),
  })
  .refine(
    ({ text, json, cookie, address }) => [text, json, cookie, address].filter((one) => one !== undefined).length === 1,
    'needs exactly one of text, json, cookie and address',
  );

const signIn = z.strictObject({
  /** Where a sign-in begins, or `portal` where it begins at the identity provider only. */
  page: z.union([z.literal('portal'), page]),
  email: field.optional(),
  next: label.optional(),
  /** The button or link that starts single sign-on. */
  sso: label.optional(),
  password: field.optional(),
  /** The button that sends the password. */
  button: label.optional(),
});

const signOut = z.strictObject({
  /** By default the page that is open. */
  page: page.optional(),
  button: label.optional(),
  link: label.optional(),
});

/** A page with a button; `done` is what the page says afterwards if the product did what was asked. */
const deed = { page, button: label, done: label };

const setUp = z.strictObject({
  page,
  /** Where the settings are changed later. */
  profile: page.optional(),
  /** Where the connection gets a name first. */
  create: z.strictObject({ name: field, button: label }).optional(),
  byHand: z
    .strictObject({ entityId: field, signOnUrl: field, certificates: field, button: label, done: label })
    .optional(),
  fromMetadata: z
    .strictObject({ file: field.optional(), text: field.optional(), button: label, done: label })
    .refine(({ file, text }) => file !== undefined || text !== undefined, 'needs file or text')
    .optional(),
});

const connectionTest = z.strictObject({
  send: z.strictObject({ ...deed, email: field }),
  email: z.strictObject({
    subject: label.optional(),
    /** Where the address of the link is in the text of the email. */
    link: z.string().transform(toPattern).pipe(z.instanceof(RegExp)),
    /** Text of the page once the link is open. */
    opened: label,
  }),
  result: z.strictObject({
    page,
    pending: label,
    passed: label,
    failed: label,
    /** Text before the likely causes of a failure. */
    causes: label.optional(),
  }),
  mark: z
    .strictObject({
      page,
      passed: z.strictObject({ button: label, done: label }),
      failed: z.strictObject({ button: label, done: label }),
    })
    .optional(),
  /** Tells the administrator what the tester saw. */
  report: z.strictObject({ page, choices: z.record(words, label), button: label, done: label }).optional(),
});

function toPattern(text: string, context: z.RefinementCtx): RegExp {
  const made = label.safeParse(text);
  if (made.success && made.data instanceof RegExp) return made.data;
  context.addIssue({ code: 'custom', message: 'must be a pattern, as /https:\\S+verify\\S+/' });
  return z.NEVER;
}

const enforcement = z.strictObject({
  enforce: z.strictObject({
    ...deed,
    /** A box to check for the users to cover, and one for those who keep their password; by default neither. */
    covered: label.optional(),
    recovery: label.optional(),
  }),
  turnOff: z.strictObject(deed).optional(),
  getBackIn: z.strictObject({ page, email: field, password: field, button: label }).optional(),
});

const recipe = z
  .strictObject({
    name: words,
    /** Where paths start. */
    origin: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
    /** Further origins of its pages. */
    origins: z.array(z.url({ protocol: /^https?$/ })).default([]),
    /** An address, a path, or a file beside the recipe. */
    metadata: words.optional(),
    entityId: words.optional(),
    acs: page.optional(),
    signIn,
    signedIn,
    signOut: signOut.optional(),
    setUp: setUp.optional(),
    test: connectionTest.optional(),
    enforcement: enforcement.optional(),
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  );

export type Recipe = z.infer<typeof recipe>;

/** A service provider that is running, with its recipe. */
export interface Product {
  recipe: Recipe;
  /** Where it is; replaces the recipe's origin. */
  url: string;
  /** Values for the names in braces. */
  values?: Readonly<Record<string, string>>;
}

/** The product has no such verb; the scenario is skipped with this reason. */
export class NotAvailable extends Unable {
  constructor({ recipe: { name } }: Pick<Product, 'recipe'>, verb: string) {
    super(`${name} cannot ${verb}: its recipe does not say how`);
  }
}

export class InvalidRecipe extends Error {}

/** Throws InvalidRecipe with everything that is wrong, and where. */
export function readRecipe(content: unknown, file: string): Recipe {
  const result = recipe.safeParse(content);
  if (result.success) return result.data;
  throw new InvalidRecipe(
    `${file} does not describe a service provider:\n${z.prettifyError(result.error)}\n` +
      `A recipe may contain: ${Object.keys(recipe.shape).join(', ')}.`,
  );
}

export async function openRecipe(file: string): Promise<Recipe> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new InvalidRecipe(`Cannot read the recipe ${file}`, { cause: error });
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InvalidRecipe(`${file} is not JSON`, { cause: error });
  }
  return readRecipe(content, file);
}

/** True if the address is the product's. */
export const isAtProduct = ({ url, recipe: { origins } }: Product, address: string): boolean =>
  URL.canParse(address) && [url, ...origins].some((one) => new URL(one).origin === new URL(address).origin);

/** The first name in braces that a run has not filled in. */
export const missingValue = ({ values = {} }: Product, page: string): string | undefined =>
  [...page.matchAll(/\{(\w+)\}/g)].map(([, key]) => key!).find((key) => values[key] === undefined);

/** The address of a page of the product. Throws if a run has not filled in a name in braces. */
export function addressOf({ url, values = {}, recipe: { name } }: Product, page: string): URL {
  const path = page.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`No value for ${whole} in the address ${page} of ${name}`);
    return encodeURIComponent(value);
  });
  return new URL(path, url);
}
