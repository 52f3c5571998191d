/** Everything that a lab keeps, as rows that can be compared: the SP's database, the IdP's state, files and emails. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StartedLab } from '../lab/lab.ts';

/** By the name of a part, such as `sp.sessions`: its rows as text. */
export type State = ReadonlyMap<string, readonly string[]>;

/** What differs in one part. A row that was changed is both removed and added. */
export interface Difference {
  part: string;
  added: readonly string[];
  removed: readonly string[];
}

export interface StateReader extends Disposable {
  read(): Promise<State>;
  /** The SP's tables alone, which costs next to nothing while nobody writes. */
  readTables(): State;
}

export function openState(lab: StartedLab): StateReader {
  const database = new DatabaseSync(join(lab.folder, 'service-provider.sqlite'), { readOnly: true });
  const version = database.prepare('PRAGMA data_version');
  let cached: { version: unknown; tables: [string, string[]][] } = { version: undefined, tables: [] };
  const tables = (): [string, string[]][] => {
    const { data_version: now } = version.get() as { data_version: unknown };
    // It changes with every commit of another connection, and the SP's own is another one.
    if (cached.version !== now) cached = { version: now, tables: readTables(database) };
    return cached.tables;
  };
  return {
    read: async () => new Map([...tables(), ...(await stateOfIdp(lab)), ...filesIn(lab.folder)]),
    readTables: () => new Map(tables()),
    [Symbol.dispose]: () => database.close(),
  };
}

function readTables(database: DatabaseSync): [string, string[]][] {
  const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  return names.map(({ name }) => [
    `sp.${name}`,
    database
      .prepare(`SELECT * FROM "${name}"`)
      .all()
      .map((row) => JSON.stringify(row)),
  ]);
}

interface TenantView extends Record<string, unknown> {
  log: unknown[];
}

/** What only its number is known of. */
const counted = ['sessions', 'signInsUnderWay', 'logoutsUnderWay', 'requestsTaken'] as const;

async function stateOfIdp({ rehearsal: { stack, tenant } }: StartedLab): Promise<[string, string[]][]> {
  const { idp } = stack;
  const view = await idp.control.get<TenantView>(`/tenants/${tenant.slug}`);
  const numbers = counted.map((name): [string, string[]] => {
    if (typeof view[name] !== 'number') throw new Error(`the identity provider does not tell its ${name}`);
    return [`idp.${name}`, Array.from({ length: view[name] }, (_, index) => `number ${index + 1}`)];
  });
  const { log, faults, pendingRequests: _, ...rest } = view;
  const settings = Object.entries(rest).filter(([name]) => !counted.some((one) => one === name));
  return [
    ...numbers,
    ['idp.settings', settings.map((setting) => JSON.stringify(setting))],
    ['idp.faults', [JSON.stringify(faults)]],
    ['idp.log', log.map((entry) => JSON.stringify(entry))],
    ['idp.held', [JSON.stringify(await idp.control.get(`/tenants/${tenant.slug}/held`))]],
  ];
}

/** The mailbox, the IdP's state file, and what the lab remembers. */
const filesIn = (folder: string): [string, string[]][] =>
  readdirSync(folder)
    .filter((name) => !name.includes('sqlite'))
    .map((name) => [`file ${name}`, readFileSync(join(folder, name), 'utf8').split('\n')]);

export function differences(before: State, after: State): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((part) => {
    const [old, now] = [before.get(part) ?? [], after.get(part) ?? []];
    if (old === now) return [];
    const added = without(now, old);
    const removed = without(old, now);
    return added.length === 0 && removed.length === 0 ? [] : [{ part, added, removed }];
  });
}

/** The rows that are left when each of the others has taken one like it away. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const number = left.get(row) ?? 0;
    if (number > 0) left.set(row, number - 1);
    return number === 0;
  });
}
