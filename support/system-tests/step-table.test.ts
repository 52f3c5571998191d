/** The table of steps: no step turns green in a world in which its sentence cannot come true. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patternOf, playRows, rows } from './step-table.ts';

/** Steps that can come true in every world, and why. */
const exempt: Readonly<Record<string, string>> = {
  'the mail server {mail problem} email to {actor}':
    'our mail server takes this for any email at any time; with a mailbox that cannot do it the scenario is skipped',
};

const { played, steps } = await playRows();

test('every step has a row, and every row a step', () => {
  const inTable = new Set(played.map(({ definition }) => definition));
  assert.ok(steps.length > 150, `${steps.length} steps`);
  assert.deepEqual(
    steps.filter((one) => !inTable.has(one)),
    Object.keys(exempt),
  );
  assert.deepEqual(
    played.filter(({ definition }) => definition === undefined).map(({ step }) => step),
    [],
  );
});

test('each step that cannot come true fails with its own message', () => {
  const patterns = rows.map(({ expected }) => patternOf(expected));
  assert.equal(played.length, rows.length);
  const wrong = played.flatMap(({ step, failed, message, expected }, index) => {
    if (failed !== step) return [`${step}: ${failed === undefined ? 'passes' : `“${failed}” fails: ${message}`}`];
    if (!patterns[index]!.test(message)) return [`${step}: Expected ${expected}, received ${message}`];
    const others = rows.filter((_, other) => other !== index && patterns[other]!.test(message));
    return others.map((other) => `${step}: fails with the message of “${other.step}”: ${message}`);
  });
  assert.deepEqual(wrong, []);
});
