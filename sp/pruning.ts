/** Decides when to delete old rows: after every few inserts of an organization into a table. */
import type { Store } from './store.ts';

const inserts = new WeakMap<Store, Map<string, number>>();

/** Of tables and organizations. One that is dropped is pruned earlier than it must be. */
const mostCounted = 2_000;

/** Counts an insert. True for the first one after a start, and then for each `every`th. */
export function isPruningDue(store: Store, table: string, organization = '', { every = 20 } = {}): boolean {
  const counts = inserts.get(store) ?? new Map<string, number>();
  inserts.set(store, counts);
  const key = `${table} ${organization}`;
  const count = counts.get(key) ?? 0;
  // The last of the map is the one that was counted last.
  counts.delete(key);
  counts.set(key, (count + 1) % every);
  if (counts.size > mostCounted) counts.delete(counts.keys().next().value!);
  return count === 0;
}

/** Shrinks the database file if most of it is free. */
export function compact(store: Store): void {
  const { free, pages } = store.get<{ free: number; pages: number }>`
    SELECT freelist_count AS free, page_count AS pages FROM pragma_freelist_count, pragma_page_count`!;
  if (free < 2_000 || free < pages / 2) return;
  store.run`VACUUM`;
  store.get`PRAGMA wal_checkpoint(TRUNCATE)`;
}
