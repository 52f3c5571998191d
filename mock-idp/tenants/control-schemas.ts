/** Schemas of the input of the control routes and the in-process API. */
import { z } from 'zod';
import { keyAlgorithms } from './keys.ts';
import { offeredNameIdFormats } from './metadata.ts';
import { personaSchema } from './persona-schema.ts';

const attributes = z.record(z.string().min(1), z.array(z.string()));
const profile = {
  email: z.string().optional(),
  nameId: z.string().optional(),
  attributes: attributes.optional(),
  locked: z.boolean().optional(),
};
const username = z.string().trim().min(1);
const password = z.string().min(1);

export const userSchema = z.strictObject({ username, password, ...profile });
/** `{n}` in its texts is the number of the user. */
export const userPatternSchema = z.strictObject({
  pattern: z
    .string()
    .regex(/^[^@{}]*\{n\}[^{}]*$/, 'must contain {n} once, before an @')
    .describe('Username with {n} in place of a number.'),
  count: z.number().int().min(1).max(999_999_999).describe('The numbers are from 1 to this.'),
  password,
  ...profile,
});
/** The username is already in the path. */
export const namedUserSchema = z.strictObject({ username: username.optional(), password, ...profile });
export const userChangeSchema = z.strictObject({ password: password.optional(), ...profile });

/** Usernames, or everyone. */
export const assigned = z.union([z.literal('everyone'), z.array(z.string())]);
export const assignmentSchema = z.strictObject({ app: z.string(), users: assigned });
const someUsers = z.union([z.string(), z.array(z.string())]).describe('A username, usernames, or everyone.');
export const assignmentChangeSchema = z.strictObject({
  app: z.string().optional().describe('Entity ID; optional if only one app is registered.'),
  add: someUsers.optional(),
  remove: someUsers.optional(),
});

export const appSchema = z.strictObject({
  name: z.string().min(1).optional(),
  metadata: z.string().optional(),
  entityId: z.string().min(1).max(1024).optional(),
  acs: z.array(z.string()).min(1).optional(),
  slo: z.string().optional(),
  signingCertificates: z.array(z.string()).optional(),
  encryptionCertificate: z.string().optional(),
  encrypt: z
    .boolean()
    .optional()
    .describe('True to encrypt assertions with the encryption certificate; a new app gets plain ones by default.'),
  nameIdFormat: z.enum(offeredNameIdFormats as [string, ...string[]]).optional(),
  assigned: assigned.optional(),
  knownBy: z.string().min(1).optional(),
  forgedUser: z.string().min(1).optional(),
  forgedIssuer: z.string().min(1).optional(),
});

/** Keeps dates within the calendar. */
const fiftyYears = 50 * 365 * 24 * 60 * 60_000;
const settings = {
  displayName: z.string().min(1).optional(),
  clockOffsetMs: z.number().int().min(-fiftyYears).max(fiftyYears).optional(),
  wantAuthnRequestsSigned: z.boolean().optional(),
  persona: personaSchema.nullable().optional(),
  validUntil: z.iso.datetime().nullable().optional(),
};
export const pemKeys = z.strictObject({ privateKey: z.string(), certificate: z.string() });
const needsKeys = 'must be “shared”, or a privateKey and its certificate in PEM';
const keys = z.union([z.literal('shared', { error: needsKeys }), pemKeys], {
  error: needsKeys,
});
const seedParts = z.strictObject({
  ids: z.string().min(1).optional().describe('Text from which IDs are made, in place of random ones.'),
  instant: z.iso.datetime().optional().describe("The time at which the tenant's clock stops, until it is moved."),
});
export const seedSchema = z
  .union([
    z
      .string()
      .min(1)
      .transform((ids): z.infer<typeof seedParts> => ({ ids })),
    seedParts,
  ])
  .describe('Makes responses the same at each run: their IDs, and with an instant their time.');
export const tenantSchema = z.strictObject({
  ...settings,
  keys: keys.optional(),
  seed: seedSchema.optional(),
  users: z
    .array(z.union([userSchema, userPatternSchema]))
    .optional()
    .describe('Users one by one, or many by a pattern: they need no memory, and {n} in their texts is a number.'),
  apps: z.array(appSchema).optional(),
  signingAlgorithm: z.enum(keyAlgorithms).optional(),
});
export const newTenantSchema = tenantSchema.extend({ name: z.string().optional().describe('Unique by default.') });
export const tenantChangeSchema = z.strictObject({
  ...settings,
  disabled: z.boolean().optional(),
  publishNextKey: z.boolean().optional(),
  rollKey: z.literal(true).optional(),
});
export type Settings = Pick<z.infer<typeof tenantChangeSchema>, keyof typeof settings>;

export const faultSchema = z.strictObject({
  phrase: z.string(),
  amount: z.number().nonnegative().optional(),
  times: z.number().int().positive().optional(),
});
/** Phrases alone, or with their amount and the number of responses. */
export const faultsSchema = z.array(
  z.union([z.string().transform((phrase): z.infer<typeof faultSchema> => ({ phrase })), faultSchema]),
);

/** The title names it in rejections. */
export const durationSchema = z
  .strictObject({
    days: z.number().optional(),
    hours: z.number().optional(),
    minutes: z.number().optional(),
    seconds: z.number().optional(),
  })
  .meta({ title: 'the duration' });

const message = z.union([z.string(), z.record(z.string(), z.unknown())]);
export const signInSchema = z.strictObject({
  username: z.string(),
  request: message
    .optional()
    .describe('The URL to which the app redirects, or the fields of its form. Without it: `unsolicited`.'),
  unsolicited: z.literal(true).optional().describe('For a response without a request, to `app`.'),
  app: z.string().optional().describe('Entity ID; optional if only one app is registered.'),
  relayState: z.string().optional().describe('Of an unsolicited response.'),
});

export const deliverySchema = z.strictObject({
  faults: z.array(z.string()).describe('`undelivered` of the response.'),
});

export const signOutSchema = z.strictObject({ username });
const sent = message.describe('The URL to which the app redirects, or the fields of its form.');
export const logoutRequestSchema = z.strictObject({ request: sent });
export const logoutResponseSchema = z.strictObject({ response: sent });

export const holdSchema = z.strictObject({ hold: z.boolean() });
export const releaseSchema = z.strictObject({
  xml: z.string().max(2_000_000).optional(),
  resign: z.boolean().optional(),
});
