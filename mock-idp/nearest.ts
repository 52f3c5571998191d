/** Names to offer in place of one that does not exist. */

const offered = 3;

/** The nearest first, by the share of pairs of letters that one of its texts has in common with what was written. */
export function nearest<One>(written: string, known: readonly One[], textsOf: (one: One) => readonly string[]): One[] {
  const wanted = pairsIn(written.slice(0, 200));
  const similarity = (text: string): number => {
    const pairs = pairsIn(text);
    return [...pairs].filter((pair) => wanted.has(pair)).length / (pairs.size + wanted.size || 1);
  };
  return known
    .map((one) => ({ one, value: Math.max(...textsOf(one).map(similarity)) }))
    .toSorted((left, right) => right.value - left.value)
    .slice(0, offered)
    .map(({ one }) => one);
}

const pairsIn = (text: string): ReadonlySet<string> => {
  const letters = text.toLowerCase().replace(/\W+/g, ' ');
  return new Set(Array.from(letters, (letter, index) => letter + (letters[index + 1] ?? '')));
};
