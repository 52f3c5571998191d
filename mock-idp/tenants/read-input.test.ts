/** Invalid input is rejected with the problem, its place, and the allowed values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Refused, readInput } from './read-input.ts';

const inner = z.strictObject({ a: z.string(), b: z.number().optional() });
const schema = z.strictObject({
  colour: z.enum(['red', 'green']).optional(),
  one: inner.optional(),
  none: inner.nullable().optional(),
  many: z.array(inner).optional(),
  perhaps: z.array(inner.optional()).optional(),
  deep: z.strictObject({ many: z.array(inner) }).optional(),
  map: z.record(z.string(), inner).optional(),
});
const keys = ['colour', 'one', 'none', 'many', 'perhaps', 'deep', 'map'];

test('valid input is returned unchanged', () => {
  const input = { colour: 'red', one: { a: 'x' }, many: [], none: null };
  assert.deepEqual(readInput(schema, input), input);
});

for (const [rule, input, message, allowed] of [
  ['a number instead of an object', 7, /^the body: /, undefined],
  ['nothing', undefined, /^the body: /, undefined],
  ['an unknown key', { x: 1 }, 'the body has the unknown “x”', keys],
  ['two unknown keys', { x: 1, y: 2 }, 'the body has the unknown “x”, “y”', keys],
  ['an unknown key of an object', { one: { a: 'b', x: 1 } }, '“one” has the unknown “x”', ['a', 'b']],
  [
    'an unknown key of an object that is nullable',
    { none: { a: 'b', x: 1 } },
    '“none” has the unknown “x”',
    ['a', 'b'],
  ],
  ['an unknown key in a list', { many: [{ a: 'b' }, { a: 'b', x: 1 }] }, '“many.1” has the unknown “x”', ['a', 'b']],
  [
    'an unknown key in an optional list of optional items',
    { perhaps: [{ a: 'b', x: 1 }] },
    '“perhaps.0” has the unknown “x”',
    ['a', 'b'],
  ],
  [
    'a deeply nested unknown key',
    { deep: { many: [{ a: 'b', x: 1 }] } },
    '“deep.many.0” has the unknown “x”',
    ['a', 'b'],
  ],
  ['an unknown key in a map', { map: { k: { a: 'b', x: 1 } } }, '“map.k” has the unknown “x”', ['a', 'b']],
  ['an unknown choice', { colour: 'blue' }, /^“colour”: /, ['red', 'green']],
  ['a missing value', { one: {} }, /^“one\.a”: /, undefined],
  ['a value of the wrong type', { one: { a: 1 } }, /^“one\.a”: /, undefined],
  ['the first of two mistakes', { one: { a: 1, b: 'x' } }, /^“one\.a”: /, undefined],
] as const)
  test(`rejected: ${rule}`, () => {
    assert.throws(
      () => readInput(schema, input),
      (error) => {
        assert.ok(error instanceof Refused);
        assert.deepEqual([error.name, error.status, error.allowed], ['Refused', 400, allowed]);
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      },
    );
  });

test('of a union, the problem is that of the variant of the right type', () => {
  const either = z.strictObject({ either: z.array(z.union([z.string(), inner])).optional() });
  for (const [input, message, allowed] of [
    [{ either: [{ a: 'x', c: 1 }] }, '“either.0” has the unknown “c”', ['a', 'b']],
    [{ either: ['x', { a: 1 }] }, '“either.1.a”: Invalid input: expected string, received number', undefined],
    [{ either: [1] }, '“either.0”: Invalid input', undefined],
  ] as const)
    assert.throws(() => readInput(either, input), { message, allowed });
});
