/**
 * Mutation testing: makes thousands of small changes to our own code, one at a time, and sees if the neighbouring fast
 * tests catch them. Strings and object literals are left alone, since most of them are words.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ExplainedMutant, explainedMutants } from './explained-mutants.ts';

const statuses = ['Killed', 'Timeout', 'Survived', 'NoCoverage'] as const;
type Status = (typeof statuses)[number];

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

const versions = { core: '10.0.0', 'tap-runner': '10.0.0' };

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

export async function mutate(root: string, file: string, { again = false } = {}): Promise<Score> {
  const cache = join(root, 'node_modules/.cache/mutants');
  installMutationTester(cache);
  const report = join(cache, 'report.json');
  const config = join(cache, 'stryker.json');
  const incremental = join(cache, 'incremental', `${file.replaceAll('/', '-')}.json`);
  if (again) rmSync(incremental, { force: true });
  rmSync(report, { force: true });
  writeFileSync(config, JSON.stringify(configFor(file, { cache, report, incremental }), null, 2));
  const bin = join(cache, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const child = spawn(process.execPath, [bin, 'run', config], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  await once(child, 'close');
  if (!existsSync(report)) throw new Error(`The mutation tester ended early:\n${Buffer.concat(output).toString()}`);
  return scoreOf(file, mutantsIn(file, JSON.parse(readFileSync(report, 'utf8')) as Report));
}

/** Not a dependency: few users need it, and it is large. */
function installMutationTester(cache: string): void {
  const packages = Object.entries(versions).map(([name, version]) => `@stryker-mutator/${name}@${version}`);
  const stamp = join(cache, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === packages.join(' ')) return;
  console.log(`npm installs ${packages.join(' and ')} …`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{ "private": true }');
  const args = ['install', '--prefix', cache, '--save-exact', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', [...args, ...packages], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`The mutation tester could not be installed. Run: npm ${args.join(' ')}`);
  writeFileSync(stamp, packages.join(' '));
}

const configFor = (
  file: string,
  { cache, report, incremental }: { cache: string; report: string; incremental: string },
): object => ({
  testRunner: 'tap',
  plugins: [join(cache, 'node_modules/@stryker-mutator/tap-runner/dist/src/index.js')],
  tap: {
    testFiles: testsFor(file),
    forceBail: false, // a file that is stopped at its first failure may leave no result, which counts as an error
    nodeArgs: [
      '--disable-warning=ExperimentalWarning',
      '--test-reporter=tap', // with the default one every mutant is an error
      '-r',
      '{{hookFile}}',
      '{{testFile}}',
    ],
  },
  mutate: [file],
  mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
  tsconfigFile: 'none.json', // reading one needs an API that TypeScript 7 does not have
  disableTypeChecks: false,
  coverageAnalysis: 'perTest',
  timeoutMS: 60_000, // on a busy machine an honest run may take long, and one that never ends is rare
  dryRunTimeoutMinutes: 60,
  incremental: true,
  incrementalFile: incremental,
  reporters: ['json'],
  jsonReporter: { fileName: report },
  tempDirName: join(tmpdir(), 'sso-rehearsal-mutants'), // Node strips no types below node_modules
  ignorePatterns: ['docs', 'features', 'reports', '.lab', '.rehearsal'],
  allowConsoleColors: false,
  logLevel: 'warn',
});

interface Report {
  files: Record<
    string,
    {
      source: string;
      mutants: {
        location: { start: { line: number; column: number }; end: { line: number; column: number } };
        mutatorName: string;
        replacement?: string;
        status: Status;
      }[];
    }
  >;
}

function mutantsIn(file: string, { files }: Report): Mutant[] {
  const { source, mutants } = files[file] ?? { source: '', mutants: [] };
  const lines = source.split('\n');
  return mutants
    .filter(({ status }) => (status as string) !== 'Ignored') // of a mutator that is excluded
    .map(({ location: { start }, mutatorName, replacement = '', status }) => ({
      file,
      line: start.line,
      mutator: mutatorName,
      original: lines[start.line - 1]!.trim(),
      replacement: replacement.replaceAll(/\s+/g, ' ').trim(),
      status,
    }));
}

/** Throws if a mutant could not be tried: such a run would mean nothing. */
export function scoreOf(
  file: string,
  mutants: readonly Mutant[],
  explained: readonly ExplainedMutant[] = explainedMutants,
): Score {
  const failed = mutants.find(({ status }) => !statuses.includes(status));
  if (failed) throw new Error(`${file}:${failed.line}: the change could not be tried (${failed.status}).`);
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
