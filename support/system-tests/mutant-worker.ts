/**
 * Runs test files in this process, as named by its parent. A file and its modules are loaded once; then its tests run
 * again and again, each time with another change switched on. Code that runs only while it is loaded is loaded afresh.
 */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { mock } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface TestRun {
  file: string;
  /** The number of the active change. */
  mutant?: string | undefined;
  /** Code that runs more often than this is taken for an endless loop. */
  mostHits?: number | undefined;
  /** Other tests of the file are left out. */
  tests?: readonly string[] | undefined;
  /** Milliseconds for one test. */
  patience?: number | undefined;
  /** Loads the file afresh with the change in it, and for this run only. */
  isFresh?: boolean;
}

export interface TestOutcome {
  /** The first test that failed. */
  failed?: string | undefined;
  isEndless: boolean;
  passed: number;
  megabytes: number;
  coverage: Coverage;
}

/** How often each change would have run, by its number: in each test, and while loading and in hooks. */
export interface Coverage {
  static: Record<string, number>;
  perTest: Record<string, Record<string, number>>;
}

/** Milliseconds for one test that is not known yet. On a busy machine an honest test may take long. */
const mostPatience = 30_000;

/** Tests put other timers in their place. */
const timers = { setTimeout, clearTimeout, setImmediate };

/** The names are those of the instrumented code. */
const state = {
  activeMutant: undefined as string | undefined,
  currentTestId: undefined as string | undefined,
  hitCount: undefined as number | undefined,
  hitLimit: undefined as number | undefined,
  mutantCoverage: { static: {}, perTest: {} } as Coverage,
};
Reflect.set(globalThis, '__stryker__', state);

type Work = (context: object) => unknown;

/** A test file in memory. */
interface Loaded {
  tests: { id: string; run: Work }[];
  hooks: Record<'before' | 'after' | 'beforeEach' | 'afterEach', Work[]>;
  /** A clock that the file stopped while it was loaded; each run begins with it. */
  clock?: TimersOptions;
  /** Waiting for the end of the process. */
  listeners: NodeJS.BeforeExitListener[];
  failed?: string;
}

const stopClock = mock.timers.enable.bind(mock.timers);
type TimersOptions = Parameters<typeof mock.timers.enable>[0];

const inMemory = new Map<string, Loaded>();
let loading: Loaded;
let generation = 0;

const root = pathToFileURL(`${process.cwd()}/`).href;
const instrumented = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Record<string, string>;
const sources = new Map<string, string>();

const isOurs = (url: string): boolean =>
  url.startsWith(root) && !url.includes('/node_modules/') && /\.ts(\?|$)/.test(url);

function sourceOf(path: string): string {
  const source = sources.get(path) ?? stripTypeScriptTypes(instrumented[path] ?? readFileSync(path, 'utf8'));
  sources.set(path, source);
  return source;
}

const ownTest = 'mutants:test';
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = '' } = context;
    if (specifier === 'node:test' && isOurs(parentURL))
      return { url: `${ownTest}?${generation}`, format: 'module', shortCircuit: true };
    const found = next(specifier, context);
    const query = /\?\d+$/.exec(parentURL)?.[0] ?? `?${generation}`;
    return isOurs(found.url) ? { ...found, url: `${found.url}${query}`, format: 'module' } : found;
  },
  load(url, context, next) {
    if (url.startsWith(ownTest)) {
      const names = Object.keys(ownNodeTest).join(', ');
      return { format: 'module', source: `export const { ${names} } = globalThis.__mutants__;`, shortCircuit: true };
    }
    if (!isOurs(url)) return next(url, context);
    return { format: 'module', source: sourceOf(fileURLToPath(url.replace(/\?.*/, ''))), shortCircuit: true };
  },
});

/** Our test files use this much of `node:test`. */
const suites: string[] = [];
const ownNodeTest = {
  mock,
  describe(name: string, fill: () => void): void {
    suites.push(name);
    fill();
    suites.pop();
  },
  test(name: string, ...rest: [Work] | [{ skip?: unknown }, Work]): void {
    const run = rest.pop() as Work;
    if (rest.some((options) => 'skip' in options && options.skip)) return;
    const path = [...suites, name].join(' > ');
    const times = loading.tests.filter(({ id }) => id === path || id.startsWith(`${path} (`)).length;
    loading.tests.push({ id: times === 0 ? path : `${path} (${times + 1})`, run });
  },
  before: (hook: Work): unknown => loading.hooks.before.push(hook),
  after: (hook: Work): unknown => loading.hooks.after.push(hook),
  beforeEach: (hook: Work): unknown => loading.hooks.beforeEach.push(hook),
  afterEach: (hook: Work): unknown => loading.hooks.afterEach.push(hook),
};
Reflect.set(globalThis, '__mutants__', ownNodeTest);

/** The argument of a test. Its mocks end with it, those of the file do not. */
const OwnMocks = mock.constructor as new () => typeof mock;
function contextOf(name: string, mocks: typeof mock): object {
  return { name, mock: mocks, test: async (part: string, run: Work) => run(contextOf(part, mocks)) };
}

process.env.NODE_TEST_WORKER_ID = '1'; // as node:test itself sets it
const environment = { ...process.env };

process.on('message', (next: TestRun) => {
  process.channel!.unref(); // waiting for the next file must not keep this one from ending
  void runFile(next).then((outcome) => {
    process.channel!.ref();
    process.send!(outcome);
  });
});

async function runFile(work: TestRun): Promise<TestOutcome> {
  const { file, mutant, mostHits = Number.POSITIVE_INFINITY } = work;
  state.activeMutant = mutant;
  state.hitCount = mutant === undefined ? undefined : 0;
  state.hitLimit = mostHits;
  state.currentTestId = undefined;
  Object.assign(state.mutantCoverage, { static: {}, perTest: {} }); // the modules keep the outer object
  const known = work.isFresh ? undefined : inMemory.get(file);
  const loaded = known ?? (await load(file));
  if (known?.clock) stopClock(known.clock);
  const { failed, passed, isLate } = loaded.failed
    ? { failed: loaded.failed, passed: 0 }
    : await runTests(loaded, work);
  const isEndless = isLate === true || (state.hitCount ?? 0) > mostHits;
  state.activeMutant = undefined;
  if (work.isFresh || isLate || (failed !== undefined && mutant === undefined)) await forget(file, loaded);
  else inMemory.set(file, loaded);
  restoreProcess();
  return { failed, isEndless, passed, megabytes: process.memoryUsage.rss() / 1e6, coverage: state.mutantCoverage };
}

async function load(file: string): Promise<Loaded> {
  generation++;
  const loaded: Loaded = { tests: [], hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, listeners: [] };
  loading = loaded;
  const listeners = process.listeners('beforeExit');
  mock.timers.enable = (options) => {
    if (options) loaded.clock = options;
    stopClock(options);
  };
  const outcome = await attempt(() => import(pathToFileURL(resolve(file)).href));
  mock.timers.enable = stopClock;
  if (outcome !== undefined) loaded.failed = 'The file broke off.';
  loaded.listeners = process.listeners('beforeExit').filter((one) => !listeners.includes(one));
  return loaded;
}

/** A file that opens nothing in `before` has opened it while loading, so that it is closed at the end. */
async function forget(file: string, { hooks, listeners }: Loaded): Promise<void> {
  if (inMemory.get(file)?.hooks === hooks) inMemory.delete(file);
  for (const listener of listeners) process.off('beforeExit', listener);
  if (hooks.before.length === 0) for (const hook of hooks.after) await attempt(() => hook({}));
}

interface Ended {
  failed?: string | undefined;
  passed: number;
  isLate?: boolean;
}

async function runTests({ tests, hooks }: Loaded, { mutant, tests: asked, patience }: TestRun): Promise<Ended> {
  const ended: Ended = { passed: 0 };
  const step = async (name: string, run: () => unknown): Promise<boolean> => {
    const problem = await attempt(run, patience);
    if (problem === undefined) return true;
    ended.failed ??= name;
    ended.isLate ||= problem === 'late';
    return false;
  };
  const isOver = (): boolean => ended.isLate === true || (mutant !== undefined && ended.failed !== undefined);
  for (const hook of hooks.before) await step('before', () => hook({}));
  for (const { id, run } of tests) {
    if (isOver()) break;
    if (asked?.includes(id) === false) continue;
    for (const hook of hooks.beforeEach) await step(id, () => hook({}));
    const mocks = new OwnMocks();
    state.currentTestId = id;
    const isPassed = await step(id, () => run(contextOf(id, mocks)));
    state.currentTestId = undefined;
    mocks.reset();
    mocks.timers.reset();
    if (isPassed) ended.passed++;
    for (const hook of hooks.afterEach) await step(id, () => hook({}));
  }
  if (hooks.before.length > 0) for (const hook of hooks.after) await step('after', () => hook({}));
  return ended;
}

let stop: ((problem: unknown) => void) | undefined;
let isDrained = false;

/** Returns what went wrong, if anything: also an error that no code caught, and waiting for what cannot come. */
async function attempt(run: () => unknown, patience = mostPatience): Promise<unknown> {
  const stopped = Promise.withResolvers<void>();
  stop = stopped.reject;
  isDrained = false;
  const timer = timers.setTimeout(() => stopped.reject('late'), patience).unref();
  try {
    await Promise.race([(async () => void (await run()))(), stopped.promise]);
  } catch (problem) {
    return problem ?? 'failed';
  } finally {
    stop = undefined;
    timers.clearTimeout(timer);
  }
  return undefined;
}

process.on('uncaughtException', (problem) => stop?.(problem));
process.on('unhandledRejection', (problem) => stop?.(problem));
process.on('beforeExit', () => {
  if (isDrained) stop?.('drained');
  isDrained = true;
  if (stop) timers.setImmediate(() => undefined); // other listeners may go on
});

function restoreProcess(): void {
  mock.reset();
  mock.timers.reset();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  process.exitCode = undefined;
}
