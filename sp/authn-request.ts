/** Stores the AuthnRequests that were sent, finds them, and marks them as used. */
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import { isPruningDue } from './pruning.ts';
import type { Store } from './store.ts';
import { times } from './time-limits.ts';

export interface AuthnRequestRecord {
  id: string;
  organization: string;
  profile: number;
  revision: number;
  test: number | undefined;
  /** SHA-256 of the browser's secret. */
  browser: string;
  /** The email that was entered on the login page. */
  address: string;
  relayState: string;
  issuedAt: number;
  answeredAt: number | undefined;
}

interface Row {
  id: string;
  organization: string;
  profile: number;
  revision: number;
  test: number | null;
  browser: string;
  address: string;
  relay_state: string;
  issued_at: number;
  answered_at: number | null;
}

const toRecord = ({ test, relay_state, issued_at, answered_at, ...row }: Row): AuthnRequestRecord => ({
  ...row,
  test: test ?? undefined,
  relayState: relay_state,
  issuedAt: issued_at,
  answeredAt: answered_at ?? undefined,
});

/** How long requests are kept, so that a late response can be told from a forged one. */
const keptForMs = 2 * 24 * 3_600_000;

/**
 * The maximum number of requests of one browser, of one email from one network address, and of the organization. The
 * oldest are deleted first, so a flood does not displace pending requests. Browsers that have signed in with the email
 * before are counted separately, because behind a proxy all users share one network address.
 */
const kept = { ofBrowser: 20, ofSource: 2_000, all: 20_000 };

export function rememberRequest(
  store: Store,
  {
    id,
    organization,
    profile,
    revision,
    test,
    browser,
    address,
    relayState,
    issuedAt,
    source,
  }: Omit<AuthnRequestRecord, 'answeredAt'> & {
    /** Hash of the browser's network address. */
    source: string;
  },
): void {
  if (isPruningDue(store, 'requests', organization, { every: 200 })) pruneRequests(store, organization, issuedAt);
  store.run`
    INSERT INTO requests (id, organization, profile, revision, test, browser, address, relay_state, issued_at, source)
    VALUES (${id}, ${organization}, ${profile}, ${revision}, ${test},
      ${browser}, ${address}, ${relayState}, ${issuedAt}, ${source})`;
}

export function pruneRequests(store: Store, organization: string, time: number): void {
  store.run`DELETE FROM requests WHERE organization = ${organization} AND issued_at < ${time - keptForMs}`;
  store.run`
    DELETE FROM requests WHERE rowid IN (
      SELECT rowid FROM (
        SELECT rowid,
          row_number() OVER (PARTITION BY browser ORDER BY issued_at DESC, rowid DESC) AS of_browser,
          row_number() OVER (PARTITION BY known, source, address ORDER BY issued_at DESC, rowid DESC) AS of_source,
          row_number() OVER (PARTITION BY known ORDER BY issued_at DESC, rowid DESC) AS of_all
        FROM (
          SELECT rowid, *, (address, browser) IN (SELECT address, browser FROM known_browsers) AS known
          FROM requests WHERE organization = ${organization}
        )
      )
      WHERE of_browser > ${kept.ofBrowser} OR of_source > ${kept.ofSource} OR of_all > ${kept.all}
    )`;
}

export function findRequest(
  store: Store,
  organization: string,
  id: string | undefined,
): AuthnRequestRecord | undefined {
  if (id === undefined) return undefined;
  const row = store.get<Row>`SELECT * FROM requests WHERE organization = ${organization} AND id = ${id}`;
  return row && toRecord(row);
}

export function findRequestByRelayState(
  store: Store,
  organization: string,
  relayState: string | undefined,
): AuthnRequestRecord | undefined {
  if (relayState === undefined) return undefined;
  const row = store.get<Row>`
    SELECT * FROM requests WHERE organization = ${organization} AND relay_state = ${relayState}`;
  return row && toRecord(row);
}

/** This browser's newest request that has no response and has not expired. */
export function pendingRequestOf(
  store: Store,
  organization: Organization,
  browser: string | undefined,
): AuthnRequestRecord | undefined {
  if (browser === undefined) return undefined;
  const row = store.get<Row>`
    SELECT * FROM requests
    WHERE organization = ${organization.slug} AND browser = ${browser} AND answered_at IS NULL
      AND issued_at > ${now(organization) - times.request}
    ORDER BY issued_at DESC, rowid DESC LIMIT 1`;
  return row && toRecord(row);
}

/** Marks the request as used by a sign-in. Returns false if another response was faster. */
export function useUp(store: Store, organization: Organization, id: string): boolean {
  const { changes } = store.run`
    UPDATE requests SET answered_at = ${now(organization)} WHERE id = ${id} AND answered_at IS NULL`;
  return changes === 1;
}
