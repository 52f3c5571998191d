/** Runs scenarios through Cucumber's own API and counts how they ended. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { Query } from '@cucumber/query';
import { adapterOf, prepareIdp } from '../idp/adapters.ts';
import type { RunParameters } from '../scenario/world.ts';
import { isPacked } from '../terminal/command-line.ts';
import { openReports } from './report-files.ts';
import { type Outcome, outcomeOf, remember } from './run-query.ts';

export interface RunOptions {
  /** Feature files or folders; all when empty. */
  paths?: readonly string[];
  tags?: string;
  /** Regular expressions, one of which a scenario's name must match. */
  names?: readonly string[];
  workers?: number;
  /** `1/4`: the first of four parts. */
  shard?: string;
  /** Cucumber formats, `name` or `name:file`; by default the progress and each failure in words. */
  formats?: readonly string[];
  /** Sees every message of the run as it comes. */
  onMessage?: (message: Envelope) => void;
  /** Shows the stack of what failed, too. */
  verbose?: boolean;
  /** Folder for the reports with the evidence of every scenario; none is collected without it. */
  reports?: string | undefined;
  /** Keeps the browser traces of failed scenarios beside the reports. They hold what was typed, passwords too. */
  trace?: boolean;
}

/** How many scenarios ended how. */
export type Tally = Record<Outcome, number>;

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function runScenarios(options: RunOptions = {}): Promise<Tally> {
  const { onMessage, reports } = options;
  const provided = configurationFor(options);
  const { runConfiguration } = await loadConfiguration({ file: 'support/cucumber.json', provided }, { cwd: root });
  await using _idp = await prepareIdp(process.env.IDP);
  const count = countScenarios();
  const written = reports === undefined ? undefined : openReports({ folder: reports });
  await runCucumber(runConfiguration, { cwd: root }, (message) => {
    count.see(message);
    written?.see(message);
    onMessage?.(message);
  });
  await written?.close();
  return count.tally();
}

function configurationFor({
  paths = [],
  tags,
  names = [],
  workers = availableParallelism(),
  shard,
  formats = [`./support/evidence/progress-format${isPacked ? '.js' : '.ts'}`],
  verbose = false,
  reports,
  trace = false,
}: RunOptions) {
  return {
    format: [...formats],
    formatOptions: { terminal: { verbose } },
    // A single worker runs in the main thread.
    parallel: workers > 1 && !adapterOf(process.env.IDP).adapter.alone ? workers : 0,
    name: [...names],
    paths: paths.length > 0 ? [...paths] : ['features/**/*.feature'],
    worldParameters: {
      evidence: reports !== undefined,
      ...(trace ? { traces: join(resolve(reports ?? 'reports'), 'traces') } : {}),
    } satisfies RunParameters,
    ...(tags === undefined ? {} : { tags }),
    ...(shard === undefined ? {} : { shard }),
  };
}

/** Counts the scenarios of a run by its messages. */
export function countScenarios(): { see: (message: Envelope) => void; tally: () => Tally } {
  const query = new Query();
  return {
    see: (message) => remember(query, message),
    tally() {
      const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
      for (const finished of query.findAllTestCaseFinished()) tally[outcomeOf(query, finished)]++;
      return tally;
    },
  };
}
