/** What tasks and questions need of a scenario. */
import type { Name } from '../catalogue/cast.ts';
import type { RehearsalAtIdp } from '../idp/identity-provider.ts';
import type { Actor } from './actor.ts';

/** A rehearsal whose people have browsers. */
export interface Scene extends RehearsalAtIdp {
  /** People are visitors over HTTP instead of browsers. */
  scripted?: boolean;
  cast: Readonly<Record<Name, Actor>>;
}
