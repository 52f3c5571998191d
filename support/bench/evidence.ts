/** The cost of evidence: the same few scenarios with and without it, in turns, each run in its own process. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { reportNames } from '../evidence/report-files.ts';
import { median } from './median.ts';

export interface EvidenceCost {
  scenarios: number;
  withoutMs: number;
  withMs: number;
  /** Median ratio of the time with evidence to the time without: 1.25 is a quarter more. */
  ratio: number;
  reportKb: number;
}

const worker = fileURLToPath(new URL('evidence-run.ts', import.meta.url));

export async function measureEvidence({ turns = 3 } = {}): Promise<EvidenceCost> {
  const reports = await mkdtemp(join(tmpdir(), 'evidence-bench-'));
  try {
    const pairs: { withoutMs: number; withMs: number; scenarios: number }[] = [];
    for (let turn = 0; turn < turns; turn++) {
      // The order alternates, so that a machine that warms up or slows down favours neither.
      const first = await play(turn % 2 === 0 ? undefined : reports);
      const second = await play(turn % 2 === 0 ? reports : undefined);
      const [off, on] = turn % 2 === 0 ? [first, second] : [second, first];
      pairs.push({ withoutMs: off.ms, withMs: on.ms, scenarios: on.passed });
    }
    return {
      scenarios: pairs[0]!.scenarios,
      withoutMs: median(pairs.map(({ withoutMs }) => withoutMs)),
      withMs: median(pairs.map(({ withMs }) => withMs)),
      ratio: median(pairs.map(({ withMs, withoutMs }) => withMs / withoutMs)),
      reportKb: (await stat(join(reports, reportNames.html))).size / 1024,
    };
  } finally {
    await rm(reports, { recursive: true });
  }
}

/** Throws if a scenario failed, as then the time means nothing. */
async function play(reports: string | undefined): Promise<{ ms: number; passed: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    worker,
    ...(reports === undefined ? [] : [reports]),
  ]);
  const outcome = JSON.parse(stdout.trim().split('\n').at(-1)!) as { ms: number; passed: number; failed: number };
  if (outcome.failed > 0) throw new Error(`${outcome.failed} scenarios failed while evidence was measured`);
  return outcome;
}
