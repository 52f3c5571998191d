/** Copies of texts, because part of a text keeps the whole of it in memory: an ID its request, for instance. */

export function ownText(text: string): string {
  const encoding = /[\u0100-\uffff]/.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}

export const ownTextIfAny = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : ownText(text);
