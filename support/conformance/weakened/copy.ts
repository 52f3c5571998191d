/** A scratch copy of the repository, in which checks are removed and restored. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OwnName } from '../own-peer.ts';
import type { Played } from './play.ts';
import type { Removal } from './removals.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const leftOut = new Set(['.git', '.rehearsal', 'node_modules', 'reports', 'dist']);

/** Time limit for one examination, which takes minutes: for one that hangs, not for a busy machine. */
const timeLimitMs = 12 * 3_600_000;

export interface Copy extends Disposable {
  /**
   * Examines the copy without these checks. Throws if no sign-in works or the copy crashes: then it is broken,
   * not weak. `only` selects faults (by words they contain), `description` a configuration; `whole` continues after
   * the first finding.
   */
  play(
    removals: readonly Removal[],
    options?: { only?: readonly string[]; description?: OwnName | undefined; whole?: boolean },
  ): Promise<Played>;
}

export function copyRepository(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-weakened-'));
  cpSync(root, folder, { recursive: true, filter: (path) => !leftOut.has(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    async play(removals, { only = [], description, whole = false } = {}) {
      const undo: (() => void)[] = [];
      try {
        for (const removal of removals) undo.unshift(removeCheck(folder, removal));
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [
            '--disable-warning=ExperimentalWarning',
            join(folder, 'support', 'conformance', 'weakened', 'play.ts'),
            ...only.flatMap((words) => ['--only', words]),
            ...(description === undefined ? [] : ['--description', description]),
            ...(whole ? ['--whole'] : []),
          ],
          { timeout: timeLimitMs, maxBuffer: 2 ** 26 },
        );
        return JSON.parse(stdout.trim().split('\n').at(-1)!) as Played;
      } finally {
        for (const restore of undo) restore();
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Removes the check; the returned function restores it. Throws if the edit does not match the file. */
function removeCheck(folder: string, { check, file, find, instead }: Removal): () => void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const [place, ...others] = placesOf(find, text);
  if (place === undefined || others.length > 0) {
    throw new Error(
      `Check “${check}” no longer matches ${file}: ` +
        `found its text ${others.length + (place ? 1 : 0)} times, expected once`,
    );
  }
  writeFileSync(path, text.slice(0, place.start) + instead + text.slice(place.end));
  return () => writeFileSync(path, text);
}

/** Occurrences of `find` in `text`, ignoring white space and commas before a closing bracket. */
export function placesOf(find: string, text: string): { start: number; end: number }[] {
  const pattern = squeeze(find).text;
  const { text: squeezed, offsets } = squeeze(text);
  const places: { start: number; end: number }[] = [];
  for (let at = squeezed.indexOf(pattern); at >= 0; at = squeezed.indexOf(pattern, at + 1)) {
    places.push({ start: offsets[at]!, end: offsets[at + pattern.length - 1]! + 1 });
  }
  return places;
}

/** The text without anything a formatter may change, and the offset of each character in the original. */
function squeeze(whole: string): { text: string; offsets: number[] } {
  const letters = [...whole.matchAll(/,(?=\s*[)\]}])|\s+|([\s\S])/g)].filter(([, letter]) => letter !== undefined);
  return { text: letters.map(([letter]) => letter).join(''), offsets: letters.map(({ index }) => index) };
}
