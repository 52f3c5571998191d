/** Makes a folder with those above it. Node's own way to do so never ends below a folder such as Linux's /proc. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Nothing happens where it is there. Throws the error of the system. */
export function makeFolder(folder: string, options: { mode?: number } = {}): void {
  const path = resolve(folder);
  const parent = dirname(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (parent !== path && !existsSync(parent)) makeFolder(parent, options);
  try {
    mkdirSync(path, options);
  } catch (error) {
    // Somebody else was faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
