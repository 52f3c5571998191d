/** Random races for the story's invariants, with a new seed each time (RACE_SEED plays one again). */
import { test } from 'node:test';
import { firstSeed, playRaces, races } from './random-races.fixture.ts';

test(`${races} random races (RACE_SEED=${firstSeed})`, () => playRaces(firstSeed));
