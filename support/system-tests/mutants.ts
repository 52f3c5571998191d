/**
 * Mutation testing: makes thousands of small changes to our own code, one at a time, and sees if the neighbouring fast
 * tests catch them. Strings and object literals are left alone, since most of them are words.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { type ExplainedMutant, explainedMutants } from './explained-mutants.ts';
import { type Change, instrument, openTrials, type Status, type Verdict } from './mutant-runs.ts';

export interface Mutant {
  file: string;
  line: number;
  mutator: string;
  /** The line of code, and the mutator's replacement of a part of it. */
  original: string;
  replacement: string;
  status: Status;
}

export interface Score {
  file: string;
  killed: number;
  /** Counted separately: on a busy machine a normal run may take as long. */
  timedOut: number;
  survived: Mutant[];
  explained: number;
}

/** In percent. An explained survivor still counts as a survivor. */
export const leastKilled = 85;
export const mostTimedOut = 2;

/** Code without decisions is not mutated: pages, faults and the words of the catalogues. */
const excluded = [
  'sp/pages/**',
  'sp/login/pages.ts',
  'sp/troubleshooting/**',
  'sp/troubleshooting.ts',
  'sp/rejection-advice.ts',
  'sp/main.ts',
  'mock-idp/faults/**',
  'mock-idp/faults.ts',
  'mock-idp/http/pages.ts',
  'mock-idp/http/notice.ts',
  'mock-idp/main.ts',
  'mock-idp/response/signing-rate.ts',
  '**/*.test.ts',
  '**/*.long.ts',
  '**/*.peer.ts',
  '**/*.fixture.ts',
];

/** Files with code to mutate, below these paths or named by them. */
export const filesToMutate = (paths: readonly string[]): string[] =>
  paths.flatMap((path) => globSync(path.endsWith('.ts') ? path : `${path}/**/*.ts`, { exclude: excluded })).toSorted();

/**
 * The tests that must catch a change: those of the same room, without the ones that take seconds. The first that
 * catches it ends the run, so those next to the file come first.
 */
export function testsFor(file: string): string[] {
  const room = rooms.find(({ folder }) => file.startsWith(folder))!;
  const distance = (test: string): number =>
    test === file.replace(/ts$/, 'test.ts') ? 0 : dirname(test) === dirname(file) ? 1 : 2;
  return globSync(`${room.folder}**/*.test.ts`, { exclude: room.slow })
    .toSorted()
    .toSorted((one, other) => distance(one) - distance(other));
}

/** The innermost first. */
const rooms = [
  { folder: 'sp/saml/', slow: ['sp/saml/cost.test.ts'] },
  { folder: 'sp/', slow: ['sp/saml/**', 'sp/start.test.ts'] },
  {
    folder: 'mock-idp/',
    slow: [
      'mock-idp/app.test.ts',
      'mock-idp/faults.test.ts',
      'mock-idp/start.test.ts',
      'mock-idp/response/signatures.test.ts',
    ],
  },
];

/** Verdicts of earlier runs are kept while the file, and the test that caught the change, are as they were. */
interface Kept {
  source: string;
  /** Of all tests of the file: without a change in them, a survivor survives again. */
  tests: string;
  verdicts: (Verdict & { killer?: string })[];
}

export interface MutateOptions {
  again?: boolean;
  /** By default one per processor. */
  processes?: number;
}

/** Yields the score of one file after the other. */
export async function* mutate(
  root: string,
  files: readonly string[],
  { again = false, processes = availableParallelism() }: MutateOptions = {},
): AsyncGenerator<Score> {
  const cache = join(root, 'node_modules/.cache/mutants');
  installInstrumenter(cache);
  const { sources, changes } = await instrument(
    cache,
    files.map((file) => join(root, file)),
  );
  using trials = openTrials(root, { sources, processes });
  for (const file of files) {
    const path = join(cache, 'verdicts', `${file.replaceAll('/', '-')}.json`);
    const tests = testsFor(file);
    const ofFile = changes.filter(({ fileName }) => fileName === join(root, file));
    const known = again ? [] : stillKnown(file, ofFile, path);
    const open = ofFile.filter((_, index) => known[index] === undefined);
    const judged = open.length === 0 ? [] : await trials.judge(open, tests);
    const verdicts = ofFile.map((_, index) => known[index] ?? judged.shift()!);
    keep(file, verdicts, path);
    yield scoreOf(file, mutantsIn(file, ofFile, verdicts));
  }
}

/** The verdict on each change that needs no new trial. */
function stillKnown(file: string, changes: readonly Change[], path: string): (Verdict | undefined)[] {
  if (!existsSync(path)) return [];
  const { source, tests, verdicts } = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  if (source !== hashOf(file) || verdicts.length !== changes.length) return [];
  const sameTests = tests === hashOf(...testsFor(file));
  return verdicts.map(({ killer, ...verdict }) =>
    sameTests || (verdict.killedBy && existsSync(verdict.killedBy) && hashOf(verdict.killedBy) === killer)
      ? verdict
      : undefined,
  );
}

function keep(file: string, verdicts: readonly Verdict[], path: string): void {
  const kept: Kept = {
    source: hashOf(file),
    tests: hashOf(...testsFor(file)),
    verdicts: verdicts.map((one) => ({ ...one, ...(one.killedBy && { killer: hashOf(one.killedBy) }) })),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(kept));
}

const hashOf = (...files: readonly string[]): string =>
  files.reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256')).digest('base64');

/** Not a dependency: few users need it, and it is large. */
function installInstrumenter(cache: string): void {
  const stamp = join(cache, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === instrumenter) return;
  console.log(`npm installs ${instrumenter} …`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{ "private": true }');
  const args = ['install', '--prefix', cache, '--save-exact', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', [...args, instrumenter], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`The instrumenter could not be installed. Run: npm ${args.join(' ')}`);
  writeFileSync(stamp, instrumenter);
}

const instrumenter = '@stryker-mutator/instrumenter@10.0.0';

function mutantsIn(file: string, changes: readonly Change[], verdicts: readonly Verdict[]): Mutant[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return changes.map(({ location: { start }, mutatorName, replacement }, index) => ({
    file,
    line: start.line + 1,
    mutator: mutatorName,
    original: lines[start.line]!.trim(),
    replacement: replacement.replaceAll(/\s+/g, ' ').trim(),
    status: verdicts[index]!.status,
  }));
}

export function scoreOf(
  file: string,
  mutants: readonly Mutant[],
  explained: readonly ExplainedMutant[] = explainedMutants,
): Score {
  const count = (status: Status): number => mutants.filter((mutant) => mutant.status === status).length;
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const isExplained = (mutant: Mutant): boolean =>
    explained.some(
      (one) =>
        one.file === file && mutant.original.includes(one.original) && mutant.replacement.includes(one.replacement),
    );
  const survived = survivors.filter((mutant) => !isExplained(mutant));
  return {
    file,
    killed: count('Killed'),
    timedOut: count('Timeout'),
    survived,
    explained: survivors.length - survived.length,
  };
}

/** Percent of the mutants that ended in time; 100 if there is nothing to mutate. */
export function percentKilled({ killed, survived, explained }: Omit<Score, 'file' | 'timedOut'>): number {
  const all = killed + survived.length + explained;
  return all === 0 ? 100 : (100 * killed) / all;
}

export function percentTimedOut({ killed, timedOut, survived, explained }: Omit<Score, 'file'>): number {
  const all = killed + timedOut + survived.length + explained;
  return all === 0 ? 0 : (100 * timedOut) / all;
}

/** The sum over many files. */
export const sumOf = (scores: readonly Score[]): Omit<Score, 'file'> => ({
  killed: scores.reduce((sum, { killed }) => sum + killed, 0),
  timedOut: scores.reduce((sum, { timedOut }) => sum + timedOut, 0),
  survived: scores.flatMap(({ survived }) => survived),
  explained: scores.reduce((sum, { explained }) => sum + explained, 0),
});
