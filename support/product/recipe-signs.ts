/** Parts of a recipe: where a sign-in begins, and how to see who is signed in. */
import { z } from 'zod';
import { action, field, label, page, words } from './recipe-parts.ts';

/** Exactly one of these sets of fields; for the JSON Schema, which does not see refinements. */
export const oneOf = (...sets: readonly (readonly string[])[]): { oneOf: { required: readonly string[] }[] } => ({
  oneOf: sets.map((required) => ({ required })),
});

export const signedIn = z
  .strictObject({
    page: page.optional().describe('Opened after every sign-in. Default: the page on which the sign-in ended.'),
    text: z
      .string()
      .refine((text) => text.split('{user}').length === 2, 'must contain {user} once')
      .meta({ pattern: '\\{user\\}' })
      .optional()
      .describe('Text of the page, with {user} in place of the user’s name.'),
    json: words.optional().describe('Path of the user’s name in a JSON page, such as user.email.'),
    cookie: words.optional().describe('A cookie that exists only while a user is signed in.'),
    address: page.optional().describe('Start of the URL of a page that only signed-in users reach.'),
  })
  .refine(
    ({ text, json, cookie, address }) => [text, json, cookie, address].filter((one) => one !== undefined).length === 1,
    'needs exactly one of text, json, cookie and address',
  )
  .meta({ description: 'How to see who is signed in.', ...oneOf(['text'], ['json'], ['cookie'], ['address']) });

export const signIn = z.strictObject({
  page: z
    .union([z.literal('portal'), page])
    .describe('Start page of sign-ins, or “portal” if all sign-ins start at the identity provider.'),
  email: field.optional(),
  next: label.optional(),
  sso: label.optional().describe('The button or link that starts single sign-on.'),
  start: z
    .array(action)
    .min(1)
    .optional()
    .describe('What leads from the start page to the identity provider. Default: email and Next, then sso.'),
  finish: z
    .array(action)
    .min(1)
    .optional()
    .describe('What the product asks for after the identity provider, where it does: a first sign-in, a consent.'),
  password: field.optional(),
  button: label.optional().describe('The button that sends the password.'),
});
