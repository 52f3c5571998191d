/** Writes the report files: an HTML page, JSON, JUnit XML, SARIF and a summary in Markdown. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../stack/make-folder.ts';
import type { Reported } from './examination.ts';
import { junit } from './junit.ts';
import { isAccepted } from './known-findings.ts';
import { markdownSummary } from './markdown-summary.ts';
import { reportPage } from './report-page.ts';
import { type SarifOptions, sarif } from './sarif.ts';
import { counts } from './summary.ts';

/**
 * One JSON object. A known finding has `isKnown: true`. Responses longer than 65,536 characters are cut, with a note at
 * their end.
 */
export function asJson(examination: Reported): string {
  const { rows, tookMs, name, version, entityId, acs, at, notes, endedEarly } = examination;
  const about = { name, entityId, acs, at, notes, endedEarly, version };
  const cut = (text: string | null): string | null =>
    text !== null && text.length > 65_536 ? `${text.slice(0, 65_536)}… (cut; it had ${text.length} characters)` : text;
  return JSON.stringify({
    ...about,
    tookMs: Math.round(tookMs),
    counts: counts(rows),
    rows: rows.map(({ reply, ...row }) => ({
      ...row,
      ...(row.result === 'fail' && isAccepted(row, examination.compared) && { isKnown: true }),
      sent: cut(row.sent),
      answer: reply,
      tookMs: Math.round(row.tookMs),
    })),
  });
}

export async function writeReports(
  examination: Reported,
  folder: string,
  sarifOptions: SarifOptions,
): Promise<{ html: string; json: string; junit: string; sarif: string; summary: string }> {
  makeFolder(folder);
  const files = {
    html: join(folder, 'conformance.html'),
    json: join(folder, 'conformance.json'),
    junit: join(folder, 'junit.xml'),
    sarif: join(folder, 'conformance.sarif'),
    summary: join(folder, 'summary.md'),
  };
  await Promise.all([
    writeFile(files.html, reportPage(examination)),
    writeFile(files.json, `${asJson(examination)}\n`),
    writeFile(files.junit, junit(examination)),
    writeFile(files.sarif, `${sarif(examination, sarifOptions)}\n`),
    writeFile(files.summary, markdownSummary(examination)),
  ]);
  return files;
}
