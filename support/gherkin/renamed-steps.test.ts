/** Renamed steps keep working for one minor version, the lint says the new name, and upgrade writes it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { faultPhrases } from '../../mock-idp/faults.ts';
import { renamedFaults, renamedRecipeFields } from '../catalogue/renamed-words.ts';
import { stepDefinitions, stepEntries } from './docs/steps.ts';
import { styleFindings } from './feature-style.ts';
import { readFeature } from './read-features.ts';
import { newStep, type Renames } from './rename.ts';
import { renamedSteps } from './renamed-steps.ts';
import { upgradeFeature } from './upgrade-feature.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const minorOf = (text: string): number => Number(text.split('.')[1]);
const parametersOf = (expression: string): string[] => (expression.match(/\{[^{}]*\}/g) ?? []).toSorted();

test('the old sentence runs the code of the new one', async () => {
  const expressions = (await stepEntries()).map(({ expression }) => expression);
  const definitions = await stepDefinitions();
  assert.ok(definitions.some(({ pattern }) => pattern === '{actor} tries the connection'));
  for (const { from, to } of renamedSteps) {
    const [alias, step] = [from, to].map((one) => definitions.filter(({ pattern }) => pattern === one));
    assert.equal(alias?.length, 1, from);
    assert.equal(step?.length, 1, to);
    assert.equal(alias[0]?.unwrappedCode, step[0]?.unwrappedCode);
    assert.ok(!expressions.includes(from), 'the manual has the new name only');
  }
  const matching = definitions.filter((one) => one.matchesStepName('Sam tries the connection'));
  assert.deepEqual(
    matching.map(({ pattern }) => pattern),
    ['{actor} tries the connection'],
  );
});

test('every rename keeps its parameters and ends after one minor version', () => {
  for (const { from, to, since } of [...renamedSteps, ...renamedFaults]) {
    assert.deepEqual(parametersOf(from), parametersOf(to), from);
    assert.ok(
      minorOf(version) <= minorOf(since),
      `${from}: remove the old name, version ${version} no longer needs it`,
    );
  }
  for (const { to } of renamedFaults) assert.ok((faultPhrases as readonly string[]).includes(to), to);
  for (const { from, to } of renamedRecipeFields)
    assert.deepEqual(from.split('.').slice(0, -1), to.split('.').slice(0, -1), from);
});

const renames: Renames = {
  steps: [
    { from: "{actor} gives {actor}'s address", to: "{actor}'s email is entered by {actor}", since: '0.2.0' },
    { from: '{actor} tries the connection', to: '{actor} takes the SSO test', since: '0.2.0' },
    { from: 'the identity provider sends {fault}', to: 'the IdP sends {fault}', since: '0.2.0' },
    { from: 'the mail comes {int} hours late', to: 'the email arrives {int} hours late', since: '0.2.0' },
  ],
  faults: [
    { from: 'no relay', to: 'a response without RelayState', since: '0.2.0' },
    { from: 'a stale assertion of {minutes} minutes', to: 'an assertion {minutes} minutes old', since: '0.2.0' },
  ],
};

const old = `# Sam tries the connection
@scripted
Feature: Old names
  Sam tries the connection.

  Background:
    Given the mail comes 25 hours late

  Rule: One

    Scenario: First
      Given the identity provider sends no relay
      #  And Sam tries the connection
      When   Sam tries the connection  
      And Sam tries the connections
      Then Ada gives Sam's address

    Scenario Outline: Second, with <fault>
      *  the identity provider sends <fault>
      When <who> tries the connection

      Examples:
        | who | é | fault                           | note     |
        | Sam | é | a stale assertion of 7 minutes  | no relay |
        | Ada | é | no relay                        | none     |
`;

const upgraded = `# Sam tries the connection
@scripted
Feature: Old names
  Sam tries the connection.

  Background:
    Given the email arrives 25 hours late

  Rule: One

    Scenario: First
      Given the IdP sends a response without RelayState
      #  And Sam tries the connection
      When   Sam takes the SSO test  
      And Sam tries the connections
      Then Ada's email is entered by Sam

    Scenario Outline: Second, with <fault>
      *  the IdP sends <fault>
      When <who> takes the SSO test

      Examples:
        | who | é | fault                           | note     |
        | Sam | é | an assertion 7 minutes old      | a response without RelayState |
        | Ada | é | a response without RelayState   | none     |
`;

for (const [name, newline] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
] as const)
  test(`upgrade rewrites steps and cells, and nothing else (${name})`, () => {
    const { text, changes } = upgradeFeature('old.feature', old.replaceAll('\n', newline), renames);
    assert.equal(text, upgraded.replaceAll('\n', newline));
    assert.deepEqual(
      changes.map(({ line }) => line),
      [7, 12, 14, 16, 19, 20, 24, 24, 25],
    );
    assert.deepEqual(upgradeFeature('old.feature', text, renames), { text, changes: [] });
  });

test('a step keeps its values', () => {
  assert.equal(newStep('Grace tries the connection'), 'Grace takes the SSO test');
  assert.equal(newStep('Grace tries the connection again'), 'Grace tries the connection again');
  assert.equal(newStep('Somebody tries the connection'), 'Somebody tries the connection');
});

test('lint says the new name, and the upgrade command writes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  try {
    const file = join(folder, 'old.feature');
    const head = 'Feature: Old\n  Why.\n\n  Rule: One\n\n    Scenario: Two\n';
    const text = `${head}      When Sam tries the connection\n      Then the test passes\n`;
    writeFileSync(file, text);
    assert.deepEqual(styleFindings([readFeature(file)]), [
      {
        at: `${file}:7`,
        kind: 'style',
        sentence: '“Sam tries the connection” is now “Sam takes the SSO test”: run npm run upgrade',
      },
    ]);
    const upgrade = join(root, 'support/commands/upgrade.ts');
    const output = execFileSync(process.execPath, [upgrade, folder], { encoding: 'utf8' });
    assert.equal(output, `${file}:7 Sam tries the connection\n    Sam takes the SSO test\n1 rewritten\n`);
    assert.equal(readFileSync(file, 'utf8'), text.replace('tries the connection', 'takes the SSO test'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
