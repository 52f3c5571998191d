/** `npm run pictures`: makes the screenshots for the README. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright';
import { reportNames } from '../evidence/report-files.ts';
import { startLab } from '../lab/lab.ts';
import { launchBrowser } from '../stack/browser.ts';
import { startStack } from '../stack/servers.ts';
import { tour } from '../system-tests/pages.ts';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
/** Name of the page → file and height. */
const wanted: Readonly<Record<string, readonly [file: string, height: number]>> = {
  'result of a rejection': ['rejected.png', 1200],
};

/** A scenario that fails on purpose, so that the report has something to show. */
const failing = `Feature: An SSO profile without a rehearsal
  The report shows who must fix what.

  Rule: Sam gets in

    Scenario: Sam takes the SSO test and gets in
      Given Acme's SSO profile is set up
      And the IdP sends an assertion with a different Audience
      When Sam takes the SSO test
      Then the test passes
`;

mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'pictures-'));
const browser = await launchBrowser();
try {
  await pagesOfTheApps(browser);
  await frontPageOfTheLab(browser);
  await reportOfAFailure(browser);
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}

async function pagesOfTheApps(on: Browser): Promise<void> {
  await using stack = await startStack();
  await tour(stack, on, 'light', async (name, page) => {
    const [file, height] = wanted[name] ?? [];
    if (file !== undefined) await take(page, file, height!);
  });
}

async function frontPageOfTheLab(on: Browser): Promise<void> {
  await using lab = await startLab({ data: join(scratch, 'lab'), port: 0, spPort: 0, idpPort: 0 });
  const page = await on.newPage({ viewport: { width: 1100, height: 900 } });
  await page.goto(new URL('/?q=assigned', lab.url).href);
  await page.getByRole('button', { name: 'Stage it: The user is not assigned to the app' }).click();
  await page.getByText('Staged:').waitFor();
  await take(page, 'lab.png', 900);
  await page.close();
}

async function reportOfAFailure(on: Browser): Promise<void> {
  writeFileSync(join(scratch, 'sign-in.feature'), failing);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      fileURLToPath(new URL('bdd.ts', import.meta.url)),
      '--workers',
      '1',
      '--reports',
      scratch,
      join(scratch, 'sign-in.feature'),
    ],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  if (status !== 1) throw new Error(`expected the scenario to fail, but it ended with ${status}:\n${stdout}${stderr}`);
  const page = await on.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(join(scratch, reportNames.html)).href);
  await page.locator('.lanes').waitFor();
  await take(page, 'report.png', 1_560, { width: 1280 });
  await page.close();
}

/** Takes the upper part of the page: `height` pixels. */
async function take(page: Page, file: string, height: number, { width = 1100 } = {}): Promise<void> {
  await page.waitForLoadState();
  await page.screenshot({ path: `${folder}${file}`, fullPage: true, clip: { x: 0, y: 0, width, height } });
  console.log(`docs/pictures/${file}`);
}
