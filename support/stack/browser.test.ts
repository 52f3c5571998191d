/** What happens when the program does not become a browser. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { launchBrowser } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'browser-'));
after(() => rmSync(folder, { recursive: true }));

/** A program that notes each start and then ends. */
async function starts(end: string): Promise<{ count: number; said: string[] }> {
  const program = join(folder, end.replace(/\W+/g, '-'));
  writeFileSync(program, `#!/bin/sh\necho start >> "$0.starts"\n${end}\n`);
  chmodSync(program, 0o755);
  process.env.CHROMIUM_PATH = program;
  const said: string[] = [];
  await assert.rejects(launchBrowser({ say: (sentence) => void said.push(sentence) }), /browserType\.launch/);
  return { count: readFileSync(`${program}.starts`, 'utf8').trim().split('\n').length, said };
}

test('a browser that crashes while it starts is started once more, and that is said', async () => {
  assert.deepEqual(await starts('kill -SEGV $$'), {
    count: 2,
    said: ['The browser crashed while it was starting (SIGSEGV); it is started once more.'],
  });
});

test('one that ends by itself, or is ended by somebody, is not', async () => {
  assert.deepEqual(await starts('exit 1'), { count: 1, said: [] });
  assert.deepEqual(await starts('kill -TERM $$'), { count: 1, said: [] });
});
