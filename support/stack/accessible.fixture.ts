/** For tests: checks that an open page is accessible and fits its window, in each look. */
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Page } from 'playwright';
import { type Look, looks } from './looks.ts';

/** The light look comes last, so that a page is left in it. */
export const checkedLooks = ['dark', 'phone', 'light'] as const satisfies readonly Look[];

/** Everything is checked once, and in the other looks what they can change, which are colours and widths. */
const checks: Readonly<Record<Look, RunOptions>> = {
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
  await prepareChecks(page);
  const troubles: string[] = [];
  for (const look of checkedLooks) troubles.push(...(await troublesIn(page, look)));
  return troubles;
}

/** Once for each page that is opened. */
export async function prepareChecks(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** What is wrong in one look, in which the page is left. */
export async function troublesIn(page: Page, look: Look): Promise<string[]> {
  const { colorScheme, viewport } = looks[look];
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(viewport);
  // Of what is as it should be, nothing is told: to find words for it takes most of the time.
  const options = JSON.stringify({ ...checks[look], resultTypes: ['violations'] } satisfies RunOptions);
  const { violations } = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
  const troubles = violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map(({ html }) => html.slice(0, 120));
    return `${look}: ${id} (${help}): ${places.join(' | ')}`;
  });
  const surplus = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  return surplus > 0 ? [...troubles, `${look}: ${surplus} pixels too wide`] : troubles;
}
