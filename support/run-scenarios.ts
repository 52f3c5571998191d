/** Runs scenarios through Cucumber's own API and counts how they ended. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope, TestStepResultStatus } from '@cucumber/messages';

export interface RunOptions {
  /** Feature files or folders; all when empty. */
  paths?: readonly string[];
  tags?: string;
  /** Regular expressions, one of which a scenario's name must match. */
  names?: readonly string[];
  workers?: number;
  /** `1/4`: the first of four parts. */
  shard?: string;
  /** Cucumber formats, `name` or `name:file`. */
  formats?: readonly string[];
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs them all; a run without a scenario is a failure, since it proves nothing. */
export async function runScenarios({ paths = [], tags, names = [], workers = availableParallelism(), shard, formats = ['progress'] }: RunOptions = {}): Promise<Tally> {
  const provided = {
    format: [...formats],
    // A single worker runs in the main thread.
    parallel: workers > 1 ? workers : 0,
    name: [...names],
    paths: paths.length > 0 ? [...paths] : ['features/**/*.feature'],
    ...(tags === undefined ? {} : { tags }),
    ...(shard === undefined ? {} : { shard }),
  };
  const { runConfiguration } = await loadConfiguration({ file: 'support/cucumber.json', provided }, { cwd: root });
  const count = countScenarios();
  await runCucumber(runConfiguration, { cwd: root }, count.see);
  return count.tally();
}

/** Follows the messages of a run; a scenario ends as its worst step did. */
export function countScenarios(): { see: (message: Envelope) => void; tally: () => Tally } {
  const worst = new Map<string, TestStepResultStatus>();
  const ended: TestStepResultStatus[] = [];
  return {
    see({ testStepFinished: step, testCaseFinished: scenario }) {
      if (step && step.testStepResult.status !== 'PASSED' && worst.get(step.testCaseStartedId) !== 'FAILED') worst.set(step.testCaseStartedId, step.testStepResult.status);
      if (scenario && !scenario.willBeRetried) ended.push(worst.get(scenario.testCaseStartedId) ?? ('PASSED' as TestStepResultStatus));
    },
    tally() {
      const passed = ended.filter((status) => status === 'PASSED').length;
      const skipped = ended.filter((status) => status === 'SKIPPED').length;
      return { passed, skipped, failed: ended.length - passed - skipped };
    },
  };
}
