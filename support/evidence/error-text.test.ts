/** What an error says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from './error-text.ts';

function thrown(act: () => void): string {
  try {
    act();
  } catch (error) {
    return (error as Error).stack!;
  }
  return assert.fail('it throws');
}

test('two values are told as what is and what should be', () => {
  assert.deepEqual(linesOf(thrown(() => assert.equal('audience-mismatch' as string, 'success'))), [
    "It is 'audience-mismatch'",
    "and should be 'success'",
  ]);
  assert.deepEqual(linesOf(thrown(() => assert.equal(1 as number, 2))), ['It is 1', 'and should be 2']);
});

test('what is larger is told line by line', () => {
  assert.deepEqual(linesOf(thrown(() => assert.deepEqual(undefined, { method: 'sso' }))), [
    'It is (+) not what it should be (-):',
    '+ undefined',
    '- {',
    "-   method: 'sso'",
    '- }',
  ]);
});

test('any other error is told as it is, without class and stack', () => {
  assert.deepEqual(
    linesOf(
      thrown(() => {
        throw new RangeError('nobody is here');
      }),
    ),
    ['nobody is here'],
  );
});
