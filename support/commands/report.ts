/** `npm run report`: makes one report of several runs, each of which played a part of the scenarios. It plays none. */
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

Makes one report of the runs of all parts (npm run bdd -- --shard I/N). A place is a
${reportNames.messages} that a run left, or the folder that holds it.

  --parts N         how many there must be; by default as many as the parts themselves say
  --reports FOLDER  where the report goes (reports)
  --help            this text

Exits with 1 when a scenario failed, a run broke off, or a part is missing; the report is written all the same.
Exits with 2, and writes nothing, when a part is given twice or belongs to another run.`;

const {
  values: { parts: partsGiven, reports },
  positionals,
} = readOptions(help, {
  allowPositionals: true,
  options: { parts: { type: 'string' }, reports: { type: 'string', default: 'reports' } },
});
const parts = partsGiven === undefined ? undefined : wholeNumber('--parts', partsGiven);
if (positionals.length === 0) stop('Name the runs to make a report of.', help);
await merge(positionals.map(messagesAt));

async function merge(files: readonly string[]): Promise<void> {
  const own = join(reports, reportNames.messages);
  if (files.includes(own))
    stop(`The report would overwrite ${own}, which it is made of. Name another folder with --reports.`, help);
  const count = countScenarios();
  const written = await orStop(async () => openReports({ folder: reports }));
  const see = (message: Envelope): void => {
    count.see(message);
    written.see(message);
  };
  const { unfinished, missing, success } = await orStop(() => mergeRuns(files, see, { parts }), written);
  const { html } = await orStop(() => written.close());
  console.log(`${inWords(count.tally(), files.length)}\n\nReport: ${html}`);
  for (const file of unfinished) console.error(`${file} broke off before its end: some of its scenarios are missing.`);
  const wrongCount = parts !== undefined && parts !== files.length;
  if (wrongCount) console.error(`${files.length} of ${parts} parts are here.`);
  if (missing.length > 0) console.error(`Missing: ${missing.map((number) => `part ${number}`).join(', ')}.`);
  process.exitCode = success && count.tally().passed > 0 && !wrongCount ? 0 : 1;
}

/** What the reports cannot be made of, or written to, ends the command with a sentence; the earlier ones stay. */
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

function inWords({ passed, failed, skipped }: Tally, runs: number): string {
  const total = passed + failed + skipped;
  const outcomes = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const scenarios = `${total === 1 ? '1 scenario' : `${total} scenarios`} of ${runs === 1 ? '1 run' : `${runs} runs`}`;
  return `${scenarios}: ${outcomes.filter((one) => one !== false).join(', ')}`;
}

function messagesAt(place: string): string {
  if (!existsSync(place)) return stop(`There is no ${place}.${leftByNpm()}`, help);
  const file = statSync(place).isDirectory() ? join(place, reportNames.messages) : place;
  return existsSync(file) ? file : stop(`${place} holds no ${reportNames.messages}.`, help);
}
