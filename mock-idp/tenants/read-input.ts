/** Validates input of the control routes and of the API. */
import { z } from 'zod';

/** Invalid input. `status` is the HTTP status of the control routes; `allowed` lists the choices, if any. */
export class Refused extends Error {
  readonly status: number;
  readonly allowed: readonly string[] | undefined;
  constructor(status: number, message: string, allowed?: readonly string[]) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.allowed = allowed;
  }
}

/** Parses the input by the schema. Throws Refused, which names the first problem and what is allowed there. */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = inner(result.error.issues[0]!);
  const where = issue.path.length === 0 ? (schema.meta()?.title ?? 'the body') : `“${issue.path.join('.')}”`;
  if (issue.code === 'unrecognized_keys')
    throw new Refused(
      400,
      `${where} has the unknown ${issue.keys.map((key) => `“${key}”`).join(', ')}`,
      keysAt(schema, issue.path),
    );
  throw new Refused(
    400,
    `${where}: ${issue.message}`,
    issue.code === 'invalid_value' ? issue.values.map(String) : undefined,
  );
}

/** The problem in the only variant of a union that has the right type; otherwise that of the union. */
function inner(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const likely = issue.errors.filter(([first]) => first !== undefined && !isOfAnotherType(first));
  const [only, ...others] = likely;
  if (only === undefined || others.length > 0) return issue;
  return inner({ ...only[0]!, path: [...issue.path, ...only[0]!.path] });
}

const isOfAnotherType = ({ code, path }: z.core.$ZodIssue): boolean => code === 'invalid_type' && path.length === 0;

/** The keys allowed at this path of a schema. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] | undefined {
  if (schema instanceof z.ZodPipe) return keysAt(schema.out as z.ZodType, path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return keysAt(schema.unwrap() as z.ZodType, step === undefined ? [] : [step, ...rest]);
  if (schema instanceof z.ZodUnion)
    return schema.options.map((one) => keysAt(one as z.ZodType, path)).find((keys) => keys !== undefined);
  if (step === undefined) return schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined;
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType as z.ZodType, rest);
  if (schema instanceof z.ZodArray) return keysAt(schema.element as z.ZodType, rest);
  const inner = schema instanceof z.ZodObject ? (schema.shape as Record<PropertyKey, z.ZodType>)[step] : undefined;
  return inner && keysAt(inner, rest);
}
