/** `npm run report`: makes one report of several runs, each of which played a part of the scenarios. It plays none. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mergeRuns, Unmergeable } from '../evidence/merge-runs.ts';
import { openReports, reportNames } from '../evidence/report-files.ts';
import { countScenarios, type Tally } from '../evidence/run-scenarios.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop, wholeNumber } from '../terminal/options.ts';

const help = `${commandLine('report', { args: 'PLACES [options]' })}

Makes one report of the runs of all parts (npm run bdd -- --shard I/N). A place is a
${reportNames.messages} that a run left, or the folder that holds it.

  --parts N         how many there must be; fewer or more is an error
  --reports FOLDER  where the report goes (reports)
  --help            this text

Exits with 1 when a scenario failed, a run broke off, or a part is missing; the report is written all the same.`;

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
  const written = openReports({ folder: reports });
  const { unfinished, success } = await mergeRuns(files, (message) => {
    count.see(message);
    written.see(message);
  }).catch((error: unknown) => {
    if (!(error instanceof Unmergeable)) throw error;
    return stop(error.message, help);
  });
  const { html } = await written.close();
  console.log(`${inWords(count.tally(), files.length)}\n\nReport: ${html}`);
  for (const file of unfinished) console.error(`${file} broke off before its end: some of its scenarios are missing.`);
  const missing = parts !== undefined && parts !== files.length;
  if (missing) console.error(`${files.length} of ${parts} parts are here.`);
  process.exitCode = success && count.tally().passed > 0 && !missing ? 0 : 1;
}

function inWords({ passed, failed, skipped }: Tally, runs: number): string {
  const total = passed + failed + skipped;
  const outcomes = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const scenarios = `${total === 1 ? '1 scenario' : `${total} scenarios`} of ${runs === 1 ? '1 run' : `${runs} runs`}`;
  return `${scenarios}: ${outcomes.filter((one) => one !== false).join(', ')}`;
}

function messagesAt(place: string): string {
  if (!existsSync(place)) return stop(`There is no ${place}.`, help);
  const file = statSync(place).isDirectory() ? join(place, reportNames.messages) : place;
  return existsSync(file) ? file : stop(`${place} holds no ${reportNames.messages}.`, help);
}
