/** Plays a script with k6 and reads its raw output while it runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { harmless } from '../terminal/foreign-text.ts';
import type { K6 } from './find-k6.ts';
import { type Plan, writePlan } from './played/plan.ts';
import { linesOf, type Point, readPoint } from './points.ts';
import { type Use, watchProcessors } from './processor.ts';
import { k6Script } from './script.ts';

export interface PlayOptions {
  plan: Plan;
  /** Parameters of the script: see docs/load.md. */
  parameters: Readonly<Record<string, string>>;
  /** Where k6's own summary and its dashboard go. */
  folder: string;
  onPoint: (point: Point) => void;
  /** More options of k6, such as --execution-segment. */
  options?: readonly string[];
  /** Ends the run early; what was measured stays. */
  signal?: AbortSignal;
  /** Receives a copy of k6's raw output. */
  onLine?: (line: string) => void;
}

export interface Ended {
  /** 0, or 99 if a threshold of the script was crossed. */
  code: number | null;
  use: Use;
  /** k6's summary as text. */
  summary: string;
  /** The last lines that k6 printed as errors. */
  errors: readonly string[];
}

const mostErrors = 20;

/** Resolves when k6 has ended. */
export async function playWithK6(k6: K6, { plan, parameters, folder, ...options }: PlayOptions): Promise<Ended> {
  const { onPoint, onLine, signal, options: more = [] } = options;
  const place = await mkdtemp(join(tmpdir(), 'sso-rehearsal-k6-'));
  try {
    await writeFile(join(place, 'sign-ins.js'), await k6Script());
    await writeFile(join(place, 'plan.json'), writePlan(plan));
    const summaryFile = join(folder, 'k6-summary.json');
    const args = ['run', '--quiet', '--no-usage-report', '--no-color', '--log-format', 'raw', '--out', 'json=-'];
    const child = spawn(k6.path, [...args, '--summary-export', summaryFile, ...more, 'sign-ins.js'], {
      cwd: place,
      // A group of its own: Ctrl+C reaches this process only, which then lets k6 end in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        K6_WEB_DASHBOARD: 'true',
        K6_WEB_DASHBOARD_PORT: '-1',
        K6_WEB_DASHBOARD_PERIOD: '2s',
        K6_WEB_DASHBOARD_EXPORT: join(folder, 'k6-dashboard.html'),
        ...parameters,
        PLAN: './plan.json',
      },
    });
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    const closed = once(child, 'close') as Promise<[number | null]>;
    const end = (): void => void child.kill('SIGINT');
    signal?.addEventListener('abort', end);
    using watch = watchProcessors(child.pid);
    const errors = keepLast(child.stderr);
    const summary: string[] = [];
    const read = (async () => {
      for await (const line of linesOf(child.stdout)) {
        onLine?.(line);
        const point = readPoint(line);
        if (point !== undefined) onPoint(point);
        else if (!line.startsWith('{')) summary.push(line);
      }
    })();
    const [code] = await Promise.race([Promise.all([closed, read]).then(([one]) => one), failed]);
    signal?.removeEventListener('abort', end);
    await writeFile(join(folder, 'k6-summary.txt'), `${harmless(summary.join('\n')).trim()}\n`);
    return { code, use: watch.use, summary: summary.join('\n'), errors: await errors };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function keepLast(stream: AsyncIterable<Buffer>): Promise<string[]> {
  const kept: string[] = [];
  for await (const line of linesOf(stream)) {
    if (line.trim() !== '') kept.push(harmless(line, { longest: 300 }));
    if (kept.length > mostErrors) kept.shift();
  }
  return kept;
}
