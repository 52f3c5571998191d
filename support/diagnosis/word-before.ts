/** The longest word that ends at a position. An end-anchored pattern would be tried from every position. */

/** `part` matches one character of the word. At most `longest` characters are looked at. */
export function wordBefore(
  text: string,
  end: number,
  { part, longest, from = 0 }: { part: RegExp; longest: number; from?: number },
): string {
  const characters = [...text.slice(Math.max(from, end - 2 * longest), end)].slice(-longest);
  const other = characters.findLastIndex((one) => !part.test(one));
  return characters.slice(other + 1).join('');
}
