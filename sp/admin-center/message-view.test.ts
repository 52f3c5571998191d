/** The message view for administrators: a line for each part, with the findings marked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../rejection-advice.ts';
import { outline } from '../saml/outline.ts';
import { messageView } from './message-view.ts';

const xml = '<a><b>one</b><c d="2">three</c></a>';
const shown = (paths: readonly (string | undefined)[]): string =>
  String(
    messageView(
      xml,
      paths.map((path) => ({ code: 'audience-mismatch', ...(path ? { path } : {}) }) as Finding),
    ),
  );
const marked = (paths: readonly (string | undefined)[]): string[] =>
  [...shown(paths).matchAll(/<mark>([^<]*)<\/mark>/g)].map(([, line]) => line!.trim());

test('every line is indented by its depth, and none is marked without a finding', () => {
  assert.deepEqual([marked([]), marked([undefined])], [[], []]);
  const lines = shown([])
    .replace(/^<pre[^>]*><code>|<\/code><\/pre>$/g, '')
    .split('\n');
  const escaped = (text: string): string =>
    text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  assert.deepEqual(lines, [...outline(xml).map(({ depth, text }) => '  '.repeat(depth) + escaped(text)), '']);
  assert.ok(lines.some((line) => line.startsWith('  &lt;')));
});

test('the line of each finding is marked, and no other', () => {
  for (const { text, paths } of outline(xml))
    for (const path of paths) {
      const lines = outline(xml).filter((line) => line.paths.includes(path)).length;
      assert.equal(marked([path, '/elsewhere', undefined]).length, lines, text);
    }
  assert.deepEqual(marked(['/elsewhere']), []);
});
