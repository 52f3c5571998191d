/** A run with a scenario that fails writes a report that opens from disk and tells what happened; played as `npm run bdd` would. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Envelope } from '@cucumber/messages';
import { load } from 'cheerio';
import { launchBrowser } from '../browser.ts';
import { reportNames } from './report-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
after(() => rmSync(folder, { recursive: true }));

const feature = `Feature: Evidence

  Rule: A failure is told in words

    Scenario: Sam is (not) let in
      Given Ada has connected Acme to its identity provider
      And the identity provider sends an assertion meant for someone else
      When Sam tries the connection
      Then the test is proven

    @scripted
    Scenario: Sam is let in
      Given Ada has connected Acme to its identity provider
      When Sam tries the connection
      Then the test is proven
`;

let said = '';
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');
const attachments = (): NonNullable<Envelope['attachment']>[] => written(reportNames.messages).trim().split('\n').flatMap((line) => (JSON.parse(line) as Envelope).attachment ?? []);

before(async () => {
  writeFileSync(join(folder, 'evidence.feature'), feature);
  const options = ['--reports', folder, '--trace', '--workers', '1', join(folder, 'evidence.feature')];
  const outcome = await promisify(execFile)(process.execPath, [join(root, 'support/commands/bdd.ts'), ...options], { cwd: root }).catch((error: { code: number; stdout: string }) => error);
  said = outcome.stdout;
  assert.equal('code' in outcome ? outcome.code : 0, 1, said);
});

test('the terminal tells who did what, what came, which rejection, what the administrator is told, and no stack', () => {
  for (const words of [/✘ Sam is \(not\) let in/, /✔ When Sam tries the connection/, /✘ Then the test is proven/, /Refused: audience-mismatch/, /What the administrator is told: “/, /npm run bdd -- --name "\^Sam is \\\(not\\\) let in\$"/, /1 passed 1 failed/]) assert.match(said, words);
  assert.doesNotMatch(said, /^\s+at .*:\d+:\d+\)?$/m);
});

test('every scenario leaves its picture; the one that failed its messages with the mark, screenshots, and the command', () => {
  const all = attachments();
  assert.equal(all.filter(({ mediaType }) => mediaType === 'image/svg+xml').length, 2);
  assert.ok(all.some(({ mediaType, fileName }) => mediaType === 'image/jpeg' && fileName?.startsWith('Sam sees: ')));
  const message = all.find(({ fileName }) => fileName === 'SAML response, refused: audience-mismatch');
  assert.match(load(message!.body)('mark').text(), /<saml:Audience>/);
  assert.ok(all.some(({ mediaType, body }) => mediaType === 'text/x.cucumber.log+plain' && body.includes('npm run bdd -- --name')));
});

test('JUnit counts the scenarios', () => {
  const $ = load(written(reportNames.junit), { xml: true });
  assert.deepEqual([$('testcase').length, $('failure').length], [2, 1]);
});

test('the trace of the failure is kept beside the report', () => {
  assert.deepEqual(readdirSync(join(folder, 'traces')).toSorted(), ['sam-is-not-let-in-ada.zip', 'sam-is-not-let-in-sam.zip']);
});

test('no secret is in any of the files', () => {
  const texts = [...Object.values(reportNames).map(written), ...attachments().filter(({ contentEncoding }) => contentEncoding === 'BASE64').map(({ body }) => Buffer.from(body, 'base64').toString('latin1')), said].join('\n');
  for (const secret of [/\/try\/[\w-]{16,}/, /Sam at the (service|identity) provider/, /sp_session=\w/, /SignatureValue>[A-Za-z0-9+/]/, /SAMLResponse=\w/]) assert.doesNotMatch(texts, secret);
});

test('the report opens from disk without a network, shows the picture and the message, and raises no script error', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const asked: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => void (request.url().startsWith('data:') || asked.push(request.url())));
    page.on('pageerror', ({ message }) => void errors.push(message));
    const address = pathToFileURL(join(folder, reportNames.html)).href;
    await page.goto(address);
    assert.equal(await page.title(), 'Rehearsal');
    await page.getByText('Identity provider', { exact: true }).first().waitFor();
    await page.getByText('SAML response, refused: audience-mismatch', { exact: true }).click();
    const mark = page.frameLocator('iframe').locator('mark');
    assert.match(await mark.innerText(), /saml:Audience/);
    assert.deepEqual([asked.filter((url) => !/^about:/.test(url)), errors], [[address], []]);
  } finally {
    await browser.close();
  }
});

test('without evidence there is no report', async () => {
  const none = join(folder, 'none');
  await promisify(execFile)(process.execPath, [join(root, 'support/commands/bdd.ts'), '--no-evidence', '--reports', none, '--workers', '1', '--name', '^Sam is let in$', join(folder, 'evidence.feature')], { cwd: root });
  assert.equal(existsSync(none), false);
});
