/** The generated pages are up to date and complete. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { vocabularies } from '../../catalogue/vocabularies.ts';
import { plainTags } from '../feature-style.ts';
import { stalePages } from './generated.ts';
import { stepEntries, stepsPage } from './steps.ts';

test('no generated page is stale (npm run docs rewrites them)', async () => {
  assert.deepEqual(await stalePages(), []);
});

test('every step is used by a scenario, which is its example', async () => {
  assert.deepEqual(
    (await stepEntries()).filter(({ used }) => !used).map(({ expression }) => expression),
    [],
  );
});

test('the steps page lists every step, every vocabulary word and every tag', async () => {
  const page = await stepsPage();
  for (const { keyword, expression } of await stepEntries())
    assert.ok(page.includes(`- **${keyword}** \`${expression}\``), expression);
  for (const phrase of Object.values(vocabularies).flat()) assert.ok(page.includes(`\n- \`${phrase}\``), phrase);
  for (const tag of Object.keys(plainTags)) assert.ok(page.includes(`\n- \`${tag}\`: `), tag);
  assert.doesNotMatch(page, /\n\n\n|undefined|\[object/);
});

test('every link within the steps page has a target', async () => {
  const page = await stepsPage();
  for (const [, to] of page.matchAll(/\]\(#([\w-]+)\)/g)) assert.ok(page.includes(`<a id="${to}"></a>`), to);
});

test('handwritten pages give numbers of scenarios, faults or cases only with a date', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const generated = ['docs/steps.md', 'docs/troubleshooting.md', 'docs/conformance/weakened.md'];
  const byHand = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).filter((page) => !generated.includes(page));
  assert.ok(byHand.length > 5);
  const counted = byHand.flatMap((page) =>
    readFileSync(join(root, page), 'utf8')
      .split(/\n{2,}/)
      .filter((text) => /\b\d[\d,]+ (?:[a-z-]+ )?(?:scenarios|faults|cases)\b/.test(text))
      // A measurement has its date, and what a command prints is an example.
      .filter((text) => !/\b20\d\d\b/.test(text) && !/\*Interrupted: /.test(text))
      .map((text) => `${page}: ${text}`),
  );
  assert.deepEqual(counted, []);
});
