/** The part of a scenario that tasks and questions use. */
import type { Name } from '../catalogue/cast.ts';
import type { RehearsalAtProduct } from '../product/under-test.ts';
import type { Actor } from './actor.ts';

/** A rehearsal whose people have drivers. */
export interface Scene extends RehearsalAtProduct {
  cast: Readonly<Record<Name, Actor>>;
}
