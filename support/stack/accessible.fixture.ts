/** For tests: checks that an open page is accessible and fits its window, in each look. */
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Page } from 'playwright';
import { type Look, looks } from './looks.ts';

/**
 * What is checked in each look: everything once, and in the others what they can change, which are colours and widths.
 * The light look is checked last, so that the page is left in it.
 */
const checks: Readonly<Partial<Record<Look, RunOptions>>> = {
  dark: only('color-contrast', 'link-in-text-block'),
  phone: only('scrollable-region-focusable', 'css-orientation-lock', 'meta-viewport'),
  light: {},
};

function only(...rules: readonly string[]): RunOptions {
  return { runOnly: { type: 'rule', values: [...rules] } };
}

/**
 * What is wrong in each look; empty when all is well.
 * Playwright's scripts need a context with `bypassCSP`.
 */
export async function troublesOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const troubles: string[] = [];
  for (const [look, rules] of Object.entries(checks)) {
    const { colorScheme, viewport } = looks[look as Look];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    // Of what is as it should be, nothing is told: to find words for it takes most of the time.
    const options = JSON.stringify({ ...rules, resultTypes: ['violations'] } satisfies RunOptions);
    const { violations } = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
    for (const { id, help, nodes } of violations) {
      const places = nodes.slice(0, 3).map(({ html }) => html.slice(0, 120));
      troubles.push(`${look}: ${id} (${help}): ${places.join(' | ')}`);
    }
    const surplus = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    if (surplus > 0) troubles.push(`${look}: ${surplus} pixels too wide`);
  }
  return troubles;
}
