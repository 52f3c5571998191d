/** Test fixture: checks that an open page is accessible and fits its window, in each look. */
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Page } from 'playwright';
import { type Look, looks } from './looks.ts';

/** The light look comes last, so that the page is left in it. */
export const checkedLooks = ['dark', 'phone', 'enlarged', 'light'] as const satisfies readonly Look[];

/** One look checks everything; the others check only what they can change, which is colours and widths. */
const checks: Readonly<Record<Look, RunOptions>> = {
  dark: only('color-contrast', 'link-in-text-block'),
  phone: only('scrollable-region-focusable', 'css-orientation-lock', 'meta-viewport'),
  enlarged: only('scrollable-region-focusable', 'target-size'),
  light: {},
};

function only(...rules: readonly string[]): RunOptions {
  return { runOnly: { type: 'rule', values: [...rules] } };
}

/**
 * The problems in each look; empty if there are none.
 * Playwright's scripts need a context with `bypassCSP`.
 */
export async function problemsOf(page: Page): Promise<string[]> {
  await prepareChecks(page);
  const problems: string[] = [];
  for (const look of checkedLooks) problems.push(...(await problemsIn(page, look)));
  return problems;
}

/** Call once for each opened page. */
export async function prepareChecks(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** The problems in one look. The page is left in that look. */
export async function problemsIn(page: Page, look: Look): Promise<string[]> {
  const { colorScheme, viewport } = looks[look];
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(viewport);
  // Passed checks are not described: that would take most of the time.
  const options = JSON.stringify({ ...checks[look], resultTypes: ['violations'] } satisfies RunOptions);
  const { violations } = (await page.evaluate(`axe.run(${options})`)) as AxeResults;
  const problems = violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map(({ html }) => html.slice(0, 120));
    return `${look}: ${id} (${help}): ${places.join(' | ')}`;
  });
  const cut = (await page.evaluate(`(${String(cutTexts)})()`)) as string[];
  problems.push(...cut.map((text) => `${look}: cut off: ${text}`));
  const surplus = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  return surplus > 0 ? [...problems, `${look}: ${surplus} pixels too wide`] : problems;
}

/** Runs in the page: texts of which an element shows only a part, without a way to scroll to the rest. */
function cutTexts(): string[] {
  const hides = (value: string): boolean => value === 'hidden' || value === 'clip';
  return [...document.querySelectorAll<HTMLElement>('body *')]
    .filter((one) => {
      const { overflowX, overflowY, clipPath } = getComputedStyle(one);
      if (clipPath !== 'none' || one.clientWidth === 0 || one.textContent.trim() === '') return false;
      return (
        (hides(overflowX) && one.scrollWidth > one.clientWidth + 1) ||
        (hides(overflowY) && one.scrollHeight > one.clientHeight + 1)
      );
    })
    .map((one) => one.outerHTML.slice(0, 120));
}
