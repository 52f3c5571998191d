/**
 * Limits test emails, so that the service provider cannot be used to flood a mailbox. Emails whose link was opened have
 * a higher limit, so that an administrator and a tester can repeat a test without waiting. They still have one, because
 * mail scanners open links too.
 */
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import type { Store } from './store.ts';

/**
 * Emails within an hour on the organization's clock: unopened ones to a tester since the tester last opened a link;
 * unopened ones of the organization; and all to a tester.
 */
const limits = { tester: 5, organization: 50, evenOpened: 60, withinMs: 3_600_000 };

export interface TestEmailLimit {
  reached: 'tester' | 'organization' | 'even-opened';
  /** When the next email can be sent, on the organization's clock. */
  nextAt: number;
}

/** The limit that an email to this tester would exceed now; undefined if it can be sent. */
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
