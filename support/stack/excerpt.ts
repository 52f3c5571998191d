/** The start of a text that may be long. A copy, as a slice would keep the whole text in memory. */
export const excerpt = (text: string, length: number): string => Buffer.from(text.slice(0, length)).toString();
