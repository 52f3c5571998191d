/** The entry point of the image: a part that takes no options says so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('container.ts', import.meta.url));

test('an option of a part that has none is rejected before it starts', () => {
  const options = ['--disable-warning=ExperimentalWarning', entry, 'mailbox', '--port', '0'];
  // Ends a mailbox that started nevertheless.
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8', timeout: 20_000 });
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /--port/);
});
