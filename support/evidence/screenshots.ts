/** Takes a screenshot of each page that has changed. It never waits for long and never fails. */
import type { Page } from 'playwright';
import { type Name, names } from '../catalogue/cast.ts';
import type { Scene } from '../scenario/scene.ts';

export interface Screenshot {
  title: string;
  jpeg: Buffer;
}

const quality = 60;

export interface Camera {
  /** Of every page that has changed since its last screenshot. */
  take(): Promise<readonly Screenshot[]>;
}

export function createCamera({ cast }: Scene): Camera {
  /** What each page showed in its last screenshot. */
  const taken = new WeakMap<Page, string>();

  async function shoot(who: Name, browser: string, page: Page): Promise<Screenshot | undefined> {
    const shows = `${page.url()} ${cast[who].exchanges.length}`;
    if (page.url() === 'about:blank' || page.isClosed() || taken.get(page) === shows) return undefined;
    taken.set(page, shows);
    await page.waitForLoadState('load', { timeout: 2_000 });
    const jpeg = await page.screenshot({ type: 'jpeg', quality, timeout: 3_000 });
    return { title: `${who} sees${browser === 'usual' ? '' : ` (${browser} browser)`}: ${await page.title()}`, jpeg };
  }

  return {
    async take() {
      const open = await Promise.all(
        names.map(async (who) => (await cast[who].pages()).map(([browser, page]) => ({ who, browser, page }))),
      );
      const shots = await Promise.all(
        open.flat().map(({ who, browser, page }) => shoot(who, browser, page).catch(() => undefined)),
      );
      return shots.filter((shot) => shot !== undefined);
    },
  };
}
