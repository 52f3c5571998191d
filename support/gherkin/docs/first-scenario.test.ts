/** The instructions in docs/first-scenario.md work as written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { styleFindings } from '../feature-style.ts';
import { readFeature } from '../read-features.ts';
import { searchInWords } from '../search-steps.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/first-scenario.md'), 'utf8');
const feature = /```gherkin\n([\s\S]*?)```/.exec(page)![1]!;
const folder = mkdtempSync(join(tmpdir(), 'first-scenario-'));
after(() => rmSync(folder, { recursive: true }));

/** Played in one run, each from its own file: as on the page, with the typo, and with the wrong rejection. */
const texts = {
  right: feature,
  slip: feature.replace('7 minutes ago', '7 minutes agoo').replace('Scenario: ', 'Scenario: Slip: '),
  wrong: feature.replace('assertion-expired', 'audience-mismatch').replace('Scenario: ', 'Scenario: Wrong: '),
};
let stdout = '';
/** The output about one failed scenario. */
function failure(name: string): string {
  const begin = stdout.indexOf(`✘ ${name}: `);
  assert.ok(begin >= 0, stdout);
  const next = stdout.indexOf('\n✘ ', begin);
  return stdout.slice(begin, next < 0 ? undefined : next);
}
before(() => {
  const files = Object.entries(texts).map(([name, text]) => {
    const file = join(folder, `${name}.feature`);
    writeFileSync(file, text);
    return file;
  });
  const ran = spawnSync(
    process.execPath,
    [join(root, 'support/commands/bdd.ts'), '--workers', '1', '--reports', join(folder, 'reports'), ...files],
    { encoding: 'utf8', cwd: root },
  );
  ({ stdout } = ran);
  assert.equal(ran.status, 1, stdout);
});

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
  assert.match(stdout, /1 passed 2 failed/);
  assert.match(feature, /Scenario: .*seven minutes/);
});

test('the typo gets the suggestions that the page shows', () => {
  const output = failure('Slip');
  for (const line of shown('The run lists the nearest steps and words'))
    assert.ok(output.includes(line.replace(/^\? /, '')), `${line} is missing in:\n${stdout}`);
});

test('the wrong rejection fails, with who must fix what', () => {
  assert.match(failure('Wrong'), /rejected as assertion-expired: [\s\S]*Who must fix it: [\s\S]*Run it again: /);
});

test('the searches find what the page shows', async () => {
  const searches = [...page.matchAll(/^npm run steps -- (.*)$/gm)].map(([, words]) => words!);
  const found = (await Promise.all(searches.map((query) => searchInWords(query)))).join('\n');
  for (const line of shown('Among others, it finds').filter((one) => one !== '')) assert.ok(found.includes(line), line);
});
