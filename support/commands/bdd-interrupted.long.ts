/** A run ended by a signal prints what it has played, writes a report of it, and leaves no process behind. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'cheerio';
import { reportNames } from '../evidence/report-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
after(() => rmSync(folder, { recursive: true }));

const quick = `@scripted
Feature: Quick

  Rule: It ends

    Scenario: One
      Given Acme's SSO profile is set up
`;
const endless = `Feature: Endless

  Rule: It waits in its browser

    Scenario: Two
      Given a browser waits
`;
const cucumber = new URL('../../node_modules/@cucumber/cucumber/lib/wrapper.mjs', import.meta.url);
const stage = new URL('../scenario/stage.ts', import.meta.url);
const endlessStep = `import { Given } from '${cucumber}';
import { stage } from '${stage}';
Given('a browser waits', { timeout: -1 }, async () => {
  const page = await (await stage().browser()).newPage();
  await page.evaluate(() => new Promise(() => undefined));
});
`;

/** A Chromium that keeps a pipe open while it runs, so that its end is an event. */
let chromium: string;
const pipe = join(folder, 'lives');
before(() => {
  writeFileSync(join(folder, '1-quick.feature'), quick);
  writeFileSync(join(folder, '2-endless.feature'), endless);
  writeFileSync(join(folder, 'endless.mjs'), endlessStep);
  execFileSync('mkfifo', [pipe]);
  chromium = join(folder, 'chromium');
  writeFileSync(chromium, `#!/bin/sh\nexec '${chromiumHere()}' "$@" 9>'${pipe}'\n`);
  chmodSync(chromium, 0o755);
});

function chromiumHere(): string {
  const names = ['chromium-headless-shell', 'chromium', 'google-chrome'];
  return (
    process.env.CHROMIUM_PATH ||
    execFileSync('sh', ['-c', names.map((name) => `command -v ${name}`).join(' || ')], {
      encoding: 'utf8',
    }).trim()
  );
}

interface Run {
  child: ChildProcess;
  reports: string;
  temporary: string;
  output(): string;
  /** Resolves when no Chromium is running. */
  chromiumEnds: Promise<unknown>;
}

/** Resolves in mid-run: the first scenario has passed, the second is waiting in its browser. */
async function startRun(name: string, workers: number): Promise<Run> {
  const [reports, temporary] = [join(folder, name), join(folder, `${name}-tmp`)];
  for (const path of [reports, temporary]) mkdirSync(path);
  for (const file of Object.values(reportNames)) writeFileSync(join(reports, file), 'earlier');
  const options = ['--workers', String(workers), '--import', join(folder, 'endless.mjs'), '--reports', reports];
  const files = ['1-quick.feature', '2-endless.feature'].map((file) => join(folder, file));
  const preload = ['--import', join(root, 'support/terminal/end-with-parent.ts')];
  const child = spawn(process.execPath, [...preload, join(root, 'support/commands/bdd.ts'), ...options, ...files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CHROMIUM_PATH: chromium, TMPDIR: temporary },
  });
  let output = '';
  const passed = new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('.')) resolve();
      });
  });
  const alive = createReadStream(pipe); // opens when Chromium does
  const chromiumEnds = once(alive, 'close');
  alive.resume();
  await Promise.all([passed, once(alive, 'ready')]);
  return { child, reports, temporary, output: () => output, chromiumEnds };
}

/** Waits until the run exits and its output closes: no process that it started keeps it open. */
async function endOf({ child, chromiumEnds }: Run): Promise<readonly [code: number | null, signal: string | null]> {
  const [ended] = await Promise.all([once(child, 'close'), chromiumEnds]);
  return ended as [number | null, string | null];
}

const written = ({ reports }: Run, name: keyof typeof reportNames): string =>
  readFileSync(join(reports, reportNames[name]), 'utf8');

for (const [signal, workers] of [
  ['SIGINT', 2],
  ['SIGTERM', 1],
] as const)
  test(`${signal} with ${workers} workers: played scenarios are reported`, { timeout: 60_000 }, async () => {
    const run = await startRun(signal, workers);
    run.child.kill(signal);
    run.child.kill(signal); // a process group gets it from the terminal and from the parent
    assert.deepEqual(await endOf(run), [128 + constants.signals[signal], null], run.output());
    assert.match(run.output(), /\nInterrupted: 1 of 2 scenarios played: 1 passed\n\nReport: .*rehearsal\.html\n$/);
    assert.doesNotMatch(run.output(), /✘|^\s+at /m);
    assert.equal(load(written(run, 'junit'), { xml: true })('testcase').length, 1);
    assert.match(written(run, 'html'), /<\/html>\s*$/);
    assert.match(written(run, 'messages'), /"testCaseFinished"/);
    assert.deepEqual(readdirSync(run.reports).toSorted(), Object.values(reportNames).toSorted());
    assert.deepEqual(readdirSync(run.temporary), [], 'no browser profile is left');
  });

test('SIGKILL: Chromium ends too, and the earlier report is kept', { timeout: 60_000 }, async () => {
  const run = await startRun('SIGKILL', 2);
  run.child.kill('SIGKILL');
  assert.deepEqual(await endOf(run), [null, 'SIGKILL']);
  for (const name of Object.keys(reportNames) as (keyof typeof reportNames)[])
    assert.equal(written(run, name), 'earlier');
});
