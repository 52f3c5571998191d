/** The scenarios of docs/cookbook.md pass as they are written; `npm test` plays some of them, over HTTP. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sample } from '../stack/sample.fixture.ts';
import { scenarioOutcomes } from './scenario-outcomes.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/cookbook.md', import.meta.url)), 'utf8');
const recipes = [...page.matchAll(/^### (.+)\n\n(?:.+\n)+\n```gherkin\n(Scenario: (.+)\n[\s\S]*?)```$/gm)].map(
  ([, title, scenario, name]) => ({ title: title!, scenario: scenario!, name: name! }),
);

test('every recipe has a title, a reason and one scenario', () => {
  assert.ok(recipes.length >= 20, `${recipes.length} recipes`);
  assert.equal(recipes.length, page.match(/^### /gm)?.length);
  assert.equal(recipes.length, page.match(/\bScenario: /g)?.length);
  assert.match(page, new RegExp(`^${recipes.length} situations`, 'm'));
  assert.equal(new Set(recipes.map(({ name }) => name)).size, recipes.length);
});

const feature = (scenarios: readonly string[]): string =>
  `@scripted\nFeature: Cookbook\n\n  Rule: As in the documentation\n\n${scenarios
    .join('\n')
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n')}`;

test('the scenarios pass', async () => {
  const chosen = sample(recipes, 3);
  const folder = mkdtempSync(join(tmpdir(), 'cookbook-'));
  const path = join(folder, 'cookbook.feature');
  writeFileSync(path, feature(chosen.map(({ scenario }) => scenario)));
  try {
    const outcomes = await scenarioOutcomes({ paths: [path], workers: 1 });
    assert.deepEqual(
      outcomes.map(({ name, status, message }) => ({ name, status, message })),
      chosen.map(({ name }) => ({ name, status: 'PASSED', message: '' })),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
