/** `npm run report`: merges runs of parts of the scenarios into one report. It plays none. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope } from '@cucumber/messages';
import { mergeRuns, Unmergeable } from '../evidence/merge-runs.ts';
import { openReports, type Reports, reportNames } from '../evidence/report-files.ts';
import { countScenarios, type Tally } from '../evidence/scenario-count.ts';
import { Unwritable } from '../evidence/unwritable.ts';
import { commandLine } from '../terminal/command-line.ts';
import { leftByNpm, readOptions, stop, wholeNumber } from '../terminal/options.ts';

const help = `${commandLine('report', { args: 'PLACES [options]' })}

Merges the runs of all parts (npm run bdd -- --shard I/N) into one report. A place is a
${reportNames.messages} of a run, or the folder that contains it.

  --parts N         expected number of parts (default: as recorded in the parts)
  --reports FOLDER  folder for the report (reports)
  --help            this text

Exits with 1 if a scenario failed, a run was interrupted, or a part is missing; the report is still written.
Exits with 2, and writes nothing, if a part occurs twice or belongs to another run.`;

const {
  values: { parts: expectedParts, reports },
  positionals,
} = readOptions(help, {
  allowPositionals: true,
  options: { parts: { type: 'string' }, reports: { type: 'string', default: 'reports' } },
});
const parts = expectedParts === undefined ? undefined : wholeNumber('--parts', expectedParts);
if (positionals.length === 0) stop('Name the runs to merge.', help);
await merge(positionals.map(messagesAt));

async function merge(files: readonly string[]): Promise<void> {
  const own = join(reports, reportNames.messages);
  if (files.includes(own))
    stop(`The report would overwrite ${own}, one of its own sources. Choose another folder with --reports.`, help);
  const count = countScenarios();
  const written = await orStop(async () => openReports({ folder: reports }));
  const see = (message: Envelope): void => {
    count.see(message);
    written.see(message);
  };
  const { unfinished, missing, success } = await orStop(() => mergeRuns(files, see, { parts }), written);
  const { html } = await orStop(() => written.close());
  console.log(`${summaryOf(count.tally(), files.length)}\n\nReport: ${html}`);
  for (const file of unfinished) console.error(`${file} is from an interrupted run: scenarios are missing.`);
  const wrongCount = parts !== undefined && parts !== files.length;
  if (wrongCount) console.error(`Found ${files.length} of ${parts} parts.`);
  if (missing.length > 0) console.error(`Missing: ${missing.map((number) => `part ${number}`).join(', ')}.`);
  process.exitCode = success && count.tally().passed > 0 && !wrongCount ? 0 : 1;
}

/** Ends the command with one sentence if a run cannot be read or the report cannot be written. */
async function orStop<Value>(work: () => Promise<Value>, written?: Reports): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    await written?.discard();
    if (error instanceof Unmergeable) return stop(error.message, help);
    if (error instanceof Unwritable) return stop(error.message);
    throw error;
  }
}

function summaryOf({ passed, failed, skipped }: Tally, runs: number): string {
  const total = passed + failed + skipped;
  const outcomes = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const scenarios = `${total === 1 ? '1 scenario' : `${total} scenarios`} of ${runs === 1 ? '1 run' : `${runs} runs`}`;
  return `${scenarios}: ${outcomes.filter((one) => one !== false).join(', ')}`;
}

function messagesAt(place: string): string {
  if (!existsSync(place)) return stop(`File not found: ${place}.${leftByNpm()}`, help);
  const file = statSync(place).isDirectory() ? join(place, reportNames.messages) : place;
  return existsSync(file) ? file : stop(`${place} contains no ${reportNames.messages}.`, help);
}
