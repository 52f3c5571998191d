/** A folder for one run. It may hold the key that the product trusts, so only this user may open it. */
import { lstatSync, rmSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'sso-rehearsal-load-';
/** Longer than the longest run. */
const keptMs = 2 * 86_400_000;

/** Removes what killed runs of this user have left there. */
export async function newRunFolder(place = tmpdir()): Promise<string> {
  for (const name of await readdir(place)) if (name.startsWith(prefix)) removeIfLeft(join(place, name));
  return mkdtemp(join(place, prefix));
}

function removeIfLeft(folder: string): void {
  try {
    const { mtimeMs, uid } = lstatSync(folder);
    if (uid === process.getuid?.() && mtimeMs < Date.now() - keptMs) rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another run was faster.
  }
}
