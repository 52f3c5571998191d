/** Our own SP as a product under test, over HTTP. In browsers, and with all scenarios: own-product.long.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playOwnProduct } from './play-own-product.ts';

test('the SSO test, enforcement and recovery are played by the recipe alone', async () => {
  const names = ['From setup to enforcement', 'Ada turns off SSO enforcement and Sam signs in', 'Sam signs in'];
  const outcomes = await playOwnProduct({
    tags: '@any-product',
    names: names.map((name) => `^${name}$`),
    swapDrivers: true,
  });
  assert.deepEqual(
    outcomes.map(({ name, status }) => [name, status]).toSorted(),
    names.map((name) => [name, 'PASSED']).toSorted(),
  );
});
