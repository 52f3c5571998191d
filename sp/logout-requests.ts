/** Stores LogoutRequests: received ones, to accept each only once, and sent ones, to match their responses. */
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import { freshForMs } from './saml/logout.ts';
import type { Store } from './store.ts';

/** Returns false if the request was used before. Its ID is kept as long as the request could be accepted. */
export function useLogoutRequest(
  store: Store,
  organization: Organization,
  { issuer, id }: { issuer: string; id: string },
): boolean {
  const { slug } = organization;
  const time = now(organization);
  store.run`DELETE FROM logout_requests_used WHERE organization = ${slug} AND until < ${time}`;
  // IssueInstant may be `freshForMs` in the future, and is accepted for as long afterwards.
  const { changes } = store.run`
    INSERT INTO logout_requests_used (organization, issuer, id, until)
    VALUES (${slug}, ${issuer}, ${id}, ${time + 2 * freshForMs}) ON CONFLICT DO NOTHING`;
  return changes === 1;
}

export interface SentLogoutRequest {
  id: string;
  profile: number;
  revision: number;
}

/** Binds the request to the browser of the session that it ends. Does nothing if that session was deleted. */
export function rememberSentLogout(
  store: Store,
  organization: Organization,
  { id, session }: { id: string; session: string },
): void {
  const time = now(organization);
  store.run`
    DELETE FROM logout_requests_sent WHERE organization = ${organization.slug} AND issued_at < ${time - freshForMs}`;
  store.run`
    INSERT INTO logout_requests_sent (id, organization, profile, revision, browser, issued_at)
    SELECT ${id}, organization, profile, revision, browser, ${time} FROM sessions
    WHERE hash = ${session} AND browser IS NOT NULL AND profile IS NOT NULL AND revision IS NOT NULL`;
}

/** The requests sent through this browser in the last ten minutes. */
export const sentLogoutRequestsOf = (
  store: Store,
  organization: Organization,
  browser: string | undefined,
): SentLogoutRequest[] => store.all<SentLogoutRequest>`
  SELECT id, profile, revision FROM logout_requests_sent
  WHERE organization = ${organization.slug} AND browser = ${browser}
    AND issued_at >= ${now(organization) - freshForMs}`;
