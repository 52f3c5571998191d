/** Tests of the check for words that the glossary replaces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hitsIn } from './plain-words.ts';

const foundIn = (file: string, content: string): string[] => hitsIn(file, content).map(({ found }) => found);

for (const [sentence, found] of [
  ['the sign-in is refused as expired', ['refused']],
  ['the mail server refused the connection', []],
  ['the connection was refused, and the response is refused', ['refused']],
  ['Nobody else is signed in', []],
  ['nobody is signed in', ['nobody']],
  ['there is no certificate, and this is no certificate', ['is no c']],
  ['who is signed in', []],
  ['its sign-on URL does not answer', []],
  ['Mallory posts the answer', ['the answer']],
  ['the mail server delivers the mail', ['the mail']],
  ['Ada lifts single sign-on', ['lifts single sign-on']],
  ["Given Sam's email at the IdP is in upper case", []],
  ["Sam gives Sam's address", ["gives Sam's address"]],
  ['the SP rejects the response as email-domain-refused', []],
  ['| `sign-in-refused` | refused |', ['refused']],
  ['an email-refused state that is not promised', ['refused']],
  ["const state = 'refused'; // it is refused", ['refused']],
  ["  refused: 'rejected', held: 1", []],
  ['the sign-in was expired, refused, held', ['refused']],
  ['throw new Refused(404)', []],
] as const)
  test(`“${sentence}” has ${found.length} words to replace`, () => {
    assert.deepEqual(foundIn('a.md', sentence), found);
  });

test('in code, names and the beginnings of comments count too', () => {
  const code =
    '/** Whether it passed. */\nconst isRefusedHere = (way: string, waysIn: string): boolean => way === waysIn;';
  assert.deepEqual(foundIn('what-was-told.ts', code), [
    'what-was-told',
    'isRefusedHere',
    'way',
    '* Whether it passed.',
  ]);
});

test('a hit has its line and what to write instead', () => {
  assert.deepEqual(hitsIn('a.md', 'fine\nan e-mail'), [{ file: 'a.md', line: 2, found: 'e-mail', say: 'email' }]);
});
