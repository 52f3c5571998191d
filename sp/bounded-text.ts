/** Truncates text from outside, because everything stored has a size limit. */

/** The text or, if it is longer than `most` characters, its start and its length. */
export function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, ''); // not half a character
  return `${start}… ${text.length.toLocaleString('en')} characters in total`;
}

/** Like `bounded`, with a question mark for each character that cannot be seen or printed. */
export const boundedVisible = (text: string, most: number): string =>
  bounded(text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'), most);

/** The first `most` items, each cut to `characters`, and the number of items. */
export function boundedList(items: readonly string[], { most = 5, characters = 60 } = {}): string {
  const shown = items.slice(0, most).map((item) => bounded(item, characters));
  return items.length <= most
    ? shown.join(', ')
    : `${shown.join(', ')}, … ${items.length.toLocaleString('en')} in total`;
}
