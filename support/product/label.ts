/** Labels and texts in recipes, plain or as patterns, and how they are found on a page. */

import { folded } from '../stack/page.ts';

export type Label = string | RegExp;

/** Identifies a field: by its label or, if it has none, by its placeholder or name. */
export type FieldHint = Label | { placeholder: string } | { name: string };

/** True if the text contains this label or matches this pattern. */
export const says = (text: string, label: Label): boolean =>
  typeof label === 'string' ? text.includes(folded(label)) : label.test(text);

/**
 * The first thing with this label. A plain label prefers an exact match; without one, it matches a part, in upper or
 * lower case.
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

/** Describes the hint: “Email”, named “username”, with the placeholder “you@work”. */
export function inWords(hint: FieldHint): string {
  if (typeof hint === 'string') return `labelled “${hint}”`;
  if (hint instanceof RegExp) return `labelled ${hint}`;
  return 'name' in hint ? `named “${hint.name}”` : `with the placeholder “${hint.placeholder}”`;
}
