/** What `npm run bdd` hands on to Cucumber, what --failed plays, and a run whose report cannot be written. */
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

  Rule: Each is handed on

    Scenario: One passes
      Given Acme's SSO profile is set up

    Scenario: Two (at first) fails
      Given the first attempt fails
`;
const cucumber = new URL('../../node_modules/@cucumber/cucumber/lib/wrapper.mjs', import.meta.url);
/** Fails until the file that the environment names is there. */
const step = `import { existsSync, writeFileSync } from 'node:fs';
import { Given } from '${cucumber}';
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

test('--retry plays again what fails; --format writes a file beside our own output', async () => {
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

test('a format without a file takes standard output, and our own goes to standard error', async () => {
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

  test('plays what failed in the last run, and nothing when nothing did', async () => {
    assert.match((await bdd('failed', ['--reports', reports, file])).stdout, /1 passed 1 failed/);
    const other = await failed('--name', 'One');
    assert.deepEqual([other.code, other.stderr], [2, 'No scenario of that name failed in the last run.\n']);
    const again = await failed();
    assert.match(again.stdout, /1 scenario in [\d.]+ s: 1 passed\n/);
    assert.equal(again.code, 0);
    const nothing = await failed();
    assert.deepEqual([nothing.code, nothing.stdout], [0, 'Nothing failed in the last run.\n']);
  });

  test('does not take a run that broke off for one in which nothing failed', async () => {
    const messages = join(reports, reportNames.messages);
    const lines = readFileSync(messages, 'utf8').split('\n');
    writeFileSync(messages, lines.filter((line) => !line.includes('"testRunFinished"')).join('\n'));
    const { code, stderr } = await failed();
    assert.match(stderr, /^No scenario failed in the last run, but it did not end well\. Play it again/);
    assert.equal(code, 2);
  });
});

describe('a report that cannot be written', () => {
  const sentence = (reports: string, reason: string): string =>
    `The report cannot be written to ${reports}: ${reason}. Name another folder with --reports.\n`;

  test('since there is no room: the outcome is told, then why', { skip: process.platform === 'win32' }, async () => {
    const reports = join(folder, 'full');
    const { code, stdout, stderr } = await bdd('full', ['--reports', reports, '--name', 'One', file], { limit: 20 });
    assert.match(stdout, /1 scenario in [\d.]+ s: 1 passed\n/);
    assert.deepEqual([code, stderr], [2, sentence(reports, 'this user may not write files of that size')]);
  });

  test('since a folder is in the place of a file: the outcome is told, then why', async () => {
    const reports = join(folder, 'taken');
    mkdirSync(join(reports, reportNames.junit), { recursive: true });
    const { code, stdout, stderr } = await bdd('taken', ['--reports', reports, '--name', 'One', file]);
    assert.match(stdout, /1 scenario in [\d.]+ s: 1 passed\n/);
    assert.deepEqual([code, stderr], [2, sentence(reports, `${join(reports, reportNames.junit)} is a folder`)]);
  });

  test('since a file is in the place of the folder: nothing is played', async () => {
    for (const reports of [file, join(file, 'below')]) {
      const { code, stdout, stderr } = await bdd('file', ['--reports', reports, '--name', 'One', file]);
      assert.deepEqual([code, stdout, stderr], [2, '', sentence(reports, `${file} is a file`)]);
    }
  });
});
