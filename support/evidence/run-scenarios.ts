/** Runs scenarios through Cucumber's own API and counts how they ended. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope, TestStepResultStatus } from '@cucumber/messages';
import { adapterOf, prepareIdp } from '../idp/adapters.ts';
import type { RunParameters } from '../scenario/world.ts';
import { isPacked } from '../terminal/command-line.ts';
import { openReports } from './report-files.ts';

export interface RunOptions {
  /** Feature files or folders; all when empty. */
  paths?: readonly string[];
  tags?: string;
  /** Regular expressions, one of which a scenario's name must match. */
  names?: readonly string[];
  workers?: number;
  /** `1/4`: the first of four parts. */
  shard?: string;
  /** Cucumber formats, `name` or `name:file`; the story in words without one. */
  formats?: readonly string[];
  /** Sees every message of the run as it comes. */
  onMessage?: (message: Envelope) => void;
  /** Tells the stack of what failed, too. */
  verbose?: boolean;
  /** Folder for the reports with the evidence of every scenario; none is collected without it. */
  reports?: string | undefined;
  /** Keeps the browsers' traces of scenarios that failed, beside the reports; they hold what was typed, passwords too. */
  trace?: boolean;
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs them all; a run without a scenario is a failure, since it proves nothing. */
export async function runScenarios({
  paths = [],
  tags,
  names = [],
  workers = availableParallelism(),
  shard,
  formats = [`./support/evidence/progress-format${isPacked ? '.js' : '.ts'}`],
  verbose = false,
  onMessage,
  reports,
  trace = false,
}: RunOptions = {}): Promise<Tally> {
  const provided = {
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

/** Follows the messages of a run; a scenario ends as its worst step did. */
export function countScenarios(): { see: (message: Envelope) => void; tally: () => Tally } {
  const worst = new Map<string, TestStepResultStatus>();
  const ended: TestStepResultStatus[] = [];
  return {
    see({ testStepFinished: step, testCaseFinished: scenario }) {
      if (step && step.testStepResult.status !== 'PASSED' && worst.get(step.testCaseStartedId) !== 'FAILED')
        worst.set(step.testCaseStartedId, step.testStepResult.status);
      if (scenario && !scenario.willBeRetried)
        ended.push(worst.get(scenario.testCaseStartedId) ?? ('PASSED' as TestStepResultStatus));
    },
    tally() {
      const passed = ended.filter((status) => status === 'PASSED').length;
      const skipped = ended.filter((status) => status === 'SKIPPED').length;
      return { passed, skipped, failed: ended.length - passed - skipped };
    },
  };
}
