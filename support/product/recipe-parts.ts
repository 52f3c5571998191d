/** Parts of recipes: labels, pages, secrets, actions and calls. */
import { z } from 'zod';
import { secret } from '../stack/secret.ts';
import type { FieldHint, Label } from './label.ts';

export const words = z.string({ error: 'must be text' }).min(1, 'must not be empty');

export const label = words
  .transform((text, context): Label => {
    const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/.exec(text) ?? [];
    if (pattern === undefined) return text;
    try {
      return new RegExp(pattern, flags);
    } catch {
      context.addIssue({ code: 'custom', message: `is not a pattern: ${text}` });
      return z.NEVER;
    }
  })
  .meta({ id: 'label', description: 'Plain text, or a pattern between slashes, such as /Sign in|Anmelden/i.' });

export const field = z
  .union([label, z.strictObject({ placeholder: words }), z.strictObject({ name: words })], {
    error: 'must be a label, {"placeholder": "…"} or {"name": "…"}',
  })
  .meta({
    id: 'field',
    description: 'A field by its label; if it has none, by its placeholder or by its name.',
  }) satisfies z.ZodType<FieldHint>;

export const page = z
  .string({ error: 'must be an address or a path' })
  .regex(/^(https?:\/\/|\/)/, 'must begin with http://, https:// or /')
  .meta({
    id: 'page',
    description: 'A URL, or a path at the origin. The run fills in names in braces, such as {connection}.',
  });

export const origin = z
  .url({ protocol: /^https?$/, error: 'must begin with http:// or https://' })
  .meta({ pattern: '^https?://' });

/** A request that a script of the page sends, such as that of a single-page application. */
const sent = z.strictObject({
  url: page,
  headers: z.record(words, words).default({}),
  body: z.json().optional().describe('Text as it is; anything else as JSON.'),
});

/** One thing that a person does on a page. */
export const action = z
  .union([
    z.strictObject({ fill: field, with: words }),
    z.strictObject({ tick: label }),
    z.strictObject({ press: label }),
    z.strictObject({ follow: label }),
    z.strictObject({ open: page }),
    z.strictObject({
      send: sent,
      goTo: words.optional().describe('Path of the next address in the JSON reply, such as redirect.url.'),
    }),
  ])
  .meta({
    id: 'action',
    description:
      'Fills in a field, checks a box, presses a button, follows a link, opens a page, or sends a POST as a script ' +
      'of the page does. {email} is the user’s email.',
  });

export const command = z
  .array(words)
  .min(1)
  .describe('A program and its arguments; it runs in the folder of the recipe.');

/** A call to the product’s own API, or to a script of the team. */
export const call = {
  url: page,
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  headers: z.record(words, secret).default({}),
  body: z.json().optional().describe('Text as it is; anything else as JSON.'),
};
