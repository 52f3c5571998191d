/** The keys that are generated until the first response, which make most of its time. In a process of its own. */
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { startMockIdp } from './start.ts';

let keys = 0;
createHook({
  init(_id, type) {
    if (/^KEYPAIRGEN/.test(type)) keys++;
  },
}).enable();

test('the first response waits for one key, and only faults that forge wait for another', async () => {
  await using idp = await startMockIdp();
  assert.equal(keys, 1, 'it is generated while the server starts');
  const acme = await idp.createTenant({
    users: [{ username: 'sam', password: 'open sesame' }],
    apps: [{ entityId: 'urn:x', acs: ['http://x.example/acs'] }],
  });
  const signIn = () => acme.signIn('sam', { unsolicited: true });
  await signIn();
  await acme.arrangeFaults('an assertion with a different Audience');
  await signIn();
  assert.equal(keys, 1);
  await acme.arrangeFaults('signatures by an unknown key');
  await signIn();
  assert.ok(keys > 1);
});
