/** The text of each placeholder of a template: its characters, its length, and what it depends on. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expand } from './expand.ts';

const seeds = Array.from({ length: 1000 }, (_, index) => `seed ${index}`);

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const hexDigits = `${digits}abcdef`;

/** The template, the length of its text, and all characters that may occur. */
const alphabets: [template: string, length: number, alphabet: string][] = [
  ['{hex:32}', 32, hexDigits],
  ['{hex:1}', 1, hexDigits],
  ['{HEX:32}', 32, `${digits}ABCDEF`],
  ['{digits:25}', 25, digits],
  ['{digits:1}', 1, digits],
  ['{same:9}', 9, digits],
  ['{letters:20}', 20, lower + upper + digits],
  ['{upper:18}', 18, upper + digits],
  ['{random:27}', 27, `${lower}${upper}${digits}._-`],
  ['{random:1}', 1, lower + upper],
];

const sorted = (characters: Iterable<string>): string => Array.from(characters).sort().join('');

describe('a placeholder has its length, and each character of its alphabet occurs', () => {
  for (const [template, length, alphabet] of alphabets)
    test(`${template} has ${length} of ${alphabet}`, () => {
      const texts = seeds.map((seed) => expand(template, seed));
      for (const text of texts) assert.equal(text.length, length, text);
      assert.equal(sorted(new Set(texts.join(''))), sorted(alphabet));
      assert.deepEqual(
        texts,
        seeds.map((seed) => expand(template, seed)),
      );
    });
});

test('a random text begins with a letter, and another character may follow', () => {
  const texts = seeds.map((seed) => expand('{random:2}', seed));
  assert.equal(sorted(new Set(texts.map(([first = '']) => first))), sorted(lower + upper));
  assert.match(texts.map(([, second = '']) => second).join(''), /[\d._-]/);
  assert.ok(texts.some(([first, second]) => first !== second));
});

test('a GUID is one of version 4, which differs by seed', () => {
  const guids = seeds.map((seed) => expand('{guid}', seed));
  for (const guid of guids) assert.match(guid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(guids).size, seeds.length);
});

describe('IDs differ by seed', () => {
  for (const template of ['{hex:32}', '{HEX:32}', '{digits:25}', '{letters:20}', '{upper:18}', '{random:27}'])
    test(template, () => assert.equal(new Set(seeds.map((seed) => expand(template, seed))).size, seeds.length));
});

/** The rule, a template, what is given, and the text. */
const texts: [rule: string, template: string, given: Record<string, string | undefined>, text: string][] = [
  ['a text without a placeholder stays', 'urn:acme', { acme: 'x' }, 'urn:acme'],
  ['an empty text stays', '', {}, ''],
  ['a given name is filled in', '_{assertion}', { assertion: 'a1' }, '_a1'],
  ['text before, between and after placeholders stays', 'a{x}b{y}c', { x: '1', y: '2' }, 'a1b2c'],
  ['placeholders may touch', '{x}{y}{x}', { x: '1', y: '2' }, '121'],
  ['an empty value is filled in', '<{x}>', { x: '' }, '<>'],
  ['a name that is not given stays', '{x}/{tenantName}', { tenantName: 'acme' }, '{x}/acme'],
  ['a name with a length stays whole if it is not given', '{x:12}!', {}, '{x:12}!'],
  ['a name may have a length of two digits', '{x:12}!', { x: 'y' }, 'y!'],
  ['a value is not expanded again', '{x}', { x: '{y}', y: 'z' }, '{y}'],
  ['braces without a name stay', '{} { x } {x', { x: '1' }, '{} { x } {x'],
  ['a length must be a number', '{hex:a}', {}, '{hex:a}'],
  ['what a seed makes is not replaced by a given value', '{hex:0}', { hex: 'x' }, ''],
];

describe('other placeholders are filled by name', () => {
  for (const [rule, template, given, text] of texts)
    test(rule, () => {
      assert.equal(expand(template, 'acme', given), text);
      // Templates are split once, so the second time must not differ.
      assert.equal(expand(template, 'acme', given), text);
    });
});

test('two templates have {same} in common, by the shared seed alone', () => {
  const response = expand('_{same:9}-{digits:9}', 'response', {}, 'sign-in 1');
  const assertion = expand('_{same:9}-{digits:9}', 'assertion', {}, 'sign-in 1');
  const later = expand('_{same:9}-{digits:9}', 'response', {}, 'sign-in 2');
  assert.equal(response.slice(0, 10), assertion.slice(0, 10));
  assert.notEqual(response.slice(10), assertion.slice(10));
  assert.notEqual(response.slice(0, 10), later.slice(0, 10));
  assert.equal(response.slice(10), later.slice(10));
});

test('more templates than are kept are filled alike, and a kept one stays right', () => {
  for (let index = 0; index < 300; index++)
    assert.equal(expand(`${index}-{x}`, 'acme', { x: `of ${index}` }), `${index}-of ${index}`);
  assert.equal(expand('0-{x}', 'acme', { x: 'again' }), '0-again');
});
