/** Counting the scenarios of a run. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NotReady } from '../stack/not-ready.ts';
import { runScenarios, tagsFor } from './run-scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-scenarios-'));
after(() => rmSync(folder, { recursive: true }));

const feature = `@scripted
Feature: Counting

  Rule: An undefined step is a failure

    Scenario: It comes before steps that exist
      Given Acme's SSO profile is set up
      And there is no step of this name
      When Sam takes the SSO test
      Then the test passes

    Scenario: Every step exists
      Given Acme's SSO profile is set up
`;

test('only a whole run of this repository leaves the long scenarios out', () => {
  assert.equal(tagsFor({}), 'not @long');
  assert.equal(tagsFor({ tags: '@long' }), '@long');
  for (const options of [{ project: folder }, { paths: ['features'] }, { names: ['Sam'] }])
    assert.equal(tagsFor(options), undefined);
});

test('an unknown mailbox ends the run before it begins', async () => {
  process.env.MAILBOX = 'mailhut';
  try {
    await assert.rejects(runScenarios({ paths: [folder], formats: [] }), NotReady);
  } finally {
    delete process.env.MAILBOX;
  }
});

test('a scenario with an undefined step has failed, although later steps are only skipped', async () => {
  const path = join(folder, 'counting.feature');
  writeFileSync(path, feature);
  const formats = [`message:${join(folder, 'messages.ndjson')}`];
  const tally = await runScenarios({ paths: [path], workers: 1, formats });
  assert.deepEqual(tally, { passed: 1, failed: 1, skipped: 0 });
});
