/** Explains why a report cannot be written, in one sentence for the user of the command. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export class Unwritable extends Error {}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user is not allowed to write there',
  EPERM: 'this user is not allowed to write there',
  ENOENT: 'the folder does not exist and cannot be created',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'this user is not allowed to write files of that size',
  EMFILE: 'too many files are open',
};

export interface Unwritten {
  what?: string;
  /** The option that names the folder. */
  option?: string;
}

/** `names` are the names of the files in the folder. */
export function unwritable(
  error: NodeJS.ErrnoException,
  folder: string,
  names: readonly string[] = [],
  { what = 'the report', option = '--reports' }: Unwritten = {},
): Unwritable {
  const { code = '' } = error;
  const reason = blockingPath(folder, names) ?? reasons[code] ?? (code || error.message);
  return new Unwritable(`Cannot write ${what} to ${folder}: ${reason}. Choose another folder with ${option}.`, {
    cause: error,
  });
}

/** Describes the file or folder that blocks the report; undefined if there is none. */
function blockingPath(folder: string, names: readonly string[]): string | undefined {
  for (let path = folder; ; path = dirname(path)) {
    const kind = kindOf(path);
    if (kind === 'file') return `${path} is a file`;
    if (kind === 'folder' || path === dirname(path)) break;
  }
  const taken = names.map((name) => join(folder, name)).find((path) => kindOf(path) === 'folder');
  return taken === undefined ? undefined : `${taken} is a folder`;
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined; // it does not exist, or cannot be seen
  }
}
