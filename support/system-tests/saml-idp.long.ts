/** Every scenario that any ordinary identity provider can play, with saml-idp instead of the mock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playWithIdp } from './play-with-idp.ts';

test('at least 50 scenarios pass with saml-idp, none fails, and each of the others says why', async () => {
  const { tally, skipped, output } = await playWithIdp('saml-idp', { tags: '@any-idp' });
  assert.equal(tally.failed, 0, output);
  assert.ok(tally.passed >= 50, `Expected at least 50 to pass, received ${JSON.stringify(tally)}`);
  assert.equal(skipped.length, tally.skipped);
  for (const reason of skipped) assert.match(reason, /^Skipped: saml-idp \S+ cannot [^\n]+$/);
});
