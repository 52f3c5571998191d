/** The page on identity providers says each fact once, and sets no trap for all products. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personas } from '../../../mock-idp/personas/catalogue.ts';
import { identityProvidersPage } from './identity-providers.ts';
import { chapters, labels } from './persona-facts.ts';
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

test('where nothing is known, no trap is set', () => {
  assert.deepEqual(trapsOf({}), []);
});
