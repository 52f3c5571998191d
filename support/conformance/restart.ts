/** Restarts a service provider by the command of its configuration. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { excerpt } from '../stack/excerpt.ts';

const limitMs = 120_000;

/** Runs the command in a shell; it ends when sign-ins work again. Throws if it fails or takes over two minutes. */
export async function restartBy(command: string): Promise<void> {
  const child = spawn(command, {
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(limitMs),
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]).catch(() => {
    throw new Error(`the restart command did not end within ${limitMs / 1_000} s: ${command}`);
  });
  if (code !== 0)
    throw new Error(`the restart command failed with exit code ${code}: ${excerpt(`${stdout}${stderr}`.trim(), 300)}`);
}
