/**
 * For tests that play one rule many times: `npm test` plays a few cases, others each time, and `npm run test:long` all
 * of them. A test file that imports this runs in both.
 */

/** TEST_IN_FULL=1, as `npm run test:long` sets it: every case is played. */
export const inFull = process.env.TEST_IN_FULL === '1';

/** All cases in full; otherwise `count` of them by chance, in their order. The name of a test says which case it is. */
export function sample<Case>(cases: readonly Case[], count: number): readonly Case[] {
  if (inFull || count >= cases.length) return cases;
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(Math.random() * cases.length));
  return cases.filter((_, index) => chosen.has(index));
}
