/** `npm run report`: merges runs of parts of the scenarios into one report. It plays none. */
import { mergeReports } from '../evidence/merge-reports.ts';
import { Unmergeable } from '../evidence/merge-runs.ts';
import { reportNames } from '../evidence/report-files.ts';
import { Unwritable } from '../evidence/unwritable.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop, wholeNumber } from '../terminal/options.ts';

const help = `${commandLine('report', { args: 'PLACES [options]' })}

Merges the runs of all parts (${commandLine('bdd', { args: '--shard I/N' })}) into one report. A place is a
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

const { summary, html, problems, success } = await mergeReports(positionals, { reports, parts }).catch(
  (error: unknown) => {
    if (error instanceof Unmergeable) return stop(error.message, help);
    if (error instanceof Unwritable) return stop(error.message);
    throw error;
  },
);
console.log(`${summary}\n\nReport: ${html}`);
for (const problem of problems) console.error(problem);
process.exitCode = success ? 0 : 1;
