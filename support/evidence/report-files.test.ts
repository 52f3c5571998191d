/** The report of a run with failed scenarios opens from disk and shows what happened. Played like `npm run bdd`. */
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
import { checkedLooks, prepareChecks, problemsIn } from '../stack/accessible.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { sample } from '../stack/sample.fixture.ts';
import { locationIn, reportNames } from './report-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
after(() => rmSync(folder, { recursive: true }));

const feature = `Feature: Evidence

  Rule: A failure is explained

    Scenario: Sam is (not) let in
      Given Acme's SSO profile is set up by hand
      And the IdP sends an assertion with a different Audience
      When Sam takes the SSO test
      Then the test passes

    Scenario: Sam is not assigned
      Given Acme's SSO profile is set up
      And Sam is not assigned to the app
      When Sam takes the SSO test
      Then the test passes

    @scripted
    Scenario: A typo
      Given the IdP sends an assertion with a diferent Audiense

    @scripted @TMS-123 @<&"
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

test('the terminal shows the steps, the rejection and what the administrator sees, but no stack', () => {
  for (const words of [
    /✘ Sam is \(not\) let in/,
    /✔ When Sam takes the SSO test/,
    /✘ Then the test passes/,
    /Rejected: audience-mismatch/,
    /The administrator sees: “/,
    /Expected the test to pass, received “audience-mismatch”\./,
    /Who must fix it: the administrator of the identity provider/,
    /Sam sees: “The assertion is meant for another service provider”/,
    /npm run bdd -- --name "\^Sam is \\\(not\\\) let in\$"/,
    /1 passed 3 failed/,
  ])
    assert.match(output, words);
  assert.doesNotMatch(output, /^\s+at .*:\d+:\d+\)?$/m);
});

test('a sign-in that ends at the IdP is shown with its case and who must fix it', () => {
  const stuck = output.slice(output.indexOf('✘ Sam is not assigned'));
  const lines = [
    /^[\s\S]*?Sam sees: “.* is not assigned to Sam\.”\n/,
    /.*without a response: “The user is not assigned to the app” \(app-not-assigned\)\.\n/,
    / *Who must fix it: the administrator of the identity provider\.\n *Fix: /,
  ];
  assert.match(stuck, new RegExp(lines.map(({ source }) => source).join('')));
});

test('the messages suggest existing steps for an undefined step, instead of code', () => {
  const [code] = written(reportNames.messages)
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Envelope).suggestion?.snippets.map((snippet) => snippet.code) ?? []);
  const lines = [
    /^Unknown step\.[\s\S]*the IdP sends \{fault\}[\s\S]*/,
    /\n {2}an assertion with a different Audience/,
  ];
  assert.match(code!, new RegExp(lines.map(({ source }) => source).join('')));
});

test('every scenario has its diagram; a failed one also has marked responses, screenshots and the command', () => {
  const all = attachments();
  assert.equal(
    all.filter(({ mediaType }) => mediaType === 'image/svg+xml').length,
    3,
    'all except the one without steps',
  );
  assert.ok(all.some(({ mediaType, fileName }) => mediaType === 'image/jpeg' && fileName?.startsWith('Sam sees: ')));
  const message = all.find(({ fileName }) => fileName === 'SAML response, rejected: audience-mismatch');
  assert.match(load(message!.body)('mark').text(), /<saml:Audience>/);
  assert.ok(
    all.some(
      ({ mediaType, body }) => mediaType === 'text/x.cucumber.log+plain' && body.includes('npm run bdd -- --name'),
    ),
  );
});

test('the JUnit file counts the scenarios', () => {
  const $ = load(written(reportNames.junit), { xml: true });
  assert.deepEqual([$('testcase').length, $('failure').length], [4, 3]);
});

test('the tags of a scenario are in the JUnit file', () => {
  const $ = load(written(reportNames.junit), { xml: true });
  const tags = (scenario: string): string[] =>
    $('testcase')
      .filter((_, one) => $(one).attr('name')?.endsWith(scenario) ?? false)
      .find('> properties > property[name="tag"]')
      .toArray()
      .map((one) => $(one).attr('value')!);
  assert.deepEqual(tags('Sam is let in'), ['@scripted', '@TMS-123', '@<&"']);
  assert.deepEqual(tags('Sam is not assigned'), []);
});

test('the report names the line of the failed step, also of a step in another project', () => {
  const at = (path: string): string | undefined =>
    locationIn(`Error: no\n    at World.<anonymous> (${path}:9:10)`, '/a b/support/x');
  assert.equal(at('file:///a%20b/support/x/features/colours.ts'), 'features/colours.ts:9');
  assert.equal(at('file:///a%20b/support/x/node_modules/sso-rehearsal/dist/steps/sign-in.js'), 'steps/sign-in.js:9');
  assert.equal(at('file:///clone/steps/sign-in.ts'), 'steps/sign-in.ts:9');
  assert.equal(at('file:///a%20b/support/x/node_modules/other/index.js'), undefined);
});

test('the traces of failed scenarios are kept with the report', () => {
  assert.deepEqual(readdirSync(join(folder, 'traces')).toSorted(), [
    'sam-is-not-assigned-sam.zip',
    'sam-is-not-let-in-ada.zip',
    'sam-is-not-let-in-sam.zip',
  ]);
});

test('none of the files contains a secret', () => {
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

test('the report opens from disk without network and script errors, and shows diagram and response', async () => {
  const requests: string[] = [];
  const errors: string[] = [];
  const page = await browser.newPage();
  page.on('request', (request) => void (request.url().startsWith('data:') || requests.push(request.url())));
  page.on('pageerror', ({ message }) => void errors.push(message));
  await page.goto(address());
  assert.equal(await page.title(), 'Rehearsal');
  await page.getByText('Identity provider', { exact: true }).first().waitFor();
  await page.getByText('SAML response, rejected: audience-mismatch', { exact: true }).click();
  const mark = page.frameLocator('iframe').locator('mark');
  assert.match(await mark.innerText(), /saml:Audience/);
  assert.deepEqual([requests.filter((url) => !/^about:/.test(url)), errors], [[address()], []]);
  await page.close();
});

test('the report shows the feature’s name and who must fix what, before any diagram and without a stack', async () => {
  const page = await openReport();
  const text = await page.locator('#report').innerText();
  const first = (words: string): number =>
    text.includes(words) ? text.indexOf(words) : assert.fail(`${words} is missing`);
  assert.ok(first('Who must fix it: the administrator of the identity provider') < first('Sequence diagram'));
  assert.match(text, /Expected the test to pass, received “audience-mismatch”\.\n\n\(steps\/connection-test\.ts:\d+\)/);
  assert.doesNotMatch(text, /^\s*at .*:\d+:\d+\)?$|AssertionError|function \(\)|BeforeAll/m);
  assert.match(await page.getByRole('button', { name: /evidence\.feature/ }).innerText(), /^Evidence/);
  assert.equal(await page.getByText('@TMS-123', { exact: true }).count(), 1);
  await page.close();
});

describe('the report is accessible and fits the page', () => {
  let page: Page;
  before(async () => {
    page = await openReport({ bypassCSP: true });
    await page.getByText('SAML response, rejected: audience-mismatch', { exact: true }).click();
    await page.getByText('Email to Sam, rendered', { exact: true }).first().click();
    await page.frameLocator('iframe[title^="SAML response"]').locator('mark').waitFor();
    await prepareChecks(page);
  });
  after(() => page.close());
  for (const look of checkedLooks) test(look, async () => assert.deepEqual(await problemsIn(page, look), []));
});

// One more run: in full only.
for (const play of sample([playWithoutEvidence], 0)) test('--no-evidence writes no report', play);

async function playWithoutEvidence(): Promise<void> {
  const unused = join(folder, 'unused');
  await promisify(execFile)(
    process.execPath,
    [
      join(root, 'support/commands/bdd.ts'),
      '--no-evidence',
      '--reports',
      unused,
      '--workers',
      '1',
      '--name',
      '^Sam is let in$',
      join(folder, 'evidence.feature'),
    ],
    { cwd: root },
  );
  assert.equal(existsSync(unused), false);
}
