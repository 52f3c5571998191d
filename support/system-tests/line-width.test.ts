/** The check for wide lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxWidth, wideLinesOf } from './line-width.ts';

test('a line is too wide from the first character over the limit, in any script', () => {
  const fits = 'ß'.repeat(maxWidth);
  assert.deepEqual(wideLinesOf('a.ts', `${fits}\n${fits}x\n${'🙂'.repeat(maxWidth)}`), [
    { file: 'a.ts', line: 2, width: maxWidth + 1 },
  ]);
});
