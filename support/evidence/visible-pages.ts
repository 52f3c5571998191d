/** Text that people see: the pages of visitors over HTTP, and the warnings on all pages. */
import { names } from '../catalogue/cast.ts';
import type { Driver } from '../product/driver.ts';
import type { Scene } from '../scenario/scene.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { Attachment } from './attachments.ts';
import { redact } from './redact.ts';
import { inNames } from './sequence-rows.ts';

export interface PageReader {
  /** The page of each visitor over HTTP that has changed since the last call. */
  take(): Promise<Attachment[]>;
}

export function createPageReader(scene: Scene): PageReader {
  /** The page of each driver at the last call. */
  const taken = new Map<Driver, string>();
  return {
    async take() {
      const attachments: Attachment[] = [];
      for (const [name, driver] of await driversOf(scene)) {
        if (driver.kind !== 'http') continue;
        const { url, text } = await driver.look();
        const shown = `${url} ${text}`;
        if (url !== '' && taken.get(driver) !== shown)
          attachments.push({
            mediaType: 'text/plain',
            fileName: `${name} sees`,
            data: harmless(redact(inNames(scene, text))),
          });
        taken.set(driver, shown);
      }
      return attachments;
    },
  };
}

/** The warnings on all pages that are open, each with the name of the user who sees it. */
export async function readWarnings(scene: Scene): Promise<string[]> {
  const read = (await driversOf(scene)).map(async ([who, driver]) => {
    const { alert } = await driver.look();
    return alert === undefined ? [] : [`${who} sees: “${inNames(scene, alert)}”`];
  });
  return (await Promise.all(read)).flat();
}

const driversOf = async ({ cast }: Scene): Promise<(readonly [who: string, driver: Driver])[]> =>
  (
    await Promise.all(names.map(async (name) => (await cast[name].drivers()).map(([, one]) => [name, one] as const)))
  ).flat();
