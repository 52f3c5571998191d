/** A search finds texts that contain every word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordSearch } from './word-search.ts';

for (const [query, text, isFound] of [
  ['', 'Sam', true],
  ['  ', 'Sam', true],
  ['sam', 'SAM Sample', true],
  ['Sample sam', 'Sam Sample', true],
  [' sam\tsample ', 'Sam Sample', true],
  ['sam other', 'Sam Sample', false],
  ['am', 'Sam', true],
  ['sam', '', false],
] as const)
  test(`“${query}” ${isFound ? 'finds' : 'does not find'} “${text}”`, () => {
    assert.equal(wordSearch(query)(text), isFound);
  });
