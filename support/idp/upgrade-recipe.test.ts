/** Renamed fields of recipes are rewritten, and nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upgradeRecipe } from './upgrade-recipe.ts';

const renames = [
  { from: 'signIn.user', to: 'signIn.username', since: '0.2.0' },
  { from: 'users.id', to: 'users.address', since: '0.2.0' },
];

test('only the field at the path is renamed, and the layout stays', () => {
  const old = `{
  "user": "user",  "signIn" : { "user":"user", "deeper": { "user": ["user", {"user": 1}] } },
  "users": [ {"id": "a, \\"id\\": {", "x": 1}, { "id" :2 } ]
}
`;
  assert.equal(
    upgradeRecipe(old, renames),
    old
      .replace('{ "user":"user"', '{ "username":"user"')
      .replace('{"id": "a', '{"address": "a')
      .replace('{ "id" :2', '{ "address" :2'),
  );
  assert.equal(upgradeRecipe(old, []), old);
});

test('text that is not JSON does not throw', () => {
  for (const text of ['', '}', ']]', '"a', '{"a"', '{name: x}']) assert.equal(upgradeRecipe(text, renames), text);
});
