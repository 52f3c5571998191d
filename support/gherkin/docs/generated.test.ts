/** The generated pages say what the code says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vocabularies } from '../../catalogue/vocabularies.ts';
import { plainTags } from '../feature-style.ts';
import { stalePages } from './generated.ts';
import { stepEntries, stepsPage } from './steps.ts';

test('no generated page is stale (npm run docs writes them anew)', async () => {
  assert.deepEqual(await stalePages(), []);
});

test('every step is used by a scenario, which is its example', async () => {
  assert.deepEqual(
    (await stepEntries()).filter(({ used }) => !used).map(({ expression }) => expression),
    [],
  );
});

test('the page of steps holds every step, every word of every vocabulary and every tag', async () => {
  const page = await stepsPage();
  for (const { keyword, expression } of await stepEntries())
    assert.ok(page.includes(`- **${keyword}** \`${expression}\``), expression);
  for (const word of Object.values(vocabularies).flat()) assert.ok(page.includes(`\n- \`${word}\``), word);
  for (const tag of Object.keys(plainTags)) assert.ok(page.includes(`\n- \`${tag}\`: `), tag);
  assert.doesNotMatch(page, /\n\n\n|undefined|\[object/);
});

test('every link within the page of steps leads somewhere', async () => {
  const page = await stepsPage();
  for (const [, to] of page.matchAll(/\]\(#([\w-]+)\)/g)) assert.ok(page.includes(`<a id="${to}"></a>`), to);
});
