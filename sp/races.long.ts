/**
 * The random races of `npm test` for RACE_MINUTES (by default one): RACES with RACE_SEED, as many with the next seed,
 * and so on. RACE_SEED and RACES play a batch again in `races.test.ts`.
 */
import { test } from 'node:test';
import { playRaces } from './random-races.fixture.ts';

const minutes = Number(process.env.RACE_MINUTES ?? 1);
const first = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
const races = Number(process.env.RACES ?? 12);

test(`random races for ${minutes} min (RACE_SEED=${first})`, async (context) => {
  const end = performance.now() + minutes * 60_000;
  let seed = first;
  for (; seed === first || performance.now() < end; seed++) {
    await playRaces({ seed, races });
  }
  context.diagnostic(`${(seed - first) * races} races, RACE_SEED=${first} to ${seed - 1}`);
});
