/** Browsers that fail to start, or are not installed. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { launchBrowser } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'browser-'));
after(() => rmSync(folder, { recursive: true }));
process.env.PLAYWRIGHT_BROWSERS_PATH = folder; // where Playwright finds none

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

test('a browser that is not installed is named, with the command that installs it', async () => {
  for (const name of ['firefox', 'webkit']) {
    process.env.BROWSER = name;
    await assert.rejects(launchBrowser(), {
      message: `Playwright's ${name} is not installed. Run: npx playwright install ${name}`,
    });
  }
  delete process.env.BROWSER;
});

test('a command that limits the hosts needs Chromium', async () => {
  process.env.BROWSER = 'firefox';
  await assert.rejects(launchBrowser({ only: ['localhost'] }), /^Error: This command needs Chromium on this machine/);
  delete process.env.BROWSER;
});
