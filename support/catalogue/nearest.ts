/** The known words that are nearest to an unknown one. */

/** By how many pairs of neighbouring letters they share (Dice), best first; a swap or a slip costs little. */
export function nearest(typed: string, known: readonly string[], count = 3): string[] {
  const wanted = pairsOf(typed);
  return known
    .map((word) => ({ word, likeness: likeness(wanted, pairsOf(word)) }))
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ word }) => word);
}

/** At least one, and only those that are nearly as like as the nearest. */
export function near(typed: string, known: readonly string[]): string[] {
  const wanted = pairsOf(typed);
  const likenessOf = (word: string): number => likeness(wanted, pairsOf(word));
  const [first, ...others] = nearest(typed, known);
  return first === undefined ? [] : [first, ...others.filter((word) => likenessOf(word) >= 0.6 * likenessOf(first))];
}

function pairsOf(word: string): Map<string, number> {
  const padded = ` ${word.toLowerCase()} `;
  const pairs = new Map<string, number>();
  for (let index = 0; index < padded.length - 1; index++)
    pairs.set(padded.slice(index, index + 2), (pairs.get(padded.slice(index, index + 2)) ?? 0) + 1);
  return pairs;
}

function likeness(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  const size = (pairs: ReadonlyMap<string, number>): number =>
    [...pairs.values()].reduce((sum, count) => sum + count, 0);
  const shared = [...one].reduce((sum, [pair, count]) => sum + Math.min(count, other.get(pair) ?? 0), 0);
  return (2 * shared) / (size(one) + size(other));
}
