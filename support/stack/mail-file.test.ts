/** The mailbox's file survives a restart, and a crash in the middle of a line. */
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepMessage, readMessages } from './mail-file.ts';

test('a truncated last line loses only that email', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-'));
  const file = join(folder, 'mailbox.ndjson');
  const message = (subject: string) => ({
    from: 'a@b.example',
    to: 'c@d.example',
    subject,
    text: 'two\nlines',
    html: '',
    receivedAt: new Date(1_000),
  });
  assert.deepEqual(readMessages(file), []);
  keepMessage(file, message('first'));
  appendFileSync(file, '{"from":"a@b.ex');
  assert.deepEqual(readMessages(file), [message('first')]);
  keepMessage(file, message('second'));
  assert.deepEqual(readMessages(file), [message('first'), message('second')]);
  chmodSync(file, 0o644);
  readMessages(file);
  assert.equal((statSync(file).mode & 0o777).toString(8), '600', 'links in emails are secrets');
  rmSync(folder, { recursive: true });
});
