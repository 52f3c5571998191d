/** Fields of a recipe that only the conformance test reads. */
import { z } from 'zod';
import { optionalFeatures } from '../catalogue/fault-expectation.ts';
import { page, words } from './recipe-parts.ts';
import { person } from './recipe-people.ts';
import { oneOf, signedIn, signIn } from './recipe-signs.ts';

/** Features that a service provider may demand beyond the standard, and the policies of the catalogue for them. */
export const demands = {
  encryption: 'requireEncryption',
  'relay-state': 'requireRelayState',
  'fresh-sign-in': 'forceAuthn',
  'authentication-context': 'requestedAuthnContext',
  attributes: 'requiredAttributes',
} as const;
export type Demand = keyof typeof demands;

/** How long a single reply may take. */
export const usualTimeoutSeconds = 10;

/** A second organization at the same service provider, with a connection to another IdP. */
const second = z
  .strictObject({
    metadata: words.optional().describe('An address, a path, or a file beside the recipe.'),
    entityId: words.optional(),
    acs: page.optional(),
    signIn,
    signedIn: signedIn.optional(),
    user: person,
  })
  .refine(
    ({ metadata, entityId, acs }) => (metadata !== undefined) !== (entityId !== undefined && acs !== undefined),
    'needs either metadata, or entityId and acs',
  )
  .meta({
    description: 'A second organization, with a connection to another identity provider.',
    ...oneOf(['metadata'], ['entityId', 'acs']),
  });

export const conformance = z
  .strictObject({
    knownBy: words
      .optional()
      .describe('The name by which it knows its users: nameId, or an attribute. Default: the test finds out.'),
    victim: z
      .strictObject({ nameId: words, attributes: z.record(words, z.array(z.string())).default({}) })
      .optional()
      .describe('Another user of the product, for whom forged content is made. Default: a stranger.'),
    second: second.optional(),
    unwanted: z.array(z.enum(optionalFeatures)).default([]).describe('Features that it rejects by choice.'),
    demands: z
      .array(z.enum(Object.keys(demands) as Demand[]))
      .default([])
      .describe('Features without which it rejects a response.'),
    hardened: z.boolean().default(false).describe('True if it claims to reject also what the standards leave open.'),
    skewMinutes: z
      .number()
      .int()
      .min(0)
      .max(120)
      .optional()
      .describe('The clock skew that it allows. Default: unknown, so its limit is not judged.'),
    restart: words.optional().describe('A shell command that restarts it after a response that put it out of service.'),
    timeoutSeconds: z.number().positive().max(300).default(usualTimeoutSeconds).describe('Limit of a single reply.'),
  })
  .describe('For npx sso-rehearsal conformance.');
