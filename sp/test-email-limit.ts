/**
 * Limits test emails, so that nobody's mailbox is filled through the service provider. Emails whose link was opened
 * hardly count: who tries the connection together with a colleague is not kept waiting. But mail scanners open links,
 * too, so that there is an end to them as well.
 */
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import type { Store } from './store.ts';

/**
 * Emails within an hour of the organization's clock: unopened ones since the tester last opened a link, and of all; and
 * those to a tester, opened or not.
 */
const limits = { tester: 5, organization: 50, evenOpened: 60, withinMs: 3_600_000 };

export interface TestEmailLimit {
  reached: 'tester' | 'organization' | 'even-opened';
  /** When the next email may go, on the organization's clock. */
  nextAt: number;
}

/** The limit that keeps an email to this tester from going out now; undefined if it may go. */
export function testEmailLimit(store: Store, organization: Organization, tester: string): TestEmailLimit | undefined {
  const until = now(organization);
  const since = until - limits.withinMs;
  const { slug } = organization;
  const toTester = store.get<{ at: number }>`
    SELECT created_at AS at FROM tests
    WHERE tester = ${tester} AND organization = ${slug} AND created_at > ${since} AND created_at <= ${until}
      AND mail_state <> 'failed' AND opened_at IS NULL
      AND id > coalesce((SELECT max(id) FROM tests WHERE tester = ${tester} AND opened_at IS NOT NULL), 0)
    ORDER BY created_at DESC LIMIT 1 OFFSET ${limits.tester - 1}`;
  if (toTester) return { reached: 'tester', nextAt: toTester.at + limits.withinMs };
  const evenOpened = store.get<{ at: number }>`
    SELECT created_at AS at FROM tests
    WHERE tester = ${tester} AND organization = ${slug} AND created_at > ${since} AND created_at <= ${until}
      AND mail_state <> 'failed'
    ORDER BY created_at DESC LIMIT 1 OFFSET ${limits.evenOpened - 1}`;
  if (evenOpened) return { reached: 'even-opened', nextAt: evenOpened.at + limits.withinMs };
  const ofAll = store.get<{ at: number }>`
    SELECT created_at AS at FROM tests
    WHERE organization = ${slug} AND created_at > ${since} AND created_at <= ${until}
      AND mail_state <> 'failed' AND opened_at IS NULL
    ORDER BY created_at DESC LIMIT 1 OFFSET ${limits.organization - 1}`;
  return ofAll && { reached: 'organization', nextAt: ofAll.at + limits.withinMs };
}
