/** The people of a rehearsal with their passwords, as a table for a terminal. */
import { roles } from '../catalogue/cast.ts';
import type { Person } from './rehearsal.ts';

/** Two spaces at the start of each line; the first line names the columns. */
export function peopleTable(people: readonly Person[]): string {
  const rows = [
    ['User', 'Email, IdP username', 'SP password', 'IdP password', ''],
    ...people.map(({ name, address, password, idpPassword }) => [name, address, password, idpPassword, roles[name]]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd())
    .join('\n');
}
