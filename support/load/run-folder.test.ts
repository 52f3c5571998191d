/** A killed run leaves its folder, with a key; a later run removes it, and nothing else. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newRunFolder } from './run-folder.ts';

test('a new run removes the folders of runs that were killed days ago', async () => {
  const place = mkdtempSync(join(tmpdir(), 'run-folder-'));
  try {
    const daysAgo = (days: number): number => Date.now() / 1000 - days * 86_400;
    for (const [name, days] of [
      ['sso-rehearsal-load-old', 3],
      ['sso-rehearsal-load-new', 1],
      ['other', 3],
    ] as const) {
      mkdirSync(join(place, name));
      writeFileSync(join(place, name, 'idp.json'), '');
      utimesSync(join(place, name), daysAgo(days), daysAgo(days));
    }
    const made = await newRunFolder(place);
    assert.deepEqual(
      readdirSync(place)
        .map((name) => join(place, name))
        .toSorted(),
      [join(place, 'other'), join(place, 'sso-rehearsal-load-new'), made].toSorted(),
    );
    if (process.platform !== 'win32') assert.equal(statSync(made).mode & 0o777, 0o700);
  } finally {
    rmSync(place, { recursive: true });
  }
});
