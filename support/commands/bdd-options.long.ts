/** Options of `npm run bdd` passed on to Cucumber, --failed, and reports that cannot be written. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { reportNames } from '../evidence/report-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bdd-options-'));
after(() => rmSync(folder, { recursive: true }));

const feature = `@scripted
Feature: Options

  Rule: Options are passed on

    Scenario: One passes
      Given Acme's SSO profile is set up

    Scenario: Two (at first) fails
      Given the first attempt fails
`;
const cucumber = new URL('../../node_modules/@cucumber/cucumber/lib/wrapper.mjs', import.meta.url);
/** Fails until the file named by the environment exists. */
const step = `import { existsSync, writeFileSync } from 'node:fs';
import { AfterAll, Given } from '${cucumber}';
AfterAll(() => {
  if (process.env.ATTEMPTED.includes('clean-up')) throw new Error('the clean-up failed');
});
Given('the first attempt fails', () => {
  if (existsSync(process.env.ATTEMPTED)) return;
  writeFileSync(process.env.ATTEMPTED, '');
  throw new Error('the first attempt');
});
`;
const file = join(folder, 'options.feature');
const steps = join(folder, 'options.mjs');

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

function bdd(name: string, args: readonly string[], { limit }: { limit?: number } = {}): Promise<Ran> {
  const command = [
    process.execPath,
    join(root, 'support/commands/bdd.ts'),
    '--workers',
    '1',
    '--import',
    steps,
    ...args,
  ];
  const [program, ...rest] =
    limit === undefined ? command : ['sh', '-c', `trap '' XFSZ; ulimit -f ${limit}; exec "$@"`, 'sh', ...command];
  const env = { ...process.env, ATTEMPTED: join(folder, `${name}-attempted`), NODE_COMPILE_CACHE: '' };
  return new Promise((resolve) =>
    execFile(program!, rest, { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

before(() => {
  writeFileSync(file, feature);
  writeFileSync(steps, step);
});

test('a run whose AfterAll fails exits with 1, though every scenario passed', async () => {
  const { code, stdout } = await bdd('clean-up', ['--no-evidence', '--name', 'One passes', file]);
  assert.match(stdout, /The run could not finish: the clean-up failed\n[\s\S]*1 passed/);
  assert.equal(code, 1);
});

test('--retry replays a failed scenario; --format writes a file in addition to our own output', async () => {
  const summary = join(folder, 'summary.txt');
  const { code, stdout, stderr } = await bdd('retry', [
    '--no-evidence',
    '--retry',
    '1',
    '--format',
    `summary:${summary}`,
    file,
  ]);
  assert.match(stdout, /^\.\.\n\n2 scenarios in [\d.]+ s: 2 passed\n$/);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(readFileSync(summary, 'utf8'), /^2 scenarios \(2 passed\)$/m);
});

test('a format without a file takes standard output, and our own output goes to standard error', async () => {
  const { code, stdout, stderr } = await bdd('stdout', ['--no-evidence', '--format', 'json', file]);
  const [{ elements }] = JSON.parse(stdout) as [{ elements: { name: string }[] }];
  assert.deepEqual(
    elements.map(({ name }) => name),
    ['One passes', 'Two (at first) fails'],
  );
  assert.match(stderr, /✘ Two \(at first\) fails[\s\S]*2 scenarios in [\d.]+ s: 1 passed 1 failed\n$/);
  assert.equal(code, 1);
});

describe('--failed', () => {
  const reports = join(folder, 'reports');
  const failed = (...args: string[]): Promise<Ran> => bdd('failed', ['--reports', reports, '--failed', ...args]);

  test('replays the scenarios that failed in the last run, or none if none failed', async () => {
    assert.match((await bdd('failed', ['--reports', reports, file])).stdout, /1 passed 1 failed/);
    const other = await failed('--name', 'One');
    assert.deepEqual([other.code, other.stderr], [2, 'No scenario of that name failed in the last run.\n']);
    const again = await failed();
    assert.match(again.stdout, /1 scenario in [\d.]+ s: 1 passed\n/);
    assert.equal(again.code, 0);
    const nothing = await failed();
    assert.deepEqual([nothing.code, nothing.stdout], [0, 'Nothing failed in the last run.\n']);
  });

  test('rejects an interrupted run in which no scenario had failed yet', async () => {
    const messages = join(reports, reportNames.messages);
    const lines = readFileSync(messages, 'utf8').split('\n');
    writeFileSync(messages, lines.filter((line) => !line.includes('"testRunFinished"')).join('\n'));
    const { code, stderr } = await failed();
    assert.match(stderr, /^No scenario failed in the last run, but it did not finish\. Run it again/);
    assert.equal(code, 2);
  });
});

describe('a report that cannot be written', () => {
  const sentence = (reports: string, reason: string): string =>
    `Cannot write the report to ${reports}: ${reason}. Choose another folder with --reports.\n`;

  test('because the disk is full: first the result, then the reason', {
    skip: process.platform === 'win32',
  }, async () => {
    const reports = join(folder, 'full');
    const { code, stdout, stderr } = await bdd('full', ['--reports', reports, '--name', 'One', file], { limit: 20 });
    assert.match(stdout, /1 scenario in [\d.]+ s: 1 passed\n/);
    assert.deepEqual([code, stderr], [2, sentence(reports, 'this user is not allowed to write files of that size')]);
  });

  test('because a folder is in its place: first the result, then the reason', async () => {
    const reports = join(folder, 'taken');
    mkdirSync(join(reports, reportNames.junit), { recursive: true });
    const { code, stdout, stderr } = await bdd('taken', ['--reports', reports, '--name', 'One', file]);
    assert.match(stdout, /1 scenario in [\d.]+ s: 1 passed\n/);
    assert.deepEqual([code, stderr], [2, sentence(reports, `${join(reports, reportNames.junit)} is a folder`)]);
  });

  test('because the folder is a file: no scenario is played', async () => {
    for (const reports of [file, join(file, 'below')]) {
      const { code, stdout, stderr } = await bdd('file', ['--reports', reports, '--name', 'One', file]);
      assert.deepEqual([code, stdout, stderr], [2, '', sentence(reports, `${file} is a file`)]);
    }
  });
});
