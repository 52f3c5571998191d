/**
 * Shows again what the page says of each check, with the response that showed it last time. Only a check of which this
 * is no longer true is played against all responses.
 */
import type { Copy } from './copy.ts';
import { elsewhere, harmless } from './library-checks.ts';
import { outcomeOf } from './outcome.ts';
import type { Played, Verdicts } from './play.ts';
import type { Removal } from './removals.ts';
import type { Shown } from './table.ts';

/** Why no response has another outcome without a check. */
export const reasons = [elsewhere, harmless];

/** Undefined if the page says nothing of the check, or what it says is no longer true. */
export async function repeat(
  { removal, copy, intact }: { removal: Removal; copy: Copy; intact: Verdicts },
  shown: Shown | undefined,
): Promise<Played | undefined> {
  if (shown === undefined) return undefined;
  const { fault, description } = shown;
  const played = await copy.play([removal], { only: [fault], description, whole: true });
  const { kind } = outcomeOf(played, intact);
  // A double shows only without its twins, which are removed later.
  const isAsBefore = kind === (shown.kind === 'double' ? 'unexplained' : shown.kind);
  return isAsBefore || kind === 'caught' ? played : undefined;
}

/**
 * Removes many checks at once. If the service provider is as strong without all of them, it needs none of them;
 * otherwise, halves are tried, down to the check that it needs.
 */
export async function playTogether(copy: Copy, removals: readonly Removal[]): Promise<[Removal, Played][]> {
  if (removals.length < 2)
    return Promise.all(removals.map(async (one): Promise<[Removal, Played]> => [one, await copy.play([one])]));
  // Two edits of one line exclude each other, and a copy may break without both: then each half is tried.
  const played = await copy.play(removals).catch(() => undefined);
  if (played && !played.caught) return removals.map((removal) => [removal, { caught: undefined, verdicts: {} }]);
  const half = Math.ceil(removals.length / 2);
  const first = await playTogether(copy, removals.slice(0, half));
  return [...first, ...(await playTogether(copy, removals.slice(half)))];
}
