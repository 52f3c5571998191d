/** Forms in a page that carry a SAML message: those that the IdP's page submits by itself. */
import { readPage } from '../stack/page.ts';
import type { CaptureTime, Exchange } from './exchange.ts';
import { type Fields, includeMessage } from './form-fields.ts';

/** The base of relative URLs: the capture does not say where the page was. */
const unknown = new URL('http://unknown.invalid/');

/** In characters, before and after the first mention of a message: reading a page takes many times its memory. */
const window = { before: 256 * 1024, after: 3 * 1024 * 1024 };

export function formsIn(page: string, where: string, at?: CaptureTime): Exchange[] {
  const place = page.search(/SAML(?:Request|Response|art)/i);
  if (place < 0) return [];
  const part = page.slice(Math.max(0, place - window.before), place + window.after);
  const { forms, controls } = readPage(part, unknown);
  const outside = controls.filter(({ form }) => form === undefined);
  const all: { action?: URL; fields: readonly { name: string; value: string }[] }[] = [{ fields: outside }, ...forms];
  return all.flatMap(({ action, fields: read }): Exchange[] => {
    const fields: Fields = read.map(({ name, value }) => [name, value]);
    if (!includeMessage(fields)) return [];
    const url = action === undefined || action.origin === unknown.origin ? undefined : action.href;
    return [{ where, method: 'POST', url, contentType: undefined, fields, xml: undefined, at, inPage: true }];
  });
}
