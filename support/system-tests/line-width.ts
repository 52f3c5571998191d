/** Lines wider than the formatter's width, which it cannot break itself: comments, sentences, templates, prose. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const maxWidth = 120;

/** Made by a program, or data: nobody breaks their lines. */
const exempt = [
  'package-lock.json',
  'support/conformance/peers/passport-saml/package-lock.json',
  '.vscode/settings.json',
  'docs/steps.md',
  'docs/troubleshooting.md',
  'docs/conformance/weakened.md',
];

const text =
  /\.(ts|mjs|js|json|css|md|feature|yml|sh|php|py|conf|xml|shtml|logger)$|(^|\/)(Dockerfile|run|\.gitignore)$/;

export interface WideLine {
  file: string;
  line: number;
  /** In characters. */
  width: number;
}

/** All lines of the files in the repository at `root` that are too wide, and how many files were read. */
export function findWideLines(root: string): { files: number; wide: WideLine[] } {
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const files = tracked.split('\n').filter((file) => text.test(file) && !exempt.includes(file));
  return {
    files: files.length,
    wide: files.flatMap((file) => wideLinesOf(file, readFileSync(join(root, file), 'utf8'))),
  };
}

export function wideLinesOf(file: string, content: string): WideLine[] {
  return content
    .split('\n')
    .map((line, index) => ({ file, line: index + 1, width: [...line].length }))
    .filter(({ width }) => width > maxWidth);
}
