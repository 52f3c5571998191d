/** The progress bar of a long run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Paint, plain, progressBar } from './paint.ts';

const coloured: Paint = (colour, text) => (text === '' ? '' : `<${colour}>${text}</${colour}>`);

test('it grows with the finished scenarios, and shows their number', () => {
  const bar = (passed: number, skipped: number, width: number): string =>
    progressBar({ passed, failed: 0, skipped, planned: 40 }, { width, paint: plain });
  assert.equal(bar(0, 0, 24), '░░░░░░░░░░░░░░ 0 of 40');
  assert.equal(bar(15, 5, 31), '██████████░░░░░░░░░░ 20 of 40');
  assert.equal(bar(40, 0, 31), '████████████████████ 40 of 40');
});

test('a failure turns it red and is counted', () => {
  assert.equal(
    progressBar({ passed: 1, failed: 1, skipped: 0, planned: 4 }, { width: 10, paint: coloured }),
    '<red>█████</red><dim>░░░░░</dim> 2 of 4, 1 failed',
  );
});

test('it never fills a line, and works for a run without scenarios', () => {
  for (const width of [40, 80, 200])
    assert.ok(progressBar({ passed: 3, failed: 2, skipped: 0, planned: 150 }, { width, paint: plain }).length < width);
  assert.equal(
    progressBar({ passed: 0, failed: 0, skipped: 0, planned: 0 }, { width: 12, paint: plain }),
    '░░░░░░░░░░ 0 of 0',
  );
});
