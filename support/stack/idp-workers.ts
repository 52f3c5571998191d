/** The identity provider in several processes behind one port, with the same people and keys. */
import cluster, { type Worker } from 'node:cluster';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { WorkerPlace } from '../../mock-idp/start.ts';

/**
 * For a process that serves many sign-ins: V8 collects garbage before its heap has grown by more than 50 percent. By
 * default memory grows for tens of thousands of sign-ins, to half as much again.
 */
export const keepMemoryFlat = (): void => setFlagsFromString('--heap-growing-percent=50');

const variable = 'SSO_REHEARSAL_IDP_WORKER';

/** The place of this process among the workers; undefined if it is none. */
export function ownPlace(): WorkerPlace | undefined {
  const given = process.env[variable];
  return cluster.isWorker && given !== undefined ? (JSON.parse(given) as WorkerPlace) : undefined;
}

export interface Workers {
  count: number;
  /** The program of a worker, and its arguments. */
  program: string;
  args: readonly string[];
  /** Where they find the keys; by default they share a file that ends with them. */
  keysFile: string | undefined;
  controlToken: string;
}

/** A worker calls this when it listens; the primary prints the text of the first one when all do. */
export const sayReady = (overview: string): void => void process.send?.({ overview });

/**
 * Starts the workers: the others once the first one listens, so that an error is printed once. Ends with the exit
 * code, after a signal or when one of them ends.
 */
export async function runWorkers({ count, program, args, keysFile, controlToken }: Workers): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-idp-'));
  const sockets = Array.from({ length: count }, (_, index) => socketIn(folder, index));
  cluster.setupPrimary({
    exec: program,
    args: [...args, ...(keysFile === undefined ? ['--keys', join(folder, 'keys.jsonl')] : [])],
  });
  const running = new Set<Worker>();
  const ended = Promise.withResolvers<number>();
  const startOne = (index: number): Promise<string> => {
    const worker = cluster.fork({ [variable]: JSON.stringify({ index, sockets }), CONTROL_TOKEN: controlToken });
    running.add(worker);
    worker.once('exit', (code) => {
      running.delete(worker);
      ended.resolve(code ?? 1);
    });
    return new Promise((resolve) => worker.once('message', ({ overview }: { overview: string }) => resolve(overview)));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve(0));
  const started = (async () => {
    const overview = await startOne(0);
    await Promise.all(sockets.slice(1).map((_, index) => startOne(index + 1)));
    console.log(overview);
  })();
  await Promise.race([started, ended.promise]);
  const code = await ended.promise;
  await Promise.all([...running].map(end));
  rmSync(folder, { recursive: true, force: true });
  return code;
}

async function end(worker: Worker): Promise<void> {
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.process.kill('SIGTERM');
  await gone;
}

/** A named pipe on Windows, where files cannot be sockets. */
const socketIn = (folder: string, index: number): string =>
  process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replace(/\W/g, '-')}-${index}` : join(folder, `${index}.sock`);
