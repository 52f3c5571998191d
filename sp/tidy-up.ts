/** Prunes all tables at the start, because an older version may have kept more rows. */
import { pruneRequests } from './authn-request.ts';
import { machineTime } from './clock.ts';
import { pruneTests } from './connection-test.ts';
import { pruneWrongPasswords } from './lockout.ts';
import { pruneAudit } from './organization.ts';
import { compact } from './pruning.ts';
import { pruneAssertions, pruneResponses } from './response-log.ts';
import { pruneSessions } from './session.ts';
import type { Store } from './store.ts';

export function tidyUp(store: Store): void {
  const organizations = store.all<{ slug: string; clock: number }>`
    SELECT slug, clock_offset_ms AS clock FROM organizations`;
  store.transaction(() => {
    for (const { slug, clock } of organizations) {
      const time = machineTime() + clock;
      pruneRequests(store, slug, time);
      pruneTests(store, slug);
      pruneResponses(store, slug);
      pruneAudit(store, slug);
      pruneAssertions(store, slug);
      pruneSessions(store, slug, time);
    }
    pruneWrongPasswords(store, machineTime());
  });
  compact(store);
}
