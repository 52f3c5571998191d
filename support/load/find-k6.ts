/** Finds k6, which the user installs: by K6_PATH, or on the PATH. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { harmless } from '../terminal/foreign-text.ts';

export class NoK6 extends Error {}

export interface K6 {
  path: string;
  version: string;
}

const howToGetIt =
  'Install k6 1.0 or newer (https://grafana.com/docs/k6/latest/set-up/install-k6/, or with Go: ' +
  'go install go.k6.io/k6@v1.8.1), or set K6_PATH to it.';

/** Throws NoK6 with how to get it. */
export async function findK6({ K6_PATH }: NodeJS.ProcessEnv = process.env): Promise<K6> {
  const path = K6_PATH || 'k6';
  const named = K6_PATH ? `K6_PATH=${K6_PATH}` : 'k6';
  const output = await promisify(execFile)(path, ['version'], { timeout: 20_000 }).catch((error: Error) => {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'was not found' : `cannot be started (${code ?? error.message})`;
    throw new NoK6(`${named} ${why}. ${howToGetIt}`);
  });
  const [, version, major] = /\bv?((\d+)\.\d+\.\d+)/.exec(output.stdout) ?? [];
  if (version === undefined)
    throw new NoK6(`${named} is not k6: it says “${harmless(output.stdout.slice(0, 80)).trim()}”.`);
  if (Number(major) < 1) throw new NoK6(`${named} is k6 ${version}, which is too old. ${howToGetIt}`);
  return { path, version };
}
