/** Makes one report of several runs, each of which played a part of the scenarios. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope } from '@cucumber/messages';
import { leftByNpm } from '../terminal/options.ts';
import { mergeRuns, Unmergeable } from './merge-runs.ts';
import { openReports, reportNames } from './report-files.ts';
import { countScenarios, type Tally } from './scenario-count.ts';

export interface MergedReport {
  /** How many scenarios ended how, in words. */
  summary: string;
  /** The page. */
  html: string;
  /** The missing parts, one sentence each. */
  problems: readonly string[];
  /** Every scenario passed, and none is missing. */
  success: boolean;
}

export interface MergeReportsOptions {
  /** Folder for the report. */
  reports: string;
  /** How many parts there must be; by default as many as the runs say. */
  parts?: number | undefined;
}

/**
 * A place is a file of messages, or the folder that holds it. Throws Unmergeable or Unwritable; then an earlier report
 * stays as it was.
 */
export async function mergeReports(
  places: readonly string[],
  { reports, parts }: MergeReportsOptions,
): Promise<MergedReport> {
  if (places.length === 0) throw new Unmergeable('Name the runs to merge.');
  const files = places.map(messagesAt);
  const own = join(reports, reportNames.messages);
  if (files.includes(own))
    throw new Unmergeable(
      `The report would overwrite ${own}, one of its own sources. Choose another folder with --reports.`,
    );
  const count = countScenarios();
  const written = openReports({ folder: reports });
  const see = (message: Envelope): void => {
    count.see(message);
    written.see(message);
  };
  const merged = await mergeRuns(files, see, { parts }).catch(async (error: unknown) => {
    await written.discard();
    throw error;
  });
  const { html } = await written.close();
  const wrongCount = parts !== undefined && parts !== files.length;
  return {
    summary: inWords(count.tally(), files.length),
    html,
    problems: [
      ...merged.unfinished.map((file) => `${file} is from an interrupted run: scenarios are missing.`),
      ...(wrongCount ? [`Found ${files.length} of ${parts} parts.`] : []),
      ...(merged.missing.length > 0
        ? [`Missing: ${merged.missing.map((number) => `part ${number}`).join(', ')}.`]
        : []),
    ],
    success: merged.success && count.tally().passed > 0 && !wrongCount,
  };
}

function inWords({ passed, failed, skipped }: Tally, runs: number): string {
  const total = passed + failed + skipped;
  const outcomes = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const scenarios = `${total === 1 ? '1 scenario' : `${total} scenarios`} of ${runs === 1 ? '1 run' : `${runs} runs`}`;
  return `${scenarios}: ${outcomes.filter((one) => one !== false).join(', ')}`;
}

function messagesAt(place: string): string {
  if (!existsSync(place)) throw new Unmergeable(`File not found: ${place}.${leftByNpm()}`);
  const file = statSync(place).isDirectory() ? join(place, reportNames.messages) : place;
  if (!existsSync(file)) throw new Unmergeable(`${place} contains no ${reportNames.messages}.`);
  return file;
}
