/** The pages outside of tenants: the health check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMockIdp } from '../start.ts';

test('it says that it accepts requests', async () => {
  await using idp = await startMockIdp({ hostname: '127.0.0.1' });
  const reply = await fetch(`${idp.url}/healthz`);
  assert.deepEqual([reply.status, await reply.text()], [200, 'ok\n']);
});
