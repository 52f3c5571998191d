/** Names that are offered in place of one that does not exist. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const itself = (name: string): string[] => [name];
const manyLetters = `${'x'.repeat(200)}needle`;

/** The first of the known names is the last in the list, so that a tie fails. */
for (const [rule, written, known] of [
  ['a name with a letter left out', 'app-not-asigned', ['audience-wrong', 'user-unknown', 'app-not-assigned']],
  ['in capitals', 'OKTA', ['auth0', 'okta']],
  ['the order of letters counts', 'abca', ['acba', 'abca']],
  ['a long name is not nearer because it has more letters', 'abc', ['abcdefghij', 'abcx']],
  ['several separators are one', 'a - b', ['a_b', 'ab', 'a b']],
  ['of a long text the first 200 letters count', manyLetters, ['needle', 'xx']],
] as const)
  test(`the nearest: ${rule}`, () => {
    assert.equal(nearest(written, known, itself)[0], known.at(-1));
  });

test('at most three are offered, the nearest of its texts counts for each, and equal ones stay in order', () => {
  const known = [
    { texts: ['zzz'] },
    { texts: ['zzz', 'Entra ID'] },
    { texts: ['entr'] },
    { texts: [''] },
    { texts: [] },
  ];
  assert.deepEqual(
    nearest('entra id', known, ({ texts }) => texts),
    [known[1], known[2], known[0]],
  );
  assert.deepEqual(nearest('', ['', 'b'], itself), ['', 'b']);
  assert.deepEqual(nearest('a', [], itself), []);
});
