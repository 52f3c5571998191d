/** Enforcing and lifting SSO. Only a verified revision is enforced, and a recovery administrator always remains. */
import { now } from './clock.ts';
import { isVerified, newestVerifiedRevision } from './connection-test.ts';
import { audit, findUser, type Organization, type User, usersOf } from './organization.ts';
import type { Profile } from './profile.ts';
import { endSessionsOf, type Session } from './session.ts';
import type { Store } from './store.ts';

export type EnforcementRefusal =
  | 'not-proven'
  | 'no-recovery-administrator'
  | 'recovery-not-administrator'
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
  administratorsOf(store, organization).filter((user) => user.recoveryOf === profile.id);

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
  store.transaction(() => {
    setEnforcedRevision(store, organization, profile, profile.revision);
    store.run`UPDATE users SET profile = NULL WHERE profile = ${profile.id}`;
    store.run`UPDATE users SET recovery_of = NULL WHERE recovery_of = ${profile.id}`;
    for (const { address } of chosen) store.run`UPDATE users SET profile = ${profile.id} WHERE address = ${address}`;
    for (const address of recovery) store.run`UPDATE users SET recovery_of = ${profile.id} WHERE address = ${address}`;
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
  store.transaction(() => {
    store.run`UPDATE profiles SET enforced_revision = NULL, enforced_at = NULL WHERE id = ${profile.id}`;
    store.run`UPDATE users SET profile = NULL WHERE profile = ${profile.id}`;
    store.run`UPDATE users SET recovery_of = NULL WHERE recovery_of = ${profile.id}`;
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
  user.recoveryOf !== undefined && user.administrator && !user.deactivated;

/** Would this change leave an enforced profile without anybody who could sign in by password and lift it? */
export function locksEverybodyOut(
  store: Store,
  organization: Organization,
  address: string,
  change: { administrator?: boolean | undefined; deactivated?: boolean | undefined },
): boolean {
  const user = findUser(store, address);
  if (
    user === undefined ||
    user.recoveryOf === undefined ||
    (change.administrator !== false && change.deactivated !== true)
  )
    return false;
  return !administratorsOf(store, organization).some(
    (other) => other.recoveryOf === user.recoveryOf && other.address !== user.address,
  );
}
