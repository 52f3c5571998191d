/** The files of a load test in the folder of reports: the page, and the figures to compare the next run with. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadReport, reportNames } from '../evidence/report-files.ts';
import { type Unwritten, unwritable } from '../evidence/unwritable.ts';
import { makeFolder } from '../stack/make-folder.ts';
import { loadPage } from './load-page.ts';
import type { Result } from './result.ts';
import { isAlike } from './summary.ts';

const figuresName = 'load.json';
/** Folder of k6's own files. */
export const k6Folder = 'k6';

/** Creates a folder, and throws Unwritable if these files cannot be written there. */
export function checkFolder(folder: string, names: readonly string[], about?: Unwritten): void {
  try {
    makeFolder(folder);
    rmSync(mkdtempSync(join(folder, '.probe-')), { recursive: true });
    const taken = names.find((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory());
    if (taken !== undefined) throw new Error(`${taken} is a folder`);
  } catch (error) {
    throw unwritable(error as Error, folder, names, about);
  }
}

/** Before a run that may take an hour. Returns the folder of k6's own files. */
export function checkReports(folder: string): string {
  checkFolder(folder, [loadReport.file, figuresName]);
  const k6 = join(folder, k6Folder);
  checkFolder(k6, ['k6-summary.json', 'k6-summary.txt', 'k6-dashboard.html']);
  return k6;
}

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
  const besides = [
    { file: reportNames.html, text: 'The scenarios of the last rehearsal' },
    { file: `${k6Folder}/k6-dashboard.html`, text: 'The dashboard of k6' },
    { file: `${k6Folder}/k6-summary.txt`, text: 'The summary of k6' },
  ].filter(({ file }) => existsSync(join(folder, file)));
  const html = join(folder, loadReport.file);
  try {
    makeFolder(folder);
    await writeFile(html, loadPage(result, { before, besides }));
    await writeFile(join(folder, figuresName), `${JSON.stringify(result, null, 1)}\n`);
  } catch (error) {
    throw unwritable(error as Error, folder, [loadReport.file, figuresName]);
  }
  return { html };
}
