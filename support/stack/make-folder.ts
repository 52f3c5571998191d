/** Creates a folder with its parents. Node's own method never returns below a folder such as Linux's /proc. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Does nothing if the folder exists. Throws the system's error. */
export function makeFolder(folder: string, options: { mode?: number } = {}): void {
  const path = resolve(folder);
  const parent = dirname(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (parent !== path && !existsSync(parent)) makeFolder(parent, options);
  try {
    mkdirSync(path, options);
  } catch (error) {
    // Another process was faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
