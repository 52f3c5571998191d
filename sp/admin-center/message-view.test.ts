/** The message view for administrators: a line for each part, in its place, with the findings marked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'cheerio';
import type { Finding } from '../rejection-advice.ts';
import { outline } from '../saml/outline.ts';
import { messageView } from './message-view.ts';

const signature = '<q:Signature><q:One/><q:Two/><q:KeyInfo><q:K>4</q:K></q:KeyInfo></q:Signature>';
const xml = `<a xmlns:q="urn:q"><b>one</b><c d="2">three</c>${signature}</a>`;
const shown = (paths: readonly (string | undefined)[], text = xml): ReturnType<typeof load> =>
  load(
    String(
      messageView(
        text,
        paths.map((path) => ({ code: 'audience-mismatch', ...(path ? { path } : {}) }) as Finding),
      ),
    ),
  );
const marked = (paths: readonly (string | undefined)[]): string[] =>
  shown(paths)('mark')
    .toArray()
    .map((one) => load(one).text());

test('every line is shown once, in order and inside its element', () => {
  assert.deepEqual([marked([]), marked([undefined])], [[], []]);
  const page = shown([]);
  page('.x-more').remove();
  const lines = page('.x-line, summary').toArray();
  assert.deepEqual(
    lines.map((one) => ({ text: page(one).text(), depth: page(one).parents('.x-in').length })),
    outline(xml).map(({ text, depth }) => ({ text, depth })),
  );
});

test('the line of each finding is marked, and no other', () => {
  for (const { text, paths } of outline(xml))
    for (const path of paths) {
      const lines = outline(xml).filter((line) => line.paths.includes(path)).length;
      assert.equal(marked([path, '/elsewhere', undefined]).length, lines, text);
    }
  assert.deepEqual(marked(['/elsewhere']), []);
});

test('a signature starts folded, unless a finding is in it; a short element does not fold', () => {
  const closed = (paths: readonly string[]): string[] => {
    const page = shown(paths);
    return page('details:not([open]) > summary')
      .toArray()
      .map((one) => page(one).text());
  };
  assert.deepEqual(closed([]), ['<q:Signature> … 5 lines … </q:Signature>']);
  assert.deepEqual(closed(['/a/nowhere']), closed([]), 'a path that is not in the message');
  const within = outline(xml).find(({ text }) => text.startsWith('<q:K>'))!.paths[0]!;
  assert.deepEqual(closed([within]), []);
  assert.equal(shown([])('details').length, 2, 'the message and its signature fold');
});

test('text that is not XML keeps its lines, also lines that look like the end of a tag', () => {
  const page = shown([], '<a>\n</b>\n<c>');
  assert.deepEqual(
    page('.x-line')
      .toArray()
      .map((one) => page(one).text()),
    ['<a>', '</b>', '<c>'],
  );
});
