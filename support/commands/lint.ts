/** `npm run lint`: formatting, lint rules, line width, and the style of the features. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findWideLines, maxWidth } from '../system-tests/line-width.ts';
import { findAvoidedWords } from '../system-tests/plain-words.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** With fewer files, a check has not seen the whole repository. */
const fewest = 700;

/** Each prints its findings, and returns true if there are none. */
const checks: Readonly<Record<string, () => boolean>> = {
  'Format and lint': () => run(join(root, 'node_modules/.bin/biome'), ['check', '--error-on-warnings']),
  'Line width': checkWidth,
  Words: checkWords,
  Features: () => run(process.execPath, [join(root, 'support/commands/lint-features.ts')]),
};

const failed = Object.entries(checks).filter(([name, check]) => {
  console.log(`\n${name}`);
  return !check();
});
if (failed.length > 0) console.error(`\nFailed: ${failed.map(([name]) => name).join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function run(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

function checkWidth(): boolean {
  const { files, wide } = findWideLines(root);
  for (const { file, line, width } of wide) console.log(`${file}:${line} is ${width} characters wide`);
  console.log(`${files} files, ${wide.length} lines over ${maxWidth} characters`);
  return wide.length === 0 && files > fewest;
}

function checkWords(): boolean {
  const { files, hits } = findAvoidedWords(root);
  for (const { file, line, found, say } of hits) console.log(`${file}:${line} “${found}”: ${say}`);
  console.log(`${files} files, ${hits.length} words to replace`);
  return hits.length === 0 && files > fewest;
}
