/** Passwords in recipes: as text, or in an environment variable. */
import { z } from 'zod';

const words = z.string({ error: 'must be text' }).min(1, 'must not be empty');

export const secret = z
  .union([words, z.strictObject({ fromEnvironment: words })], {
    error: 'must be text or {"fromEnvironment": "NAME"}',
  })
  .meta({ id: 'secret', description: 'A password, or {"fromEnvironment": "NAME"} to read it from a variable.' });

export type Secret = z.infer<typeof secret>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws if its variable is not set. */
export function secretText(value: Secret, environment: Environment = process.env): string {
  if (typeof value === 'string') return value;
  const given = environment[value.fromEnvironment];
  if (!given) throw new Error(`the recipe needs a password in ${value.fromEnvironment}, which is not set`);
  return given;
}
