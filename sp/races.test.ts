/** Random races for the story's invariants, with a new seed each time (RACE_SEED plays one again). */
import { test } from 'node:test';
import { playRaces } from './random-races.fixture.ts';

const seed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
const races = Number(process.env.RACES ?? 12);

test(`${races} random races (RACE_SEED=${seed})`, () => playRaces({ seed, races }));
