/** Foreign text cannot move the cursor, hide itself or turn the line around. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harmless, quoteForeign } from './foreign-text.ts';

const deceptive: Readonly<Record<string, string>> = {
  'clears the screen': '\x1b[2J',
  'sets the window title': '\x1b]0;gone\x07',
  'hides what follows': '\x1b[8m',
  'goes back over the line': '\r',
  'is an escape of one octet': '\x9b2J',
  'turns the text around': '\u202egnp.exe',
  'isolates a direction': '\u2066x\u2069',
  'has no width': 'adm\u200bin',
  'joins nothing': 'adm\u200din',
  'is a byte order mark': '\ufeff',
  'is a soft hyphen': 'ad\u00admin',
  'is a tag': '\u{e0041}',
  'separates lines': '\u2028',
  'is a letter without a shape': '\u3164',
  'is half a character': '\ud83d',
};
for (const [what, text] of Object.entries(deceptive))
  test(`a character that ${what} is spelled out`, () => {
    const shown = harmless(text);
    assert.match(shown, /⟨U\+[0-9A-F]{4,}⟩/);
    assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\u2028\u3164]/u);
  });

test('what any language writes stays as it is', () => {
  const text = 'Zoë\tЖ 日本語 العربية 👩‍💻 ❤️‍🔥 – “quoted”\nnext line';
  assert.equal(harmless(text), text);
});

test('a long line is cut, and says by how much', () => {
  assert.equal(harmless(`${'x'.repeat(30)}\nshort`, { longest: 10 }), 'xxxxxxxxxx … (20 more characters)\nshort');
  assert.ok(harmless('x'.repeat(1_000_000)).length < 2_100);
});

test('hidden characters are spelled out, colours too, and empty lines left away', () => {
  assert.equal(
    quoteForeign('\u001b[2J\u001b[31mWrong\u202e password\n\n \t\n  Try again\r\n', { prefix: '| ' }),
    '| ⟨U+001B⟩[2J⟨U+001B⟩[31mWrong⟨U+202E⟩ password\n| Try again',
  );
});

test('a long page is cut off, in both directions', () => {
  const quoted = quoteForeign(`${'x'.repeat(1_000_000)}\n${'line\n'.repeat(100_000)}`, { lines: 3, width: 10 });
  assert.equal(quoted, 'xxxxxxxxxx … (999990 more characters)\nline\nline\n…');
});
