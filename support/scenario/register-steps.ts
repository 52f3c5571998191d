/** Registers our steps with the Cucumber of our own runs. Imported after all steps. */
import { registerWithCucumber } from './cucumber-steps.ts';
import { playIn } from './wordings.ts';
import type { RehearsalWorld } from './world.ts';

registerWithCucumber((world, step) => playIn(world as RehearsalWorld, step));
