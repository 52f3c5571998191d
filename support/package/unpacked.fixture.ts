/** The archive unpacked outside this repository, with the packages that its users install next to it. */

import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { root } from './build.ts';
import { builtArchive } from './built-archive.fixture.ts';

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Unpacked extends Disposable {
  /** The file that npm packed. */
  archive: string;
  /** The folder of the user's project. */
  folder: string;
  /** The folder of the package in it. */
  installed: string;
  /** Runs Node in that folder. */
  node(...args: readonly string[]): Promise<Ran>;
  /** Runs the command of the package. */
  command(...args: readonly string[]): Promise<Ran>;
  /** A user's folder with these files, and the command of the package in it. */
  project(name: string, files: Readonly<Record<string, string>>): Project;
  /** The same, in another place where neither Cucumber nor Playwright is installed. Disposed of with this. */
  projectWithoutPeers(files: Readonly<Record<string, string>>): Project;
}

export interface Project {
  folder: string;
  write(file: string, text: string): void;
  read(file: string): string;
  command(...args: readonly string[]): Promise<Ran>;
}

export async function unpack(): Promise<Unpacked> {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-package-'));
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'sso-rehearsal');
  mkdirSync(installed, { recursive: true });
  const archive = await builtArchive({ to: folder });
  const { status, stderr } = spawnSync('tar', ['xzf', archive, '-C', installed, '--strip-components=1'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cannot unpack the archive: ${stderr}`);
  // Packages that users install themselves. @playwright/test is playwright under another name.
  for (const peer of ['@cucumber/cucumber', 'playwright']) link(join(root, 'node_modules', peer), join(modules, peer));
  link(join(root, 'node_modules/@types/node'), join(modules, '@types/node'));
  link(join(root, 'node_modules/undici-types'), join(modules, 'undici-types'));
  renamed(join(modules, '@playwright/test'), 'playwright/test');
  // Without the products that were installed there.
  const isOurs = (path: string): boolean => !['node_modules', '.rehearsal'].includes(basename(path));
  cpSync(join(root, 'docs/examples'), folder, { recursive: true, filter: isOurs });

  const node = (...args: readonly string[]): Promise<Ran> => run(args, folder);
  let bare: string | undefined;
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    bin: { 'sso-rehearsal': string };
  };
  // As npm installs it.
  chmodSync(join(installed, bin['sso-rehearsal']), 0o755);
  link(join(installed, bin['sso-rehearsal']), join(modules, '.bin', 'sso-rehearsal'));
  return {
    archive,
    folder,
    installed,
    node,
    command: (...args) => node(join(installed, bin['sso-rehearsal']), ...args),
    project: (name, files) => projectIn(join(folder, name), { command: join(installed, bin['sso-rehearsal']), files }),
    projectWithoutPeers(files) {
      bare = mkdtempSync(join(tmpdir(), 'sso-rehearsal-alone-'));
      const alone = join(bare, 'node_modules', 'sso-rehearsal');
      cpSync(installed, alone, { recursive: true });
      return projectIn(bare, { command: join(alone, bin['sso-rehearsal']), files });
    },
    [Symbol.dispose]() {
      for (const made of [folder, bare]) if (made !== undefined) rmSync(made, { recursive: true, force: true });
    },
  };
}

function projectIn(
  folder: string,
  { command, files }: { command: string; files: Readonly<Record<string, string>> },
): Project {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [file, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) write(file, text);
  return {
    folder,
    write,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    command: (...args) => run([command, ...args], folder),
  };
}

function link(target: string, path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction');
}

function renamed(path: string, real: string): void {
  mkdirSync(path, { recursive: true });
  const again = `export * from '${real}';\nexport { default } from '${real}';\n`;
  writeFileSync(
    join(path, 'package.json'),
    JSON.stringify({
      name: '@playwright/test',
      exports: { types: './index.d.ts', import: './index.mjs', require: './index.js' },
    }),
  );
  writeFileSync(join(path, 'index.mjs'), again);
  writeFileSync(join(path, 'index.d.ts'), again);
  writeFileSync(join(path, 'index.js'), `module.exports = require('${real}');\n`);
}

function run(args: readonly string[], cwd: string): Promise<Ran> {
  // A test runner inside a test runner would follow the outer one's settings.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ran = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...ran }));
  });
}
