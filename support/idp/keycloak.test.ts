/** Keycloak's URL may end with any number of slashes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSlashes } from './keycloak.ts';

test('trailing slashes of the URL are ignored, others are kept', () => {
  for (const [given, expected] of [
    ['http://idp.localhost:8080', 'http://idp.localhost:8080'],
    ['http://idp.localhost:8080//', 'http://idp.localhost:8080'],
    ['http://idp.localhost//auth/', 'http://idp.localhost//auth'],
    ['//', ''],
  ] as const)
    assert.equal(withoutSlashes(given), expected);
});
