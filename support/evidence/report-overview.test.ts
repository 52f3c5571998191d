/** The report's overview in a browser: failures first, passed scenarios folded, filters, trend, print. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AttachmentContentEncoding, type Envelope } from '@cucumber/messages';
import type { Browser, Page } from 'playwright';
import { problemsOf } from '../stack/accessible.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { pastRunsFile, readPastRuns } from './past-runs.ts';
import { openReports } from './report-files.ts';
import { runScenarios } from './run-scenarios.ts';
import { sequenceDiagram } from './sequence-diagram.ts';

const feature = `@scripted
Feature: The first feature

  Rule: It works

    @case:audience-mismatch
    Scenario: It passes
      Given Acme's SSO profile is set up

    Scenario: It fails
      Given there is no such step
`;

const folder = mkdtempSync(join(tmpdir(), 'overview-'));
let messages: Envelope[];
let browser: Browser;
let page: Page;

/** The story and the diagram of the failed step, as a run with evidence has them. */
function evidenceBefore({ testStepFinished: step }: Envelope): Envelope[] {
  if (step?.testStepResult.status !== 'UNDEFINED') return [];
  const { testCaseStartedId, testStepId } = step;
  const attach = (fileName: string, mediaType: string, text: string): Envelope => ({
    attachment: {
      testCaseStartedId,
      testStepId,
      fileName,
      mediaType,
      ...(mediaType.startsWith('image')
        ? { body: Buffer.from(text).toString('base64'), contentEncoding: AttachmentContentEncoding.BASE64 }
        : { body: text, contentEncoding: AttachmentContentEncoding.IDENTITY }),
    },
  });
  const diagram = sequenceDiagram([{ at: 0, from: 'sp', to: 'idp', label: 'x' }], { title: 'It fails' });
  return [
    attach('', 'text/x.cucumber.log+plain', 'Who must fix it: you.\nRun it again: npm run bdd'),
    attach('Sequence diagram', 'image/svg+xml', diagram),
  ];
}

const report = async (): Promise<void> => {
  const reports = openReports({ folder });
  for (const message of messages) reports.see(message);
  await reports.close();
};

before(async () => {
  messages = [];
  const path = join(folder, 'overview.feature');
  writeFileSync(path, feature);
  const onMessage = (message: Envelope): number => messages.push(...evidenceBefore(message), message);
  await runScenarios({ paths: [path], workers: 1, formats: ['summary:/dev/null'], onMessage });
  await report();
  await report();
  browser = await launchBrowser();
  page = await browser.newPage({ bypassCSP: true });
  await page.goto(pathToFileURL(join(folder, 'rehearsal.html')).href);
  await page.getByRole('heading', { name: 'Scenario: It fails' }).waitFor();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const heading = (name: string) => page.getByRole('heading', { name: `Scenario: ${name}` });
const topOf = async (name: string): Promise<number> => (await heading(name).boundingBox())!.y;

test('failures come first, in the overview and in their feature', async () => {
  await page.getByRole('heading', { name: '1 of 2 scenarios failed' }).waitFor();
  const listed = page.locator('.failures li');
  assert.deepEqual(await listed.locator('a').allTextContents(), ['It fails']);
  assert.match((await listed.textContent()) ?? '', /The first feature.*A step is undefined.*Who must fix it: you/);
  assert.ok((await topOf('It fails')) < (await topOf('It passes')), 'although it stands later in the file');
});

test('a link in the overview opens the feature and goes to the scenario', async () => {
  const feature = page.getByRole('button', { name: 'The first feature' });
  await feature.click();
  await heading('It fails').waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'It fails', exact: true }).click();
  await heading('It fails').waitFor();
  assert.ok(await heading('It fails').evaluate((one) => one === document.activeElement));
});

test('a passed scenario is folded, and unfolds', async () => {
  const step = page.getByText("Acme's SSO profile is set up");
  assert.equal(await step.isVisible(), false);
  await page.getByRole('button', { name: '✔ 1 step' }).click();
  await step.waitFor();
  await page.getByRole('button', { name: 'Hide steps' }).click();
  await step.waitFor({ state: 'hidden' });
});

test('the parts of a scenario besides its steps are called by what they do', async () => {
  await page
    .getByRole('button', { name: /^\d steps of set-up and final checks$/ })
    .first()
    .waitFor();
  assert.equal(await page.getByText(/\bhooks?\b/).count(), 0);
});

test('scenarios are filtered by tag and by case', async () => {
  await page.getByRole('combobox', { name: /^Case/ }).selectOption('audience-mismatch (1)');
  await heading('It fails').waitFor({ state: 'hidden' });
  await heading('It passes').waitFor();
  await page.getByRole('combobox', { name: /^Tag/ }).selectOption('scripted (2)');
  await heading('It fails').waitFor();
  assert.equal(await page.getByRole('combobox', { name: /^Case/ }).inputValue(), '', 'one filter at a time');
  await page.getByRole('combobox', { name: /^Tag/ }).selectOption('all');
});

test('the trend shows the last runs of the folder, which are kept', async () => {
  assert.deepEqual(await page.locator('.trend li .words').allTextContents(), [
    `${readPastRuns(folder)[0]!.at.slice(0, 16).replace('T', ' ')}: 1 of 2 failed`,
    'this run: 1 of 2 failed',
  ]);
  const kept = readPastRuns(folder);
  assert.deepEqual(
    kept.map(({ passed, failed, skipped }) => [passed, failed, skipped]),
    [
      [1, 1, 0],
      [1, 1, 0],
    ],
  );
  writeFileSync(join(folder, pastRunsFile), JSON.stringify(Array<unknown>(30).fill(kept[0])));
  await report();
  assert.equal(JSON.parse(readFileSync(join(folder, pastRunsFile), 'utf8')).length, 20);
  for (const damaged of ['{', '[{"at":"</script>"}]', '[{"at":1}]']) {
    writeFileSync(join(folder, pastRunsFile), damaged);
    assert.deepEqual(readPastRuns(folder), [], damaged);
  }
});

test('the story of a failure and its diagram are side by side on a wide page only', async () => {
  const places = async (width: number): Promise<number[]> => {
    await page.setViewportSize({ width, height: 900 });
    const parts = [page.locator('pre.story').first(), page.locator('.lanes').first()];
    return (await Promise.all(parts.map((part) => part.boundingBox()))).map((box) => Math.round(box!.x));
  };
  const [story, diagram] = await places(1_500);
  assert.ok(diagram! > story! + 300, `${story} ${diagram}`);
  const [above, below] = await places(1_000);
  assert.ok(Math.abs(above! - below!) < 50, `${above} ${below}`);
});

test('in print, what only works on a screen is left out', async () => {
  await page.emulateMedia({ media: 'print' });
  for (const part of ['#report form', '.filters']) assert.equal(await page.locator(part).first().isVisible(), false);
  assert.match(await page.locator('.fold:visible').first().innerText(), /^✔ \d+ steps?$/);
  await heading('It fails').waitFor();
  await page.emulateMedia({ media: 'screen' });
});

test('the overview is accessible, and nothing of it is cut off', async () => {
  const problems = await problemsOf(page);
  const ours = problems.filter((problem) => /overview|failures|trend|filters|fold"|too wide/.test(problem));
  assert.deepEqual(ours, []);
});
