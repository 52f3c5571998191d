/**
 * The random races of `npm test` for RACE_MINUTES (by default one): RACES with RACE_SEED, as many with the next seed,
 * and so on. RACE_SEED and RACES play a batch again in `races.test.ts`.
 */
import { test } from 'node:test';
import { firstSeed, playRaces, races } from './random-races.fixture.ts';

const minutes = Number(process.env.RACE_MINUTES ?? 1);

test(`random races for ${minutes} min (RACE_SEED=${firstSeed})`, async (context) => {
  const end = performance.now() + minutes * 60_000;
  let seed = firstSeed;
  for (; seed === firstSeed || performance.now() < end; seed++) {
    await playRaces(seed);
  }
  context.diagnostic(`${(seed - firstSeed) * races} races, RACE_SEED=${firstSeed} to ${seed - 1}`);
});
