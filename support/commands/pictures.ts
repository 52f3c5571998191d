/** `npm run pictures`: makes the pictures of the README from this build. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../browser.ts';
import { tour } from '../pages.ts';
import { startStack } from '../servers.ts';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
/** Name of the page → file. */
const wanted: Readonly<Record<string, string>> = { 'result of a refusal': 'refused.png', 'ready to enforce': 'enforce.png', 'refused test': 'tester.png' };

mkdirSync(folder, { recursive: true });
await using stack = await startStack();
const browser = await launchBrowser();
try {
  await tour(stack, browser, 'light', async (name, page) => {
    const file = wanted[name];
    if (file === undefined) return;
    await page.waitForLoadState();
    await page.screenshot({ path: `${folder}${file}`, clip: { x: 0, y: 0, width: 1100, height: name === 'result of a refusal' ? 1020 : 520 } });
    console.log(`docs/pictures/${file}`);
  });
} finally {
  await browser.close();
}
