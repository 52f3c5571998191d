/** Takes a screenshot of each page that has changed. It never waits long and never fails. */
import type { Page } from 'playwright';
import { type Name, names } from '../catalogue/cast.ts';
import type { Scene } from '../scenario/scene.ts';

export interface Screenshot {
  title: string;
  jpeg: Buffer;
}

const quality = 60;

export interface Camera {
  /** Screenshots of all pages that have changed since the last call. */
  take(): Promise<readonly Screenshot[]>;
}

export function createCamera({ cast }: Scene): Camera {
  /** State of each page at its last screenshot. */
  const lastState = new WeakMap<Page, string>();

  async function shoot(who: Name, browser: string, page: Page): Promise<Screenshot | undefined> {
    const state = `${page.url()} ${cast[who].exchanges.length}`;
    if (page.url() === 'about:blank' || page.isClosed() || lastState.get(page) === state) return undefined;
    lastState.set(page, state);
    await page.waitForLoadState('load', { timeout: 2_000 });
    const jpeg = await page.screenshot({ type: 'jpeg', quality, timeout: 3_000 });
    return { title: `${who} sees${browser === 'usual' ? '' : ` (${browser} browser)`}: ${await page.title()}`, jpeg };
  }

  return {
    async take() {
      const open = await Promise.all(
        names.map(async (who) => (await cast[who].browsers()).map(([browser, { page }]) => ({ who, browser, page }))),
      );
      const shots = await Promise.all(
        open.flat().map(({ who, browser, page }) => shoot(who, browser, page).catch(() => undefined)),
      );
      return shots.filter((shot) => shot !== undefined);
    },
  };
}
