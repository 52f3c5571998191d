/** The page on identity providers says each fact once, and sets no trap for all products. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personas } from '../../../mock-idp/personas/catalogue.ts';
import type { PersonaCode } from '../../../mock-idp/personas/codes.ts';
import { sources } from '../../../mock-idp/personas/sources.ts';
import { chapters, labels } from '../../catalogue/persona-facts.ts';
import { identityProvidersPage } from './identity-providers.ts';
import { trapSentences, trapsOf } from './persona-traps.ts';

const all = Object.values(personas);

test('every fact is in one chapter', () => {
  assert.deepEqual(Object.values(chapters).flat().toSorted(), Object.keys(labels).toSorted());
});

test('every fact of a persona is on the page, or listed as unknown', () => {
  const parts = identityProvidersPage()
    .split(/^<a id=/m)
    .slice(1);
  assert.equal(parts.length, all.length);
  for (const [index, { facts }] of all.entries())
    for (const [key, label] of Object.entries(labels)) {
      if (key === 'rejections') continue;
      const isKnown = parts[index]!.includes(`\n| ${label} | `);
      const isUnknown = parts[index]!.split('**Unknown:**')[1]?.includes(label) ?? false;
      assert.ok(isKnown || isUnknown, `${all[index]!.code}: ${label}`);
      assert.equal(
        isKnown,
        key in facts && facts[key as keyof typeof facts] !== undefined,
        `${all[index]!.code}: ${label}`,
      );
    }
});

test('each trap is one of some products, not of all', () => {
  for (const sentence of trapSentences) {
    const those = all.filter(({ facts }) => trapsOf(facts).includes(sentence)).length;
    assert.ok(those > 0 && those < all.length, `${sentence} ${those}`);
  }
});

test('a NameID without a Format, or with an identifier, is among the traps', () => {
  assert.match(trapsOf(personas.pingone.facts).join('\n'), /NameID is an identifier, neither the email/);
  assert.match(trapsOf(personas.pingone.facts).join('\n'), /NameID has no Format/);
  assert.doesNotMatch(trapsOf(personas.jumpcloud.facts).join('\n'), /NameID has no Format/);
});

/** Of the recorded rejections, those by a fact that is a trap of some products. */
const expected: readonly [PersonaCode, RegExp][] = [
  ['okta', /unspecified format/],
  ['zitadel', /NotBefore in SubjectConfirmationData/],
  ['keycloak-2022', /&#13;/],
  ['entra', /not PasswordProtectedTransport/],
  ['authentik', /encrypted with CBC/],
];
for (const [code, trap] of expected)
  test(`what makes others reject ${code} is among its traps: ${trap.source}`, () =>
    assert.match(trapsOf(personas[code].facts).join('\n'), trap));

test('where nothing is known, no trap is set', () => {
  assert.deepEqual(trapsOf({}), []);
});

/** Rows of tables of facts. */
const rows = [...identityProvidersPage().matchAll(/^\| ([^|]+) \| (.+) \| ([^|]+) \|$/gm)]
  .filter(([row]) => row.split(/(?<!\\)\|/).length === 5)
  .map(([, label, value, from]) => ({ label: label!, value: value!, from: from! }))
  .filter(({ label }) => label !== 'fact' && label !== '---');

test('every row says how, when and where its fact was seen', () => {
  const facts = all.flatMap((one) => Object.keys(one.facts).filter((key) => key !== 'rejections'));
  assert.equal(rows.length, facts.length);
  const places = Object.values(sources).map((source) => source.split(' (', 1)[0]);
  for (const { label, from } of rows) {
    const [, year = '', place] = /^(?:captured|source|documented|reported) (\d{4}): (.+)$/.exec(from) ?? [];
    assert.ok(places.includes(place!), `${label}: ${from}`);
    assert.ok(Number(year) >= 2005, `${label}: ${from}`);
  }
});

test('the newest fact of a persona is as old as it says', () => {
  for (const { code, evidence, facts, notes = [] } of all) {
    const years = [...Object.values(facts), ...notes]
      .map((fact) => fact?.year)
      .filter((year) => typeof year === 'number');
    assert.ok(Math.max(...years) >= evidence, `${code}: ${evidence}`);
  }
});

test('every row is in words, not in names of settings', () => {
  for (const { label, value } of rows) {
    const text = value.replaceAll(/`[^`]*`/g, '…');
    assert.doesNotMatch(text, /\b(?:none; |yes;|no;|usual|undefined|object|otherwise:|first:|own:|asked:)/i, label);
    assert.match(text, /^[A-Z…0-9]|^(?:rsa-|ds:|xs|saml|[a-z]+[A-Z])/, `${label}: ${value}`);
  }
});
