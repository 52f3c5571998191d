/** The archive of the code as it is, built once: several test files need it, and building takes half of their time. */
import { createHash } from 'node:crypto';
import { copyFileSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inFull } from '../stack/sample.fixture.ts';
import { buildPackage, packPackage, root } from './build.ts';

const cache = join(root, 'node_modules/.cache/archive');

/** All that may go into the archive, and more. */
const sources = ['{docs,features,mock-idp,sp,steps,support}/**/*', '*.{md,json}', 'LICENSE'];

/** Packs into this folder; returns the path. */
export async function builtArchive({ to }: { to: string }): Promise<string> {
  const kept = join(cache, hashOfSources());
  if (!exists(kept)) await build(kept);
  const [name] = readdirSync(kept);
  mkdirSync(to, { recursive: true });
  copyFileSync(join(kept, name!), join(to, name!));
  return join(to, name!);
}

async function build(kept: string): Promise<void> {
  rmSync(cache, { recursive: true, force: true });
  await buildPackage({ isChecked: !inFull });
  const folder = join(cache, 'unfinished');
  packPackage({ to: folder });
  renameSync(folder, kept);
}

const exists = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false }) !== undefined;

function hashOfSources(): string {
  const isInstalled = (path: string): boolean => ['node_modules', '.rehearsal'].includes(basename(path));
  const files = globSync(sources, { cwd: root, exclude: isInstalled }).toSorted();
  const hash = createHash('sha256');
  for (const file of files) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
