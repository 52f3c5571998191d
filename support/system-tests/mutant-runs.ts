/** Tries each change: runs the tests that reach it, the nearest first, until one fails. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestOutcome, TestRun } from './mutant-worker.ts';

export type Status = 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage';

/** A change, as the instrumenter makes it; lines and columns begin with 0. */
export interface Change {
  id: string;
  fileName: string;
  mutatorName: string;
  replacement: string;
  location: { start: { line: number; column: number } };
}

export interface Verdict {
  status: Status;
  /** The test file that failed. */
  killedBy?: string;
}

export interface Trials extends Disposable {
  /** The verdicts on changes to one file, in their order. */
  judge(changes: readonly Change[], tests: readonly string[]): Promise<Verdict[]>;
}

/** Milliseconds. On a busy machine an honest run may take long. */
const patience = { coverage: 600_000, change: 60_000 };

/** A process that has grown larger is replaced: old modules stay in its memory. */
const mostMegabytes = 1_200;

/** Kills are confirmed after so many: a change may have damaged the process for later ones. */
const confirmedEach = 40;

interface Reach {
  /** The tests of a file that reach a change; it may be reached outside tests, too. */
  tests: string[];
  isOutside: boolean;
  hits: number;
}

interface Covered {
  passed: number;
  milliseconds: number;
  changes: ReadonlyMap<string, Reach>;
}

/** `sources` are the instrumented texts by path. */
export function openTrials(root: string, { sources, processes }: { sources: object; processes: number }): Trials {
  const file = join(root, 'node_modules/.cache/mutants', `instrumented-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(sources));
  const places = Array.from({ length: processes }, () => openPlace(root, file));
  const covered = new Map<string, Covered>();
  return {
    async judge(changes, tests) {
      await inPlaces(places, tests, async (place, test) => {
        if (!covered.has(test)) covered.set(test, await cover(place, test));
      });
      const verdicts = new Map<Change, Verdict>();
      const again: Change[] = [];
      await inPlaces(places, changes, async (place, change) => {
        verdicts.set(change, await tryChange(place, { change, covered: reaching(change, tests, covered) }));
        if (place.kills.length >= confirmedEach) again.push(...(await place.confirm()));
      });
      for (const place of places) again.push(...(await place.confirm()));
      for (const change of again) {
        places[0]!.restart();
        verdicts.set(change, await tryChange(places[0]!, { change, covered: reaching(change, tests, covered) }));
      }
      return changes.map((change) => verdicts.get(change)!);
    },
    [Symbol.dispose]() {
      for (const place of places) place.restart();
    },
  };
}

async function inPlaces<Item>(
  places: readonly Place[],
  items: readonly Item[],
  work: (place: Place, item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    places.map(async (place) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(place, item);
    }),
  );
}

async function cover(place: Place, file: string): Promise<Covered> {
  const began = performance.now();
  const { failed, passed, coverage } = await place.run({ file }, patience.coverage);
  if (failed !== undefined) throw new Error(`${file} fails without any change: ${failed}`);
  const changes = new Map<string, Reach>();
  const reachOf = (id: string): Reach => {
    const reach = changes.get(id) ?? { tests: [], isOutside: false, hits: 0 };
    changes.set(id, reach);
    return reach;
  };
  for (const [id, hits] of Object.entries(coverage.static)) Object.assign(reachOf(id), { isOutside: true, hits });
  for (const [test, hitsById] of Object.entries(coverage.perTest))
    for (const [id, hits] of Object.entries(hitsById)) {
      const reach = reachOf(id);
      reach.tests.push(test);
      reach.hits += hits;
    }
  return { passed, milliseconds: performance.now() - began, changes };
}

type Reaching = readonly (Reach & { file: string; passed: number })[];

/** The test files that reach a change: in their order, but those that take long come last. */
function reaching(change: Change, tests: readonly string[], covered: ReadonlyMap<string, Covered>): Reaching {
  const costOf = ({ passed, milliseconds, changes }: Covered): number =>
    100 + (milliseconds * changes.get(change.id)!.tests.length) / Math.max(1, passed);
  return tests
    .map((file, index) => ({ file, index, covered: covered.get(file)! }))
    .filter((one) => one.covered.changes.has(change.id))
    .map(({ file, index, covered: its }) => ({
      ...its.changes.get(change.id)!,
      file,
      passed: its.passed,
      rank: index === 0 ? 0 : costOf(its),
    }))
    .toSorted((one, other) => one.rank - other.rank);
}

async function tryChange(place: Place, { change, covered }: { change: Change; covered: Reaching }): Promise<Verdict> {
  for (const reach of covered) {
    const outcome = await tryOn(place, change, reach);
    if (outcome.isEndless) return { status: 'Timeout' };
    if (outcome.failed === undefined) continue;
    place.kills.push({ change, file: reach.file });
    return { status: 'Killed', killedBy: reach.file };
  }
  return { status: covered.length === 0 ? 'NoCoverage' : 'Survived' };
}

/** Runs only the tests that reach the change, if they pass on their own without it. */
async function tryOn(place: Place, change: Change, reach: Reaching[number]): Promise<TestOutcome> {
  const { file, tests, passed, isOutside } = reach;
  const run = { file, mutant: change.id, mutated: change.fileName, mostHits: Math.max(1_000, 100 * reach.hits) };
  if (tests.length === 0 || tests.length > passed / 2) return place.run(run);
  const alone = await place.run({ ...run, tests });
  if (alone.failed === undefined && !isOutside) return alone;
  return alone.failed !== undefined && (alone.isEndless || (await passesAlone(place, run, tests)))
    ? alone
    : place.run(run);
}

const passing = new Map<string, boolean>();
async function passesAlone(place: Place, { file, mutated }: TestRun, tests: readonly string[]): Promise<boolean> {
  const key = [file, ...tests].join('\n');
  const known = passing.get(key);
  if (known !== undefined) return known;
  const { failed } = await place.run({ file, mutated, tests });
  passing.set(key, failed === undefined);
  return failed === undefined;
}

/** One process, replaced when it must be. */
interface Place {
  /** Those since the last confirmation. */
  kills: { change: Change; file: string }[];
  run(work: TestRun, milliseconds?: number): Promise<TestOutcome>;
  /** The changes that must be tried again, because a test fails without them, too. */
  confirm(): Promise<Change[]>;
  restart(): void;
}

const worker = fileURLToPath(new URL('mutant-worker.ts', import.meta.url));
const endWithParent = new URL('../terminal/end-with-parent.ts', import.meta.url).href;

function openPlace(root: string, instrumented: string): Place {
  let child: ChildProcess | undefined;
  const start = (): ChildProcess =>
    fork(worker, [instrumented], {
      cwd: root,
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', endWithParent],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
  const place: Place = {
    kills: [],
    async run(work, milliseconds = patience.change) {
      child ??= start();
      const outcome = await outcomeOf(child, work, milliseconds);
      if (outcome.isEndless || outcome.megabytes > mostMegabytes) place.restart();
      return outcome;
    },
    async confirm() {
      const kills = place.kills.splice(0);
      for (const file of new Set(kills.map((kill) => kill.file))) {
        if ((await place.run({ file, mutated: '' })).failed === undefined) continue;
        place.restart();
        return kills.map(({ change }) => change);
      }
      return [];
    },
    restart() {
      child?.kill('SIGKILL');
      child = undefined;
    },
  };
  return place;
}
/** A process that ends has failed; it is replaced. */
async function outcomeOf(child: ChildProcess, work: TestRun, milliseconds: number): Promise<TestOutcome> {
  const ended = (isEndless: boolean): TestOutcome => ({
    failed: 'the process ended',
    isEndless,
    passed: 0,
    megabytes: Number.POSITIVE_INFINITY,
    coverage: { static: {}, perTest: {} },
  });
  using stop = new DisposableStack();
  const stopped = new AbortController();
  stop.defer(() => stopped.abort());
  const timeUp = Promise.withResolvers<TestOutcome>();
  const timer = setTimeout(() => timeUp.resolve(ended(true)), milliseconds);
  stop.defer(() => clearTimeout(timer));
  const { signal } = stopped;
  const replied = once(child, 'message', { signal }).then(([outcome]) => outcome as TestOutcome);
  const exited = once(child, 'exit', { signal }).then(() => ended(false));
  for (const one of [replied, exited]) one.catch(() => undefined);
  child.send(work, () => undefined);
  return await Promise.race([replied, exited, timeUp.promise]);
}

/** Makes the changes. Words are left alone, since most strings and objects are made of them. */
export async function instrument(
  cache: string,
  files: readonly string[],
): Promise<{ sources: Record<string, string>; changes: Change[] }> {
  const { Instrumenter } = (await import(
    join(cache, 'node_modules/@stryker-mutator/instrumenter/dist/src/index.js')
  )) as { Instrumenter: new (log: object) => StrykerInstrumenter };
  const silent = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };
  const { files: written, mutants } = await new Instrumenter(silent).instrument(
    files.map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') })),
    { plugins: null, excludedMutations: ['StringLiteral', 'ObjectLiteral'], ignorers: [] },
  );
  return {
    sources: Object.fromEntries(written.map(({ name, content }) => [name, content])),
    changes: mutants.filter(({ status }) => status !== 'Ignored'),
  };
}

interface StrykerInstrumenter {
  instrument(
    files: { name: string; mutate: true; content: string }[],
    options: { plugins: null; excludedMutations: string[]; ignorers: [] },
  ): Promise<{ files: { name: string; content: string }[]; mutants: (Change & { status?: string })[] }>;
}
