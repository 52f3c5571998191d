/** Enforcing and lifting SSO. Only a verified revision is enforced, and a recovery administrator always remains. */
import { now } from './clock.ts';
import { isVerified, newestVerifiedRevision } from './connection-test.ts';
import { hasKnownBrowser } from './known-browsers.ts';
import { audit, type Organization, type User, usersOf } from './organization.ts';
import type { Profile } from './profile.ts';
import { recoveryKeyMadeAt } from './recovery-key.ts';
import { endSessionsOf, type Session } from './session.ts';
import type { Store } from './store.ts';

export type EnforcementRefusal =
  | 'not-proven'
  | 'no-recovery-administrator'
  | 'recovery-not-administrator'
  | 'recovery-without-own-door'
  | 'user-of-other-profile'
  | 'nobody-covered';

export interface EnforcementOptions {
  /** Addresses to be covered; by default all who have no profile. */
  users?: readonly string[] | undefined;
  /** Addresses of administrators who keep their password; by default whoever enforces. */
  recovery?: readonly string[] | undefined;
}

/** Who may be chosen: active users who have no other profile. */
export const enrollable = (store: Store, organization: Organization, profile: Profile): User[] =>
  usersOf(store, organization.slug).filter(
    (user) => !user.deactivated && (user.profile === undefined || user.profile === profile.id),
  );

export const administratorsOf = (store: Store, organization: Organization): User[] =>
  usersOf(store, organization.slug).filter((user) => user.administrator && !user.deactivated);

export const recoveryAdministratorsOf = (store: Store, organization: Organization, profile: Profile): User[] =>
  administratorsOf(store, organization).filter((user) => user.recoveryOf.includes(profile.id));

/** Covers the users by the newest revision, which must be verified, and ends their password sessions except `by`. */
export function enforce(
  store: Store,
  profile: Profile,
  by: Session,
  { users, recovery = [by.user.address] }: EnforcementOptions = {},
): { refusal: EnforcementRefusal } | { covered: number } {
  const { organization } = by;
  if (!isVerified(store, profile.id, profile.revision)) return { refusal: 'not-proven' };
  const able = enrollable(store, organization, profile);
  const chosen = users === undefined ? able : able.filter(({ address }) => users.includes(address));
  if (users !== undefined && chosen.length < new Set(users).size) return { refusal: 'user-of-other-profile' };
  if (chosen.length === 0) return { refusal: 'nobody-covered' };
  if (recovery.length === 0) return { refusal: 'no-recovery-administrator' };
  const administrators = administratorsOf(store, organization).map(({ address }) => address);
  if (!recovery.every((address) => administrators.includes(address))) return { refusal: 'recovery-not-administrator' };
  if (!recovery.some((address) => hasOwnDoor(store, address))) return { refusal: 'recovery-without-own-door' };
  keepAWayIn(store, organization, () => {
    setEnforcedRevision(store, organization, profile, profile.revision);
    store.run`UPDATE users SET profile = NULL WHERE profile = ${profile.id}`;
    for (const { address } of chosen) store.run`UPDATE users SET profile = ${profile.id} WHERE address = ${address}`;
    nameRecoveryAdministrators(store, profile.id, recovery);
    for (const { address } of chosen)
      endSessionsOf(store, organization, address, 'single-sign-on-enforced', { byPassword: true, except: by.hash });
    audit(store, organization, by.user.address, 'enforced', {
      profile: profile.name,
      revision: profile.revision,
      covered: chosen.map(({ address }) => address),
      recovery,
    });
  });
  return { covered: chosen.length };
}

function setEnforcedRevision(store: Store, organization: Organization, { id }: Profile, revision: number): void {
  store.run`UPDATE profiles SET enforced_revision = ${revision}, enforced_at = ${now(organization)} WHERE id = ${id}`;
}

/** Turns off enforcement; the revision stays verified. */
export function lift(store: Store, organization: Organization, profile: Profile, by: string): void {
  keepAWayIn(store, organization, () => {
    store.run`UPDATE profiles SET enforced_revision = NULL, enforced_at = NULL WHERE id = ${profile.id}`;
    store.run`UPDATE users SET profile = NULL WHERE profile = ${profile.id}`;
    nameRecoveryAdministrators(store, profile.id, []);
    audit(store, organization, by, 'lifted', { profile: profile.name });
  });
}

/** An enforced profile moves on to a newer revision as soon as that one is proven. */
export function enforceNewerRevision(store: Store, organization: Organization, profile: Profile, by: string): void {
  const proven = newestVerifiedRevision(store, profile.id);
  if (profile.enforcedRevision === undefined || proven === undefined || proven <= profile.enforcedRevision) return;
  store.transaction(() => {
    setEnforcedRevision(store, organization, profile, proven);
    audit(store, organization, by, 'enforcement-moved', { profile: profile.name, revision: proven });
  });
}

/** The profile and revision that decide how this user signs in; undefined when a password does. */
export function coverageOf(store: Store, user: User): { profile: number; revision: number } | undefined {
  if (user.profile === undefined) return undefined;
  const row = store.get<{ revision: number | null }>`
    SELECT enforced_revision AS revision FROM profiles WHERE id = ${user.profile}`;
  return row === undefined || row.revision === null ? undefined : { profile: user.profile, revision: row.revision };
}

export const isRecoveryAdministrator = (user: User): boolean =>
  user.recoveryOf.length > 0 && user.administrator && !user.deactivated;

/** A change would leave an enforced profile that nobody could lift after signing in with a password. */
export class LocksEverybodyOut extends Error {
  constructor(profiles: readonly string[]) {
    super(
      `${profiles.join(', ')}: no recovery administrator would be left whom strangers cannot keep out; ` +
        'lift single sign-on, or name another recovery administrator first',
    );
  }
}

/**
 * Everything by which a recovery administrator could be lost goes through here. Throws LocksEverybodyOut, and nothing
 * has changed, where an enforced profile of the organization would have none afterwards, or none of those who have a
 * door of their own.
 */
export function keepAWayIn<Result>(store: Store, organization: Organization, change: () => Result): Result {
  return store.transaction(() => {
    const before = new Map(waysIn(store, organization).map((one) => [one.profile, one]));
    const result = change();
    const lost = waysIn(store, organization).filter(({ profile, administrators, ownDoors }) => {
      const former = before.get(profile);
      return administrators === 0 ? former?.administrators !== 0 : ownDoors === 0 && (former?.ownDoors ?? 0) > 0;
    });
    if (lost.length > 0) throw new LocksEverybodyOut(lost.map(({ profile }) => profile));
    return result;
  });
}

interface WaysIn {
  /** Name of an enforced profile. */
  profile: string;
  /** Active administrators who may sign in by the recovery door, and those among them who have one of their own. */
  administrators: number;
  ownDoors: number;
}

const waysIn = (store: Store, organization: Organization): WaysIn[] =>
  store.all<WaysIn>`
    SELECT profiles.name AS profile, count(able.address) AS administrators,
      count(CASE WHEN able.address IN (SELECT address FROM known_browsers UNION SELECT address FROM recovery_keys)
        THEN 1 END) AS ownDoors
    FROM profiles
      LEFT JOIN recovery_administrators AS named ON named.profile = profiles.id
      LEFT JOIN users AS able ON able.address = named.address AND able.organization = profiles.organization
        AND administrator = 1 AND deactivated = 0
    WHERE profiles.organization = ${organization.slug} AND enforced_revision IS NOT NULL
    GROUP BY profiles.id`;

/** A browser or a recovery key of their own, so that no stranger's wrong passwords keep this user out. */
const hasOwnDoor = (store: Store, address: string): boolean =>
  hasKnownBrowser(store, address) || recoveryKeyMadeAt(store, address) !== undefined;

/** In place of those that were named before. */
export function nameRecoveryAdministrators(store: Store, profile: number, addresses: readonly string[]): void {
  store.run`DELETE FROM recovery_administrators WHERE profile = ${profile}`;
  for (const address of new Set(addresses))
    store.run`INSERT INTO recovery_administrators (profile, address) VALUES (${profile}, ${address})`;
}
