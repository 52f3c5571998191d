/** The examples of docs/test-runners.md, as files and command lines to run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.ts';

export interface Example {
  heading: string;
  files: Readonly<Record<string, string>>;
  /** Packages to install next to ours, as for `npm install`. */
  packages: readonly string[];
  commands: readonly string[];
}

/**
 * One for each section with commands. The files before the first section belong to each of them, and a section without
 * a test has the files of the section before.
 */
export function documentedExamples(page = readFileSync(join(root, 'docs/test-runners.md'), 'utf8')): Example[] {
  const [start = '', ...sections] = page.split(/^## /m);
  const examples: Example[] = [];
  for (const section of sections) {
    const lines = blocks(section, 'sh').flatMap((block) => block.trim().split('\n'));
    const installs = lines.filter((line) => line.startsWith('npm install '));
    const commands = lines.filter((line) => !installs.includes(line));
    if (commands.length === 0) continue;
    const own = filesIn(section);
    const hasTest = Object.keys(own).some((file) => file.includes('.test.'));
    examples.push({
      heading: section.slice(0, section.indexOf('\n')),
      files: { ...filesIn(start), ...(hasTest ? {} : examples.at(-1)?.files), ...own },
      packages: installs.flatMap((line) => line.split(' ').filter((word) => /@\d+$/.test(word))),
      commands,
    });
  }
  return examples;
}

/** The first line of a block names its file. */
const filesIn = (text: string): Record<string, string> =>
  Object.fromEntries(blocks(text, 'js').map((block) => [/^\/\/ (\S+)\n/.exec(block)?.[1] ?? '', block]));

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, block]) => (of === language ? [block!] : []));
