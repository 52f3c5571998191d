/** A browser program that fails to start. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { launchBrowser } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'browser-'));
after(() => rmSync(folder, { recursive: true }));

/** A program that records each start and then exits. */
async function starts(end: string): Promise<{ count: number; notices: string[] }> {
  const program = join(folder, end.replace(/\W+/g, '-'));
  writeFileSync(program, `#!/bin/sh\necho start >> "$0.starts"\n${end}\n`);
  chmodSync(program, 0o755);
  process.env.CHROMIUM_PATH = program;
  const notices: string[] = [];
  await assert.rejects(launchBrowser({ say: (sentence) => void notices.push(sentence) }), /browserType\.launch/);
  return { count: readFileSync(`${program}.starts`, 'utf8').trim().split('\n').length, notices };
}

test('a browser that crashes while starting is started once more, with a notice', async () => {
  assert.deepEqual(await starts('kill -SEGV $$'), {
    count: 2,
    notices: ['The browser crashed while starting (SIGSEGV). Starting it once more.'],
  });
});

test('a browser that exits or is terminated is not started again', async () => {
  assert.deepEqual(await starts('exit 1'), { count: 1, notices: [] });
  assert.deepEqual(await starts('kill -TERM $$'), { count: 1, notices: [] });
});
