/** Words and quoted strings of commands: each escape, and strings as long as the file. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sample } from '../stack/sample.fixture.ts';
import { messagesIn } from './capture.ts';
import { javaScript, powerShellQuotes, quotedAt, shellWords, withoutCarets } from './quoted-text.ts';

test('words are split as a shell does', () => {
  const rows: [line: string, words: string[]][] = [
    ['', []],
    ['  a  b\tc\n', ['a', 'b', 'c']],
    [`'a b'"c d"e`, ['a bc de']],
    [`'' ""`, ['', '']],
    [String.raw`"a\"b\\c\$d\n"`, [String.raw`a"b\c$d\n`]],
    ['"a\\\r\nb" a\\\nb', ['ab', 'a', 'b']],
    [String.raw`$'a\'b\n\x41\u00e9\ud83d\ude00\\'`, ["a'b\nAé😀\\"]],
    [String.raw`$'\ud83dx \u12'`, ['\uFFFDx u12']],
    [String.raw`a\ b \'c`, ['a b', "'c"]],
    ['$a $ é😀', ['$a', '$', 'é😀']],
    ["'without an end", ['without an end']],
    ['"end\\', ['end\\']],
    ['a\\', ['a\\']],
  ];
  for (const [line, words] of rows) assert.deepEqual([...shellWords(line)], words, line);
});

test('quoted strings of JavaScript and PowerShell are read to their end', () => {
  assert.equal(quotedAt(String.raw`x"a\"\u0041'" y`, 1, javaScript), `a"A'`);
  assert.equal(quotedAt('`a"b`', 0, javaScript), 'a"b');
  assert.equal(quotedAt('"a', 0, javaScript), undefined);
  assert.equal(quotedAt('a"b"', 0, javaScript), undefined);
  assert.equal(quotedAt('"a""b`"`$c" d', 0, powerShellQuotes), 'a"b"$c');
  assert.equal(quotedAt(`'a''b\`c'`, 0, powerShellQuotes), "a'b`c");
});

test('carets of cmd are removed', () => {
  assert.equal(withoutCarets('^"a^%^^b^"^\r\n^\nc^'), '"a%^b"  c^');
});

describe('a string as long as the file is read without a stack:', () => {
  const form = `SAMLResponse=${Buffer.from('<a xmlns="urn:oasis:names:tc:SAML:2.0:protocol"/>').toString('base64')}`;
  const long = (piece: string): string => piece.repeat(9_000_000 / piece.length);
  const texts: Readonly<Record<string, () => string>> = {
    'double quotes of a shell': () => `curl "https://sp.example" -d "x=${long('abcd')}&${form}"`,
    'ANSI-C quotes': () => `curl 'https://sp.example' -d $'x=${long('abcd')}&${form}'`,
    'carets of cmd': () => `curl ^"https://sp.example^" -d ^"x=${long('abcd')}&${form}^"`,
    fetch: () => `fetch("https://sp.example", {"body": "x=${long('abcd')}&${form}", "method": "POST"})`,
    PowerShell: () => `Invoke-WebRequest -Uri "https://sp.example" -Method POST -Body "x=${long('abcd')}&${form}"`,
    'one character': () => `SAMLResponse: ${long(`${'A'.repeat(76)}\n`)}`,
  };
  for (const [name, text] of sample(Object.entries(texts), 2))
    test(name, () => assert.equal(messagesIn(Buffer.from(text())).length, 1));
});
