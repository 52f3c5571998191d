/** The instructions in docs/first-scenario.md work as written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { styleFindings } from '../feature-style.ts';
import { readFeature } from '../read-features.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/first-scenario.md'), 'utf8');
const feature = /```gherkin\n([\s\S]*?)```/.exec(page)![1]!;
const folder = mkdtempSync(join(tmpdir(), 'first-scenario-'));
after(() => rmSync(folder, { recursive: true }));

function play(text: string): { status: number | null; stdout: string } {
  const file = join(folder, 'too-old.feature');
  writeFileSync(file, text);
  return spawnSync(
    process.execPath,
    [join(root, 'support/commands/bdd.ts'), '--workers', '1', '--reports', join(folder, 'reports'), file],
    { encoding: 'utf8', cwd: root },
  );
}

/** The lines of an output that the page shows, without the ellipses. */
const shown = (after: string): string[] =>
  /```\n([\s\S]*?)```/
    .exec(page.slice(page.indexOf(after)))![1]!
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '…');

test('the scenario is in style and passes', () => {
  assert.deepEqual(styleFindings([readFeature('features/connection-test/too-old.feature', feature)]), []);
  const { status, stdout } = play(feature);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /1 passed/);
  assert.match(feature, /Scenario: .*seven minutes/);
});

test('the typo gets the suggestions that the page shows', () => {
  const { status, stdout } = play(feature.replace('7 minutes ago', '7 minutes agoo'));
  assert.equal(status, 1);
  for (const line of shown('The run lists the nearest steps and words'))
    assert.ok(stdout.includes(line.replace(/^\? /, '')), `${line} is missing in:\n${stdout}`);
});

test('the wrong rejection fails, with who must fix what', () => {
  const { status, stdout } = play(feature.replace('assertion-expired', 'audience-mismatch'));
  assert.equal(status, 1);
  assert.match(stdout, /rejected as assertion-expired: [\s\S]*Who must fix it: [\s\S]*Run it again: /);
});

test('the searches find what the page shows', () => {
  const searches = [...page.matchAll(/^npm run steps -- (.*)$/gm)].map(([, words]) => words!.split(' '));
  const found = searches
    .map(
      (words) =>
        spawnSync(process.execPath, [join(root, 'support/commands/steps.ts'), ...words], {
          encoding: 'utf8',
          cwd: root,
        }).stdout,
    )
    .join('\n');
  for (const line of shown('Among others, it finds').filter((one) => one !== '')) assert.ok(found.includes(line), line);
});
