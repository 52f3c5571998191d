/** Sessions are stored on the server: the browser has a secret, the database its hash. */
import { bounded } from './bounded-text.ts';
import { machineTime, now } from './clock.ts';
import { rememberBrowser } from './known-browsers.ts';
import { findOrganization, findUser, type Organization, type User } from './organization.ts';
import { isPruningDue } from './pruning.ts';
import { hashOf, newSecret } from './secret.ts';
import type { Store } from './store.ts';

export type Method = 'password' | 'sso' | 'recovery';
export type EndedBecause =
  | 'signed-out'
  | 'test-link-opened'
  | 'signed-in-again'
  | 'single-sign-on-enforced'
  | 'signed-out-at-idp'
  | 'user-changed'
  | 'test-failed';

export interface Session {
  hash: string;
  method: Method;
  createdAt: number;
  endsAt: number;
  user: User;
  organization: Organization;
  /** Data for single logout, if the session was started through an IdP. */
  sso: SsoFacts | undefined;
}

export interface SsoFacts {
  profile: number;
  revision: number;
  nameId: string;
  nameIdFormat: string;
  sessionIndex: string | undefined;
}

/** How many milliseconds an ended session is kept, and how many sessions of one user. */
const kept = { ms: 7 * 24 * 3_600_000, ofUser: 200 };
/** The maximum number of characters of SessionIndex and of the NameID format. */
const longestName = 1_000;
const storedName = (name: string): string => bounded(name, longestName);

/** How many milliseconds a session lasts, unless the IdP sets an earlier end. */
const lifetime = 12 * 3_600_000;

export interface NewSession {
  /** SHA-256 of the browser's secret. */
  browser: string;
  address: string;
  method: Method;
  /** SessionNotOnOrAfter (SAML core 2.7.2), on the organization's clock. */
  notOnOrAfter?: number | undefined;
  sso?: (SsoFacts & { response: number }) | undefined;
}

/** Starts a session with a new secret, and ends the browser's previous one. Returns the secret. */
export function startSession(
  store: Store,
  organization: Organization,
  { browser, address, method, notOnOrAfter, sso }: NewSession,
): string {
  const secret = newSecret();
  const time = now(organization);
  const endsAt = Math.min(time + lifetime, notOnOrAfter ?? Infinity);
  if (isPruningDue(store, 'sessions', organization.slug)) pruneSessions(store, organization.slug, time);
  const before = store.all<{ hash: string }>`
    SELECT hash FROM sessions WHERE browser = ${browser} AND ended_at IS NULL`;
  for (const { hash } of before) endSessionByHash(store, hash, 'signed-in-again');
  store.run`
    INSERT INTO sessions (
      hash, browser, organization, address, method, created_at, ends_at,
      profile, revision, response, name_id, name_id_format, session_index
    ) VALUES (
      ${hashOf(secret)}, ${browser}, ${organization.slug}, ${address}, ${method}, ${time}, ${endsAt},
      ${sso?.profile}, ${sso?.revision}, ${sso?.response}, ${sso?.nameId},
      ${sso && storedName(sso.nameIdFormat)}, ${sso?.sessionIndex && storedName(sso.sessionIndex)}
    )`;
  rememberBrowser(store, address, browser, machineTime());
  return secret;
}

export function pruneSessions(store: Store, organization: string, time: number): void {
  store.run`
    DELETE FROM sessions WHERE organization = ${organization} AND min(ends_at, coalesce(ended_at, ends_at)) < ${
      time - kept.ms
    }`;
  store.run`
    DELETE FROM sessions WHERE rowid IN (
      SELECT rowid FROM (
        SELECT rowid, row_number() OVER (PARTITION BY address ORDER BY created_at DESC, rowid DESC) AS number
        FROM sessions WHERE organization = ${organization}
      )
      WHERE number > ${kept.ofUser}
    )`;
}

/** The session with this secret; undefined if it is unknown, expired or ended, or its user was deleted. */
export function findSession(store: Store, secret: string | undefined): Session | undefined {
  if (secret === undefined) return undefined;
  const row = store.get<Row>`SELECT * FROM sessions WHERE hash = ${hashOf(secret)} AND ended_at IS NULL`;
  const organization = row && findOrganization(store, row.organization);
  if (row === undefined || organization === undefined || now(organization) >= row.ends_at) return undefined;
  const user = findUser(store, row.address);
  if (user === undefined || user.deactivated) return undefined;
  const { hash, method, created_at: createdAt, ends_at: endsAt } = row;
  return { hash, method, createdAt, endsAt, user, organization, sso: ssoOf(row) };
}

interface Row {
  hash: string;
  organization: string;
  address: string;
  method: Method;
  created_at: number;
  ends_at: number;
  profile: number | null;
  revision: number | null;
  name_id: string | null;
  name_id_format: string | null;
  session_index: string | null;
}

function ssoOf({ profile, revision, name_id, name_id_format, session_index }: Row): Session['sso'] {
  if (profile === null || revision === null || name_id === null) return undefined;
  return {
    profile,
    revision,
    nameId: name_id,
    nameIdFormat: name_id_format ?? '',
    sessionIndex: session_index ?? undefined,
  };
}

/** Ends the session with this secret. Returns false if there was none. */
export const endSession = (store: Store, secret: string, because: EndedBecause): boolean =>
  endSessionByHash(store, hashOf(secret), because);

function endSessionByHash(store: Store, hash: string, because: EndedBecause): boolean {
  const { changes } = store.run`
    UPDATE sessions SET ended_because = ${because}, ended_at = (
      SELECT max(created_at, ${machineTime()} + clock_offset_ms) FROM organizations WHERE slug = organization
    )
    WHERE hash = ${hash} AND ended_at IS NULL`;
  return changes > 0;
}

/**
 * Ends the sessions of the NameID that this IdP started through any revision of the profile: those with the given
 * session indexes or, without any, all of them.
 */
export function endSessionsByNameId(
  store: Store,
  organization: Organization,
  {
    profile,
    issuer,
    nameId,
    sessionIndexes,
  }: { profile: number; issuer: string; nameId: string; sessionIndexes: readonly string[] },
): number {
  const indexes = sessionIndexes.map(storedName);
  const rows = store.all<{ hash: string; session_index: string | null }>`
    SELECT hash, session_index FROM sessions
    JOIN revisions ON revisions.profile = sessions.profile AND number = revision
    WHERE organization = ${organization.slug} AND method = 'sso' AND sessions.profile = ${profile}
      AND json_extract(settings, '$.idpEntityId') = ${issuer} AND name_id = ${nameId} AND ended_at IS NULL`;
  return rows
    .filter(({ session_index }) => indexes.length === 0 || (session_index !== null && indexes.includes(session_index)))
    .filter(({ hash }) => endSessionByHash(store, hash, 'signed-out-at-idp')).length;
}

/** Ends the session that an accepted response started. */
export function endSessionOfResponse(
  store: Store,
  organization: Organization,
  response: number | undefined,
  because: EndedBecause,
): void {
  store.run`
    UPDATE sessions SET ended_at = ${now(organization)}, ended_because = ${because}
    WHERE organization = ${organization.slug} AND response = ${response} AND ended_at IS NULL`;
}

/** Ends all sessions of a user except one. With `byPassword`, ends only password and recovery sessions. */
export function endSessionsOf(
  store: Store,
  organization: Organization,
  address: string,
  because: EndedBecause,
  { byPassword = false, except }: { byPassword?: boolean; except?: string | undefined } = {},
): number {
  const { changes } = store.run`
    UPDATE sessions SET ended_at = ${now(organization)}, ended_because = ${because}
    WHERE address = ${address} AND organization = ${organization.slug} AND ended_at IS NULL
      AND (${byPassword} = 0 OR method IN ('password', 'recovery')) AND hash <> ${except ?? ''}`;
  return changes;
}
