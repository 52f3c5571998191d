/** External text is visibly cut, never in the middle of a character. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounded, boundedList, boundedVisible } from './bounded-text.ts';
import { decode } from './saml/decode.ts';

test('a text above its limit is cut, with its length', () => {
  assert.equal(bounded('abc', 3), 'abc');
  assert.equal(bounded('abcd', 3), 'abc… 4 characters in total');
  assert.equal(bounded('ab😀😀', 3), 'ab… 6 characters in total');
  assert.equal(bounded('\ud83dab😀', 3), '\ud83dab… 5 characters in total', 'only half a character at the end is cut');
  assert.equal(bounded('x'.repeat(3_145_728), 1), 'x… 3,145,728 characters in total');
});

test('what cannot be seen or printed is a question mark', () => {
  assert.equal(boundedVisible('a b\u00a0é😀', 9), 'a b\u00a0é😀');
  assert.equal(boundedVisible('a\n\u0000\u200b\u2028\u2029\u202eb', 9), 'a??????b');
  assert.equal(boundedVisible('a\nb', 2), 'a?… 3 characters in total');
});

test('a list above its limit is cut, with its length', () => {
  assert.equal(boundedList([]), '');
  assert.equal(boundedList(['a', 'b'], { most: 2 }), 'a, b');
  assert.equal(boundedList(['a', 'bcd', 'e'], { most: 2, characters: 1 }), 'a, b… 3 characters in total, … 3 in total');
});

test('the names of unknown fields and a wrong content type are quoted in part', () => {
  const fields = Array.from({ length: 1_000 }, (_, index) => [`${'x'.repeat(3_000)}${index}`, ''] as const);
  for (const form of [
    { method: 'POST', fields },
    { method: 'POST', fields: fields.slice(0, 100) },
    { method: 'POST', fields: [], contentType: `text/${'x'.repeat(10_000)}` },
  ]) {
    const outcome = decode(form);
    assert.ok(!outcome.ok && outcome.finding.received!.length < 600);
  }
});
