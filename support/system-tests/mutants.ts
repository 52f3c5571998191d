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
import {
  type Change,
  instrument,
  isMissed,
  openTrials,
  type Status,
  type Trials,
  type Verdict,
} from './mutant-runs.ts';

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
  return globSync(`${room.folder}**/*.test.ts`, { exclude: room.slow })
    .toSorted()
    .toSorted((one, other) => distance(file, one) - distance(file, other));
}

/** First its own test, then those of its folder, then all others. */
function stagesOf(file: string): string[][] {
  const tests = testsFor(file);
  return [0, 1, 2].map((stage) => tests.filter((test) => distance(file, test) === stage));
}

const distance = (file: string, test: string): number =>
  test === file.replace(/ts$/, 'test.ts') ? 0 : dirname(test) === dirname(file) ? 1 : 2;

/** The innermost first. */
const rooms = [
  { folder: 'sp/saml/', slow: ['sp/saml/cost.test.ts', 'sp/saml/metadata-cost.test.ts'] },
  { folder: 'sp/', slow: ['sp/saml/**', 'sp/main.test.ts'] },
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
  /** Of each stage that was tried. A change that survived its tests survives them again while they are as they were. */
  stages: string[];
  verdicts: (Verdict & { killer?: string })[];
}

export interface MutateOptions {
  again?: boolean;
  /** By default one per processor. */
  processes?: number;
  /** 2 tries no tests of other folders. */
  stages?: number;
}

/** Yields the score of one file after the other. */
export async function* mutate(
  root: string,
  files: readonly string[],
  { again = false, processes = availableParallelism(), stages = 3 }: MutateOptions = {},
): AsyncGenerator<Score> {
  const { sources, changesIn, hashes } = await changesOf(root, files);
  using trials = openTrials(root, { sources, processes });
  for (const file of files) {
    const changes = changesIn(file);
    const earlier = again ? undefined : stillValid(file, readKept(root, file));
    const keepSoFar = (judged: Judged): void => keep(root, { file, source: hashes.get(file)! }, judged);
    const { verdicts } = await judge({ file, changes, stages, trials, keepSoFar }, earlier);
    yield scoreOf(file, mutantsIn(file, changes, verdicts));
  }
}

/**
 * The scores as they were measured last, and the files that were edited since or never measured. Files without anything
 * to change are left out.
 */
export async function keptScores(
  root: string,
  files: readonly string[],
): Promise<{ scores: Score[]; unmeasured: string[] }> {
  const { changesIn } = await changesOf(root, files);
  const found = files.flatMap((file) => {
    const changes = changesIn(file);
    if (changes.length === 0) return [];
    const { verdicts, stages } = readKept(root, file) ?? { verdicts: [], stages: [] };
    const score = verdicts.length === changes.length && scoreOf(file, mutantsIn(file, changes, verdicts));
    const isMeasured = score && (stages.length === 3 || percentKilled(score) >= leastKilled);
    return [isMeasured ? { file, score } : { file, score: undefined }];
  });
  return {
    scores: found.flatMap(({ score }) => score ?? []),
    unmeasured: found.flatMap(({ file, score }) => (score ? [] : [file])),
  };
}

interface Changes {
  sources: Record<string, string>;
  changesIn: (file: string) => readonly Change[];
  /** Of the files as they were read; they may be edited during the run. */
  hashes: ReadonlyMap<string, string>;
}

async function changesOf(root: string, files: readonly string[]): Promise<Changes> {
  const cache = cacheIn(root);
  installInstrumenter(cache);
  const hashes = new Map(files.map((file) => [file, hashOf(file)]));
  const { sources, changes } = await instrument(
    cache,
    files.map((file) => join(root, file)),
  );
  const byFile = Map.groupBy(changes, ({ fileName }) => fileName);
  return { sources, hashes, changesIn: (file) => byFile.get(join(root, file)) ?? [] };
}

const cacheIn = (root: string): string => join(root, 'node_modules/.cache/mutants');

interface Judged {
  verdicts: Verdict[];
  /** The stages that were tried. */
  stages: number;
}

interface Work {
  file: string;
  changes: readonly Change[];
  stages: number;
  trials: Trials;
  keepSoFar: (judged: Judged) => void;
}

/** Tries one stage of tests after the other, until enough is caught. */
async function judge({ file, changes, stages, trials, keepSoFar }: Work, earlier?: Judged): Promise<Judged> {
  const isUsable = earlier?.verdicts.length === changes.length;
  const verdicts = isUsable ? earlier.verdicts : changes.map((): Verdict => ({ status: 'NoCoverage' }));
  let tried = isUsable ? earlier.stages : 0;
  const isEnough = (): boolean => percentKilled(scoreOf(file, mutantsIn(file, changes, verdicts))) >= leastKilled;
  for (const tests of stagesOf(file).slice(tried, stages)) {
    if (isEnough()) break;
    const open = [...changes.keys()].filter((index) => isMissed(verdicts[index]!));
    const take = (now: readonly Verdict[]): void => {
      for (const [place, index] of open.entries())
        if (now[place]!.status !== 'NoCoverage') verdicts[index] = now[place]!;
      keepSoFar({ verdicts, stages: tried });
    };
    const missed = open.map((index) => changes[index]!);
    await trials.judge(missed, tests, (soFar) => {
      take(soFar);
      return isEnough();
    });
    if (isEnough()) break;
    tried++;
  }
  keepSoFar({ verdicts, stages: tried });
  return { verdicts, stages: tried };
}

const pathOf = (root: string, file: string): string =>
  join(cacheIn(root), 'verdicts', `${file.replaceAll('/', '-')}.json`);

/** Nothing if the file was edited since. */
function readKept(root: string, file: string): Kept | undefined {
  const path = pathOf(root, file);
  if (!existsSync(path)) return undefined;
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  return kept.source === hashOf(file) ? kept : undefined;
}

/** The verdicts that still apply; the others are those of a change that was never tried. */
export function stillValid(file: string, kept: Kept | undefined): Judged | undefined {
  if (!kept) return undefined;
  const { stages, verdicts } = kept;
  const firstChanged = stagesOf(file).findIndex((tests, index) => stages[index] !== hashOf(...tests));
  const same = firstChanged < 0 ? stages.length : firstChanged;
  const applies = ({ status, killedBy, killer }: Kept['verdicts'][number]): boolean =>
    killedBy === undefined ? isMissed({ status }) || firstChanged < 0 : killer === hashOf(...existing(killedBy));
  return {
    stages: same,
    verdicts: verdicts.map((one) => (applies(one) ? withoutKiller(one) : { status: 'NoCoverage' })),
  };
}

const withoutKiller = ({ killer, ...verdict }: Kept['verdicts'][number]): Verdict => verdict;

const existing = (file: string): string[] => (existsSync(file) ? [file] : []);

function keep(root: string, { file, source }: { file: string; source: string }, { verdicts, stages }: Judged): void {
  const kept: Kept = {
    source,
    stages: stagesOf(file)
      .slice(0, stages)
      .map((tests) => hashOf(...tests)),
    verdicts: verdicts.map((one) => ({ ...one, ...(one.killedBy && { killer: hashOf(one.killedBy) }) })),
  };
  const path = pathOf(root, file);
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
  const survivors = mutants.filter(isMissed);
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
