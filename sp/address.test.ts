/** Tests of the rule for comparing emails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainToUnicode } from 'node:url';
import { differences, domainOf, isSameAddress, normalizeAddress, normalizeDomain, spellOut } from './address.ts';

test('ASCII case is folded, and the domain is compared in its IDNA form', () => {
  assert.equal(normalizeAddress('Sam@ACME.Example'), 'sam@acme.example');
  assert.equal(normalizeAddress('sam@bücher.example'), 'sam@xn--bcher-kva.example');
  assert.ok(isSameAddress('SAM@XN--BCHER-KVA.example', 'sam@bücher.EXAMPLE'));
  assert.ok(isSameAddress('sam@straße.bücher.example', 'sam@xn--strae-oqa.bücher.example'));
});

test('nothing else is changed', () => {
  for (const other of [
    ' sam@acme.example',
    'sam@acme.example ',
    'sam @acme.example',
    'sаm@acme.example',
    'sam@acme.example\u200b',
    'ſam@acme.example',
    'sam+x@acme.example',
    's.am@acme.example',
  ])
    assert.ok(!isSameAddress('sam@acme.example', other), other);
});

test('characters that the IDNA mapping would fold or drop are a mismatch', () => {
  const [domain, international] = ['sam@acme.example', 'sam@xn--bcher-kva.example'];
  for (const [one, other] of [
    [domain, 'sam@ａｃｍｅ.example'],
    [domain, 'sam@acᵐe.example'],
    [domain, 'sam@𝐚𝐜𝐦𝐞.example'],
    [domain, 'sam@acme\ufe0f.example'],
    [domain, 'sam@ac\u00adme.example'],
    [domain, 'sam@ac\u2060me.example'],
    [domain, 'sam@acme。example'],
    [domain, 'sam@acme．example'],
    [domain, 'sam@acme\u034f.example'],
    [domain, 'sam@acme.eⅩample'],
    [international, 'sam@BÜCHER.example'],
    [international, 'sam@bu\u0308cher.example'],
    [international, 'sam@bücher\ufe00.example'],
    [international, 'sam@büᶜher.example'],
  ] as const)
    assert.ok(!isSameAddress(one, other), other);
});

/** Ranges of letters, marks and numbers that some mapping changes, without ideographs and Hangul. */
const ranges = [
  [0x80, 0x33ff],
  [0xa000, 0xabff],
  [0xf900, 0x1ffff],
  [0x2f800, 0x2fa1f],
  [0xe0000, 0xe01ef],
] as const;

test('no Unicode code point turns one email into another', () => {
  let domains = 0;
  for (const [first, last] of ranges)
    for (let code = first; code <= last; code++) {
      const character = String.fromCodePoint(code);
      if (!/[\p{L}\p{M}\p{N}\p{Default_Ignorable_Code_Point}.\u3002\uff0e\uff61]/u.test(character)) continue;
      const domain = `a${character}b.example`;
      const normalized = normalizeDomain(domain);
      if (normalized !== undefined) domains++;
      if (normalized !== undefined && domainToUnicode(normalized) !== domain) assert.fail(spellOut(character));
      const address = `a${character}b@acme.example`;
      if ((normalizeAddress(address) ?? address) !== address) assert.fail(spellOut(character));
    }
  assert.ok(domains > 20_000, `${domains} letters may stand in a domain`);
});

test('a malformed email is rejected', () => {
  for (const none of [
    '',
    'sam',
    '@acme.example',
    'sam@',
    'sam@@acme.example',
    'a@b@acme.example',
    'sam@localhost',
    'sam@127.0.0.1',
    'sam@acme..example',
    '.sam@acme.example',
    'sam@-acme.example',
    `${'x'.repeat(65)}@acme.example`,
    'sam\u0000@acme.example',
    'sam\ufe0f@acme.example',
    'sa\u3164m@acme.example',
  ])
    assert.equal(normalizeAddress(none), undefined, none);
  assert.equal(normalizeDomain('acme.example/evil'), undefined);
});

test('a difference is shown character by character', () => {
  assert.deepEqual(differences('https://sp.example/saml', 'https://sp.example/saml/'), [
    { same: true, expected: 'https://sp.example/saml', received: 'https://sp.example/saml' },
    { same: false, expected: '', received: '/' },
  ]);
  assert.deepEqual(
    differences('sam@acme.example', 'sаm@acme.example').filter(({ same }) => !same),
    [{ same: false, expected: 'a', received: 'а' }],
  );
  assert.equal(spellOut('а '), '⟨U+0430⟩⟨U+0020⟩');
});

/** Each length at its limit and one above. */
const lengths: readonly (readonly [what: string, address: string, isTaken: boolean])[] = [
  ['one letter', 'a@b.c', false],
  ['a domain of four characters', 'a@bb.c', true],
  ['64 bytes before the @', `${'a'.repeat(64)}@acme.example`, true],
  ['65 bytes before the @', `${'a'.repeat(65)}@acme.example`, false],
  ['64 bytes of 32 letters before the @', `${'é'.repeat(32)}@acme.example`, true],
  ['65 bytes of 33 letters before the @', `${'é'.repeat(32)}a@acme.example`, false],
  ['a label of 63 letters', `a@${'b'.repeat(63)}.example`, true],
  ['a label of 64 letters', `a@${'b'.repeat(64)}.example`, false],
  ['254 bytes in total', `${'a'.repeat(10)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(52)}.example`, true],
  ['255 bytes in total', `${'a'.repeat(11)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(52)}.example`, false],
];
for (const [what, address, isTaken] of lengths)
  test(`an email with ${what}: ${isTaken ? 'valid' : 'malformed'}`, () =>
    assert.equal(normalizeAddress(address), isTaken ? address : undefined, String(Buffer.byteLength(address))));

/** Valid and malformed parts of a domain. */
for (const [domain, isTaken] of [
  ['a-b.example', true],
  ['-ab.example', false],
  ['ab-.example', false],
  ['a.1example', true],
  ['a.example1', true],
  ['a.123', false],
  ['1.2.3.4', false],
  ['1.2.3.4x', true],
  ['a..example', false],
  ['.a.example', false],
  ['a.example.', false],
  ['example', false],
  ['a_b.example', false],
  ['a b.example', false],
  ['a.example ', false],
  [' a.example', false],
  ['a.example/b', false],
  ['/a.example', false],
  ['', false],
] as const)
  test(`the domain ${JSON.stringify(domain)} is ${isTaken ? 'valid' : 'malformed'}`, () =>
    assert.equal(normalizeDomain(domain), isTaken ? domain : undefined));

for (const [address, isTaken] of [
  ["!#$%&'*+/=?^_`{|}~-@acme.example", true],
  ['a.b.c@acme.example', true],
  ['é@acme.example', true],
  ['1@acme.example', true],
  ['e\u0301@acme.example', true],
  ['a..b@acme.example', false],
  ['a.@acme.example', false],
  ['.a@acme.example', false],
  ['a b@acme.example', false],
  ['a(b@acme.example', false],
  ['a\u2060@acme.example', false],
  ['a@b@acme.example', false],
  ['@acme.example', false],
  ['acme.example', false],
  ['acme.example@', false],
  ['a@acme.example@', false],
  ['a@acme.example@b.example', false],
] as const)
  test(`the local part of ${JSON.stringify(address)} is ${isTaken ? 'valid' : 'malformed'}`, () =>
    assert.equal(normalizeAddress(address), isTaken ? address : undefined));

test('two malformed emails are never the same email', () => {
  assert.ok(!isSameAddress('sam', 'sam'));
  assert.ok(!isSameAddress('sam@acme.example', 'sam'));
  assert.equal(domainOf('sam@acme.example'), 'acme.example');
});

const compared: readonly (readonly [one: string, other: string, ...parts: [boolean, string, string][]])[] = [
  ['', ''],
  ['a', 'a', [true, 'a', 'a']],
  ['a', '', [false, 'a', '']],
  ['', 'a', [false, '', 'a']],
  ['abc', 'xbc', [false, 'a', 'x'], [true, 'bc', 'bc']],
  ['abc', 'abx', [true, 'ab', 'ab'], [false, 'c', 'x']],
  ['abc', 'axc', [true, 'a', 'a'], [false, 'b', 'x'], [true, 'c', 'c']],
  ['aa', 'aaa', [true, 'aa', 'aa'], [false, '', 'a']],
  ['aaa', 'aa', [true, 'aa', 'aa'], [false, 'a', '']],
  ['abab', 'ab', [true, 'ab', 'ab'], [false, 'ab', '']],
  ['x\u{1F600}y', 'x\u{1F601}y', [true, 'x', 'x'], [false, '\u{1F600}', '\u{1F601}'], [true, 'y', 'y']],
];
for (const [one, other, ...parts] of compared)
  test(`the difference: ${JSON.stringify(one)} and ${JSON.stringify(other)}`, () =>
    assert.deepEqual(
      differences(one, other),
      parts.map(([same, expected, received]) => ({ same, expected, received })),
    ));

test('visible ASCII characters are shown unchanged, all others by code point', () => {
  assert.equal(spellOut('!~aZ09'), '!~aZ09');
  assert.equal(spellOut(' \u007f\u0000é\u{1F600}'), '⟨U+0020⟩⟨U+007F⟩⟨U+0000⟩⟨U+00E9⟩⟨U+1F600⟩');
});
