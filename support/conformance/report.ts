/** Writes the report files: an HTML page, JSON and JUnit XML. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../stack/make-folder.ts';
import type { Examination } from './examination.ts';
import { junit } from './junit.ts';
import { reportPage } from './report-page.ts';
import { counts } from './summary.ts';

/** One JSON object. Responses longer than 65,536 characters are cut, with a note at their end. */
export function asJson(examination: Examination): string {
  const { rows, tookMs, ...about } = examination;
  const cut = (text: string | null): string | null =>
    text !== null && text.length > 65_536 ? `${text.slice(0, 65_536)}… (cut; it had ${text.length} characters)` : text;
  return JSON.stringify({
    ...about,
    tookMs: Math.round(tookMs),
    counts: counts(rows),
    rows: rows.map(({ reply, ...row }) => ({
      ...row,
      sent: cut(row.sent),
      answer: reply,
      tookMs: Math.round(row.tookMs),
    })),
  });
}

export async function writeReports(
  examination: Examination,
  folder: string,
): Promise<{ html: string; json: string; junit: string }> {
  makeFolder(folder);
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
