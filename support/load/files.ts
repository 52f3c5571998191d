/** The files of a load test in the folder of reports: the page, and the figures to compare the next run with. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadReport, reportNames } from '../evidence/report-files.ts';
import { makeFolder } from '../stack/make-folder.ts';
import { loadPage } from './load-page.ts';
import type { Result } from './result.ts';
import { isAlike } from './summary.ts';

const figuresName = 'load.json';
/** Folder of k6's own files. */
export const k6Folder = 'k6';

/** The last run that was like this one. */
export function lastAlike(folder: string, result: Result): Result | undefined {
  try {
    const before = JSON.parse(readFileSync(join(folder, figuresName), 'utf8')) as Result;
    return isAlike(before, result) ? before : undefined;
  } catch {
    // There is none, or it was written by another version.
    return undefined;
  }
}

/** Returns the page's file. */
export async function writeLoadReport(
  folder: string,
  result: Result,
  before: Result | undefined,
): Promise<{ html: string }> {
  makeFolder(folder);
  const besides = [
    { file: reportNames.html, text: 'The scenarios of the last rehearsal' },
    { file: `${k6Folder}/k6-dashboard.html`, text: 'The dashboard of k6' },
    { file: `${k6Folder}/k6-summary.txt`, text: 'The summary of k6' },
  ].filter(({ file }) => existsSync(join(folder, file)));
  const html = join(folder, loadReport.file);
  await writeFile(html, loadPage(result, { before, besides }));
  await writeFile(join(folder, figuresName), `${JSON.stringify(result, null, 1)}\n`);
  return { html };
}
