/** Folders are created, or the system's error is thrown at once. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder } from './make-folder.ts';

const place = mkdtempSync(join(tmpdir(), 'make-folder-'));
after(() => rmSync(place, { recursive: true }));

test('a folder is created with its parents, and may exist already', () => {
  const path = join(place, 'a', 'b', 'c');
  for (let times = 0; times < 2; times++) makeFolder(path, { mode: 0o700 });
  for (const one of [path, join(place, 'a')]) assert.equal(statSync(one).mode & 0o777, 0o700);
});

test('if it cannot be created, the system’s error is thrown', () => {
  const [file, nowhere] = [join(place, 'file'), join(place, 'link')];
  writeFileSync(file, '');
  symlinkSync(join(place, 'gone'), nowhere);
  assert.throws(() => makeFolder(file), { code: 'EEXIST' });
  assert.throws(() => makeFolder(join(file, 'below')), { code: 'ENOTDIR' });
  for (const path of [nowhere, join(nowhere, 'below')]) assert.throws(() => makeFolder(path), { code: 'EEXIST' });
  // Other systems have no such folder, and a user may not create one.
  if (process.platform === 'linux')
    for (const path of ['/proc/x', '/proc/x/y']) assert.throws(() => makeFolder(path), { code: 'ENOENT' });
});
