/** Writes what the stand found as files: a page that opens from disk, JSON, and JUnit XML. It judges nothing. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Examination, Row } from './examine.ts';
import { junit } from './junit.ts';
import { reportPage } from './report-page.ts';
import { severities } from './severity.ts';

export const results = ['fail', 'policy', 'not verified', 'pass'] as const satisfies readonly Row['result'][];

/** How many of each. */
export const counts = (rows: readonly Row[]): Record<Row['result'], number> =>
  Object.fromEntries(results.map((result) => [result, rows.filter((row) => row.result === result).length])) as Record<
    Row['result'],
    number
  >;

/** The worst first; a refused good message has no severity and comes last. */
export const worstFirst = (rows: readonly Row[]): Row[] => rows.toSorted((one, other) => rank(one) - rank(other));

const rank = ({ severity }: Row): number => (severity === undefined ? severities.length : severities.indexOf(severity));

/** One object; a message of more than 64 KiB is cut, and says so. */
export function asJson(examination: Examination): string {
  const { rows, tookMs, ...about } = examination;
  const cut = (text: string | null): string | null =>
    text !== null && text.length > 65_536 ? `${text.slice(0, 65_536)}… (cut; it had ${text.length} characters)` : text;
  return JSON.stringify({
    ...about,
    tookMs: Math.round(tookMs),
    counts: counts(rows),
    rows: rows.map((row) => ({ ...row, tookMs: Math.round(row.tookMs), sent: cut(row.sent) })),
  });
}

export async function writeReports(
  examination: Examination,
  folder: string,
): Promise<{ html: string; json: string; junit: string }> {
  await mkdir(folder, { recursive: true });
  const files = {
    html: join(folder, 'conformance.html'),
    json: join(folder, 'conformance.json'),
    junit: join(folder, 'junit.xml'),
  };
  await Promise.all([
    writeFile(files.html, reportPage(examination)),
    writeFile(files.json, `${asJson(examination)}\n`),
    writeFile(files.junit, junit(examination)),
  ]);
  return files;
}
