/** Runs npm, the one that started this process if there is one. */
import { spawnSync } from 'node:child_process';

/** Returns its standard output. Throws with its output if it fails. */
export function npm(args: readonly string[], { cwd }: { cwd: string }): string {
  const [program, ...first] = npmProgram();
  return runProgram(program!, [...first, ...args], { cwd, shell: process.platform === 'win32' });
}

export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, shell = false }: { cwd: string; shell?: boolean },
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, shell, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

function npmProgram(): string[] {
  const started = process.env.npm_execpath;
  return started?.endsWith('.js') ? [process.execPath, started] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}
