/** Runs test files in a few processes and counts the results. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Tally } from '../evidence/scenario-count.ts';
import { onInterruption } from '../terminal/interruption.ts';
import { type FileOutcome, type FileProcess, startFileProcess } from './file-process.ts';
import { openReport } from './file-report.ts';

/** Kinds of files: for every machine, for other people's software (needs packages), or slow by design. */
export type Kind = 'test' | 'peer' | 'long';

/** Started first: a slow file at the end would run alone. */
const longest = [
  'support/system-tests/pages.test.ts',
  'support/system-tests/random-walk.test.ts',
  'support/lab/lab-pages.test.ts',
  'mock-idp/response/signatures.test.ts',
  'support/evidence/merge-runs.test.ts',
  'support/evidence/report-files.test.ts',
  'support/conformance/stand.test.ts',
  'support/package/package.test.ts',
  'support/system-tests/fault-table.test.ts',
  'support/lab/staging.test.ts',
];

/** Each takes seconds. `npm test` plays every third one, by chance; `npm run test:long` plays all. */
export const inTurn: readonly string[] = [
  'sp/main.test.ts',
  'support/bootstrap.test.ts',
  'support/commands/bdd.test.ts',
  'support/commands/diagnose.test.ts',
  'support/commands/idp.test.ts',
  'support/commands/listings.test.ts',
  'support/conformance/hostile.test.ts',
  'support/conformance/stand.test.ts',
  'support/conformance/try-personas.test.ts',
  'support/conformance/weakened/weakened.test.ts',
  'support/diagnosis/hostile.test.ts',
  'support/diagnosis/products/learn-personas.test.ts',
  'support/evidence/collect.test.ts',
  'support/evidence/hostile-report.test.ts',
  'support/evidence/merge-runs.test.ts',
  'support/evidence/report-files.test.ts',
  'support/evidence/report-folder.test.ts',
  'support/evidence/report-overview.test.ts',
  'support/gherkin/docs/first-scenario.test.ts',
  'support/gherkin/renamed-steps.test.ts',
  'support/gherkin/undefined-steps.test.ts',
  'support/init/set-up-project.test.ts',
  'support/lab/lab-pages.test.ts',
  'support/lab/staging.test.ts',
  'support/package/package.test.ts',
  'support/system-tests/bad-input.test.ts',
  'support/system-tests/cookbook.test.ts',
  'support/system-tests/crash.test.ts',
  'support/system-tests/cucumber-door.test.ts',
  'support/system-tests/failing-steps.test.ts',
  'support/system-tests/false-steps.test.ts',
  'support/system-tests/hostile-input.test.ts',
  'support/system-tests/other-driver.test.ts',
  'support/system-tests/pages.test.ts',
  'support/system-tests/random-walk.test.ts',
];

/** It changes the machine's network, which disturbs browsers: late, when fewer tests run beside it. */
const changeNetwork = ['support/system-tests/containers.peer.ts'];

/** They compare times, or keep every processor busy. */
const needAllProcessors: readonly string[] = ['mock-idp/personas/cost.long.ts', 'support/conformance/busy.long.ts'];

/**
 * The files of one kind below the current folder, in the order in which to play them. Those that take long include the
 * tests of which `npm test` plays a sample only.
 */
export function testFiles(kind: Kind): string[] {
  const rank = (file: string): number => {
    if (changeNetwork.includes(file)) return longest.length + 1;
    return longest.includes(file) ? longest.indexOf(file) : longest.length;
  };
  return filesOf(kind)
    .toSorted()
    .toSorted((one, other) => rank(one) - rank(other));
}

const turns = 3;
const turn = Math.floor(Math.random() * turns);
const isInTurn = (index: number): boolean => process.env.TEST_IN_FULL === '1' || index % turns === turn;

function filesOf(kind: Kind): string[] {
  const files = filesNamed(kind);
  if (kind === 'test') return files.filter((file) => !inTurn.includes(file) || isInTurn(inTurn.indexOf(file)));
  if (kind === 'peer') return files;
  return [...files, ...filesNamed('test').filter((file) => inTurn.includes(file) || playsSample(file))];
}

const filesNamed = (kind: Kind): string[] => globSync(`{mock-idp,sp,support,steps}/**/*.${kind}.ts`);

export const playsSample = (file: string): boolean => /\bsample\.fixture\b/.test(readFileSync(file, 'utf8'));

/** Code that changes or measures the whole process. A test file with it runs in a process of its own. */
const touchesProcess = [
  // Loads the steps, which register themselves once.
  /\b(runScenarios|playWithIdp|playWithOther|scenarioOutcomes|playRows|assertAllFail|builtExpressions)\b/,
  /\bprocess\.(chdir|exitCode|exit|memoryUsage|cpuUsage)\b/,
  /\bprocess\.env\.\w+ \??\??= /,
  /\bmock\.(method|timers)\b/,
  /\bcreateHook\(/,
  /\bsyncBuiltinESMExports\(/,

  /\bsteps\/doors\/cucumber\b/, // only Cucumber may have been loaded before
  /\b(processor-time|tenant)\.fixture\b/, // measure, and hold the clock for the whole file
];

export function needsOwnProcess(file: string): boolean {
  const text = readFileSync(file, 'utf8');
  return touchesProcess.some((one) => one.test(text));
}

export interface RunFilesOptions {
  /** Files in parallel; by default one per processor and two more, since many wait. */
  concurrency?: number;
  write?: (text: string) => void;
  /** Time without a result after which a file is ended, in milliseconds; by default half an hour. */
  patienceMs?: number;
  /** Files to play one at a time after all others. */
  alone?: readonly string[];
}

/**
 * Prints the results. Files share a few processes, except those that need their own. A signal to this process also ends
 * the running files.
 */
export async function runFiles(
  files: readonly string[],
  {
    concurrency = availableParallelism() + 2,
    write = (text) => void process.stdout.write(text),
    patienceMs,
    alone = needAllProcessors,
  }: RunFilesOptions = {},
): Promise<Tally> {
  const report = openReport(write);
  const waiting = files.filter((file) => !alone.includes(file));
  const last = files.filter((file) => alone.includes(file));
  const processes = new Set<FileProcess>();
  using _interruption = onInterruption(async () => {
    waiting.length = 0;
    last.length = 0;
    const running = [...processes].flatMap(({ file }) => file ?? []);
    if (running.length > 0) console.error(`Interrupted during ${running.join(' and ')}`);
    await Promise.all([...processes].map((one) => one.kill()));
  });
  const play = async (queue: Queue): Promise<void> => {
    await using place = openPlace(processes, patienceMs);
    for (let file = await queue.next(); file !== undefined; file = await queue.next()) {
      report.add(await place.run(file));
      queue.ended(file);
    }
  };
  const queue = openQueue(waiting);
  await Promise.all(Array.from({ length: concurrency }, () => play(queue)));
  await play(openQueue(last));
  return report.end();
}

/** Code that builds the archive, in a folder that all share. */
const buildsArchive = (file: string): boolean => /\b(unpack|builtArchive)\(/.test(readFileSync(file, 'utf8'));

interface Queue {
  /** The next file that may run now; undefined at the end. */
  next(): Promise<string | undefined>;
  /** Called when a file has run. */
  ended(file: string): void;
}

/** In order, but only one file at a time that builds the archive. */
function openQueue(waiting: string[]): Queue {
  let building: PromiseWithResolvers<void> | undefined;
  return {
    async next() {
      while (waiting.length > 0) {
        const index = waiting.findIndex((file) => building === undefined || !buildsArchive(file));
        if (index === -1) await building?.promise;
        else {
          const [file] = waiting.splice(index, 1);
          if (buildsArchive(file!)) building = Promise.withResolvers();
          return file;
        }
      }
      return undefined;
    },
    ended(file) {
      if (!buildsArchive(file)) return;
      building?.resolve();
      building = undefined;
    },
  };
}

/** If one file runs at a time: in the process of the previous file, unless one of the two must be alone. */
function openPlace(
  processes: Set<FileProcess>,
  patienceMs?: number,
): AsyncDisposable & { run(file: string): Promise<FileOutcome> } {
  let shared: FileProcess | undefined;

  function start(): FileProcess {
    const one = startFileProcess(patienceMs === undefined ? {} : { patienceMs });
    processes.add(one);
    return one;
  }
  async function end(one: FileProcess | undefined): Promise<void> {
    if (one === undefined) return;
    await one.end();
    processes.delete(one);
    if (one === shared) shared = undefined;
  }

  return {
    async run(file) {
      const isAlone = needsOwnProcess(file);
      const where = isAlone ? start() : (shared ?? start());
      if (!isAlone) shared = where;
      const outcome = await where.run({ file, isAlone });
      if (isAlone || outcome.problems.length > 0) await end(where);
      return outcome;
    },
    [Symbol.asyncDispose]: () => end(shared),
  };
}

/** Preloaded by processes that must not outlive this one. */
const endWithParent = new URL('../terminal/end-with-parent.ts', import.meta.url).href;

/**
 * Plays the scenarios in parallel with other tests, to use idle processor time. The returned function prints their
 * output once they have ended, and returns the tally.
 */
export function startScenarios(): () => Promise<Tally> {
  const script = fileURLToPath(new URL('scenarios-run.ts', import.meta.url));
  const options = ['--disable-warning=ExperimentalWarning', '--import', endWithParent];
  const child = spawn(process.execPath, [...options, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  return async () => {
    const lines = (await output).trimEnd().split('\n');
    console.log(lines.slice(0, -1).join('\n'));
    if (child.exitCode === null) await once(child, 'exit');
    if (child.exitCode === 0) return JSON.parse(lines.at(-1)!) as Tally;
    console.log(lines.at(-1));
    return { passed: 0, failed: 1, skipped: 0 };
  };
}
