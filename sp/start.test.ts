/** Tests of what goes wrong at the start: the message names the part and what to do. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openMailer } from './mail.ts';
import { startSp } from './start.ts';

const smtpUrl = 'smtp://127.0.0.1:9';

test('a port in use', async () => {
  await using first = await startSp({ smtpUrl });
  await assert.rejects(startSp({ smtpUrl, port: Number(new URL(first.url).port) }), /service provider: port \d+ on 127\.0\.0\.1 is in use\. Stop what holds it, or name another port\./);
});

test('a database in a folder that does not exist', async () => {
  await assert.rejects(startSp({ smtpUrl, database: '/nowhere/at/all/sp.sqlite' }), /service provider: the database \/nowhere\/at\/all\/sp\.sqlite cannot be written\. Check that its folder exists/);
});

test('a database that a newer version wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const database = join(folder, 'sp.sqlite');
  new DatabaseSync(database).exec('PRAGMA user_version = 99');
  await assert.rejects(startSp({ smtpUrl, database }), /written by a newer version \(format 99; this program knows 1\)\. Update the program, or name another file\./);
  rmSync(folder, { recursive: true });
});

test('a file that is no database', async () => {
  await assert.rejects(startSp({ smtpUrl, database: new URL(import.meta.url).pathname }), /service provider: the database .*start\.test\.ts cannot be used \(.+\)\. Name another file/);
});

test('no mail server', async () => {
  using mailer = openMailer(smtpUrl);
  await assert.rejects(mailer.invite({ to: { name: 'Sam', address: 'sam@acme.example' }, askedBy: { name: 'Ada', address: 'ada@acme.example' }, organization: 'Acme', link: 'http://sp.localhost/try/x', expiresAt: new Date(0) }), /The mail server could not be reached \(.+\)/);
});

test('without a token there are no control routes', async () => {
  await using sp = await startSp({ smtpUrl });
  const { port } = new URL(sp.url);
  const answer = await fetch(`http://127.0.0.1:${port}/control/errors`);
  assert.equal(answer.status, 404);
});
