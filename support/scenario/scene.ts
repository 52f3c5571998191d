/** The part of a scenario that tasks and questions use. */
import type { Name } from '../catalogue/cast.ts';
import type { RehearsalAtIdp } from '../idp/identity-provider.ts';
import type { Actor } from './actor.ts';

/** A rehearsal whose people have drivers. */
export interface Scene extends RehearsalAtIdp {
  cast: Readonly<Record<Name, Actor>>;
}
