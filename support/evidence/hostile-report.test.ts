/** A report of hostile messages runs none of their scripts, loads nothing and does not leave the page. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Attachment, AttachmentContentEncoding, type Envelope } from '@cucumber/messages';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from '../stack/browser.ts';
import { openReports } from './report-files.ts';
import { runScenarios } from './run-scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-report-'));
let browser: Browser;
/** Opened once: all tests look at the same page. */
let report: OpenReport;

/** Requests that reached the attacker. */
const loaded: string[] = [];
const server = createServer(({ url = '' }, response) => {
  loaded.push(url);
  response.end();
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const attacker = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

after(async () => {
  server.close();
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const ran = 'the script of the attacker ran';
const script = `console.log('${ran}')`;
const hostileText =
  `</script><script>${script}</script><img src="${attacker}/x" onerror="${script}">` +
  `<a href="javascript:${script}">a</a>`;
const hostileMarkdown = `[link](javascript:${encodeURI(script)}) <iframe srcdoc="<script>${script}</script>"></iframe>`;
const svg = (inner: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="${script}">` +
  `${inner}</svg>`;
const hostileSvg = svg(`<title>Shown</title><script>${script}</script>
  <text x="10" y="20" onclick="${script}" onfocus="${script}" tabindex="0">Words</text>
  <style>@import '${attacker}/style.css'; text { background: url(${attacker}/seen) }</style>
  <a xlink:href="javascript:${script}" href="javascript:${script}"><text x="10" y="40">Link</text></a>
  <image href="${attacker}/image" onerror="${script}"/>
  <foreignObject><body xmlns="http://www.w3.org/1999/xhtml">
  <img src="${attacker}/x" onerror="${script}"/></body></foreignObject>
  <animate attributeName="href" onbegin="${script}" begin="0s"/><set attributeName="onclick" to="${script}"/>`);
const hostilePage = `<!doctype html><html><head>
  <meta http-equiv="refresh" content="0;url=${attacker}/moved">
  <base href="${attacker}/"><script>${script}</script><link rel="stylesheet" href="/s.css"></head>
  <body onload="${script}"><p>Hostile page</p>
  <img src="${attacker}/x" onerror="${script}"><a href="javascript:${script}">a</a>
  <a href="${attacker}/top" target="_top">top</a>
  <form action="${attacker}/form"><button autofocus onfocus="${script}">b</button></form></body></html>`;

const base64 = (text: string) => ({
  body: Buffer.from(text).toString('base64'),
  contentEncoding: AttachmentContentEncoding.BASE64,
});
const identity = (body: string) => ({ body, contentEncoding: AttachmentContentEncoding.IDENTITY });
const attachments: readonly Attachment[] = [
  { fileName: 'Sequence diagram', mediaType: 'image/svg+xml', ...base64(hostileSvg) },
  { fileName: hostileText, mediaType: 'image/svg+xml', ...base64(hostileSvg) },
  { fileName: 'A page', mediaType: 'text/html', ...identity(hostilePage) },
  { fileName: 'A page, encoded', mediaType: 'text/html', ...base64(hostilePage) },
  { fileName: 'Links', mediaType: 'text/uri-list', ...identity(`javascript:${script}\n${attacker}/`) },
  { fileName: 'A film', mediaType: 'video/mp4', ...identity(hostileText) },
  { fileName: 'JSON', mediaType: 'application/json', ...identity(JSON.stringify({ text: hostileText })) },
  { fileName: 'A log', mediaType: 'text/x.cucumber.log+plain', ...identity(`Run it again: ${hostileText}`) },
  { fileName: 'Unknown', mediaType: `text/${hostileText}`, ...identity(hostileText) },
];

const feature = `@scripted
Feature: FEATURE

  DESCRIPTION

  Rule: RULE

    Scenario: SCENARIO
      Given there is no STEP
`;

/** The messages of a real run, with hostile texts as its names and hostile attachments to its step. */
async function hostileMessages(): Promise<Envelope[]> {
  const path = join(folder, 'hostile.feature');
  writeFileSync(path, feature);
  const messages: Envelope[] = [];
  const onMessage = (message: Envelope): number => messages.push(message);
  await runScenarios({ paths: [path], workers: 1, formats: ['summary:/dev/null'], onMessage });
  return messages.flatMap((message) => {
    const text = JSON.stringify(message)
      .replaceAll(/\b(FEATURE|RULE|SCENARIO|STEP)\b/g, () => JSON.stringify(hostileText).slice(1, -1))
      .replaceAll('DESCRIPTION', JSON.stringify(hostileMarkdown).slice(1, -1));
    const hostile = JSON.parse(text) as Envelope;
    const { testStepFinished } = hostile;
    if (testStepFinished === undefined) return [hostile];
    const { testCaseStartedId, testStepId } = testStepFinished;
    const place = { testCaseStartedId, testStepId };
    return [...attachments.map((attachment) => ({ attachment: { ...attachment, ...place } })), hostile];
  });
}

before(async () => {
  browser = await launchBrowser();
  const reports = openReports({ folder });
  for (const message of await hostileMessages()) reports.see(message);
  await reports.close();
  report = await openReport();
});

interface OpenReport {
  console: string[];
  page: Page;
}

async function openReport(): Promise<OpenReport> {
  const page = await browser.newPage();
  const opened: OpenReport = { console: [], page };
  page.on('console', (message) => opened.console.push(message.text()));
  page.on('pageerror', ({ message }) => opened.console.push(message));
  page.on('dialog', (dialog) => void dialog.dismiss());
  await page.goto(pathToFileURL(join(folder, 'rehearsal.html')).href);
  await page.getByText('Sequence diagram', { exact: true }).first().waitFor();
  for (const summary of await page.locator('summary').all()) {
    const isOpen = await summary.evaluate((node) => (node.parentElement as HTMLDetailsElement).open);
    if (!isOpen) await summary.click();
  }
  await page.frameLocator('iframe.evidence').first().getByText('Hostile page').waitFor();
  return opened;
}

/** Clicks everything the attacker placed: in frames, in the diagram, and links with scripts. */
async function pressEverything({ page }: OpenReport): Promise<void> {
  const press = (selector: string): void => {
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
    for (const one of roots.flatMap((root) => [...root.querySelectorAll(selector)]))
      one.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  };
  for (const frame of page.frames().slice(1)) await frame.evaluate(press, 'a, button');
  await page.evaluate(press, 'a[href^="javascript:"], .lanes, text, image');
  await page.evaluate(() => new Promise(requestAnimationFrame));
}

test('a diagram keeps its words and loses scripts, handlers, links, styles and foreign pages', async () => {
  const { page } = report;
  const drawing = page.locator('.lanes svg');
  await drawing.getByText('Words', { exact: true }).waitFor();
  const left = await drawing.evaluate((node) =>
    [node, ...node.querySelectorAll('*')].map(
      (one) => `${one.localName} ${[...one.attributes].map(({ name }) => name)}`,
    ),
  );
  assert.deepEqual(left, ['svg style', 'title ', 'text x,y']);
  assert.equal(await page.locator('details > img[src^="data:image/svg+xml"]').count(), 2, 'the others remain images');
});

test('no hostile script runs, nothing is loaded, and the page stays open', async () => {
  const address = report.page.url();
  await pressEverything(report);
  assert.deepEqual(
    report.console.filter((text) => text.includes(ran)),
    [],
  );
  assert.deepEqual(loaded, []);
  assert.equal(report.page.url(), address);
});

test('the policy allows exactly the scripts of the page, by their hashes', async () => {
  const html = readFileSync(join(folder, 'rehearsal.html'), 'utf8');
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)?.[1] ?? '';
  assert.match(policy, /default-src 'none'; script-src( 'sha256-[A-Za-z0-9+/]{43}='){3};/);
  assert.doesNotMatch(policy, /0{43}/);
  const { page, console: output } = report;
  await page.evaluate((text) => {
    const element = document.createElement('script');
    element.textContent = text;
    document.body.append(element);
  }, script);
  assert.deepEqual(
    output.filter((text) => text === ran),
    [],
  );
});
