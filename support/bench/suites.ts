/** Duration of `npm run bdd` and `npm test`, and RSA-2048 signatures per second on this machine. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Suites {
  bddMs: number;
  testMs: number;
  /** By node:crypto in one process, to compare with other machines. */
  signaturesPerSecond: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function measureSuites(): Promise<Suites> {
  return {
    signaturesPerSecond: await measureSignatures(),
    bddMs: await time('support/commands/bdd.ts'),
    testMs: await time('support/commands/test.ts'),
  };
}

async function measureSignatures(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['mock-idp/response/signing-rate.ts'], { cwd: root });
  return (JSON.parse(stdout) as { rawPerSecond: number }).rawPerSecond;
}

/** Throws if the command failed, as then the time means nothing. */
async function time(command: string): Promise<number> {
  const begin = performance.now();
  const options = ['--disable-warning=ExperimentalWarning', command];
  const child = spawn(process.execPath, options, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code} while it was measured`);
  return performance.now() - begin;
}
