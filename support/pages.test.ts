/** Every page of both apps in a real browser: passes an accessibility check in light, dark and narrow, and is no wider than the window. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from './browser.ts';
import { looks, tour, type Look } from './pages.ts';
import { startStack, type Stack } from './servers.ts';

let stack: Stack;
let browser: Browser;
before(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
after(async () => {
  await browser.close();
  await stack[Symbol.asyncDispose]();
});

for (const look of Object.keys(looks) as Look[]) {
  test(`each page is accessible and fits, ${look}`, async () => {
    const troubles: string[] = [];
    const seen: string[] = [];
    await tour(stack, browser, look, async (name, page) => {
      seen.push(name);
      troubles.push(...(await violations(page)).map((one) => `${name}: ${one}`));
      const surplus = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
      if (surplus > 0) troubles.push(`${name}: ${surplus} pixels too wide`);
    });
    assert.ok(seen.length >= 25, `${seen.length} pages were seen`);
    assert.deepEqual(troubles, []);
  });
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = (await page.evaluate('axe.run()')) as AxeResults;
  return found.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
