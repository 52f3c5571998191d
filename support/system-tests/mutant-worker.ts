/**
 * Runs test files in this process, as named by its parent, each time with fresh modules of ours, in which one change
 * may be active. The modules of packages are loaded once.
 */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import * as nodeTest from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface TestRun {
  file: string;
  /** The number of the active change, in this file. Without them every file is instrumented and nothing is changed. */
  mutant?: string | undefined;
  mutated?: string | undefined;
  /** Code that runs more often than this is taken for an endless loop. */
  mostHits?: number | undefined;
  /** Other tests of the file are left out. */
  tests?: readonly string[] | undefined;
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

/** The names are those of the instrumented code. */
const state = {
  activeMutant: undefined as string | undefined,
  currentTestId: undefined as string | undefined,
  hitCount: undefined as number | undefined,
  hitLimit: undefined as number | undefined,
  mutantCoverage: { static: {}, perTest: {} } as Coverage,
};
Reflect.set(globalThis, '__stryker__', state);

const root = pathToFileURL(`${process.cwd()}/`).href;
const instrumented = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Record<string, string>;
const sources = new Map<string, string>();
let work: TestRun;
let generation = 0;

const isOurs = (url: string): boolean =>
  url.startsWith(root) && !url.includes('/node_modules/') && /\.ts(\?|$)/.test(url);

function sourceOf(path: string): string {
  const isMutated = work.mutated === undefined || work.mutated === path;
  const key = `${path} ${isMutated}`;
  const known = sources.get(key);
  if (known !== undefined) return known;
  const source = stripTypeScriptTypes((isMutated && instrumented[path]) || readFileSync(path, 'utf8'));
  sources.set(key, source);
  return source;
}

const ownTest = 'mutants:test';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'node:test' && isOurs(context.parentURL ?? '')) return { url: ownTest, shortCircuit: true };
    const found = next(specifier, context);
    return isOurs(found.url) ? { ...found, url: `${found.url}?${generation}`, format: 'module' } : found;
  },
  load(url, context, next) {
    if (url === ownTest) {
      const source = "export * from 'node:test'; export const { test } = globalThis.__mutants__;";
      return { format: 'module', source, shortCircuit: true };
    }
    if (!isOurs(url)) return next(url, context);
    return { format: 'module', source: sourceOf(fileURLToPath(url.replace(/\?.*/, ''))), shortCircuit: true };
  },
});

let isOver = false;
const named = new Map<string, number>();

/** Leaves out tests that are not asked for, and those after the first failure. */
function test(name: string, ...rest: unknown[]): unknown {
  const run = rest.pop() as (context: unknown) => unknown;
  const times = (named.get(name) ?? 0) + 1;
  named.set(name, times);
  const id = times === 1 ? name : `${name} (${times})`;
  return nodeTest.test(name, ...(rest as [object]), async (context: unknown) => {
    if (isOver || work.tests?.includes(id) === false) return;
    state.currentTestId = id;
    try {
      await run(context);
    } finally {
      state.currentTestId = undefined;
    }
  });
}
Reflect.set(globalThis, '__mutants__', { test });

process.env.NODE_TEST_WORKER_ID = '1'; // as node:test itself sets it
const environment = { ...process.env };

process.on('message', (next: TestRun) => {
  process.channel!.unref(); // waiting for the next file must not keep this one from ending
  void runFile(next).then((outcome) => {
    process.channel!.ref();
    process.send!(outcome);
  });
});

async function runFile(next: TestRun): Promise<TestOutcome> {
  work = next;
  begin();
  const { file, mutant, mostHits = Number.POSITIVE_INFINITY } = work;
  let failed: string | undefined;
  let passed = 0;
  for await (const { type, data } of nodeTest.run({ files: [file], isolation: 'none' })) {
    if (type === 'test:pass') passed++;
    if (type !== 'test:fail') continue;
    failed ??= data.name;
    isOver = mutant !== undefined;
  }
  // node:test does not report a file that stops after its first tests. It is not loaded again here.
  await import(pathToFileURL(resolve(file)).href).catch(() => {
    failed ??= 'The file broke off.';
  });
  const isEndless = (state.hitCount ?? 0) > mostHits;
  state.activeMutant = undefined;
  restoreProcess();
  return { failed, isEndless, passed, megabytes: process.memoryUsage.rss() / 1e6, coverage: state.mutantCoverage };
}

function begin(): void {
  generation++;
  isOver = false;
  named.clear();
  state.activeMutant = work.mutant;
  state.hitCount = work.mutant === undefined ? undefined : 0;
  state.hitLimit = work.mostHits;
  state.currentTestId = undefined;
  Object.assign(state.mutantCoverage, { static: {}, perTest: {} }); // the modules keep the outer object
}

function restoreProcess(): void {
  nodeTest.mock.reset();
  nodeTest.mock.timers.reset();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  process.removeAllListeners('beforeExit');
  process.exitCode = undefined;
}
