/** The database: its tables, and queries as tagged templates whose values are always bound, never pasted. It knows no rule of the story. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

type Value = string | number | boolean | null | undefined;
type Query<Result> = (sql: TemplateStringsArray, ...values: Value[]) => Result;

export interface Store extends Disposable {
  all<Row>(sql: TemplateStringsArray, ...values: Value[]): Row[];
  get<Row>(sql: TemplateStringsArray, ...values: Value[]): Row | undefined;
  /** Gives how many rows were changed, and the ID of the row inserted last. */
  run: Query<{ changes: number; lastId: number }>;
  /** All or nothing; nested calls join the outer one. */
  transaction<Result>(work: () => Result): Result;
}

/** What is wrong with the database file, and what to do about it. */
export class StoreError extends Error {}

export function openStore(path: string): Store {
  const database = open(path);
  const statements = new Map<TemplateStringsArray, StatementSync>();
  const prepared = (sql: TemplateStringsArray): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql.join('?'))));
    return statement;
  };
  let depth = 0;
  return {
    all: <Row>(sql: TemplateStringsArray, ...values: Value[]) => prepared(sql).all(...values.map(bound)) as Row[],
    get: <Row>(sql: TemplateStringsArray, ...values: Value[]) =>
      prepared(sql).get(...values.map(bound)) as Row | undefined,
    run(sql, ...values) {
      const { changes, lastInsertRowid } = prepared(sql).run(...values.map(bound));
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    transaction(work) {
      if (depth > 0) return work();
      database.exec('BEGIN IMMEDIATE');
      depth++;
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      } finally {
        depth--;
      }
    },
    [Symbol.dispose]: () => database.close(),
  };
}

const bound = (value: Value): SQLInputValue =>
  value === undefined ? null : typeof value === 'boolean' ? Number(value) : value;

function open(path: string): DatabaseSync {
  if (path !== ':memory:') checkFile(path);
  try {
    const database = new DatabaseSync(path);
    // A commit survives the end of the process (kill -9); only a power cut could take back the last ones.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000',
    );
    migrate(database, path);
    return database;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `service provider: the database ${path} cannot be used (${(error as Error).message}). Name another file, or move this one away.`,
      { cause: error },
    );
  }
}

function checkFile(path: string): void {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw new StoreError(
      `service provider: the database ${path} cannot be written. Check that its folder exists and that you may write there, or name another file.`,
      { cause: error },
    );
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (found > version)
    throw new StoreError(
      `service provider: the database ${path} was written by a newer version (format ${found}; this program knows ${version}). Update the program, or name another file.`,
    );
  if (found === version) return;
  database.exec(`BEGIN; ${changes.slice(found).join('')} PRAGMA user_version = ${version}; COMMIT`);
}

/** Times are milliseconds on the organization's clock; secrets are kept as SHA-256 only. */
const tables = `
  CREATE TABLE organizations (slug TEXT PRIMARY KEY, name TEXT NOT NULL, clock_offset_ms INTEGER NOT NULL DEFAULT 0, signing_key TEXT, signing_certificate TEXT) STRICT;
  CREATE TABLE domains (domain TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE) STRICT;
  CREATE TABLE profiles (
    id INTEGER PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, name TEXT NOT NULL,
    enforced_revision INTEGER, enforced_at INTEGER, UNIQUE (organization, name)) STRICT;
  CREATE TABLE revisions (
    profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE, number INTEGER NOT NULL, settings TEXT NOT NULL,
    created_at INTEGER NOT NULL, created_by TEXT NOT NULL, PRIMARY KEY (profile, number)) STRICT;
  CREATE TABLE users (
    address TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, name TEXT NOT NULL, password TEXT NOT NULL,
    administrator INTEGER NOT NULL DEFAULT 0, deactivated INTEGER NOT NULL DEFAULT 0,
    profile INTEGER REFERENCES profiles ON DELETE SET NULL, recovery_of INTEGER REFERENCES profiles ON DELETE SET NULL) STRICT;
  CREATE INDEX users_by_organization ON users (organization);
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, address TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('password', 'sso', 'recovery')), created_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
    ended_at INTEGER, ended_because TEXT, profile INTEGER, revision INTEGER, response INTEGER, name_id TEXT, name_id_format TEXT, session_index TEXT) STRICT;
  CREATE INDEX sessions_by_address ON sessions (address);
  CREATE TABLE tests (
    id INTEGER PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, profile INTEGER NOT NULL, revision INTEGER NOT NULL,
    tester TEXT NOT NULL, asked_by TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    mail_state TEXT NOT NULL DEFAULT 'sending', mail_error TEXT, opened_at INTEGER, went_to_idp_at INTEGER,
    superseded_at INTEGER, superseded_because TEXT, verdict TEXT, verdict_at INTEGER, response INTEGER, report TEXT,
    mark TEXT, marked_at INTEGER, marked_by TEXT, FOREIGN KEY (profile, revision) REFERENCES revisions ON DELETE CASCADE) STRICT;
  CREATE INDEX tests_by_profile ON tests (profile, revision);
  CREATE TABLE opened_links (test INTEGER NOT NULL REFERENCES tests ON DELETE CASCADE, browser TEXT NOT NULL, opened_at INTEGER NOT NULL, PRIMARY KEY (test, browser)) STRICT;
  CREATE INDEX opened_links_by_browser ON opened_links (browser);
  CREATE TABLE requests (
    id TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, profile INTEGER NOT NULL, revision INTEGER NOT NULL,
    test INTEGER REFERENCES tests ON DELETE CASCADE, browser TEXT NOT NULL, address TEXT NOT NULL, relay_state TEXT NOT NULL UNIQUE, issued_at INTEGER NOT NULL, answered_at INTEGER) STRICT;
  CREATE INDEX requests_by_browser ON requests (browser, organization);
  CREATE TABLE assertions (organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, issuer TEXT NOT NULL, id TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (organization, issuer, id)) STRICT;
  CREATE TABLE responses (
    id INTEGER PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, at INTEGER NOT NULL, reference TEXT NOT NULL, test INTEGER, request TEXT,
    verdict TEXT NOT NULL, findings TEXT NOT NULL, xml TEXT) STRICT;
  CREATE INDEX responses_by_organization ON responses (organization, id);
  CREATE TABLE audit (id INTEGER PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
  CREATE INDEX audit_by_organization ON audit (organization, id);
  CREATE TABLE wrong_passwords (address TEXT PRIMARY KEY, failures INTEGER NOT NULL, since INTEGER NOT NULL) STRICT;
`;

/** Without these, forgetting what is out of date would read all that is not, at every sign-in. */
const indexesByAge = `
  CREATE INDEX requests_by_age ON requests (organization, issued_at);
  CREATE INDEX assertions_by_end ON assertions (organization, until);
`;

/** Which browser a session is in: the session cookie does not come along with the answer of the identity provider, which is posted from another site. */
const sessionsByBrowser = `
  ALTER TABLE sessions ADD COLUMN browser TEXT;
  CREATE INDEX sessions_by_browser ON sessions (browser);
`;

/** From an empty file to the tables of today, each change once and for good. Their number is the format; a file with a higher one was written by a newer program. */
const changes = [tables, indexesByAge, sessionsByBrowser];
const version = changes.length;
