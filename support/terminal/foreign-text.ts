/** Makes foreign text harmless for a terminal, a report and a log. */

export interface HarmlessOptions {
  /** Number of characters shown of each line; the rest is only counted. */
  longest?: number;
}

/**
 * Characters that move the cursor, reverse the text or are invisible: control characters except tab and line feed,
 * format characters (directions, zero width, tags), line separators, blank letters, and halves of a character.
 * A joiner within an emoji is kept: it is part of the emoji.
 */
const deceptive = new RegExp(
  [
    String.raw`(?![\t\n])\p{Cc}`,
    String.raw`(?<!\p{Extended_Pictographic}\ufe0f?)\u200d`,
    String.raw`(?!\u200d)\p{Cf}`,
    String.raw`[\u2028\u2029\u115f\u1160\u3164\uffa0]`,
    String.raw`\p{Cs}`,
  ].join('|'),
  'gu',
);

/** Spells out each deceptive character as `⟨U+001B⟩`, and cuts long lines. */
export function harmless(text: string, { longest = 2_000 }: HarmlessOptions = {}): string {
  return text
    .split('\n')
    .map((line) => cut(line, longest).replace(deceptive, spelledOut))
    .join('\n');
}

function cut(line: string, longest: number): string {
  if (line.length <= longest) return line;
  return `${line.slice(0, longest)} … (${line.length - longest} more characters)`;
}

const spelledOut = (character: string): string =>
  `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** Quotes a page's text in an error: no empty lines, and at most a screenful. */
export function quoteForeign(text: string, { prefix = '', lines = 20, width = 160 } = {}): string {
  const all = text.split('\n').flatMap((line) => line.trim() || []);
  const shown = all.slice(0, lines).map((line) => harmless(line, { longest: width }));
  if (all.length > lines) shown.push('…');
  return shown.map((line) => prefix + line).join('\n');
}
