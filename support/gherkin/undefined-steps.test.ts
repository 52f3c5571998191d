/** Suggestions for undefined steps, on their own and in a run. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stepEntries } from './docs/steps.ts';
import { adviceInWords, adviseOn } from './undefined-steps.ts';

const expressions = (await stepEntries()).map(({ expression }) => expression);
const advise = (text: string) => adviseOn(text, expressions);

test('a typo in a step finds the step', () => {
  assert.equal(advise('Sam taks the SSO test').steps[0], '{actor} takes the SSO test');
  assert.equal(advise('Ada enforce SSO').steps[0], 'Ada enforces SSO');
  assert.deepEqual(advise('Sam taks the SSO test').words, []);
});

test('a long vocabulary word does not hide the step around it', () => {
  assert.equal(advise('the IdP sent an assertion that expired 10 minutes ago').steps[0], 'the IdP sends {fault}');
  assert.equal(
    advise('the SP has rejected the response as nameid-user-mismatch').steps[0],
    'the SP rejects the response as {rejection}',
  );
});

const misspelt: readonly (readonly [text: string, step: string, typed: string, parameter: string, word: string])[] = [
  [
    'the IdP sends an assertion with a diferent Audiense',
    'the IdP sends {fault}',
    'an assertion with a diferent Audiense',
    'fault',
    'an assertion with a different Audience',
  ],
  [
    'the SP rejects the response as audience-mismach',
    'the SP rejects the response as {rejection}',
    'audience-mismach',
    'rejection',
    'audience-mismatch',
  ],
  [
    'the test is unanswered, and the likely cause is app-unassigned',
    'the test is unanswered, and the likely cause is {case}',
    'app-unassigned',
    'case',
    'app-not-assigned',
  ],
  ['Samm takes the SSO test', '{actor} takes the SSO test', 'Samm', 'actor', 'Sam'],
  [
    'the mail server reject email to Sam',
    'the mail server {mail problem} email to {actor}',
    'reject',
    'mail problem',
    'rejects',
  ],
];
test("a team's own steps may have parameters of their own, or be regular expressions", () => {
  const own = [
    'our colour is {colour}',
    '^our (\\d+) colours (?:are|were) {2}(.*)$',
    'our \\{colour} is /',
    'our colour(',
  ];
  const { steps, words } = adviseOn('our colours are teal', [...expressions, ...own]);
  assert.ok(steps.includes('our colour is {colour}'), steps.join('\n'));
  assert.deepEqual(words, []);
  const again = adviseOn('the IdP sends an assertion with a diferent Audience', [...own, ...expressions]);
  assert.equal(again.words[0]?.nearest[0], 'an assertion with a different Audience');
});

for (const [text, step, typed, parameter, word] of misspelt) {
  test(`a misspelt {${parameter}} finds the step and the word`, () => {
    const { steps, words } = advise(text);
    assert.equal(steps[0], step);
    assert.equal(steps.length, 3);
    const found = words.find((one) => one.parameter === parameter);
    assert.equal(found?.typed, typed);
    assert.ok(found.nearest.length <= 3);
    assert.equal(found.nearest[0], word);
  });
}

test('words that have little in common with the misspelt one are not suggested', () => {
  const { words } = advise("Acme's identity provider is Entra");
  assert.deepEqual(
    words.map(({ nearest: known }) => known),
    [['Entra ID']],
  );
});

test('a word from another vocabulary is named, with the steps that take it', () => {
  const advice = advise('the SP rejects the response as app-not-assigned');
  const [word] = advice.words;
  assert.equal(word?.parameter, 'rejection');
  assert.equal(word.instead?.parameter, 'case');
  assert.ok(word.instead.steps.every((step) => step.includes('{case}')));
  const lines = adviceInWords(advice);
  const first = lines.indexOf('“app-not-assigned” is a {case}. Steps that take one:');
  assert.deepEqual(
    lines.slice(first + 1, first + 3),
    word.instead.steps.map((step) => `  ${step}`),
  );
  assert.ok(lines.includes('Unknown {rejection} “app-not-assigned”. The nearest are:'));
});

test('two wrong words in one step are both named', () => {
  assert.deepEqual(
    advise("Samm enters Grase's email").words.map(({ typed, nearest: [word] }) => [typed, word]),
    [
      ['Samm', 'Sam'],
      ['Grase', 'Grace'],
    ],
  );
});

const scratch = `Feature: Scratch
  Why.

  Rule: One

    @scripted
    Scenario: A typo
      Given the IdP sends an assertion with a diferent Audiense
`;

test('a run suggests the nearest steps and words for an undefined step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'undefined-step-'));
  try {
    const file = join(folder, 'scratch.feature');
    writeFileSync(file, scratch);
    const { stdout, status } = spawnSync(
      process.execPath,
      [fileURLToPath(new URL('../commands/bdd.ts', import.meta.url)), '--workers', '1', '--no-evidence', file],
      { encoding: 'utf8', cwd: fileURLToPath(new URL('../..', import.meta.url)) },
    );
    assert.equal(status, 1);
    const lines = stdout.split('\n').map((line) => line.trim());
    for (const line of adviceInWords(advise('the IdP sends an assertion with a diferent Audiense')))
      assert.ok(lines.includes(line.trim()), `${line} is missing in:\n${stdout}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
