/** What people see on their pages, as text: the pages of visitors over HTTP, and the warnings in browsers. */
import { type Name, names } from '../catalogue/cast.ts';
import type { Scene } from '../scenario/scene.ts';
import { party } from '../scenario/tasks/scripted.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { Attachment } from './attachments.ts';
import { redact } from './redact.ts';
import { inNames } from './sequence-rows.ts';

export interface PageReader {
  /** The page of each visitor over HTTP that has changed since the last call. */
  take(): Attachment[];
}

export function createPageReader(scene: Scene): PageReader {
  /** The page that each visitor had at the last call. */
  const taken = new Map<Name, object | undefined>();
  return {
    take() {
      if (!scene.scripted) return [];
      return (['Ada', 'Sam', 'Grace'] as const).flatMap((name) => {
        const { page } = party(scene, name);
        const isNew = page !== taken.get(name);
        taken.set(name, page);
        return page !== undefined && isNew
          ? [{ mediaType: 'text/plain', fileName: `${name} reads`, data: harmless(redact(inNames(scene, page.text))) }]
          : [];
      });
    },
  };
}

/** The warnings on all pages that are open in browsers, each with who reads it. */
export async function readWarnings(scene: Scene): Promise<string[]> {
  const read = names.map(async (who) => {
    const pages = await scene.cast[who].pages();
    const alerts = await Promise.all(pages.map(([, page]) => page.getByRole('alert').allInnerTexts()));
    return alerts.flat().map((text) => `${who} reads: “${inNames(scene, text).replaceAll(/\s+/g, ' ').trim()}”`);
  });
  return (await Promise.all(read)).flat();
}
