/** Objects of which every key is known: any other is refused with the list of those that are. */
import { z } from 'zod';

export const strict = <Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.map((key) => `“${key}”`).join(', ')}; known are ${keysOf(issue.inst)}`
        : undefined,
  });

/** Of the schema as it is now: it may have been extended since. */
const keysOf = (schema: unknown): string =>
  (schema instanceof z.ZodObject ? Object.keys(schema.shape as object).join(', ') : '') || 'none';
