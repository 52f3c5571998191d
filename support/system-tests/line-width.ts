/** Finds lines wider than the formatter's width that it cannot break: comments, sentences, templates, prose. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const maxWidth = 120;

/** Generated files and data, whose lines are not broken by hand. */
const exempt = [
  'package-lock.json',
  'support/conformance/peers/better-auth/package-lock.json',
  'support/conformance/peers/node-saml-multi/package-lock.json',
  'support/conformance/peers/passport-saml/package-lock.json',
  'support/conformance/peers/saml-jackson/package-lock.json',
  'support/conformance/peers/saml2-js/package-lock.json',
  'support/conformance/peers/samlify/package-lock.json',
  '.vscode/settings.json',
  'docs/product-recipe.schema.json',
  'docs/idp-config.schema.json',
  'docs/openapi.json',
  'support/conformance/sarif-2.1.0.schema.json',
  'docs/report-card.md',
  'docs/steps.md',
  'docs/troubleshooting.md',
  'docs/identity-providers.md',
  'docs/product-fixes.md',
  'docs/conformance/weakened.md',
  'docs/conformance/advisories.md',
];

const text =
  /\.(ts|mjs|js|json|css|md|feature|yml|sh|php|py|conf|xml|shtml|logger)$|(^|\/)(Dockerfile|run|\.gitignore)$/;

export interface WideLine {
  file: string;
  line: number;
  /** In characters. */
  width: number;
}

/** All lines that are too wide in the repository at `root`, and the number of files read. */
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
