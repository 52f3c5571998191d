/** Makes text that we did not write harmless in a terminal. */

/** Control characters except tab and line feed, and characters without width or that change the direction of text. */
const hidden = String.raw`(?![\t\n])\p{Cc}|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]`;
const colourOrHidden = new RegExp(String.raw`(\x1b\[\d+m)|${hidden}`, 'gu');

/** Spells out each character that moves the cursor, turns the text around or cannot be seen. Keeps colours. */
export const spellOutHidden = (text: string): string =>
  text.replace(
    colourOrHidden,
    (character, colour?: string) =>
      colour ?? `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
