/** Values are made once while their key is among those used last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepLastUsed } from './last-used.ts';

/** The keys, in the order in which they are used, and those whose value is made. */
for (const [rule, used, made] of [
  ['a value is made once', 'aaa', 'a'],
  ['as many as fit are kept', 'abcabc', 'abc'],
  ['of more the one that was used longest ago is made again', 'abcdbcda', 'abcda'],
  ['a use counts, not only the first', 'abcadabc', 'abcdbc'],
] as const)
  test(rule, () => {
    const keep = keepLastUsed<object>(3);
    const values = new Map<string, object>();
    let makes = '';
    for (const key of used) {
      const make = () => {
        makes += key;
        values.set(key, {});
        return values.get(key)!;
      };
      assert.equal(keep(key, make), values.get(key));
    }
    assert.equal(makes, made);
  });

test('that there is no value is kept, too', () => {
  const keep = keepLastUsed<undefined>(3);
  let makes = 0;
  for (const key of 'aa') keep(key, () => void makes++);
  assert.equal(makes, 1);
});
