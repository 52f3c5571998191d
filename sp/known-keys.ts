/** Object schemas that reject unknown keys and list the known ones. */
import { z } from 'zod';

export const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.map((key) => `“${key}”`).join(', ')}; known are ${keysOf(issue.inst)}`
        : undefined,
  });

/** The keys of the current schema, which may have been extended. */
const keysOf = (schema: unknown): string =>
  (schema instanceof z.ZodObject ? Object.keys(schema.shape as object).join(', ') : '') || 'none';
