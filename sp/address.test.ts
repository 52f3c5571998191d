/** Tests of the one rule for addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainToUnicode } from 'node:url';
import { differences, isSameAddress, normalizeAddress, normalizeDomain, spellOut } from './address.ts';

test('ASCII case is folded and the domain is taken in its IDNA form', () => {
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

test('what the IDNA mapping would fold or drop is a mismatch', () => {
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

/** Where letters, marks and numbers stand that some mapping changes: no ideographs, no syllables of Hangul. */
const ranges = [
  [0x80, 0x33ff],
  [0xa000, 0xabff],
  [0xf900, 0x1ffff],
  [0x2f800, 0x2fa1f],
  [0xe0000, 0xe01ef],
] as const;

test('no code point of Unicode makes one address of another', () => {
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

test('what is no address is none', () => {
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
