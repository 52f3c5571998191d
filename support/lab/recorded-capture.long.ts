/** Sign-ins that Playwright recorded at the lab, in each of its formats, are diagnosed without a single option. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { BrowserContextOptions } from 'playwright';
import { messagesIn } from '../diagnosis/capture.ts';
import { readConnectionOptions } from '../diagnosis/connection-options.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { createRedactor } from '../diagnosis/redact.ts';
import { launchBrowser } from '../stack/browser.ts';
import { type StartedLab, startLab } from './lab.ts';
import { resetLab, sendTest, stage } from './rehearse.fixture.ts';

let folder: string;
let lab: StartedLab;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorded-'));
  lab = await startLab({ data: join(folder, 'lab'), port: 0, spPort: 0, idpPort: 0 });
});
after(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Sam takes a test in a browser that records it. */
async function record(options: BrowserContextOptions, trace?: string): Promise<void> {
  const { rehearsal } = lab;
  const { Sam } = rehearsal.cast;
  const link = await sendTest(lab);
  const browser = await launchBrowser();
  const context = await browser.newContext(options);
  if (trace !== undefined) await context.tracing.start({ snapshots: true, screenshots: true });
  const page = await context.newPage();
  await page.goto(new URL(link, rehearsal.stack.sp.url).href);
  await page.getByLabel('Email').fill(Sam.address);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Username').fill(Sam.address);
  await page.getByLabel('Password').fill(Sam.idpPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/acs$|\/console$/);
  if (trace !== undefined) await context.tracing.stop({ path: trace });
  await context.close();
  await browser.close();
}

const path = (name: string): string => join(folder, name);
const har = (name: string, content: 'embed' | 'attach'): BrowserContextOptions => ({
  recordHar: { path: path(name), content, mode: 'full' },
});
const recordings: Readonly<Record<string, () => Promise<void>>> = {
  'embedded.har': () => record(har('embedded.har', 'embed')),
  'attached.zip': () => record(har('attached.zip', 'attach')),
  'trace.zip': () => record({}, path('trace.zip')),
};

for (const [name, recordSignIn] of Object.entries(recordings))
  test(name, async () => {
    for (const [code, verdict, first] of [
      [undefined, 'undetermined', undefined],
      ['audience-mismatch', 'reject', 'audience-mismatch'],
    ] as const) {
      if (code !== undefined) await stage(lab, code);
      await recordSignIn();
      const settings = await readConnectionOptions({});
      const [one, ...more] = diagnose(messagesIn(await readFile(path(name))), { settings, redactor: createRedactor() });
      const { diagnosis } = one!;
      assert.deepEqual([diagnosis.verdict, diagnosis.findings[0]?.code, more], [verdict, first, []]);
      assert.deepEqual(
        diagnosis.fromCapture?.map(({ option }) => option),
        ['sp-entity-id', 'acs'],
      );
      if (code === undefined) assert.deepEqual(diagnosis.notVerified, ['signature', 'issuer']);
    }
    await resetLab(lab);
  });
