/** Installs what a run needs and the project lacks: Cucumber, Playwright, a browser. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface InstallOptions {
  folder: string;
  say: (text: string) => void;
  /** Runs a program in the folder. Returns true if it succeeded. */
  run?: (program: string, args: readonly string[], folder: string) => boolean;
}

/** Cucumber and Playwright in the tested versions. Returns the command to run if that failed; otherwise none. */
export function installPackages({ folder, say, run = runHere }: InstallOptions, packages: readonly string[]): string[] {
  const [program, ...args] = [...adding(folder), ...packages] as [string, ...string[]];
  const command = [program, ...args].join(' ');
  say(`\nA run needs Cucumber, which plays features, and Playwright, which drives the browser. Running: ${command}`);
  return run(program, args, folder) ? [] : [command];
}

const again = 'SSO_REHEARSAL_INSTALLED';

/** False in the process that `startAgain` has started. */
export const isFirstStart = (): boolean => process.env[again] === undefined;

/** Runs this command again, and ends with its exit code: Node remembers packages that it did not find. */
export function startAgain(): never {
  const [, cli, ...args] = process.argv;
  const { status } = spawnSync(process.execPath, [...process.execArgv, cli!, 'init', ...args], {
    stdio: 'inherit',
    env: { ...process.env, [again]: '1' },
  });
  process.exit(status ?? 1);
}

/** A browser for Playwright. Returns the command to run if that failed; otherwise none. */
export function installBrowser({ folder, say, run = runHere }: InstallOptions): string[] {
  const args = ['install', '--only-shell', 'chromium'];
  const command = `npx playwright ${args.join(' ')}`;
  say(`\nA run needs a browser, and none was found. Running: ${command}`);
  const manifest = createRequire(join(folder, 'package.json')).resolve('playwright/package.json');
  return run(process.execPath, [join(dirname(manifest), 'cli.js'), ...args], folder) ? [] : [command];
}

/** The package manager of the project, by its lock file. */
function adding(folder: string): string[] {
  const has = (file: string): boolean => existsSync(join(folder, file));
  if (has('pnpm-lock.yaml')) return ['pnpm', 'add', '--save-dev'];
  if (has('yarn.lock')) return ['yarn', 'add', '--dev'];
  return ['npm', 'install', '--save-dev'];
}

const runHere = (program: string, args: readonly string[], cwd: string): boolean =>
  spawnSync(program, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
