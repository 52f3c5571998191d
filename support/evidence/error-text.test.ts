/** Error messages as shown to readers. */
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

test('two different values are shown as expected and received', () => {
  assert.deepEqual(linesOf(thrown(() => assert.equal('audience-mismatch' as string, 'success'))), [
    "Expected 'success'",
    "Received 'audience-mismatch'",
  ]);
  assert.deepEqual(linesOf(thrown(() => assert.equal(1 as number, 2))), ['Expected 2', 'Received 1']);
});

test('larger values are compared line by line', () => {
  assert.deepEqual(linesOf(thrown(() => assert.deepEqual(undefined, { method: 'sso' }))), [
    'Received (+) differs from expected (-):',
    '+ undefined',
    '- {',
    "-   method: 'sso'",
    '- }',
  ]);
});

test('other errors keep their message, without class and stack', () => {
  assert.deepEqual(
    linesOf(
      thrown(() => {
        throw new RangeError('the page is empty');
      }),
    ),
    ['the page is empty'],
  );
});
