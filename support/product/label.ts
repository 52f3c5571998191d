/** Labels and texts as a recipe gives them, plain or as patterns, and how they are found. */

export type Label = string | RegExp;

/** How a field is found: by its label; where it has none, its placeholder or the name that the form sends. */
export type FieldHint = Label | { placeholder: string } | { name: string };

export const folded = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** True if a text on a page contains this; a pattern decides for itself. */
export const says = (text: string, label: Label): boolean =>
  typeof label === 'string' ? text.includes(folded(label)) : label.test(text);

/**
 * The first thing with this label. A plain label prefers the thing that is labelled exactly so, and takes one that
 * contains it, in upper or lower case, where there is none.
 */
export function findLabelled<Thing>(
  things: readonly Thing[],
  label: Label,
  labelsOf: (thing: Thing) => readonly string[],
): Thing | undefined {
  const find = (fits: (text: string) => boolean): Thing | undefined => things.find((one) => labelsOf(one).some(fits));
  if (typeof label !== 'string') return find((text) => label.test(text));
  const wanted = folded(label);
  return find((text) => text === wanted) ?? find((text) => text.toLowerCase().includes(wanted.toLowerCase()));
}

/** The hint in words: “Email”, named “username”, with the placeholder “you@work”. */
export function inWords(hint: FieldHint): string {
  if (typeof hint === 'string') return `labelled “${hint}”`;
  if (hint instanceof RegExp) return `labelled ${hint}`;
  return 'name' in hint ? `named “${hint.name}”` : `with the placeholder “${hint.placeholder}”`;
}
