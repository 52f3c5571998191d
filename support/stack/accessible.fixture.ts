/** Looks at a page as it stands in light, dark and narrow windows: what an accessibility check finds, and whether it is wider than the window. For tests; it goes nowhere. */
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright';
import { looks } from '../system-tests/pages.ts';

/** What is wrong in each look; empty when all is well. The page is light and wide again afterwards. Playwright's scripts need a context with `bypassCSP`. */
export async function troublesOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const troubles: string[] = [];
  for (const [look, { colorScheme, viewport }] of [...Object.entries(looks), ['light', looks.light] as const].slice(
    1,
  )) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    troubles.push(
      ...violations.map(
        ({ id, help, nodes }) =>
          `${look}: ${id} (${help}): ${nodes
            .slice(0, 3)
            .map(({ html }) => html.slice(0, 120))
            .join(' | ')}`,
      ),
    );
    const surplus = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    if (surplus > 0) troubles.push(`${look}: ${surplus} pixels too wide`);
  }
  return troubles;
}
