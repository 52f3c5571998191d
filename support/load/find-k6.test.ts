/** Without k6, one sentence says how to get it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findK6 } from './find-k6.ts';

const folder = mkdtempSync(join(tmpdir(), 'find-k6-'));
after(() => rmSync(folder, { recursive: true }));

function program(name: string, says: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 });
  return file;
}

test('k6 is found where K6_PATH says', async () => {
  const path = program('k6', 'k6 v1.8.1 (go1.26.8, linux/amd64)');
  assert.deepEqual(await findK6({ K6_PATH: path }), { path, version: '1.8.1' });
});

const missing: readonly [string, RegExp][] = [
  [join(folder, 'none'), /K6_PATH=\S+ was not found\. Install k6 1\.0 or newer \(https:.*set K6_PATH to it\.$/],
  [folder, /K6_PATH=\S+ cannot be started \(EACCES\)/],
  [program('old', 'k6 v0.54.0'), /K6_PATH=\S+ is k6 0\.54\.0, which is too old\. Install k6/],
  [program('other', 'hello'), /is not k6: it says “hello”/],
];

test('another program, an old k6 or none is an error with what to do', async () => {
  for (const [path, sentence] of missing) await assert.rejects(findK6({ K6_PATH: path }), sentence);
});
