/** The gate of the identity provider for XML that service providers send. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml } from './parse.ts';

test('separators of lines and paragraphs cost no more than other letters', () => {
  for (const separator of ['\u2028', '\u2029']) {
    const begin = performance.now();
    parseXml(`<a>${'x'.repeat(60_000)}${separator}${'y'.repeat(60_000)}</a>`);
    assert.ok(
      performance.now() - begin < 2_000,
      `U+${separator.codePointAt(0)!.toString(16)} took ${Math.round(performance.now() - begin)} ms`,
    );
  }
});
