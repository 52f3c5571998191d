/** The report of a run with failed scenarios: opens from disk and shows what happened. Played like `npm run bdd`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Envelope } from '@cucumber/messages';
import { load } from 'cheerio';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { checkedLooks, prepareChecks, troublesIn } from '../stack/accessible.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { reportNames } from './report-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
after(() => rmSync(folder, { recursive: true }));

const feature = `Feature: Evidence

  Rule: A failure is told in words

    Scenario: Sam is (not) let in
      Given Acme's SSO profile is set up by hand
      And the IdP sends an assertion meant for someone else
      When Sam takes the SSO test
      Then the test passes

    Scenario: Sam is not assigned
      Given Acme's SSO profile is set up
      And Sam is not assigned to the app
      When Sam takes the SSO test
      Then the test passes

    @scripted
    Scenario: A slip of the pen
      Given the IdP sends an assertion ment for someone else

    @scripted
    Scenario: Sam is let in
      Given Acme's SSO profile is set up
      When Sam takes the SSO test
      Then the test passes
`;

let output = '';
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');
const attachments = (): NonNullable<Envelope['attachment']>[] =>
  written(reportNames.messages)
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Envelope).attachment ?? []);

before(async () => {
  writeFileSync(join(folder, 'evidence.feature'), feature);
  const options = ['--reports', folder, '--trace', '--workers', '1', join(folder, 'evidence.feature')];
  const outcome = await promisify(execFile)(process.execPath, [join(root, 'support/commands/bdd.ts'), ...options], {
    cwd: root,
  }).catch((error: { code: number; stdout: string }) => error);
  output = outcome.stdout;
  assert.equal('code' in outcome ? outcome.code : 0, 1, output);
});

test('the terminal shows who did what, the rejection, what the administrator is told, and no stack', () => {
  for (const words of [
    /✘ Sam is \(not\) let in/,
    /✔ When Sam takes the SSO test/,
    /✘ Then the test passes/,
    /Refused: audience-mismatch/,
    /What the administrator is told: “/,
    /It is 'audience-mismatch'\n *and should be 'success'/,
    /Who must fix it: the administrator of the identity provider/,
    /Sam reads: “The assertion is meant for another service provider”/,
    /npm run bdd -- --name "\^Sam is \\\(not\\\) let in\$"/,
    /1 passed 3 failed/,
  ])
    assert.match(output, words);
  assert.doesNotMatch(output, /^\s+at .*:\d+:\d+\)?$/m);
});

test('a sign-in stuck at the identity provider is shown with its case and who must fix it', () => {
  const stuck = output.slice(output.indexOf('✘ Sam is not assigned'));
  const lines = [
    /^[\s\S]*?Sam reads: “.* is not assigned to Sam\.”\n/,
    /.*nothing came back: “The user is not assigned to the application” \(app-not-assigned\)\.\n/,
    / *Who must fix it: the administrator of the identity provider\.\n *How: /,
  ];
  assert.match(stuck, new RegExp(lines.map(({ source }) => source).join('')));
});

test('the messages advise on a step that does not exist instead of writing code for it', () => {
  const [code] = written(reportNames.messages)
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Envelope).suggestion?.snippets.map((snippet) => snippet.code) ?? []);
  const lines = [
    /^There is no such step\.[\s\S]*the IdP sends \{fault\}[\s\S]*/,
    /\n {2}an assertion meant for someone else/,
  ];
  assert.match(code!, new RegExp(lines.map(({ source }) => source).join('')));
});

test('every scenario leaves its picture; a failed one also marked messages, screenshots and the command', () => {
  const all = attachments();
  assert.equal(
    all.filter(({ mediaType }) => mediaType === 'image/svg+xml').length,
    3,
    'all but the one that did nothing',
  );
  assert.ok(all.some(({ mediaType, fileName }) => mediaType === 'image/jpeg' && fileName?.startsWith('Sam sees: ')));
  const message = all.find(({ fileName }) => fileName === 'SAML response, refused: audience-mismatch');
  assert.match(load(message!.body)('mark').text(), /<saml:Audience>/);
  assert.ok(
    all.some(
      ({ mediaType, body }) => mediaType === 'text/x.cucumber.log+plain' && body.includes('npm run bdd -- --name'),
    ),
  );
});

test('JUnit counts the scenarios', () => {
  const $ = load(written(reportNames.junit), { xml: true });
  assert.deepEqual([$('testcase').length, $('failure').length], [4, 3]);
});

test('the trace of the failure is kept beside the report', () => {
  assert.deepEqual(readdirSync(join(folder, 'traces')).toSorted(), [
    'sam-is-not-assigned-sam.zip',
    'sam-is-not-let-in-ada.zip',
    'sam-is-not-let-in-sam.zip',
  ]);
});

test('no secret is in any of the files', () => {
  const texts = [
    ...Object.values(reportNames).map(written),
    ...attachments()
      .filter(({ contentEncoding }) => contentEncoding === 'BASE64')
      .map(({ body }) => Buffer.from(body, 'base64').toString('latin1')),
    output,
  ].join('\n');
  for (const secret of [
    /\/try\/[\w-]{16,}/,
    /Sam at the (service|identity) provider/,
    /sp_session=\w/,
    /SignatureValue>[A-Za-z0-9+/]/,
    /SAMLResponse=\w/,
  ])
    assert.doesNotMatch(texts, secret);
});

const address = (): string => pathToFileURL(join(folder, reportNames.html)).href;

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function openReport(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ reducedMotion: 'reduce', ...options });
  page.on('pageerror', ({ message }) => assert.fail(message));
  await page.goto(address());
  await page.getByText('Identity provider', { exact: true }).first().waitFor();
  return page;
}

test('the report opens from disk without a network, with picture and message, and without script errors', async () => {
  const asked: string[] = [];
  const errors: string[] = [];
  const page = await browser.newPage();
  page.on('request', (request) => void (request.url().startsWith('data:') || asked.push(request.url())));
  page.on('pageerror', ({ message }) => void errors.push(message));
  await page.goto(address());
  assert.equal(await page.title(), 'Rehearsal');
  await page.getByText('Identity provider', { exact: true }).first().waitFor();
  await page.getByText('SAML response, refused: audience-mismatch', { exact: true }).click();
  const mark = page.frameLocator('iframe').locator('mark');
  assert.match(await mark.innerText(), /saml:Audience/);
  assert.deepEqual([asked.filter((url) => !/^about:/.test(url)), errors], [[address()], []]);
  await page.close();
});

test('the report shows who must fix what before any picture, no stack, and the feature’s name', async () => {
  const page = await openReport();
  const text = await page.locator('#report').innerText();
  const first = (words: string): number =>
    text.includes(words) ? text.indexOf(words) : assert.fail(`${words} is missing`);
  assert.ok(first('Who must fix it: the administrator of the identity provider') < first('Who sent what to whom'));
  assert.match(text, /It is 'audience-mismatch'\nand should be 'success'\n\n\(steps\/connection-test\.ts:\d+\)/);
  assert.doesNotMatch(text, /^\s*at .*:\d+:\d+\)?$|AssertionError|function \(\)|BeforeAll/m);
  assert.match(await page.getByRole('button', { name: /evidence\.feature/ }).innerText(), /^Evidence/);
  await page.close();
});

describe('the report is accessible and fits', () => {
  let page: Page;
  before(async () => {
    page = await openReport({ bypassCSP: true });
    await page.getByText('SAML response, refused: audience-mismatch', { exact: true }).click();
    await page.getByText('E-mail to Sam, as it looks', { exact: true }).first().click();
    await page.frameLocator('iframe[title^="SAML response"]').locator('mark').waitFor();
    await prepareChecks(page);
  });
  after(() => page.close());
  for (const look of checkedLooks) test(look, async () => assert.deepEqual(await troublesIn(page, look), []));
});

test('without evidence there is no report', async () => {
  const none = join(folder, 'none');
  await promisify(execFile)(
    process.execPath,
    [
      join(root, 'support/commands/bdd.ts'),
      '--no-evidence',
      '--reports',
      none,
      '--workers',
      '1',
      '--name',
      '^Sam is let in$',
      join(folder, 'evidence.feature'),
    ],
    { cwd: root },
  );
  assert.equal(existsSync(none), false);
});
