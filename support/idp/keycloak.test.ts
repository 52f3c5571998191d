/** The address of a Keycloak may end in slashes, as many as there are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSlashes } from './keycloak.ts';

test('slashes at the end of the address do not count, and those before them do', () => {
  for (const [given, expected] of [
    ['http://idp.localhost:8080', 'http://idp.localhost:8080'],
    ['http://idp.localhost:8080//', 'http://idp.localhost:8080'],
    ['http://idp.localhost//auth/', 'http://idp.localhost//auth'],
    ['//', ''],
  ] as const)
    assert.equal(withoutSlashes(given), expected);
});
