/** Validates input of the control routes and of the API. */
import { z } from 'zod';
import { isOfOtherType, noneOf, problemOf } from './input-problem.ts';

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

/** Callers without types pass anything. */
export function usernameIn(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Refused(400, `the username must be text, not ${String(value)}`);
}

/**
 * Parses the input by the schema. Throws Refused, which names the first problem and what is allowed there.
 * `whole` names the input.
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  whole = schema.meta()?.title ?? 'the body',
): z.infer<Schema> {
  const result = schema.safeParse(input, { error: problemOf, reportInput: true });
  if (result.success) return result.data;
  const issue = inner(result.error.issues[0]!);
  const where = issue.path.length === 0 ? whole : `“${issue.path.join('.')}”`;
  if (issue.code === 'unrecognized_keys')
    throw new Refused(
      400,
      `${where} has the unknown ${issue.keys.map((key) => `“${key}”`).join(', ')}`,
      keysAt(schema, issue.path, input),
    );
  throw new Refused(
    400,
    `${where}: ${issue.message}`,
    issue.code === 'invalid_value' ? issue.values.map(String) : undefined,
  );
}

/** The problem in the variant of a union that fits best; that of the union if it has its own message, or none does. */
function inner(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input') return issue;
  if (issue.errors.every(([first]) => first !== undefined && isOfOtherType(first)))
    return { ...issue, message: noneOf(issue.errors, issue.input) };
  const best = bestOf(issue.errors);
  return best === undefined
    ? { ...issue, message: 'fits none of its forms' }
    : inner({ ...best[0]!, path: [...issue.path, ...best[0]!.path] });
}

/** The only list with the fewest problems, none of which is that the whole is of another type. */
function bestOf<Problem extends z.core.$ZodIssue>(variants: readonly Problem[][]): Problem[] | undefined {
  const [best, second] = variants
    .filter(([first]) => first !== undefined && !isOfOtherType(first))
    .toSorted((one, other) => one.length - other.length);
  return best === undefined || best.length === second?.length ? undefined : best;
}

/** The keys allowed at this path of a schema. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] | undefined {
  if (schema instanceof z.ZodPipe) return keysAt(schema.out as z.ZodType, path, value);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return keysAt(schema.unwrap() as z.ZodType, path, value);
  if (schema instanceof z.ZodUnion) return keysAt(variantFor(schema, value), path, value);
  const [step, ...rest] = path;
  if (step === undefined) return schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined;
  const below = (value as Record<PropertyKey, unknown> | undefined)?.[step];
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType as z.ZodType, rest, below);
  if (schema instanceof z.ZodArray) return keysAt(schema.element as z.ZodType, rest, below);
  const inner = schema instanceof z.ZodObject ? (schema.shape as Record<PropertyKey, z.ZodType>)[step] : undefined;
  return inner && keysAt(inner, rest, below);
}

/** The variant with the fewest problems among those of the right type. */
function variantFor(union: z.ZodUnion, value: unknown): z.ZodType {
  const variants = union.options as readonly z.ZodType[];
  const problems = variants.map((one) => one.safeParse(value).error?.issues ?? []);
  const best = bestOf(problems);
  return variants[best === undefined ? 0 : problems.indexOf(best)]!;
}
