/** Text that people see on their pages: the pages of visitors over HTTP, and the warnings in browsers. */
import { type Name, names } from '../catalogue/cast.ts';
import type { Scene } from '../scenario/scene.ts';
import { party } from '../scenario/tasks/scripted.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { Attachment } from './attachments.ts';
import { redact } from './redact.ts';
import { inNames } from './sequence-rows.ts';

export interface PageReader {
  /** Pages of visitors over HTTP that have changed since the last call. */
  take(): Attachment[];
}

export function createPageReader(scene: Scene): PageReader {
  /** The page of each visitor at the last call. */
  const lastPages = new Map<Name, object | undefined>();
  return {
    take() {
      if (!scene.scripted) return [];
      return (['Ada', 'Sam', 'Grace'] as const).flatMap((name) => {
        const { page } = party(scene, name);
        const isNew = page !== lastPages.get(name);
        lastPages.set(name, page);
        return page !== undefined && isNew
          ? [{ mediaType: 'text/plain', fileName: `${name} sees`, data: harmless(redact(inNames(scene, page.text))) }]
          : [];
      });
    },
  };
}

/** The warnings on all pages open in browsers, each with the name of the user who sees it. */
export async function readWarnings(scene: Scene): Promise<string[]> {
  const read = names.map(async (who) => {
    const pages = await scene.cast[who].pages();
    const alerts = await Promise.all(pages.map(([, page]) => page.getByRole('alert').allInnerTexts()));
    return alerts.flat().map((text) => `${who} sees: “${inNames(scene, text).replaceAll(/\s+/g, ' ').trim()}”`);
  });
  return (await Promise.all(read)).flat();
}
