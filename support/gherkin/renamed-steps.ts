/** Steps that were renamed. The old sentence works for one minor version; `npm run upgrade` rewrites it. */
import type { Renamed } from '../catalogue/renamed-words.ts';

/** Old and new expression, with the same parameters. */
export const renamedSteps: readonly Renamed[] = [
  { from: '{actor} tries the connection', to: '{actor} takes the SSO test', since: '0.2.0' },
];
