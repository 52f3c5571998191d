/** The README shows exactly the pictures that the script makes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

test('the README shows exactly the pictures that npm run pictures makes', () => {
  const shown = [...read('README.md').matchAll(/!\[.{20,}\]\(docs\/pictures\/([\w-]+\.png)\)/g)]
    .map(([, file]) => file!)
    .toSorted();
  const made = [...read('support/commands/pictures.ts').matchAll(/'([\w-]+\.png)'/g)]
    .map(([, file]) => file!)
    .toSorted();
  assert.ok(shown.length > 0);
  assert.deepEqual(shown, made);
  assert.deepEqual(readdirSync(`${root}docs/pictures`).toSorted(), made);
});
