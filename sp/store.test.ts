/** The database file: older formats are brought up to date, and old rows are found by an index. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { changes } from './database-tables.ts';
import { isKnownBrowser } from './known-browsers.ts';
import { openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
after(() => rmSync(folder, { recursive: true }));

const planOf = (database: DatabaseSync, sql: string): string =>
  (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail).join('; ');

test('a file of an older format is brought up to date and keeps what it holds', () => {
  const path = join(folder, 'older.db');
  const older = new DatabaseSync(path);
  older.exec(`${changes[0]} PRAGMA user_version = 1; INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme')`);
  older.close();
  using store = openStore(path);
  assert.equal(store.get<{ name: string }>`SELECT name FROM organizations`?.name, 'Acme');
  assert.equal(
    store.all`SELECT name FROM sqlite_master WHERE type = 'index' AND name IN ('requests_by_age', 'assertions_by_end')`
      .length,
    2,
  );
});

test('a browser that has signed in under an older format is known', () => {
  const path = join(folder, 'signed-in.db');
  const older = new DatabaseSync(path);
  older.exec(`${changes.slice(0, 3).join('')} PRAGMA user_version = 3;
    INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme');
    INSERT INTO users (address, organization, name, password) VALUES ('ada@acme.example', 'acme', 'Ada', '');
    INSERT INTO sessions (hash, browser, organization, address, method, created_at, ends_at) VALUES
      ('1', 'hers', 'acme', 'ada@acme.example', 'password', 1, 2),
      ('2', 'hers', 'acme', 'ada@acme.example', 'password', 3, 4),
      ('3', NULL, 'acme', 'ada@acme.example', 'password', 5, 6),
      ('4', 'gone', 'acme', 'gone@acme.example', 'password', 7, 8)`);
  older.close();
  using store = openStore(path);
  assert.deepEqual(
    [isKnownBrowser(store, 'ada@acme.example', 'hers'), store.all`SELECT 1 FROM known_browsers`.length],
    [true, 1],
  );
});

/** The permissions of the file and of what SQLite keeps beside it. */
const modesOf = (path: string): string[] =>
  [path, `${path}-wal`, `${path}-shm`].map((file) => (statSync(file).mode & 0o777).toString(8));

test('only its owner reads and writes a database, be it new or there before', () => {
  const umask = process.umask(0);
  try {
    const path = join(folder, 'private.db');
    const first = openStore(path);
    assert.deepEqual(modesOf(path), ['600', '600', '600']);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) chmodSync(file, 0o666);
    using _second = openStore(path);
    assert.deepEqual(modesOf(path), ['600', '600', '600']);
    first[Symbol.dispose]();
  } finally {
    process.umask(umask);
  }
});

test('recovery administrators are taken over, and a profile that had lost its last one gets the administrators', () => {
  const path = join(folder, 'recovery.db');
  const older = new DatabaseSync(path);
  older.exec(`${changes.slice(0, 3).join('')} PRAGMA user_version = 3;
    INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme');
    INSERT INTO profiles (id, organization, name, enforced_revision)
      VALUES (1, 'acme', 'one', 1), (2, 'acme', 'two', 1), (3, 'acme', 'three', NULL);
    INSERT INTO users (address, organization, name, password, administrator, deactivated, recovery_of)
      VALUES ('ada', 'acme', 'Ada', '', 1, 0, 2), ('grace', 'acme', 'Grace', '', 1, 0, NULL),
        ('gone', 'acme', 'Gone', '', 1, 1, 1), ('sam', 'acme', 'Sam', '', 0, 0, NULL)`);
  older.close();
  using store = openStore(path);
  assert.deepEqual(
    store.all<object>`SELECT profile, address FROM recovery_administrators ORDER BY profile, address`.map((row) => ({
      ...row,
    })),
    [
      { profile: 1, address: 'ada' },
      { profile: 1, address: 'gone' },
      { profile: 1, address: 'grace' },
      { profile: 2, address: 'ada' },
    ],
  );
});

test('what is out of date is found by its age', () => {
  const path = join(folder, 'age.db');
  openStore(path)[Symbol.dispose]();
  const database = new DatabaseSync(path);
  assert.match(
    planOf(database, 'DELETE FROM requests WHERE organization = ? AND issued_at < ?'),
    /requests_by_age \(organization=\? AND issued_at<\?\)/,
  );
  assert.match(
    planOf(database, 'DELETE FROM assertions WHERE organization = ? AND until < ?'),
    /assertions_by_end \(organization=\? AND until<\?\)/,
  );
  database.close();
});
