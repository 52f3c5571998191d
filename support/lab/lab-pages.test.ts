/** Every page of the lab in a real browser: accessible, as narrow as a phone, without script errors, up to date. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { problemsOf } from '../stack/accessible.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { sample } from '../stack/sample.fixture.ts';
import { type StartedLab, startLab } from './lab.ts';
import { latestResponse, rehearse, stage } from './rehearse.fixture.ts';

let folder: string;
let lab: StartedLab;
let browser: Browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-'));
  lab = await startLab({ data: folder, port: 0, spPort: 0, idpPort: 0 });
  browser = await launchBrowser();
  await rehearse(lab);
  await stage(lab, 'audience-mismatch');
  await rehearse(lab);
});
after(async () => {
  await browser.close();
  await lab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const paths = () => [
  '/',
  '/?q=certificate',
  '/mailbox',
  `/mailbox/${lab.rehearsal.cast.Sam.address}/1`,
  ...['text', 'links', 'headers', 'source'].map((part) => `/mailbox/${lab.rehearsal.cast.Sam.address}/1?part=${part}`),
  '/wire',
  '/wire?organization=unknown',
  '/faults?q=expired',
  '/faults',
  '/diagnose',
  '/next-response',
  '/nowhere',
];
test('each page is accessible and fits in light, dark and narrow looks', async () => {
  // Playwright's own scripts violate the page's policy; the policy is tested over HTTP and by the last test here.
  const context = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  for (const path of sample(paths(), 3)) {
    await page.goto(new URL(path, lab.url).href);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    problems.push(...(await problemsOf(page)).map((one) => `${path}, ${one}`));
  }
  await context.close();
  assert.deepEqual(problems, []);
});

test('a diagnosis and a held response are accessible, and work by keyboard', async () => {
  const context = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(new URL('/diagnose', lab.url).href);
  await page.getByLabel('The response').fill((await latestResponse(lab))?.xml ?? '');
  await page.getByLabel('Compare with').selectOption('Acme’s SSO profile in this lab');
  await page.getByRole('button', { name: 'Diagnose' }).press('Enter');
  await page.getByRole('heading', { name: 'A service provider rejects this response' }).waitFor();
  assert.deepEqual(await problemsOf(page), []);
  await page.getByText('As a scenario that replays it').click();
  await page.getByText('And the IdP sends an assertion with a different Audience').waitFor();
  const xml = Buffer.from((await latestResponse(lab))?.xml ?? '');
  await page.getByLabel('The response').fill('');
  await page.getByLabel('Or a file').setInputFiles({ name: 'response.xml', mimeType: 'text/xml', buffer: xml });
  await page.getByRole('button', { name: 'Diagnose' }).click();
  await page.waitForURL(/#result$/);
  await page.getByText(/diagnose -- response\.xml/).waitFor({ state: 'attached' });
  await page.goto(new URL('/next-response', lab.url).href);
  await page.getByRole('button', { name: 'Hold the next response' }).press('Enter');
  await rehearse(lab);
  await page.getByLabel('Response XML').waitFor();
  assert.deepEqual(await problemsOf(page), []);
  await page.getByRole('button', { name: 'Send unchanged' }).press('Enter');
  await page.getByRole('heading', { name: 'Network log' }).waitFor();
  await context.close();
});

/** Presses Tab until the element with this name has the focus, and checks that the focus is visible. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(`(() => {
      const one = document.activeElement;
      const { outlineStyle, boxShadow } = getComputedStyle(one);
      const name = (one.getAttribute('aria-label') ?? (one.labels?.[0] ?? one).innerText ?? '').trim();
      return { name, shows: outlineStyle !== 'none' || boxShadow !== 'none' };
    })()`)) as { name: string; shows: boolean };
    if (!focused.name.startsWith(name)) continue;
    assert.ok(focused.shows, `the focus on “${name}” can be seen`);
    return;
  }
  assert.fail(`“${name}” cannot be reached by Tab`);
}

test('a case is found, staged and reset, and a fault applied and removed, by keyboard alone', async () => {
  const page = await browser.newPage();
  const faults = async (): Promise<string[]> =>
    (await lab.rehearsal.stack.idp.control.get<{ faults: { phrase: string }[] }>('/tenants/acme')).faults.map(
      ({ phrase }) => phrase,
    );
  await page.goto(lab.url);
  await tabTo(page, 'Search the cases');
  await page.keyboard.type('not assigned');
  await tabTo(page, 'Stage it: The user is not assigned to the app');
  await page.keyboard.press('Enter');
  await page.getByText('Staged: The user is not assigned to the app').waitFor();
  await tabTo(page, 'Put everything right');
  await page.keyboard.press('Enter');
  await page.getByText('Staged:').waitFor({ state: 'detached' });
  await page.goto(new URL('/faults?q=different+audience', lab.url).href);
  await tabTo(page, 'an assertion with a different Audience');
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('The identity provider sends:').waitFor();
  assert.deepEqual(await faults(), ['an assertion with a different Audience']);
  await tabTo(page, 'Remove all faults');
  await page.keyboard.press('Enter');
  await page.getByText('No faults: the identity provider behaves correctly.').waitFor();
  assert.deepEqual(await faults(), []);
  await stage(lab, 'audience-mismatch');
  await page.close();
});

test('faults are filtered as one types, and a selection that does not match stays', async () => {
  const page = await browser.newPage();
  await page.goto(new URL('/faults', lab.url).href);
  const search = page.getByLabel('Search the faults');
  assert.ok(await search.evaluate((one) => one === document.activeElement), 'one can type at once');
  const shown = (): Promise<string[]> =>
    page
      .locator('ul.rows li[data-row]:visible')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row') ?? ''));
  const active = await page.locator('li.active').getAttribute('data-row');
  await page.keyboard.type('different issuer');
  const found = await shown();
  assert.ok(found.includes(active!), 'an active fault stays');
  assert.ok(found.length > 1 && found.length < 20, found.join());
  await page.getByLabel('a response with a different Issuer', { exact: false }).first().check();
  await search.fill('nothing matches this');
  assert.deepEqual(new Set(await shown()), new Set([active, found.find((code) => code !== active)]));
  await search.fill('');
  await page.close();
});

test('a capture is diagnosed that is dropped anywhere on the page', async () => {
  const page = await browser.newPage();
  await page.goto(new URL('/diagnose', lab.url).href);
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['AADSTS50105'], 'page.txt', { type: 'text/plain' }));
    return transfer;
  });
  await page.dispatchEvent('h1', 'dragover', { dataTransfer: dropped });
  await page.dispatchEvent('h1', 'drop', { dataTransfer: dropped });
  await page.getByRole('button', { name: 'Diagnose' }).click();
  await page.getByRole('heading', { name: 'The identity provider reports an error' }).waitFor();
  await page.close();
});

test('a button selects the next place of its kind in the held response', async () => {
  const page = await browser.newPage();
  await page.goto(new URL('/next-response', lab.url).href);
  await page.getByRole('button', { name: 'Hold the next response' }).click();
  await rehearse(lab);
  const editor = page.getByLabel('Response XML');
  await editor.waitFor();
  const selected = (): Promise<string> =>
    editor.evaluate((one: HTMLTextAreaElement) => one.value.slice(one.selectionStart, one.selectionEnd));
  await page.reload();
  await page.getByRole('button', { name: 'NameID', exact: true }).click();
  assert.equal(await selected(), lab.rehearsal.cast.Sam.address);
  await page.getByRole('button', { name: 'Audience', exact: true }).click();
  assert.match(await selected(), /^https?:\/\//);
  const times = [];
  for (let turn = 0; turn < 2; turn++) {
    await page.getByRole('button', { name: 'NotOnOrAfter', exact: true }).click();
    times.push(await selected());
  }
  assert.match(times.join(' '), /^\d{4}-\S+Z \d{4}-\S+Z$/);
  await page.getByRole('button', { name: 'Send unchanged' }).click();
  await page.close();
});

test('new entries appear in the network log without a reload, and under the page’s own policy', async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(new URL('/wire', lab.url).href);
  const accepted = page.locator('summary', { hasText: 'rejected: audience-mismatch' });
  const before = await accepted.count();
  await rehearse(lab);
  await accepted.nth(before).waitFor();
  await page.close();
  assert.deepEqual(complaints, []);
});

test('a link in a framed email opens the SP login page in a new window', async () => {
  const page = await browser.newPage();
  await page.goto(new URL(`/mailbox/${lab.rehearsal.cast.Sam.address}/1`, lab.url).href);
  const opened = page.context().waitForEvent('page');
  await page.frameLocator('iframe').getByRole('link', { name: 'Test single sign-on' }).press('Enter');
  const window = await opened;
  await window.waitForLoadState();
  assert.equal(new URL(window.url()).origin, lab.rehearsal.stack.sp.url);
  await window.close();
  await page.close();
});
