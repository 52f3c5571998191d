/** Search as one types: a text fits if it contains all words in the query, in upper or lower case. */
export function wordSearch(query: string): (text: string) => boolean {
  const words = query.toLowerCase().split(/\s/); // between two blanks is the empty word, which each text contains
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}
