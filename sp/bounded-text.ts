/** Text from outside, cut to what is worth keeping: everything that is stored has a bound. */

/** The text; if it is longer than `most` characters, its beginning and how long it was. */
export function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, ''); // not half a character
  return `${start}… ${text.length.toLocaleString('en')} characters in all`;
}

/** The first items, each cut to `characters`, and how many there were. */
export function boundedList(items: readonly string[], { most = 5, characters = 60 } = {}): string {
  const shown = items.slice(0, most).map((item) => bounded(item, characters));
  return items.length <= most ? shown.join(', ') : `${shown.join(', ')}, … ${items.length.toLocaleString('en')} in all`;
}
