/** Tries changes: runs one test file after the other, each with the changes it reaches, until enough are caught. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
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

export const isMissed = ({ status }: { status: Status }): boolean => status === 'Survived' || status === 'NoCoverage';

export interface Trials extends Disposable {
  /** The verdicts on changes to one file, in their order. Ends early if those so far are enough. */
  judge(
    changes: readonly Change[],
    tests: readonly string[],
    isEnough?: (soFar: readonly Verdict[]) => boolean,
  ): Promise<Verdict[]>;
}

/** So many changes are tried before it asks if that is enough. */
const triedAtOnce = 10;

/** Milliseconds. On a busy machine an honest run may take long. */
const patience = 300_000;

/** A process that has grown larger is replaced: old modules stay in its memory. */
const mostMegabytes = 3_000;

interface Reach {
  /** The tests of a file that reach a change. */
  tests: string[];
  /** It is reached in hooks, too. */
  isInHooks: boolean;
  /** How often in the first run of the file, and in the second, without loading it again. */
  hits: number;
  hitsLater: number;
}

interface Covered {
  passed: number;
  milliseconds: number;
  isRepeatable: boolean;
  changes: ReadonlyMap<string, Reach>;
}

/** `sources` are the instrumented texts by path. */
export function openTrials(root: string, { sources, processes }: { sources: object; processes: number }): Trials {
  const file = join(root, 'node_modules/.cache/mutants', `instrumented-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(sources));
  const places = Array.from({ length: processes }, () => openPlace(root, file));
  const covered = new Map<string, Covered>();
  const coverNext = (tests: readonly string[]): Promise<void> =>
    inPlaces(places, tests.filter((test) => !covered.has(test)).slice(0, processes), async (place, test) => {
      covered.set(test, await cover(place, test));
    });
  return {
    async judge(changes, tests, isEnough = () => false) {
      const verdicts = changes.map((): Verdict => ({ status: 'NoCoverage' }));
      fragile.clear();
      const ordered = quickestFirst(tests, changes, covered);
      for (const [index, test] of ordered.entries()) {
        if (!covered.has(test)) await coverNext(ordered.slice(index));
        const reach = reachOf(test, covered.get(test)!);
        const open = [...changes.keys()].filter((one) => isMissed(verdicts[one]!) && reach(changes[one]!));
        while (open.length > 0) {
          await inPlaces(
            places,
            groupsOf(triedAtOnce, open.splice(0, triedAtOnce * processes)),
            async (place, some) => {
              const outcomes = await tryInTurn(
                place,
                some.map((one) => ({ id: changes[one]!.id, reach: reach(changes[one]!)! })),
              );
              for (const [index, one] of some.entries()) verdicts[one] = verdictOn(outcomes[index]!, test);
            },
          );
          if (isEnough(verdicts)) return verdicts;
        }
      }
      return verdicts;
    },
    [Symbol.dispose]() {
      for (const place of places) place.restart();
      rmSync(file);
    },
  };
}

const groupsOf = <Item>(size: number, items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

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

/** Runs a file twice: what is reached in the second run can be changed without loading the file again. */
async function cover(place: Place, file: string): Promise<Covered> {
  const first = await place.run({ file });
  if (first.failed !== undefined) throw new Error(`${file} fails without any change: ${first.failed}`);
  const began = performance.now();
  const second = await place.run({ file });
  const milliseconds = performance.now() - began;
  const changes = new Map<string, Reach>();
  const reachOf = (id: string): Reach => {
    const reach = changes.get(id) ?? { tests: [], isInHooks: false, hits: 0, hitsLater: 0 };
    changes.set(id, reach);
    return reach;
  };
  for (const [test, id, hits] of reached(first)) {
    const reach = reachOf(id);
    reach.hits += hits;
    if (test !== undefined) reach.tests.push(test);
  }
  for (const [test, id, hits] of reached(second)) {
    const reach = reachOf(id);
    reach.hitsLater += hits;
    reach.isInHooks ||= test === undefined;
  }
  return { passed: first.passed, milliseconds, isRepeatable: second.failed === undefined, changes };
}

/** Each change that a run reached: in which test, if in one, and how often. */
const reached = ({ coverage }: TestOutcome): (readonly [test: string | undefined, id: string, hits: number])[] =>
  [[undefined, coverage.static] as const, ...Object.entries(coverage.perTest)].flatMap(([test, hitsById]) =>
    Object.entries(hitsById).map(([id, hits]) => [test, id, hits] as const),
  );

type Reaching = Reach & Omit<Covered, 'changes'> & { file: string };

const reachOf =
  (file: string, { changes, ...covered }: Covered) =>
  ({ id }: Change): Reaching | undefined => {
    const reach = changes.get(id);
    return reach && { ...reach, ...covered, file };
  };

/** Those that have not run yet come last, in their order. */
function quickestFirst(
  tests: readonly string[],
  changes: readonly Change[],
  covered: ReadonlyMap<string, Covered>,
): string[] {
  const costs = new Map(
    tests.map((test) => [test, covered.has(test) ? costOf(covered.get(test)!, changes) : Number.MAX_VALUE]),
  );
  return tests.toSorted((one, other) => costs.get(one)! - costs.get(other)!);
}

/** Milliseconds to try those of the changes that a file reaches. */
const costOf = (
  { passed, milliseconds, isRepeatable, changes: reached }: Covered,
  changes: readonly Change[],
): number =>
  changes
    .flatMap(({ id }) => reached.get(id) ?? [])
    .map(({ tests, hitsLater }) =>
      hitsLater === 0 || !isRepeatable ? 2 * milliseconds + 1000 : (milliseconds * tests.length) / Math.max(1, passed),
    )
    .reduce((sum, one) => sum + one, 0);

function verdictOn({ failed, isEndless }: TestOutcome, file: string): Verdict {
  if (isEndless) return { status: 'Timeout' };
  return failed === undefined ? { status: 'Survived' } : { status: 'Killed', killedBy: file };
}

/** A change, by its number, and the test file that reaches it. */
interface Trial {
  id: string;
  reach: Reaching;
}

/** It is not known yet that what failed passes without the change, in the same process. */
type Outcome = TestOutcome & { isDoubtful?: boolean };

/**
 * Tries one change after the other, and then makes sure that no earlier one had damaged what others use: the modules in
 * memory, or the process.
 */
async function tryInTurn(place: Place, trials: readonly Trial[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const trial of trials) outcomes.push(await tryOn(place, trial));
  const doubtful = outcomes.flatMap(({ isDoubtful }, index) => (isDoubtful ? [index] : []));
  const { file } = trials[0]!.reach;
  const passesNow = async (): Promise<boolean> => {
    const tests = doubtful.flatMap((index) => outcomes[index]!.failed ?? []);
    return tests.length === 0 || (await place.run({ file, tests })).failed === undefined;
  };
  if (await passesNow()) return outcomes;
  fragile.add(file);
  for (const index of doubtful) outcomes[index] = await tryOn(place, trials[index]!);
  if (await passesNow()) return outcomes;
  place.restart();
  if (!(await passesNow())) dependent.add(file);
  for (const index of doubtful) outcomes[index] = await tryOn(place, trials[index]!, { isSure: true });
  return outcomes;
}

/** Files that are loaded afresh for each change to this code: a test that fails breaks others. */
const fragile = new Set<string>();
/** Files with tests that fail without those before them. */
const dependent = new Set<string>();

/**
 * Runs only the tests that reach the change, if they pass on their own without it. Loads the file again for code that
 * runs only while it is loaded, or when something is done for the first time.
 */
async function tryOn(
  place: Place,
  { id, reach }: Trial,
  { isSure = dependent.has(reach.file) } = {},
): Promise<Outcome> {
  const { file, passed } = reach;
  const run = { file, mutant: id, mostHits: Math.max(1_000, 5 * (reach.hits + reach.hitsLater)) };
  const afresh = (): Promise<TestOutcome> => place.run({ ...run, isFresh: true });
  if (reach.hitsLater === 0 || !reach.isRepeatable) return afresh();
  if (fragile.has(file) && !isSure) return { ...(await afresh()), isDoubtful: true };
  const key = [file, ...reach.tests].join('\n');
  const isAlone = reach.tests.length > 0 && reach.tests.length <= passed / 2 && !together.has(key);
  const tests = isAlone ? reach.tests : undefined;
  const outcome = await place.run({ ...run, tests, patience: patienceWith(reach) });
  if (outcome.failed === undefined && reach.hitsLater < reach.hits) return afresh();
  if (outcome.failed === undefined) return isAlone && reach.isInHooks ? place.run(run) : outcome;
  if (outcome.isEndless) return outcome;
  const asRun = isAlone ? key : file;
  if (!isSure && passing.has(asRun)) return { ...outcome, isDoubtful: true };
  if ((await place.run({ file, tests })).failed === undefined) {
    passing.add(asRun);
    return outcome;
  }
  if (isAlone) together.add(key);
  fragile.add(file);
  if ((await place.run({ file })).failed !== undefined) place.restart();
  return afresh();
}

/** Milliseconds for one test of a file that is in memory. */
const patienceWith = ({ milliseconds }: Reaching): number => Math.min(30_000, Math.max(5_000, 20 * milliseconds));

/** Tests of a file that failed without the rest of it, or without a fresh start. */
const together = new Set<string>();

/** Tests of a file that passed together without a change. */
const passing = new Set<string>();

/** One process, replaced when it must be. */
interface Place {
  run(work: TestRun): Promise<TestOutcome>;
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
    async run(work) {
      child ??= start();
      const outcome = await outcomeOf(child, work);
      if (outcome.megabytes > mostMegabytes) place.restart();
      return outcome;
    },
    restart() {
      child?.kill('SIGKILL');
      child = undefined;
    },
  };
  return place;
}

/** A process that ends has failed; it is replaced. */
async function outcomeOf(child: ChildProcess, work: TestRun): Promise<TestOutcome> {
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
  const timer = setTimeout(() => timeUp.resolve(ended(true)), patience);
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
    files.map((name) => ({ name, mutate: true, content: stripTypeScriptTypes(readFileSync(name, 'utf8')) })),
    { plugins: null, excludedMutations: ['StringLiteral', 'ObjectLiteral'], ignorers: [] },
  );
  const counts = 'function cover() {';
  const countsWithoutChange = `${counts} if (ns.activeMutant !== undefined) return;`;
  return {
    sources: Object.fromEntries(
      written.map(({ name, content }) => [name, content.replace(counts, countsWithoutChange)]),
    ),
    changes: mutants.filter(({ status }) => status !== 'Ignored'),
  };
}

interface StrykerInstrumenter {
  instrument(
    files: { name: string; mutate: true; content: string }[],
    options: { plugins: null; excludedMutations: string[]; ignorers: [] },
  ): Promise<{ files: { name: string; content: string }[]; mutants: (Change & { status?: string })[] }>;
}
