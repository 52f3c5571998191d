/** Parts of a recipe for a run with the mock IdP: how the product learns of it, and the people whom both know. */
import { z } from 'zod';
import { secret } from '../stack/secret.ts';
import { call, command, words } from './recipe-parts.ts';

/** Where the mock IdP listens if the recipe does not say. */
export const usualIdpPort = 8490;

const idpDefaults = {
  port: z.number().int().min(1).max(65_535).default(usualIdpPort).describe('Where the mock IdP listens during a run.'),
  nextCertificate: z
    .boolean()
    .default(false)
    .describe('True if its metadata has the certificate of the next key as well, and the product takes both.'),
  encrypts: z
    .boolean()
    .default(false)
    .describe('True if it encrypts assertions with the certificate in the product’s metadata.'),
};

export const idp = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('hand'), ...idpDefaults }),
    z.strictObject({ by: z.literal('metadata-url'), ...idpDefaults }),
    z.strictObject({ by: z.literal('request'), ...call, ...idpDefaults }),
    z.strictObject({ by: z.literal('command'), command, ...idpDefaults }),
    z.strictObject({ by: z.literal('pages'), ...idpDefaults }),
  ])
  .meta({
    description:
      'How the product learns of the mock IdP: by a person who uploads the metadata once, by its URL, by a request, ' +
      'by a command, or by Ada on the pages in setUp. Requests and commands may be sent again; they may contain ' +
      '{metadata}, {metadataUrl}, {metadataFile}, {entityId}, {signOnUrl} and {certificate}.',
  });

/** False if a person sets the IdP up at the product, or the product fetches its metadata. */
export const isSetUpByRun = ({ by }: Pick<z.infer<typeof idp>, 'by'>): boolean =>
  by !== 'hand' && by !== 'metadata-url';

const templates = z
  .record(words, z.union([words, z.array(words)]))
  .describe('Attributes of each user at the mock IdP; {email}, {name} and {localPart} are filled in.');

export const person = z.strictObject({
  email: z.email(),
  password: secret.optional().describe('At the product.'),
  shownAs: words.optional().describe('The name that the product shows. Default: as for all.'),
  nameId: words.optional().describe('Default: as for all.'),
  attributes: templates.optional(),
});

export const people = z
  .strictObject({
    Ada: person.optional(),
    Grace: person.optional(),
    Sam: person.optional(),
    domain: z
      .hostname()
      .optional()
      .describe('The mail domain of people who get an account at their first sign-in: new ones in each scenario.'),
    shownAs: words.default('{email}').describe('The name that the product shows for a user.'),
    nameId: words.default('{email}').describe('The NameID that the mock IdP sends for a user.'),
    attributes: templates.optional(),
  })
  .refine(({ Sam, domain }) => Sam !== undefined || domain !== undefined, 'needs Sam, or domain');

/** A program or request that puts the product back to its first state. */
export const reset = z
  .union([z.strictObject({ command }), z.strictObject(call)])
  .describe('Puts the product back to its first state; called before each scenario.');
