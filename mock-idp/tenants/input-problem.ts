/** Problems of a value in plain words: the texts of the schema library are for programmers. */
import type { z } from 'zod';

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The sentence that follows the place. Undefined for the schema's own. */
export function problemOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_value':
      // The choices are listed beside it.
      if (issue.values.length > 1 && typeof issue.input === 'string') return `has the unknown value “${issue.input}”`;
      return mustBe(expectedBy(issue), issue.input);
    case 'invalid_type':
      return mustBe(expectedBy(issue), issue.input);
    case 'too_big':
      return limited('at most', Number(issue.maximum), issue.origin);
    case 'too_small':
      return limited('at least', Number(issue.minimum), issue.origin);
    case 'invalid_format':
      return issue.format === 'datetime' ? 'must be a time in UTC such as 2026-01-01T00:00:00Z' : undefined;
    default:
      return undefined;
  }
}

/** True if the whole value is of another type, or is not the only value possible. */
export const isOfOtherType = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** For a value whose type is that of no variant. */
export const noneOf = (variants: readonly (readonly z.core.$ZodIssue[])[], value: unknown): string =>
  mustBe(
    variants.flatMap(([first]) => (first === undefined ? [] : expectedBy(first))),
    value,
  );

function expectedBy(issue: { code?: string; expected?: string; values?: readonly unknown[] }): string[] {
  if (issue.code === 'invalid_type') return [types[issue.expected ?? ''] ?? String(issue.expected)];
  return issue.code === 'invalid_value' ? (issue.values ?? []).map(shown) : [];
}

/** Without the value if it may be a password. */
function mustBe(expected: readonly string[], value: unknown): string {
  if (value === undefined) return 'is missing';
  const isAlike = typeof value === 'string' && expected.some((one) => one.startsWith('“'));
  const found = isAlike
    ? 'another text'
    : expected.includes(types.int!) // only a number is found not to be whole
      ? 'a fraction'
      : typeOf(value);
  return `must be ${[...new Set(expected)].join(' or ')}, not ${found}`;
}

function typeOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return 'one that is too large';
  if (Array.isArray(value)) return types.array!;
  return types[typeof value] ?? 'another value';
}

const shown = (value: unknown): string => (typeof value === 'string' ? `“${value}”` : String(value));

function limited(word: string, limit: number, origin: string): string {
  if (origin === 'number' || origin === 'int') return `must be ${word} ${limit}`;
  if (limit === 1 && word === 'at least') return 'must not be empty';
  return `must have ${word} ${limit} ${origin === 'string' ? 'characters' : 'items'}`;
}
