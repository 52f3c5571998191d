/** Makes text that we did not write harmless: for a terminal, a report and a log alike. */

export interface HarmlessOptions {
  /** Characters that are shown of each line; the rest is counted. */
  longest?: number;
}

/**
 * What moves the cursor, turns the text around or cannot be seen: control characters except tab and line feed, format
 * characters (directions, zero width, tags), line separators, letters that are blank, and halves of a character.
 * A joiner within an emoji is what makes it one sign.
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

/** Spells out each deceptive character, `⟨U+001B⟩`, and cuts long lines. */
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

/** A page's text for a message: no empty lines, and not longer than a screen. */
export function quoteForeign(text: string, { prefix = '', lines = 20, width = 160 } = {}): string {
  const all = text.split('\n').flatMap((line) => line.trim() || []);
  const shown = all.slice(0, lines).map((line) => harmless(line, { longest: width }));
  if (all.length > lines) shown.push('…');
  return shown.map((line) => prefix + line).join('\n');
}
