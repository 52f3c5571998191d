/** Builds and packs the npm package: JavaScript with declarations, and the files that the code reads. */
import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parameterTypes, parameterTypesFile } from '../gherkin/editor-settings.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

/** Read at run time, next to the code. */
const besides = ['{mock-idp,sp,support}/**/*.{css,js,php}', 'support/product/*.json', 'features/**/*.feature'];

/** From scratch. Throws with tsc's output. With `isChecked` it does not check the types again. */
export function buildPackage({ isChecked = false } = {}): void {
  rmSync(dist, { recursive: true, force: true });
  run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, 'support/package/tsconfig.json'),
    ...(isChecked ? ['--noCheck'] : []),
  ]);
  for (const file of globSync(besides, { cwd: root })) cpSync(join(root, file), join(dist, file));
  writeFileSync(join(dist, 'support/cucumber.json'), JSON.stringify(packedProfiles(), null, 2));
  writeParameterTypes();
}

/** For the editors of users, who open the steps from their node_modules. */
function writeParameterTypes(): void {
  const file = join(dist, parameterTypesFile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, parameterTypes());
}

/** Cucumber's configuration. It names the files to import, which are JavaScript in the package. */
function packedProfiles(): unknown {
  const text = readFileSync(join(root, 'support/cucumber.json'), 'utf8').replaceAll('.ts"', '.js"');
  const profiles = JSON.parse(text) as { default: { import: string[] } };
  profiles.default.import.unshift('support/package/prepare-node.js');
  return profiles;
}

/** Packs what was built into this folder; returns the path of the archive. */
export function packPackage({ to = root }: { to?: string } = {}): string {
  mkdirSync(to, { recursive: true });
  const [program, ...first] = npm();
  const output = run(
    program!,
    [...first, 'pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', to],
    { shell: process.platform === 'win32' },
  );
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('['))) as [{ filename: string }];
  return join(to, filename);
}

function npm(): string[] {
  const started = process.env.npm_execpath;
  return started?.endsWith('.js') ? [process.execPath, started] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

function run(
  program: string,
  args: readonly string[],
  options: Partial<SpawnSyncOptionsWithStringEncoding> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: 'utf8', ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
