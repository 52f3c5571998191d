/** The database file: older formats are migrated, and old rows are found by an index. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { changes } from './database-tables.ts';
import { isKnownBrowser } from './known-browsers.ts';
import { openStore, type Store, StoreError } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
after(() => rmSync(folder, { recursive: true }));

const planOf = (database: DatabaseSync, sql: string): string =>
  (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail).join('; ');

test('a file of an older format is migrated and keeps its data', () => {
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

test('a browser that signed in under an older format is known', () => {
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

/** The permissions of the file and of SQLite's files next to it. */
const modesOf = (path: string): string[] =>
  [path, `${path}-wal`, `${path}-shm`].map((file) => (statSync(file).mode & 0o777).toString(8));

test('only its owner can read and write a new or an existing database', () => {
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

test('recovery administrators are migrated, and a profile without any gets all administrators', () => {
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

test('old rows are found by their age through an index', () => {
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

/** The tables and indexes of a database in SQL. */
const schemaOf = (store: Store): unknown[] =>
  store.all<{ sql: string }>`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name`.map(({ sql }) =>
    sql.replaceAll(/\s+/g, ' '),
  );
const formatOf = (store: Store): number => store.get<{ user_version: number }>`PRAGMA user_version`!.user_version;

for (let format = 0; format <= changes.length; format++)
  test(`a file of format ${format} has the current tables after opening, and all its data`, () => {
    const path = join(folder, `format-${format}.db`);
    const older = new DatabaseSync(path);
    older.exec(`${changes.slice(0, format).join('')} PRAGMA user_version = ${format}`);
    if (format > 0)
      older.exec(`INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme');
        INSERT INTO domains VALUES ('acme.example', 'acme');
        INSERT INTO users (address, organization, name, password) VALUES ('sam@acme.example', 'acme', 'Sam', 'p');
        INSERT INTO profiles (id, organization, name) VALUES (1, 'acme', 'One');
        INSERT INTO revisions VALUES (1, 1, '{}', 0, '');
        INSERT INTO sessions (hash, organization, address, method, created_at, ends_at)
          VALUES ('h', 'acme', 'sam@acme.example', 'sso', 1, 2);
        INSERT INTO tests (organization, profile, revision, tester, asked_by, token_hash, created_at, expires_at)
          VALUES ('acme', 1, 1, '', '', 't', 0, 0);
        INSERT INTO requests (id, organization, profile, revision, browser, address, relay_state, issued_at)
          VALUES ('r', 'acme', 1, 1, '', '', '', 0);
        INSERT INTO assertions VALUES ('acme', 'i', 'a', 0);
        INSERT INTO responses (organization, at, reference, verdict, findings) VALUES ('acme', 0, '', '', '[]');
        INSERT INTO audit (organization, at, actor, action, detail) VALUES ('acme', 0, '', 'lifted', '{}')`);
    older.close();
    using store = openStore(path);
    using fresh = openStore(':memory:');
    assert.deepEqual([schemaOf(store), formatOf(store)], [schemaOf(fresh), changes.length]);
    const held = ['organizations', 'domains', 'users', 'profiles', 'revisions', 'sessions', 'tests', 'requests'];
    for (const table of [...held, 'assertions', 'responses', 'audit']) {
      const query = Object.assign([`SELECT 1 FROM ${table}`], { raw: [] }) as TemplateStringsArray;
      assert.equal(store.all(query).length, format > 0 ? 1 : 0, table);
    }
  });

test('older audit entries get their kind, and are cut to the limits', () => {
  const path = join(folder, 'kinds.db');
  const older = new DatabaseSync(path);
  older.exec(`${changes.slice(0, 3).join('')} PRAGMA user_version = 3;
    INSERT INTO organizations (slug, name) VALUES ('acme', 'Acme');
    INSERT INTO audit (organization, at, actor, action, detail) VALUES ('acme', 0, '', 'enforced', '{}'),
      ('acme', 0, '', 'signed-in', '{}'), ('acme', 0, '', 'sign-in-refused', '{}'),
      ('acme', 0, '', 'marked', '"' || hex(zeroblob(249999)) || '"'),
      ('acme', 0, '', 'marked', '"' || hex(zeroblob(249999)) || 'x"')`);
  older.close();
  using store = openStore(path);
  const rows = store.all<{ kind: string; detail: string }>`SELECT kind, detail FROM audit ORDER BY id`;
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['change', 'use', 'refusal', 'change', 'change'],
  );
  assert.deepEqual([rows[3]!.detail.length, rows[4]!.detail], [500_000, '{"cut":"500001 octets"}']);
});

/** A database of numbers only. */
function numbers(): Store & { kept(): number[] } {
  const store = openStore(':memory:');
  store.run`CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT, flag INTEGER)`;
  const kept = (): number[] => store.all<{ n: number }>`SELECT n FROM numbers ORDER BY n`.map(({ n }) => n);
  return { ...store, kept };
}

test('a transaction stores all or nothing, and includes nested ones', () => {
  using store = numbers();
  const add = (n: number): unknown => store.run`INSERT INTO numbers (n) VALUES (${n})`;
  const failed = new Error('failed');
  const fail = (): never => {
    throw failed;
  };
  assert.equal(
    store.transaction(() => {
      add(1);
      return store.transaction(() => 'result');
    }),
    'result',
  );
  assert.throws(() => store.transaction(() => [add(2), fail()]), failed);
  assert.throws(
    () =>
      store.transaction(() => {
        add(3);
        store.transaction(() => add(4));
        fail();
      }),
    failed,
  );
  store.transaction(() => add(5));
  assert.deepEqual(store.kept(), [1, 5]);
});

test('values are bound with their types, and a statement returns its changes', () => {
  using store = numbers();
  const { lastId } = store.run`INSERT INTO numbers VALUES (${7}, ${'; DROP TABLE numbers'}, ${true})`;
  const { changes: none } = store.run`UPDATE numbers SET flag = ${false}, text = ${undefined} WHERE n = ${8}`;
  assert.deepEqual([lastId, none], [7, 0]);
  assert.deepEqual({ ...store.get<object>`SELECT * FROM numbers` }, { n: 7, text: '; DROP TABLE numbers', flag: 1 });
  const { changes: one } = store.run`UPDATE numbers SET flag = ${false}, text = ${null} WHERE n = ${7}`;
  assert.deepEqual([one, { ...store.get<object>`SELECT * FROM numbers` }], [1, { n: 7, text: null, flag: 0 }]);
  assert.equal(store.get`SELECT * FROM numbers WHERE n = ${8}`, undefined);
});

test('a closed database rejects queries, and one in memory leaves no file', () => {
  rmSync(':memory:', { force: true });
  const store = openStore(':memory:');
  store[Symbol.dispose]();
  assert.throws(() => store.all`SELECT 1`);
  assert.ok(!existsSync(':memory:'));
});

test('a folder given by mistake keeps its permissions', () => {
  const path = join(folder, 'mistake.db');
  mkdirSync(path);
  chmodSync(path, 0o755);
  assert.throws(() => openStore(path), StoreError);
  assert.equal(statSync(path).mode & 0o777, 0o755);
});

/** Unusable databases, and their errors. */
const unusable: Readonly<Record<string, readonly [make: () => string, code: StoreError['code'], says: RegExp]>> = {
  'in a missing folder': [() => join(folder, 'nowhere', 'a.db'), 'not-writable', /Check that its folder exists/],
  'not a database': [
    () => {
      writeFileSync(join(folder, 'text.db'), 'text '.repeat(1_000));
      return join(folder, 'text.db');
    },
    'unusable',
    /cannot be used \(file is not a database\)\. Choose another file/,
  ],
  'a folder': [
    () => {
      mkdirSync(join(folder, 'folder.db'));
      return join(folder, 'folder.db');
    },
    'unusable',
    /cannot be used/,
  ],
  'of a newer format': [
    () => {
      const newer = new DatabaseSync(join(folder, 'newer.db'));
      newer.exec(`PRAGMA user_version = ${changes.length + 1}`);
      newer.close();
      return join(folder, 'newer.db');
    },
    'newer-format',
    /format \d+; this program supports \d+.*Update the program/,
  ],
};
for (const [words, [make, code, says]] of Object.entries(unusable))
  test(`a database is not opened if it is ${words}`, () => {
    const path = make();
    assert.throws(
      () => openStore(path),
      (error) => {
        assert.ok(error instanceof StoreError);
        assert.equal(error.code, code);
        assert.ok(error.message.startsWith(`service provider: the database ${path} `));
        assert.match(error.message, says);
        return true;
      },
    );
  });
