/** Tests of the one rule for addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, isSameAddress, normalizeAddress, normalizeDomain, spellOut } from './address.ts';

test('ASCII case is folded and the domain is taken in its IDNA form', () => {
  assert.equal(normalizeAddress('Sam@ACME.Example'), 'sam@acme.example');
  assert.equal(normalizeAddress('sam@bücher.example'), 'sam@xn--bcher-kva.example');
  assert.ok(isSameAddress('SAM@xn--bcher-kva.example', 'sam@BÜCHER.example'));
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
