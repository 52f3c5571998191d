/** Foreign text cannot move the cursor, hide itself or reverse the line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harmless, quoteForeign } from './foreign-text.ts';

const deceptive: Readonly<Record<string, string>> = {
  'clears the screen': '\x1b[2J',
  'sets the window title': '\x1b]0;gone\x07',
  'hides the following text': '\x1b[8m',
  'returns to the start of the line': '\r',
  'is a one-byte escape': '\x9b2J',
  'reverses the text': '\u202egnp.exe',
  'isolates a direction': '\u2066x\u2069',
  'has no width': 'adm\u200bin',
  'joins nothing': 'adm\u200din',
  'is a byte order mark': '\ufeff',
  'is a soft hyphen': 'ad\u00admin',
  'is a tag': '\u{e0041}',
  'separates lines': '\u2028',
  'is a blank letter': '\u3164',
  'is half a character': '\ud83d',
};
for (const [effect, text] of Object.entries(deceptive))
  test(`a character that ${effect} is spelled out`, () => {
    const shown = harmless(text);
    assert.match(shown, /⟨U\+[0-9A-F]{4,}⟩/);
    assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\u2028\u3164]/u);
  });

test('ordinary text in any language stays unchanged', () => {
  const text = 'Zoë\tЖ 日本語 العربية 👩‍💻 ❤️‍🔥 – “quoted”\nnext line';
  assert.equal(harmless(text), text);
});

test('a long line is cut, with the number of missing characters', () => {
  assert.equal(harmless(`${'x'.repeat(30)}\nshort`, { longest: 10 }), 'xxxxxxxxxx … (20 more characters)\nshort');
  assert.ok(harmless('x'.repeat(1_000_000)).length < 2_100);
});

test('hidden characters and colours are spelled out, and empty lines are dropped', () => {
  assert.equal(
    quoteForeign('\u001b[2J\u001b[31mWrong\u202e password\n\n \t\n  Try again\r\n', { prefix: '| ' }),
    '| ⟨U+001B⟩[2J⟨U+001B⟩[31mWrong⟨U+202E⟩ password\n| Try again',
  );
});

test('a long page is cut off, in both directions', () => {
  const quoted = quoteForeign(`${'x'.repeat(1_000_000)}\n${'line\n'.repeat(100_000)}`, { lines: 3, width: 10 });
  assert.equal(quoted, 'xxxxxxxxxx … (999990 more characters)\nline\nline\n…');
});
