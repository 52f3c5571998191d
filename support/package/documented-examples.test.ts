/** docs/any-language.md shows the Python example as it is, and leads to every example. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './build.ts';

const page = readFileSync(join(root, 'docs/any-language.md'), 'utf8');
const exampleOf = (name: string): string => readFileSync(join(root, 'docs/examples', name), 'utf8');

test('the first test in Python is the one that is played', () => {
  const shown = [...page.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code);
  assert.deepEqual(shown, [exampleOf('python/conftest.py'), exampleOf('python/test_sign_in.py')]);
});

test('the page leads to an example in each language', () => {
  const links = [...page.matchAll(/\]\(examples\/([^)]+)\)/g)].map(([, path]) => path!);
  assert.deepEqual([...new Set(links.map((path) => path.split('/')[0]))].toSorted(), [
    'curl',
    'go',
    'java',
    'playwright-webserver',
    'python',
  ]);
  for (const path of links) assert.ok(existsSync(join(root, 'docs/examples', path)), path);
});
