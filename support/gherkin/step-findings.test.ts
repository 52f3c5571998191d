/** Steps of a team's features: unknown, misspelt and ambiguous ones are named with their line, once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleFindings } from './feature-style.ts';
import { readFeature } from './read-features.ts';
import { stepFindings } from './step-findings.ts';

const definition = (pattern: string, matching: RegExp) => ({
  pattern,
  matchesStepName: (text: string) => matching.test(text),
});
const definitions = [
  definition('the IdP sends {fault}', /^the IdP sends a truncated page$/),
  definition('our colour is {colour}', /^our colour is (?:teal|red)$/),
  definition('our colour is teal', /^our colour is teal$/),
];

const read = (text: string) => [readFeature('own.feature', text)];
const found = (text: string): string[] =>
  stepFindings(read(text), definitions).map(({ at, sentence }) => `${at} ${sentence}`);

const feature = `@TMS-7
Feature: Own
  Background:
    Given our color is red

  Scenario: One
    When the IdP sends a truncted page
    Then our colour is red

  @TMS-8 @case:nowhere
  Scenario Outline: <colour>
    When the IdP sends a truncated page
    And the user clicks the button
    And our colour is <colour>

    Examples:
      | colour |
      | red    |
      | teal   |
`;

test('an unknown step, a misspelt word and an ambiguous step are found', () => {
  assert.deepEqual(found(feature), [
    'own.feature:4 “our color is red” is an unknown step; the nearest is “our colour is teal”',
    'own.feature:7 “the IdP sends a truncted page” has the unknown {fault} “a truncted page”; ' +
      'the nearest is “a truncated page”',
    'own.feature:13 “the user clicks the button” is an unknown step; the nearest is “the IdP sends {fault}”',
    'own.feature:14 “our colour is teal” matches several steps: our colour is {colour}; our colour is teal',
  ]);
});

test('a missing Then and an unknown case are defects; words and tags are not', () => {
  const all = styleFindings(read(feature));
  const of = (kind: string): string[] =>
    all.filter((one) => one.kind === kind).map(({ at, sentence }) => `${at} ${sentence.slice(0, 24)}`);
  assert.deepEqual(of('defect'), [
    'own.feature:10 has the tag of an unknow',
    'own.feature:11 has no Then, so it check',
  ]);
  assert.deepEqual(of('tag'), ['own.feature:1 has the unknown tag @TMS', 'own.feature:10 has the unknown tag @TMS']);
  assert.ok(of('style').includes('own.feature:13 says “clicks”: describe '));
});
