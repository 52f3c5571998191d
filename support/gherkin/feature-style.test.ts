/** Each style rule with a sample that breaks it, and the real features. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mostSteps, styleFindings } from './feature-style.ts';
import { readFeature } from './read-features.ts';

const good = `@scripted
Feature: Enforcing
  Only a verified revision may be enforced.

  Background:
    Given Acme's SSO profile is set up
    And Ada has marked Sam's SSO test as passed

  Rule: Only a verified revision can be enforced

    @case:enforce-before-test
    Scenario: The SSO profile was never tested
      Given the IdP sends an HTTP 500 error page
      And 120 minutes pass
      When Ada enforces SSO
      Then SSO is not enforced
      And no test has passed either

    Scenario Outline: The IdP delivers <fault>
      When Sam takes the SSO test
      Then the test fails

      Examples:
        | fault             |
        | a truncated page |
        | a response without RelayState     |
`;

const findings = (text: string, uri = 'sample.feature'): string[] =>
  styleFindings([readFeature(uri, text)]).map(({ at, sentence }) => `${at} ${sentence}`);

test('a feature in good style has no findings', () => {
  assert.deepEqual(findings(good), []);
});

const bad: readonly (readonly [name: string, from: string, to: string, finding: RegExp])[] = [
  ['the first person', 'When Ada enforces', 'When I enforce', /:15 says “I”/],
  ['the first person in a name', 'The SSO profile was never tested', 'My SSO profile is untested', /:12 says “My”/],
  ['the reader', 'The SSO profile was never tested', 'You have not tested SSO', /:12 says “You”/],
  ['a pronoun', 'When Ada enforces', 'When she enforces', /:15 says “she”.*name the person/],
  [
    'a pronoun in the background',
    "And Ada has marked Sam's SSO test",
    "And he has marked Sam's SSO test",
    /:7 says “he”/,
  ],
  ['a pronoun in a rule', 'Rule: Only a verified', 'Rule: Only their verified', /:9 says “their”/],
  ['a pronoun in the reason', 'Only a verified revision may', 'Only what they verified may', /:3 says “they”/],
  ['a click', 'When Ada enforces SSO', 'When Ada clicks Enforce', /:15 says “clicks”/],
  ['a press', 'When Ada enforces SSO', 'When Ada presses Enforce', /:15 says “presses”/],
  ['typing', 'When Ada enforces SSO', 'When Ada types the address', /:15 says “types”/],
  ['a button', 'When Ada enforces SSO', 'When Ada sees the Next button', /:15 says “button”/],
  ['a page', 'Then SSO is not enforced', 'Then Ada is taken to the sign-in page', /:16 says “page”/],
  ['a field in an example', '| a response without RelayState     |', '| an empty field |', /:26 says “field”/],
  [
    'a URL',
    'When Ada enforces SSO',
    'When Ada visits https://sp.localhost/login',
    /:15 contains the URL “https:\/\/sp.localhost\/login”/,
  ],
  ['a path', 'When Ada enforces SSO', 'When Ada visits /admin/enforce', /:15 contains the URL “\/admin\/enforce”/],
  ['XPath', 'When Ada enforces SSO', 'When Ada sees //div[@id]', /:15 contains “\/\/div\[”/],
  ['a selector', 'When Ada enforces SSO', 'When Ada sees #enforce', /:15 contains “#enforce”/],
  ['a status code', 'Then SSO is not enforced', 'Then the response is 403', /:16 contains “403”/],
  ['no reason', '  Only a verified revision may be enforced.\n', '', /:2 has no reason/],
  ['a reason without a full stop', 'may be enforced.\n', 'may be enforced\n', /:3 is not a complete sentence/],
  [
    'too many steps',
    '      And 120 minutes pass\n',
    '      And 120 minutes pass\n      And 2 hours pass\n',
    new RegExp(`:12 has ${mostSteps + 1} steps`),
  ],
  ['a scenario without a rule', '  Rule: Only a verified revision can be enforced\n', '', /:11 is outside every Rule/],
  [
    'a rule without a scenario',
    '  Rule: Only a verified',
    '  Rule: Nothing is shown\n\n  Rule: Only a verified',
    /:9 is a Rule without a scenario/,
  ],
  ['a scenario without a name', 'Scenario: The SSO profile was never tested', 'Scenario:', /:12 has no name/],
  ['a scenario without a Then', '      Then the test fails\n', '', /:19 has no Then, so it checks nothing/],
  [
    'a step that needs a browser in a scenario over HTTP',
    'When Ada enforces SSO',
    'When Ada goes back in the browser',
    /:15 needs a browser, since HTTP keeps no history of pages: remove the tag @scripted/,
  ],
  ['an unknown tag', '@scripted', '@scirpted', /:1 has the unknown tag @scirpted; known are @case:CODE, @scripted/],
  [
    'an unknown case',
    '@case:enforce-before-test',
    '@case:enforce-before-tset',
    /:11 has the tag of an unknown case: enforce-before-tset; the nearest are enforce-before-test/,
  ],
  [
    'rows without names of their own',
    'The IdP delivers <fault>',
    'The IdP delivers it',
    /:26 is a second scenario named “The IdP delivers it”; the first is at sample.feature:25/,
  ],
  [
    'two rules of one name',
    '    Scenario Outline:',
    '  Rule: Only a verified revision can be enforced\n\n    Scenario Outline:',
    /:19 is a second rule named/,
  ],
];

/** The same finding at any other line. */
const alike = ({ source }: RegExp): RegExp => new RegExp(source.replace(/:\d+/, ':\\d+'));

for (const [name, from, to, finding] of bad) {
  test(`${name} is found`, () => {
    const sample = good.replace(from, () => to);
    assert.notEqual(sample, good, 'the sample breaks no rule');
    const found = findings(sample);
    assert.ok(found.length > 0, 'found nothing');
    for (const [index, line] of found.entries()) assert.match(line, index === 0 ? finding : alike(finding));
  });
}

test('a step that needs HTTP is found in a scenario in browsers', () => {
  const sample = good.replace('When Ada enforces SSO', 'When Sam enters a malformed email');
  assert.deepEqual(findings(sample), []);
  assert.match(findings(sample.replace('@scripted\n', ''))[0]!, /:14 needs HTTP, since .*: tag the scenario @scripted/);
});

test('names are unique across files', () => {
  const two = [
    readFeature('one.feature', good),
    readFeature('two.feature', good.replace('Feature: Enforcing', 'Feature: Turning off')),
  ];
  assert.deepEqual(
    styleFindings(two).map(({ at }) => at),
    ['two.feature:12', 'two.feature:25', 'two.feature:26'],
  );
});

test('a file that is not Gherkin is named, with the line', () => {
  assert.throws(
    () => readFeature('broken.feature', 'Feature: A\n\n  Rule: B\n    Scenario: C\n      Given D\n      Perhaps E\n'),
    /broken\.feature is not Gherkin.*\(6:7\)/s,
  );
});

test('the features of the project are in style', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const files = globSync('features/**/*.feature', { cwd: root }).toSorted();
  assert.ok(files.length > 0);
  assert.deepEqual(styleFindings(files.map((file) => readFeature(`${root}${file}`))), []);
});
