/** Copies of texts, because part of a text keeps the whole of it in memory: an ID its request, for instance. */

/** V8 copies shorter parts. */
const shortestPart = 13;

export function ownText(text: string): string {
  if (text.length < shortestPart) return text;
  const encoding = /[\u0100-\uffff]/.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}

export const ownTextIfAny = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : ownText(text);
