/** Finds words that the glossary replaces, in prose, in names and in the names of files. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Comment, type ParseResult, parseSync, Visitor } from 'oxc-parser';
import { avoided, avoidedInNames, headlessComment, stableCodes, stableNames } from './avoided-words.ts';

export interface Hit {
  file: string;
  line: number;
  found: string;
  /** Words to write instead. */
  say: string;
}

/** Files that quote the words on purpose, or that other people wrote. */
const exempt = [
  'package-lock.json',
  'support/system-tests/avoided-words.ts',
  'support/system-tests/plain-words.test.ts',
  'support/gherkin/renamed-steps.ts',
  'support/gherkin/renamed-steps.test.ts',
  'support/gherkin/synonyms.ts', // words that people search for
  'CHANGELOG.md',
];

const binary = /\.(png|ico|gz|zip)$/;

/** All hits in the tracked files of the repository at `root`, and how many files were read. */
export function findAvoidedWords(root: string, paths: readonly string[] = []): { files: number; hits: Hit[] } {
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...paths], {
    cwd: root,
    encoding: 'utf8',
  });
  const files = tracked
    .split('\n')
    .filter((file) => file !== '' && !binary.test(file) && !exempt.includes(file) && !file.endsWith('-lock.json'));
  return { files: files.length, hits: files.flatMap((file) => hitsIn(file, readFileSync(join(root, file), 'utf8'))) };
}

/** Hits in one file: in its name, in its text and, in TypeScript, in the names that it declares and uses. */
export function hitsIn(file: string, content: string): Hit[] {
  const isCode = /\.(ts|mjs|js)$/.test(file);
  return [
    ...inName(file, { name: basename(file).replace(/\..*/, ''), line: 1 }),
    ...inLines(file, content),
    ...(isCode ? inSyntax(file, content) : []),
  ];
}

const inLines = (file: string, content: string): Hit[] =>
  content.split('\n').flatMap((line, index) => {
    const found = avoided.flatMap((word) => spansOf(line, word.phrase).map((hit) => ({ ...word, hit })));
    if (found.length === 0) return []; // as nearly every line: reading its codes takes longest
    const stable = stableIn(line);
    return found
      .filter(({ hit, except }) => {
        const excepted = except === undefined ? stable : [...stable, ...spansOf(line, except)];
        return !excepted.some((wider) => wider.start <= hit.start && hit.end <= wider.end);
      })
      .map(({ hit: { start, end }, say }) => ({ file, line: index + 1, found: line.slice(start, end), say }));
  });

interface Span {
  start: number;
  end: number;
}

const spansOf = (line: string, pattern: RegExp): Span[] =>
  [...line.matchAll(pattern)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));

/** A word that is written as a code: with hyphens, in quotes or back quotes, as the key or a member of an object. */
const asCode = [/[\w@:]+(?:-\w+)+/g, /(?<=['"`])\w+(?=['"`])/g, /(?<=^\s*|[{,] )\w+(?=\??: )/g, /(?<=\.)\w+/g];

/** A name of the exports of a package, wherever it is: no other word is written so. */
const asExport = /\b[A-Z]\w+\b/g;

/** The places of promised codes and names, which are not prose. */
const stableIn = (line: string): Span[] =>
  [...asCode, asExport].flatMap((pattern) =>
    spansOf(line, pattern).filter(({ start, end }) => isStable(line.slice(start, end))),
  );

const isStable = (word: string): boolean => stableCodes.has(word.replace(/^@case:/, '')) || stableNames.includes(word);

function inSyntax(file: string, content: string): Hit[] {
  const { program, comments } = parseSync(file, content);
  return [...inIdentifiers(file, content, program), ...inComments(file, content, comments)];
}

function inIdentifiers(file: string, content: string, program: ParseResult['program']): Hit[] {
  const names = new Map<string, number>();
  const note = ({ name, start, end }: { name: string; start: number; end: number }): void => {
    const isKeyOfCode = stableCodes.has(name) && /^\??:/.test(content.slice(end, end + 2));
    if (!isKeyOfCode) names.set(name, Math.min(start, names.get(name) ?? start));
  };
  new Visitor({ Identifier: note }).visit(program);
  return [...names].flatMap(([name, start]) => inName(file, { name, line: lineAt(content, start) }));
}

function inName(file: string, { name, line }: { name: string; line: number }): Hit[] {
  if (stableNames.includes(name)) return [];
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return avoidedInNames
    .filter(({ word, alone }) => (alone === true ? name === word : words.includes(word)))
    .map(({ say }) => ({ file, line, found: name, say }));
}

const inComments = (file: string, content: string, comments: readonly Comment[]): Hit[] =>
  comments.flatMap(({ value, start }) => {
    const found = headlessComment.phrase.exec(value)?.[0].trim();
    return found === undefined ? [] : [{ file, line: lineAt(content, start), found, say: headlessComment.say }];
  });

const lineAt = (content: string, offset: number): number => content.slice(0, offset).split('\n').length;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { files, hits } = findAvoidedWords(root, process.argv.slice(2));
  for (const { file, line, found, say } of hits) console.log(`${file}:${line} “${found}”: ${say}`);
  console.log(`${files} files, ${hits.length} hits`);
}
