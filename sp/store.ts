/** The database: queries are tagged templates, whose values are always bound. */
import { accessSync, chmodSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { changes } from './database-tables.ts';

type Value = string | number | boolean | null | undefined;
type Query<Result> = (sql: TemplateStringsArray, ...values: Value[]) => Result;

export interface Store extends Disposable {
  all<Row>(sql: TemplateStringsArray, ...values: Value[]): Row[];
  get<Row>(sql: TemplateStringsArray, ...values: Value[]): Row | undefined;
  /** Returns the number of changed rows, and the ID of the last inserted row. */
  run: Query<{ changes: number; lastId: number }>;
  /** Rolls back if `work` throws. Nested calls join the outer transaction. */
  transaction<Result>(work: () => Result): Result;
}

/** The database file cannot be used. The message says what to do. */
export class StoreError extends Error {
  readonly code: 'unusable' | 'not-writable' | 'newer-format';
  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(`service provider: ${message}`, options);
    this.code = code;
  }
}

export function openStore(path: string): Store {
  const database = open(path);
  const statements = new Map<TemplateStringsArray, StatementSync>();
  const prepared = (sql: TemplateStringsArray): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql.join('?'));
    statements.set(sql, statement);
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
  if (path !== ':memory:') {
    checkFile(path);
    keepPrivate(path);
  }
  try {
    const database = new DatabaseSync(path);
    // A commit survives the end of the process (kill -9). Only a power failure could lose the last ones.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; ' +
        'PRAGMA journal_size_limit = 16777216',
    );
    migrate(database, path);
    return database;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const reason = (error as Error).message;
    throw new StoreError(
      'unusable',
      `the database ${path} cannot be used (${reason}). Choose another file, or move this one away.`,
      { cause: error },
    );
  }
}

function checkFile(path: string): void {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw new StoreError(
      'not-writable',
      `the database ${path} cannot be written. ` +
        'Check that its folder exists and is writable, or choose another file.',
      { cause: error },
    );
  }
}

/** The database contains password hashes and signing keys. SQLite gives its other files the same permissions. */
function keepPrivate(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) chmodSync(file, 0o600);
  } catch {
    // Owned by another user, or cannot be created: SQLite reports below if it cannot be used.
  }
}

/** Updates a file of an older format. */
function migrate(database: DatabaseSync, path: string): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const known = changes.length;
  if (found > known)
    throw new StoreError(
      'newer-format',
      `the database ${path} was written by a newer version (format ${found}; this program supports ${known}). ` +
        'Update the program, or choose another file.',
    );
  if (found === known) return;
  database.exec(`BEGIN; ${changes.slice(found).join('')} PRAGMA user_version = ${known}; COMMIT`);
}
