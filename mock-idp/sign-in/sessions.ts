/** The sessions of a tenant, keyed by the hash of their cookie. */
import { randomText } from '../random.ts';
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
  const cookie = randomText(32, 'base64url');
  remember(tenant.sessions, hashOf(cookie), session);
  dropExcess(tenant, session, user);
  return { cookie, session };
}

/** In characters of names, of all sessions of a tenant. Their number is limited, too. */
const longestNames = 8 * 1024 * 1024;

/** At least the length of all names, for each tenant. */
const lengths = new WeakMap<Tenant, number>();

/** Adds up all names only if those added since the last time may be too long. */
function dropExcess(tenant: Tenant, added: Session, user: User): void {
  const length = (lengths.get(tenant) ?? 0) + mostNamesOf(tenant, user);
  lengths.set(tenant, length <= longestNames ? length : dropOldest(tenant, added));
}

/** Drops the oldest sessions until the names of the others fit, and returns their length. */
function dropOldest({ sessions }: Tenant, added: Session): number {
  let length = [...sessions.values()].reduce((sum, one) => sum + namesOf(one), 0);
  for (const [hash, one] of sessions) {
    if (length <= longestNames || one === added) break;
    sessions.delete(hash);
    length -= namesOf(one);
  }
  return length;
}

const namesOf = ({ username, apps }: Session): number =>
  [...apps.values()].reduce((sum, { nameId }) => sum + nameId.length, username.length);

const persistentLength = 80;

/** A session may have a NameID for each app. */
function mostNamesOf({ apps }: Tenant, { username, nameId = '', email = '' }: User): number {
  return username.length + Math.max(persistentLength, nameId.length, email.length) * apps.length;
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
