/** The sessions of a tenant, keyed by the hash of their cookie. */
import { randomBytes } from 'node:crypto';
import { newId } from '../tenants/seed.ts';
import { hashOf, note, remember, type Session, type Tenant, tenantTime, type User, userKey } from '../tenants/state.ts';

const sessionMs = 8 * 60 * 60_000;

/**
 * Opens a session and returns it with its cookie value.
 * Keeps the index and the apps of the browser's previous session if it is of the same user.
 */
export function openSession(
  tenant: Tenant,
  user: User,
  formerCookie: string | undefined,
): { cookie: string; session: Session } {
  const former = sessionOf(tenant, formerCookie);
  if (formerCookie !== undefined) tenant.sessions.delete(hashOf(formerCookie));
  const kept = former?.username === user.username ? former : undefined;
  const session: Session = {
    index: kept?.index ?? newId(tenant, 'session'),
    username: user.username,
    authnInstant: tenantTime(tenant),
    apps: kept?.apps ?? new Map(),
  };
  const cookie = randomBytes(32).toString('base64url');
  remember(tenant.sessions, hashOf(cookie), session);
  return { cookie, session };
}

export function sessionOf(tenant: Tenant, cookie: string | undefined): Session | undefined {
  const session = cookie === undefined ? undefined : tenant.sessions.get(hashOf(cookie));
  return session && isOpen(tenant, session) ? session : undefined;
}

const isOpen = (tenant: Tenant, { authnInstant }: Session): boolean => tenantTime(tenant) - authnInstant < sessionMs;

/** The open sessions of the user, oldest first. */
export const sessionsOf = (tenant: Tenant, { username }: User): Session[] =>
  [...tenant.sessions.values()].filter(
    (session) => userKey(session.username) === userKey(username) && isOpen(tenant, session),
  );

/** Ends all matching sessions and returns them. */
export function endSessions(tenant: Tenant, matches: (session: Session, cookieHash: string) => boolean): Session[] {
  const ended = [...tenant.sessions].filter(([hash, session]) => matches(session, hash));
  for (const [hash, session] of ended) {
    tenant.sessions.delete(hash);
    note(tenant, 'logout', { event: 'session-ended', username: session.username, sessionIndex: session.index });
  }
  return ended.map(([, session]) => session);
}
