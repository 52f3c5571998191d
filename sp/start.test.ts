/** Errors at the start: the message names the part and what to do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { changes } from './database-tables.ts';
import { type SpOptions, startSp } from './start.ts';
import { openStore } from './store.ts';
import { openMailer } from './test-email.ts';

const smtpUrl = 'smtp://127.0.0.1:9';

/** Stops it again if it starts nevertheless. */
const failsToStart = (options: Partial<SpOptions>, sentence: RegExp): Promise<void> =>
  assert.rejects(async () => {
    await using _sp = await startSp({ smtpUrl, ...options });
  }, sentence);

/** The reply until the server closes the connection, which it does even if it has none. */
async function replyOn(connection: Socket, path: string): Promise<string> {
  connection.setEncoding('utf8').end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  let reply = '';
  try {
    for await (const text of connection) reply += text;
  } catch {
    // Closed before the request was sent.
  }
  return reply;
}

test('it replies at its port', async () => {
  await using sp = await startSp({ smtpUrl });
  const connection = connect(Number(new URL(sp.url).port), '127.0.0.1');
  assert.match(await replyOn(connection, '/healthz'), /^HTTP\/1\.1 200 OK\r\n/);
});

test('it says that it accepts requests, under the names of this machine', async () => {
  await using sp = await startSp({ smtpUrl });
  const { port } = new URL(sp.url);
  const reply = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.deepEqual([reply.status, await reply.json()], [200, { status: 'ok', url: sp.url }]);
});

test('a port in use', async () => {
  await using first = await startSp({ smtpUrl });
  await failsToStart(
    { port: Number(new URL(first.url).port) },
    /service provider: port \d+ on 127\.0\.0\.1 is in use\. Stop the process that uses it, or choose another port\./,
  );
});

for (const publicUrl of ['http://staging.acme.test', 'http://10.0.0.7:8080', 'http://localhost.acme.test'])
  test(`${publicUrl}: browsers keep no Secure cookie there`, () =>
    failsToStart(
      { publicUrl },
      /^Error: service provider: SP_PUBLIC_URL must be https, or http at localhost, not “http/,
    ));

test('a malformed public URL', () =>
  failsToStart({ publicUrl: 'staging.acme.test' }, /SP_PUBLIC_URL must be a URL, not “staging\.acme\.test”/));

for (const publicUrl of [
  'https://staging.acme.test',
  'http://sp.localhost:8080',
  'http://127.0.0.1',
  'http://[::1]:80',
])
  test(`${publicUrl}: browsers keep Secure cookies there`, async () => {
    await using sp = await startSp({ smtpUrl, publicUrl });
    assert.equal(sp.url, new URL(publicUrl).origin);
  });

test('a database in a folder that does not exist', async () => {
  await failsToStart(
    { database: '/nowhere/at/all/sp.sqlite' },
    /service provider: the database \/nowhere\/at\/all\/sp\.sqlite cannot be written\. Check that its folder exists/,
  );
});

test('a database path that cannot be opened, even by root', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  try {
    const notWritten = 'written\\. Check|used \\(unable to open database file\\)\\. Choose another file';
    for (const database of [folder, join(file, 'sp.sqlite')])
      assert.throws(
        () => openStore(database),
        (error: Error) => {
          assert.match(
            error.message,
            new RegExp(`^service provider: the database \\S+ cannot be (${notWritten})[^.\\n]+\\.$`),
          );
          assert.ok(error.message.includes(database));
          return true;
        },
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a database written by a newer version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const database = join(folder, 'sp.sqlite');
  new DatabaseSync(database).exec('PRAGMA user_version = 99');
  await failsToStart(
    { database },
    new RegExp(
      `written by a newer version \\(format 99; this program supports ${changes.length}\\)\\. ` +
        'Update the program, or choose another file\\.',
    ),
  );
  rmSync(folder, { recursive: true });
});

test('a file that is not a database', async () => {
  await failsToStart(
    { database: new URL(import.meta.url).pathname },
    /service provider: the database .*start\.test\.ts cannot be used \(.+\)\. Choose another file/,
  );
});

test('no mail server', async () => {
  using mailer = openMailer(smtpUrl);
  await assert.rejects(
    mailer.invite({
      to: { name: 'Sam', address: 'sam@acme.example' },
      askedBy: { name: 'Ada', address: 'ada@acme.example' },
      organization: 'Acme',
      link: 'http://sp.localhost/try/x',
      expiresAt: new Date(0),
    }),
    /The mail server could not be reached \(.+\)/,
  );
});

test('by default it listens on the loopback interface only', async () => {
  await using sp = await startSp({ smtpUrl });
  await assert.rejects(fetch(`http://127.0.0.2:${new URL(sp.url).port}/login`));
});

test('without a token there are no control routes', async () => {
  await using sp = await startSp({ smtpUrl });
  const { port } = new URL(sp.url);
  const reply = await fetch(`http://127.0.0.1:${port}/control/errors`);
  assert.equal(reply.status, 404);
});

test('a host that is not of this machine', () =>
  failsToStart({ host: '192.0.2.1' }, /service provider: cannot listen on 192\.0\.2\.1:0 \(.+\)/));

test('at its start it ends emails that were being sent, and prunes; at its end all is closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-'));
  const database = join(folder, 'sp.sqlite');
  {
    using store = openStore(database);
    store.run`INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme')`;
    store.run`INSERT INTO profiles (id, organization, name) VALUES (1, 'acme', 'Main')`;
    store.run`INSERT INTO revisions VALUES (1, 1, '{}', 0, '')`;
    store.run`
      INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
      VALUES ('acme', 1, 1, '', '', '', 0, 0)`;
    store.run`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 501)
      INSERT INTO responses (organization, at, reference, verdict, findings)
      SELECT 'acme', 0, n, 'audience-mismatch', '[]' FROM numbers`;
  }
  const sp = await startSp({ smtpUrl, database });
  const { port } = new URL(sp.url);
  const open = connect(Number(port), '127.0.0.1');
  await once(open, 'connect');
  await sp[Symbol.asyncDispose]();
  assert.equal(await replyOn(open, '/healthz'), '', 'the open connection is closed');
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
  assert.ok(!existsSync(`${database}-wal`), 'the database is closed');
  using store = openStore(database);
  assert.deepEqual({ ...store.get<{ mail_state: string }>`SELECT mail_state FROM tests` }, { mail_state: 'failed' });
  assert.deepEqual({ ...store.get<{ kept: number }>`SELECT count(*) AS kept FROM responses` }, { kept: 500 });
  rmSync(folder, { recursive: true });
});
