/** The bar that a long run shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bar, type Paint } from './progress-format.ts';

const coloured: Paint = (colour, text) => (text === '' ? '' : `<${colour}>${text}</${colour}>`);
const plain: Paint = (_colour, text) => text;

test('it grows with what is done, and says how much that is', () => {
  assert.equal(bar({ passed: 0, failed: 0, skipped: 0 }, 40, 24, plain), '░░░░░░░░░░░░░░ 0 of 40');
  assert.equal(bar({ passed: 15, failed: 0, skipped: 5 }, 40, 31, plain), '██████████░░░░░░░░░░ 20 of 40');
  assert.equal(bar({ passed: 40, failed: 0, skipped: 0 }, 40, 31, plain), '████████████████████ 40 of 40');
});

test('a failure turns it red and is counted', () => {
  assert.equal(
    bar({ passed: 1, failed: 1, skipped: 0 }, 4, 10, coloured),
    '<red>█████</red><dim>░░░░░</dim> 2 of 4, 1 failed',
  );
});

test('it never fills a line, and stands a run that plans nothing', () => {
  for (const width of [40, 80, 200])
    assert.ok(bar({ passed: 3, failed: 2, skipped: 0 }, 150, width, plain).length < width);
  assert.equal(bar({ passed: 0, failed: 0, skipped: 0 }, 0, 12, plain), '░░░░░░░░░░ 0 of 0');
});
