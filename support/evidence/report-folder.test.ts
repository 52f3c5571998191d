/** The files of a report are complete or unchanged: with two runs in one folder, a full disk, or a file in the way. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Envelope } from '@cucumber/messages';
import { load } from 'cheerio';
import { launchBrowser } from '../stack/browser.ts';
import { pastRunsFile } from './past-runs.ts';
import { loadReport, openReports, reportNames } from './report-files.ts';
import { runScenarios } from './run-scenarios.ts';
import { Unwritable } from './unwritable.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-folder-'));
after(() => rmSync(folder, { recursive: true }));

const feature = `@scripted
Feature: Folders

  Rule: A report is whole

    Scenario: One
      Given Acme's SSO profile is set up

    Scenario: Two
      Given Acme's SSO profile is set up
`;

const messages: Envelope[] = [];
before(async () => {
  writeFileSync(join(folder, 'folders.feature'), feature);
  await runScenarios({
    paths: [join(folder, 'folders.feature')],
    workers: 1,
    formats: ['summary:/dev/null'],
    onMessage: (message) => messages.push(message),
  });
});

function newFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

/** Index of a message within the second scenario. */
const inSecond = (): number => messages.findLastIndex(({ testStepFinished }) => testStepFinished !== undefined);

const fileNames = Object.values(reportNames).toSorted();

/** Number of scenarios in each file of the folder; throws if a file is incomplete. */
function scenariosIn(place: string): Record<string, number> {
  const [html, junit, lines] = [reportNames.html, reportNames.junit, reportNames.messages].map((name) =>
    readFileSync(join(place, name), 'utf8'),
  ) as [string, string, string];
  assert.match(html, /^<!DOCTYPE html>[\s\S]*<\/html>\s*$/);
  const $ = load(junit, { xml: true });
  assert.equal($('testsuite').length, 1);
  return {
    html: html.split('"testCaseFinished":').length - 1,
    junit: $('testcase').length,
    messages: lines
      .trim()
      .split('\n')
      .filter((line) => (JSON.parse(line) as Envelope).testCaseFinished).length,
  };
}

test('two runs that write to one folder at the same time leave the complete files of the later one', async () => {
  const place = newFolder('two');
  const [one, other] = [openReports({ folder: place }), openReports({ folder: place })];
  for (const message of messages) one.see(message);
  for (const message of messages.slice(0, inSecond())) other.see(message);
  await one.close();
  assert.deepEqual(scenariosIn(place), { html: 2, junit: 2, messages: 2 });
  other.see(messages.at(-1)!);
  await other.close();
  assert.deepEqual(scenariosIn(place), { html: 1, junit: 1, messages: 1 });
  assert.deepEqual(readdirSync(place).toSorted(), [pastRunsFile, ...fileNames]);
});

test('an interrupted run leaves its finished scenarios, and its messages have no end', async () => {
  const place = newFolder('interrupted');
  const reports = openReports({ folder: place });
  for (const message of messages.slice(0, inSecond())) reports.see(message);
  await reports.close({ interrupted: true });
  for (const message of messages.slice(inSecond())) reports.see(message);
  assert.deepEqual(scenariosIn(place), { html: 1, junit: 1, messages: 1 });
  assert.doesNotMatch(readFileSync(join(place, reportNames.messages), 'utf8'), /testRunFinished/);
});

test('the page links to the load test in the same folder, if there is one', async () => {
  const [alone, beside] = [newFolder('alone'), newFolder('beside')];
  writeFileSync(join(beside, loadReport.file), '');
  for (const place of [alone, beside]) {
    const reports = openReports({ folder: place });
    for (const message of messages) reports.see(message);
    await reports.close();
    const links = load(readFileSync(join(place, reportNames.html), 'utf8'))('nav.besides a');
    assert.deepEqual(
      links.toArray().map(({ attribs }) => attribs.href),
      place === beside ? [loadReport.file] : [],
    );
  }
});

test('the page of an interrupted run shows a note', async () => {
  const [broken, whole] = [newFolder('interrupted-page'), newFolder('complete-page')];
  for (const [place, received, interrupted] of [
    [broken, messages.slice(0, inSecond()), true],
    [whole, messages, false],
  ] as const) {
    const reports = openReports({ folder: place });
    for (const message of received) reports.see(message);
    await reports.close({ interrupted });
  }
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(broken, reportNames.html)).href);
    assert.equal(await page.getByRole('note').innerText(), 'Interrupted: 1 of 2 scenarios played.');
    await page.goto(pathToFileURL(join(whole, reportNames.html)).href);
    await page.getByText('folders.feature').first().waitFor();
    assert.equal(await page.getByRole('note').count(), 0);
  } finally {
    await browser.close();
  }
});

test('the earlier files stay until everything is on disk', async () => {
  const place = newFolder('earlier');
  for (const name of fileNames) writeFileSync(join(place, name), 'earlier');
  const reports = openReports({ folder: place });
  for (const message of messages.slice(0, -1)) reports.see(message);
  const assertUnchanged = (): void => {
    for (const name of fileNames) assert.equal(readFileSync(join(place, name), 'utf8'), 'earlier');
  };
  assertUnchanged();
  await reports.discard();
  assertUnchanged();
  assert.deepEqual(readdirSync(place).toSorted(), fileNames);
});

const remedy = 'Choose another folder with --reports.';

const broken: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EROFS: 'the file system is read-only',
  EIO: 'EIO',
};
for (const [code, reason] of Object.entries(broken))
  test(`a disk that fails with ${code} gives one sentence, and the earlier files are kept`, async () => {
    const place = newFolder(code);
    writeFileSync(join(place, reportNames.junit), 'earlier');
    const full = (): Writable =>
      new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write'), { code })) });
    const reports = openReports({ folder: place, openFile: full });
    for (const message of messages) reports.see(message);
    await assert.rejects(reports.close(), (error: Error) => {
      assert.ok(error instanceof Unwritable);
      assert.equal(error.message, `Cannot write the report to ${place}: ${reason}. ${remedy}`);
      return true;
    });
    assert.deepEqual(readdirSync(place), [reportNames.junit]);
  });

test('a file in the place of the folder, or a folder in the place of a file, gives one sentence', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')])
    assert.throws(() => openReports({ folder: path }), {
      message: `Cannot write the report to ${path}: ${file} is a file. ${remedy}`,
    });
  // Node itself never returns from there.
  if (process.platform === 'linux')
    assert.throws(() => openReports({ folder: '/proc/x' }), {
      message: `Cannot write the report to /proc/x: the folder does not exist and cannot be created. ${remedy}`,
    });
  const place = newFolder('directory');
  mkdirSync(join(place, reportNames.junit));
  const reports = openReports({ folder: place });
  for (const message of messages) reports.see(message);
  await assert.rejects(reports.close(), {
    message: `Cannot write the report to ${place}: ${join(place, reportNames.junit)} is a folder. ${remedy}`,
  });
});

test('files left by a killed run are removed a day later', async () => {
  const place = newFolder('killed');
  const [old, recent] = [join(place, '.unfinished-old'), join(place, '.unfinished-recent')];
  for (const left of [old, recent]) mkdirSync(left);
  const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
  utimesSync(old, twoDaysAgo, twoDaysAgo);
  await openReports({ folder: place }).discard();
  assert.deepEqual([existsSync(old), existsSync(recent)], [false, true]);
});
