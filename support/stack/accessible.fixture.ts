/** For tests: checks that an open page is accessible and fits its window, in each look. */
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright';
import { looks } from './looks.ts';

/** The light look is checked last, so that the page is left in it. */
const order = ['dark', 'phone', 'light'] as const;

/**
 * What is wrong in each look; empty when all is well.
 * Playwright's scripts need a context with `bypassCSP`.
 */
export async function troublesOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const troubles: string[] = [];
  for (const look of order) {
    const { colorScheme, viewport } = looks[look];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    for (const { id, help, nodes } of violations) {
      const places = nodes.slice(0, 3).map(({ html }) => html.slice(0, 120));
      troubles.push(`${look}: ${id} (${help}): ${places.join(' | ')}`);
    }
    const surplus = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    if (surplus > 0) troubles.push(`${look}: ${surplus} pixels too wide`);
  }
  return troubles;
}
