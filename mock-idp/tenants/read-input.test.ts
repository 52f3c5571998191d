/** Invalid input is rejected with the problem, its place, and the allowed values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Refused, readInput, usernameIn } from './read-input.ts';

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
  ['a number instead of an object', 7, 'the body: must be an object, not a number', undefined],
  ['nothing', undefined, 'the body: is missing', undefined],
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
  ['an unknown choice', { colour: 'blue' }, '“colour”: has the unknown value “blue”', ['red', 'green']],
  ['a missing value', { one: {} }, '“one.a”: is missing', undefined],
  ['a value of the wrong type', { one: { a: 1 } }, '“one.a”: must be a text, not a number', undefined],
  ['an object instead of a list', { many: {} }, '“many”: must be a list, not an object', undefined],
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
    [{ either: ['x', { a: 1 }] }, '“either.1.a”: must be a text, not a number', undefined],
    [{ either: [1] }, '“either.0”: must be a text or an object, not a number', undefined],
  ] as const)
    assert.throws(() => readInput(either, input), { message, allowed });
});

test('of a union, the problem is that of the variant with the fewest, unless two have as many', () => {
  const form = (...keys: string[]): z.ZodType =>
    z.strictObject(Object.fromEntries(keys.map((key) => [key, z.string()])));
  const unions = z.strictObject({
    fewest: z.union([form('c', 'a'), form('a')]).optional(),
    equal: z.union([form('a'), form('b')]).optional(),
    own: z.union([z.string(), z.number()], 'must be a name or a number').optional(),
    read: z.preprocess((value) => value, inner).optional(),
    checked: z.custom(() => false).optional(),
  });
  for (const [input, message, allowed] of [
    [{ fewest: { a: 1 } }, '“fewest.a”: must be a text, not a number', undefined],
    [{ fewest: { a: 'x', d: 1 } }, '“fewest” has the unknown “d”', ['a']],
    [{ equal: {} }, '“equal”: fits none of its forms', undefined],
    [{ own: {} }, '“own”: must be a name or a number', undefined],
    [{ read: { a: 'x', c: 1 } }, '“read” has the unknown “c”', ['a', 'b']],
    [{ checked: 1 }, '“checked”: Invalid input', undefined],
  ] as const)
    assert.throws(() => readInput(unions, input), { message, allowed });
});

test('a username is text', () => {
  assert.equal(usernameIn('ada'), 'ada');
  assert.throws(() => usernameIn(7), { status: 400, message: 'the username must be text, not 7' });
});

test('limits and forms are in plain words, without the value: it may be a password', () => {
  const limited = z.strictObject({
    count: z.number().int().min(1).max(9).optional(),
    text: z.string().min(1).max(3).optional(),
    list: z.array(z.string()).min(1).optional(),
    time: z.iso.datetime().optional(),
    tls: z.union([z.literal(true), inner]).optional(),
    users: z.union([z.literal('everyone'), z.array(z.string())]).optional(),
  });
  for (const [input, message] of [
    [{ count: 0 }, '“count”: must be at least 1'],
    [{ count: 10 }, '“count”: must be at most 9'],
    [{ count: 1.5 }, '“count”: must be a whole number, not a fraction'],
    [{ count: Number.POSITIVE_INFINITY }, '“count”: must be a number, not one that is too large'],
    [{ text: '' }, '“text”: must not be empty'],
    [{ text: 'long' }, '“text”: must have at most 3 characters'],
    [{ count: '3' }, '“count”: must be a number, not a text'],
    [{ text: null }, '“text”: must be a text, not null'],
    [{ list: [] }, '“list”: must not be empty'],
    [{ time: 'noon' }, '“time”: must be a time in UTC such as 2026-01-01T00:00:00Z'],
    [{ tls: false }, '“tls”: must be true or an object, not false'],
    [{ tls: {} }, '“tls.a”: is missing'],
    [{ users: 'secret' }, '“users”: must be “everyone” or a list, not another text'],
  ] as const)
    assert.throws(() => readInput(limited, input), { message });
  assert.throws(() => readInput(limited, [], 'the file'), { message: 'the file: must be an object, not a list' });
});
