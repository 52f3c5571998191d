/** The sentence on each kind of wrong value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { isOfOtherType, noneOf, problemOf } from './input-problem.ts';

const issuesOf = (schema: z.ZodType, value: unknown): z.core.$ZodIssue[] =>
  schema.safeParse(value, { error: problemOf, reportInput: true }).error?.issues ?? [];

const sentences: readonly (readonly [schema: z.ZodType, value: unknown, sentence: string])[] = [
  [z.string(), undefined, 'is missing'],
  [z.string(), 7, 'must be a text, not a number'],
  [z.string(), null, 'must be a text, not null'],
  [z.string(), true, 'must be a text, not true'],
  [z.string(), [], 'must be a text, not a list'],
  [z.string(), {}, 'must be a text, not an object'],
  [z.string(), 7n, 'must be a text, not another value'],
  [z.number(), 'x', 'must be a number, not a text'],
  [z.number(), Number.POSITIVE_INFINITY, 'must be a number, not one that is too large'],
  [z.number(), Number.NEGATIVE_INFINITY, 'must be a number, not one that is too large'],
  [z.int(), 0.5, 'must be a whole number, not a fraction'],
  [z.int(), 'x', 'must be a number, not a text'],
  [z.boolean(), 'x', 'must be true or false, not a text'],
  [z.array(z.string()), 'x', 'must be a list, not a text'],
  [z.object({}), 'x', 'must be an object, not a text'],
  [z.record(z.string(), z.string()), 'x', 'must be an object, not a text'],
  [z.date(), 'x', 'must be date, not a text'],
  [z.literal('a'), 'b', 'must be “a”, not another text'],
  [z.literal('a'), 7, 'must be “a”, not a number'],
  [z.literal(false), true, 'must be false, not true'],
  [z.enum(['a', 'b']), 'c', 'has the unknown value “c”'],
  [z.enum(['a', 'b']), 7, 'must be “a” or “b”, not a number'],
  [z.string().max(3), 'long', 'must have at most 3 characters'],
  [z.string().min(2), 'x', 'must have at least 2 characters'],
  [z.string().min(1), '', 'must not be empty'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 items'],
  [z.number().max(3), 4, 'must be at most 3'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.iso.datetime(), 'x', 'must be a time in UTC such as 2026-01-01T00:00:00Z'],
];
for (const [schema, value, sentence] of sentences)
  test(`${typeof value} ${String(value)}: ${sentence}`, () =>
    assert.deepEqual(
      issuesOf(schema, value).map(({ message }) => message),
      [sentence],
    ));

test('other formats keep the sentence of the library', () => {
  assert.match(issuesOf(z.email(), 'x')[0]!.message, /email/i);
  assert.match(issuesOf(z.strictObject({}), { a: 1 })[0]!.message, /a/);
});

test('each variant of a value is named once', () => {
  const first = (schema: z.ZodType, value: unknown) => issuesOf(schema, value);
  const variants = [first(z.string(), 7), first(z.literal(false), 7), first(z.string(), 7), first(z.email(), 'x'), []];
  assert.equal(noneOf(variants, 7), 'must be a text or false, not a number');
  assert.equal(noneOf([first(z.literal('a'), 'b')], 'b'), 'must be “a”, not another text');
});

test('only the type of the whole value counts as another type', () => {
  const isOther = (schema: z.ZodType, value: unknown): boolean => isOfOtherType(issuesOf(schema, value)[0]!);
  assert.equal(isOther(z.string(), 7), true);
  assert.equal(isOther(z.literal('a'), 'b'), true);
  assert.equal(isOther(z.string().max(1), 'long'), false);
  assert.equal(isOther(z.object({ a: z.string() }), { a: 7 }), false);
});
