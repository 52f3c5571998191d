/** The table of steps: no step turns green in a world in which its sentence cannot come true. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sample } from '../stack/sample.fixture.ts';
import { knownSteps, patternOf, playRows, rows } from './step-table.ts';

/** Steps that can come true in every world, and why. */
const exempt: Readonly<Record<string, string>> = {
  'the mail server {mail problem} email to {actor}':
    'our mail server takes this for any email at any time; with a mailbox that cannot do it the scenario is skipped',
};

const steps = await knownSteps();

test('every step has a row, and every row a step', () => {
  const defined = rows.map(({ step }) => steps.definitionOf(step));
  const inTable = new Set(defined);
  assert.ok(steps.all.length > 150, `${steps.all.length} steps`);
  assert.deepEqual(
    steps.all.filter((one) => !inTable.has(one)),
    Object.keys(exempt),
  );
  assert.deepEqual(
    rows.filter((_, index) => defined[index] === undefined).map(({ step }) => step),
    [],
  );
});

const chosen = sample(rows, 60);

test(`each step that cannot come true fails with its own message: ${chosen.length} of ${rows.length}`, async () => {
  const played = await playRows(chosen);
  assert.equal(played.length, chosen.length);
  const wrong = played.flatMap(({ given, step, failed, message, expected }) => {
    if (failed !== step) return [`${step}: ${failed === undefined ? 'passes' : `“${failed}” fails: ${message}`}`];
    if (!patternOf(expected).test(message)) return [`${step}: Expected ${expected}, received ${message}`];
    const others = rows.filter(
      (other) => !(other.step === step && other.given === given) && patternOf(other.expected).test(message),
    );
    return others.map((other) => `${step}: fails with the message of “${other.step}”: ${message}`);
  });
  assert.deepEqual(wrong, []);
});
