/** Facts of a finding, as shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyOf, factsOf } from './finding-facts.ts';
import { adviceOn, type Finding } from './rejection-advice.ts';

const { fix, reference } = adviceOn({ code: 'audience-mismatch' });
const advice = [
  { name: 'who', label: 'Who fixes it', value: 'the administrator of the identity provider', isCode: false },
  { name: 'how', label: 'How', value: fix, isCode: false },
  { name: 'rule', label: 'Rule', value: reference, isCode: false },
];

const shown: readonly (readonly [given: Omit<Finding, 'code'>, facts: readonly object[]])[] = [
  [{}, []],
  [
    { expected: 'a', received: 'b', path: '/samlp:Response', line: 7 },
    [
      { name: 'expected', label: 'Expected', value: 'a', isCode: true },
      { name: 'received', label: 'Received', value: 'b', isCode: true },
      { name: 'where', label: 'Where', value: '/samlp:Response', isCode: true },
    ],
  ],
  [{ received: '' }, [{ name: 'received', label: 'Received', value: '(empty)', isCode: true }]],
  [{ line: 7 }, [{ name: 'where', label: 'Where', value: 'line 7', isCode: false }]],
];
for (const [given, facts] of shown)
  test(`of ${JSON.stringify(given)}, what is known is shown`, () =>
    assert.deepEqual(factsOf({ code: 'audience-mismatch', ...given }), [...facts, ...advice]));

test('several who may fix it are joined', () => {
  assert.equal(anyOf(['user']), 'the user');
  assert.equal(anyOf(['user', 'vendor']), 'the user, or the vendor');
});
