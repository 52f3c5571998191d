/** Everything that a lab stores, as comparable rows: the SP's database, the IdP's state, files and emails. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StartedLab } from '../lab/lab.ts';

/** Name of a part, such as `sp.sessions` → its rows as text. */
export type State = ReadonlyMap<string, readonly string[]>;

/** Differences in one part. A changed row counts as removed and added. */
export interface Difference {
  part: string;
  added: readonly string[];
  removed: readonly string[];
}

export interface StateReader extends Disposable {
  read(): Promise<State>;
  /** Only the SP's tables, which costs almost nothing while there are no writes. */
  readTables(): State;
}

export function openState(lab: StartedLab): StateReader {
  const database = new DatabaseSync(join(lab.folder, 'service-provider.sqlite'), { readOnly: true });
  const version = database.prepare('PRAGMA data_version');
  let cached: { version: unknown; tables: [string, string[]][] } = { version: undefined, tables: [] };
  const tables = (): [string, string[]][] => {
    const { data_version: now } = version.get() as { data_version: unknown };
    // Changes with every commit of another connection, such as the SP's own.
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

/** Parts of which only the number is known. */
const counted = ['sessions', 'signInsUnderWay', 'logoutsUnderWay', 'requestsTaken'] as const;

async function stateOfIdp({ rehearsal: { stack, tenant } }: StartedLab): Promise<[string, string[]][]> {
  const { idp } = stack;
  const view = await idp.control.get<TenantView>(`/tenants/${tenant.slug}`);
  const numbers = counted.map((name): [string, string[]] => {
    if (typeof view[name] !== 'number') throw new Error(`the identity provider does not report its ${name}`);
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

/** The mailbox, the IdP's state file, and the lab's saved settings. */
const filesIn = (folder: string): [string, string[]][] =>
  readdirSync(folder)
    .filter((name) => !name.includes('sqlite'))
    .map((name) => [`file ${name}`, readFileSync(join(folder, name), 'utf8').split('\n')]);

export function differences(before: State, after: State): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((part) => {
    const [old, now] = [before.get(part) ?? [], after.get(part) ?? []];
    if (old === now) return [];
    const added = unpaired(now, old);
    const removed = unpaired(old, now);
    return added.length === 0 && removed.length === 0 ? [] : [{ part, added, removed }];
  });
}

/** The rows that remain after pairing equal ones. */
function unpaired(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const number = left.get(row) ?? 0;
    if (number > 0) left.set(row, number - 1);
    return number === 0;
  });
}
