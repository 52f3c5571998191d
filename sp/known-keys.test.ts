/** Tests of strict objects: an unknown key is reported with the known ones, also of an extended object. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { explain } from './error-page.ts';
import { strict } from './known-keys.ts';

const schema = strict({ colour: z.enum(['red', 'green']), inner: strict({ size: z.number() }).partial() })
  .partial()
  .extend({ name: z.string() });
const errorFor = (input: unknown): string | undefined => {
  const { error } = schema.safeParse(input);
  return error && explain(error);
};

test('unknown keys and values are rejected with the list of known ones', () => {
  assert.equal(errorFor({ name: 'n', color: 'red' }), 'input: unknown “color”; known are colour, inner, name');
  assert.equal(errorFor({ name: 'n', inner: { sise: 1 } }), 'inner: unknown “sise”; known are size');
  assert.match(errorFor({ name: 'n', colour: 'blue' })!, /^colour: .*"red"\|"green"/);
  assert.equal(errorFor({ name: 'n', colour: 'red', inner: { size: 1 } }), undefined);
});
