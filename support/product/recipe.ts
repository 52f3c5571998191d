/**
 * A recipe describes how to use a service provider: its URLs and labels, in one JSON file. A verb without an entry is
 * not available for that product.
 */
import { z } from 'zod';
import { mailSource } from '../stack/mail-source.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { conformance } from './recipe-conformance.ts';
import { load } from './recipe-load.ts';
import { action, field, label, origin, page, words } from './recipe-parts.ts';
import { idp, people, reset } from './recipe-people.ts';
import { oneOf, signedIn, signIn } from './recipe-signs.ts';

const signOut = z.strictObject({
  page: page.optional().describe('Default: the open page. Without a button or link, opening it signs out.'),
  button: label.optional(),
  link: label.optional(),
  after: z.array(action).optional().describe('Further pages, such as a confirmation, or the sign-out of another host.'),
});

const done = label.describe('Text of the page after success.');

/** A page with a button. */
const deed = { page, button: label, done };

const setUp = z.strictObject({
  page,
  profile: page.optional().describe('Where the settings are changed later.'),
  create: z.strictObject({ name: field, button: label }).optional().describe('Where the connection gets a name first.'),
  byHand: z.strictObject({ entityId: field, signOnUrl: field, certificates: field, button: label, done }).optional(),
  fromMetadata: z
    .strictObject({ file: field.optional(), text: field.optional(), button: label, done })
    .refine(({ file, text }) => file !== undefined || text !== undefined, 'needs file or text')
    .meta({ anyOf: [{ required: ['file'] }, { required: ['text'] }] })
    .optional(),
});

const connectionTest = z.strictObject({
  send: z.strictObject({ ...deed, email: field }),
  email: z.strictObject({
    subject: label.optional(),
    link: z
      .string()
      .transform(toPattern)
      .pipe(z.instanceof(RegExp))
      .meta({ pattern: '^/.+/[imsu]*$', description: 'Where the address of the link is in the text of the email.' }),
    opened: label.describe('Text of the page once the link is open.'),
  }),
  result: z.strictObject({
    page,
    pending: label,
    passed: label,
    failed: label,
    causes: label.optional().describe('Text before the likely causes of a failure.'),
  }),
  mark: z
    .strictObject({
      page,
      passed: z.strictObject({ button: label, done }),
      failed: z.strictObject({ button: label, done }),
    })
    .optional(),
  report: z
    .strictObject({ page, choices: z.record(words, label), button: label, done })
    .optional()
    .describe('Tells the administrator what the tester saw.'),
});

function toPattern(text: string, context: z.RefinementCtx): RegExp {
  const made = label.safeParse(text);
  if (made.success && made.data instanceof RegExp) return made.data;
  context.addIssue({ code: 'custom', message: 'must be a pattern, as /https:\\S+verify\\S+/' });
  return z.NEVER;
}

const enforcement = z.strictObject({
  isRequired: z.boolean().default(false).describe('True if users sign in through the IdP only while SSO is enforced.'),
  enforce: z.strictObject({
    ...deed,
    covered: label.optional().describe('A box to check for the users to cover; by default none.'),
    recovery: label.optional().describe('A box to check for those who keep their password; by default none.'),
  }),
  change: z.strictObject({ page, button: label }).optional().describe('Where an enforcement is changed.'),
  turnOff: z.strictObject(deed).optional(),
  getBackIn: z.strictObject({ page, email: field, password: field, button: label }).optional(),
});

export const recipeFields = z
  .strictObject({
    name: words.refine((name) => harmless(name) === name, 'must be visible characters'),
    origin: origin.optional().describe('Where paths start.'),
    singlePage: z.boolean().default(false).describe('True if its pages change by script, without a new document.'),
    certificateAuthority: words.optional().describe('PEM file of a private certificate authority, beside the recipe.'),
    origins: z.array(origin).default([]).describe('Further origins of its pages.'),
    metadata: words.optional().describe('An address, a path, or a file beside the recipe.'),
    entityId: words.optional(),
    acs: page.optional(),
    signIn,
    idp: idp.prefault({ by: 'hand' }),
    people: people.optional(),
    idpInitiated: z
      .enum(['accepted', 'rejected'])
      .optional()
      .describe('What the product does with a response that it did not request.'),
    reset: reset.optional(),
    mail: mailSource.optional(),
    values: z.record(words, words).default({}).describe('For names in braces in the addresses of pages.'),
    signedIn,
    signOut: signOut.optional(),
    setUp: setUp.optional(),
    test: connectionTest.optional(),
    enforcement: enforcement.optional(),
    conformance: conformance.optional(),
    load: load.optional(),
    $schema: words.optional().describe('Where the schema is, for editors: docs/product-recipe.schema.json.'),
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  )
  .meta({
    title: 'Product recipe of sso-rehearsal',
    description: 'How an actor acts on a service provider. What a recipe leaves out is not available there.',
    ...oneOf(['metadata'], ['entityId', 'acs']),
  });

/** The schema for editors and other validators; they do not see whether a pattern is correct. */
export const recipeSchema = (): object => z.toJSONSchema(recipeFields, { io: 'input' });

export type Recipe = z.infer<typeof recipeFields>;

export class InvalidRecipe extends Error {}

/** Throws InvalidRecipe with every mistake and its path, and what is allowed there. */
export function readRecipe(content: unknown, file: string): Recipe {
  const result = recipeFields.safeParse(content, {
    error: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'is missing' : undefined),
  });
  if (result.success) return result.data;
  const unknownIn = result.error.issues.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [path] : []));
  throw new InvalidRecipe(
    [
      `${file} does not describe a service provider:`,
      z.prettifyError(result.error),
      ...unknownIn.filter((path) => path.length > 0).map((path) => allowedAt(path)),
      `A recipe may contain: ${Object.keys(recipeFields.shape).join(', ')}.`,
    ].join('\n'),
  );
}

/** A sentence with the fields at this path. */
function allowedAt(path: readonly PropertyKey[]): string {
  const fields = fieldsAt(recipeSchema(), path, recipeSchema());
  return `${path.join('.')} may contain: ${[...new Set(fields)].join(', ')}.`;
}

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  additionalProperties?: Schema;
  $defs?: Record<string, Schema>;
}

function fieldsAt(schema: Schema, [first, ...rest]: readonly PropertyKey[], root: Schema): string[] {
  if (schema.$ref !== undefined)
    return fieldsAt(
      root.$defs?.[schema.$ref.split('/').at(-1)!] ?? {},
      first === undefined ? [] : [first, ...rest],
      root,
    );
  const inner = (one: Schema): string[] => fieldsAt(one, first === undefined ? [] : [first, ...rest], root);
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(inner);
  if (first === undefined) return [...Object.keys(schema.properties ?? {}), ...choices];
  const next = schema.properties?.[String(first)] ?? schema.items ?? schema.additionalProperties;
  return [...(next === undefined ? [] : fieldsAt(next, rest, root)), ...choices];
}
