/** The identity provider's log across restarts of the lab: the IdP itself forgets its log when it ends. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IdpEvent } from '../diagnosis/network-log.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';

export interface KeptLog {
  /** Entries of earlier runs, oldest first. */
  earlier: readonly IdpEvent[];
  /** Writes all entries to the file for the next run. */
  keep(): Promise<void>;
}

/** As many entries as the IdP keeps. */
const mostEntries = 500;

export function openKeptLog(file: string, { stack: { idp }, tenant }: Rehearsal): KeptLog {
  const earlier = entriesIn(file);
  return {
    earlier,
    async keep() {
      const { log } = await idp.control.get<{ log: IdpEvent[] }>(`/tenants/${tenant.slug}`);
      await writeFile(file, JSON.stringify([...earlier, ...log].slice(-mostEntries)), { mode: 0o600 });
    },
  };
}

/** None if the file is missing or damaged: the log is a convenience, and the lab starts without it. */
function entriesIn(file: string): IdpEvent[] {
  try {
    const entries = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    return Array.isArray(entries) ? (entries as IdpEvent[]) : [];
  } catch {
    return [];
  }
}
