/** `npm run report`: makes one report of several runs, each of which played a part of the scenarios. It plays none. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mergeRuns, Unmergeable } from '../evidence/merge-runs.ts';
import { openReports, reportNames } from '../evidence/report-files.ts';
import { countScenarios } from '../evidence/run-scenarios.ts';
import { called } from '../terminal/command-line.ts';

const help = `${called('report', { args: 'PLACES [options]' })}

Makes one report of the runs of all parts (npm run bdd -- --shard I/N). A place is a
${reportNames.messages} that a run left, or the folder that holds it.

  --parts N         how many there must be; fewer or more is an error
  --reports FOLDER  where the report goes (reports)
  --help            this text

Exits with 1 when a scenario failed, a run broke off, or a part is missing; the report is written all the same.`;

const {
  values: { help: wantsHelp, parts, reports },
  positionals,
} = readArguments();
if (wantsHelp) console.log(help);
else if (positionals.length === 0) stop('Name the runs to make a report of.');
else if (parts !== undefined && !/^[1-9]\d*$/.test(parts))
  stop(`--parts takes a whole number from 1 on, not “${parts}”`);
else await merge(positionals.map(messagesAt));

async function merge(files: readonly string[]): Promise<void> {
  if (files.some((file) => file === join(reports, reportNames.messages)))
    stop(
      `The report would overwrite ${join(reports, reportNames.messages)}, which it is made of. Name another folder with --reports.`,
    );
  const count = countScenarios();
  const written = openReports({ folder: reports });
  const { unfinished, success } = await mergeRuns(files, (message) => {
    count.see(message);
    written.see(message);
  }).catch((error: unknown) => {
    if (!(error instanceof Unmergeable)) throw error;
    return stop(error.message);
  });
  const { html } = await written.close();
  const { passed, failed, skipped } = count.tally();
  console.log(
    `${passed + failed + skipped === 1 ? '1 scenario' : `${passed + failed + skipped} scenarios`} of ${files.length === 1 ? '1 run' : `${files.length} runs`}: ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}\n\nReport: ${html}`,
  );
  for (const file of unfinished) console.error(`${file} broke off before its end: some of its scenarios are missing.`);
  const missing = parts !== undefined && Number(parts) !== files.length;
  if (missing) console.error(`${files.length} of ${parts} parts are here.`);
  process.exitCode = success && passed > 0 && !missing ? 0 : 1;
}

function messagesAt(place: string): string {
  if (!existsSync(place)) return stop(`There is no ${place}.`);
  const file = statSync(place).isDirectory() ? join(place, reportNames.messages) : place;
  return existsSync(file) ? file : stop(`${place} holds no ${reportNames.messages}.`);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        parts: { type: 'string' },
        reports: { type: 'string', default: 'reports' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return stop((error as Error).message);
  }
}

function stop(why: string): never {
  console.error(`${why}\n\n${help}`);
  process.exit(2);
}
