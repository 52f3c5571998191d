/** Turns SSO enforcement on and off. Only a verified revision is enforced; a recovery administrator always remains. */
import { now } from './clock.ts';
import { isVerified, newestVerifiedRevision } from './connection-test.ts';
import { hasKnownBrowser } from './known-browsers.ts';
import { audit, type Organization, type User, usersOf } from './organization.ts';
import type { Profile } from './profile.ts';
import { recoveryKeyMadeAt } from './recovery-key.ts';
import { endSessionsOf, type Session } from './session.ts';
import type { Store } from './store.ts';

export type EnforcementBlocker =
  | 'not-proven'
  | 'no-recovery-administrator'
  | 'recovery-not-administrator'
  | 'recovery-without-own-door'
  | 'user-of-other-profile'
  | 'nobody-covered';

export interface EnforcementOptions {
  /** Emails of the users to cover; by default all users without a profile. */
  users?: readonly string[] | undefined;
  /** Emails of the administrators who keep their password; by default the one who enforces. */
  recovery?: readonly string[] | undefined;
}

/** Users who can be covered: active, and in no other profile. */
export const enrollable = (store: Store, organization: Organization, profile: Profile): User[] =>
  usersOf(store, organization.slug).filter(
    (user) => !user.deactivated && (user.profile === undefined || user.profile === profile.id),
  );

export const administratorsOf = (store: Store, organization: Organization): User[] =>
  usersOf(store, organization.slug).filter((user) => user.administrator && !user.deactivated);

export const recoveryAdministratorsOf = (store: Store, organization: Organization, profile: Profile): User[] =>
  administratorsOf(store, organization).filter((user) => user.recoveryOf.includes(profile.id));

/** Covers the users with the newest revision, which must be verified, and ends their password sessions except `by`. */
export function enforce(
  store: Store,
  profile: Profile,
  by: Session,
  { users, recovery = [by.user.address] }: EnforcementOptions = {},
): { blocker: EnforcementBlocker } | { covered: number } {
  const { organization } = by;
  if (!isVerified(store, profile.id, profile.revision)) return { blocker: 'not-proven' };
  const able = enrollable(store, organization, profile);
  const chosen = users === undefined ? able : able.filter(({ address }) => users.includes(address));
  if (users !== undefined && chosen.length < new Set(users).size) return { blocker: 'user-of-other-profile' };
  if (chosen.length === 0) return { blocker: 'nobody-covered' };
  if (recovery.length === 0) return { blocker: 'no-recovery-administrator' };
  const administrators = administratorsOf(store, organization).map(({ address }) => address);
  if (!recovery.every((address) => administrators.includes(address))) return { blocker: 'recovery-not-administrator' };
  if (!recovery.some((address) => hasOwnCounter(store, address))) return { blocker: 'recovery-without-own-door' };
  keepRecoveryPossible(store, organization, () => {
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
export function turnOffEnforcement(store: Store, organization: Organization, profile: Profile, by: string): void {
  keepRecoveryPossible(store, organization, () => {
    store.run`UPDATE profiles SET enforced_revision = NULL, enforced_at = NULL WHERE id = ${profile.id}`;
    store.run`UPDATE users SET profile = NULL WHERE profile = ${profile.id}`;
    nameRecoveryAdministrators(store, profile.id, []);
    audit(store, organization, by, 'lifted', { profile: profile.name });
  });
}

/** Updates an enforced profile to a newer revision once that is verified. */
export function enforceNewerRevision(store: Store, organization: Organization, profile: Profile, by: string): void {
  const verified = newestVerifiedRevision(store, profile.id);
  if (profile.enforcedRevision === undefined || verified === undefined || verified <= profile.enforcedRevision) return;
  store.transaction(() => {
    setEnforcedRevision(store, organization, profile, verified);
    audit(store, organization, by, 'enforcement-moved', { profile: profile.name, revision: verified });
  });
}

/** The profile and revision through which this user signs in; undefined if the user signs in with a password. */
export function coverageOf(store: Store, user: User): { profile: number; revision: number } | undefined {
  if (user.profile === undefined) return undefined;
  const row = store.get<{ revision: number | null }>`
    SELECT enforced_revision AS revision FROM profiles WHERE id = ${user.profile}`;
  return row === undefined || row.revision === null ? undefined : { profile: user.profile, revision: row.revision };
}

export const isRecoveryAdministrator = (user: User): boolean =>
  user.recoveryOf.length > 0 && user.administrator && !user.deactivated;

/** A change would leave an enforced profile that no administrator could turn off after signing in with a password. */
export class NoRecoveryLeft extends Error {
  constructor(profiles: readonly string[]) {
    super(
      `${profiles.join(', ')}: this would leave no recovery administrator whom strangers cannot lock out; ` +
        'turn off SSO enforcement, or choose another recovery administrator first',
    );
  }
}

/**
 * Runs every change that could remove a recovery administrator. If an enforced profile of the organization would lose
 * the last one, or the last one with an attempt counter of their own, rolls back and throws NoRecoveryLeft.
 */
export function keepRecoveryPossible<Result>(store: Store, organization: Organization, change: () => Result): Result {
  return store.transaction(() => {
    const before = new Map(recoveryAccess(store, organization).map((one) => [one.profile, one]));
    const result = change();
    const lost = recoveryAccess(store, organization).filter(({ profile, administrators, withOwnCounter }) => {
      const former = before.get(profile);
      return administrators === 0
        ? former?.administrators !== 0
        : withOwnCounter === 0 && (former?.withOwnCounter ?? 0) > 0;
    });
    if (lost.length > 0) throw new NoRecoveryLeft(lost.map(({ profile }) => profile));
    return result;
  });
}

interface RecoveryAccess {
  /** Name of an enforced profile. */
  profile: string;
  /** How many active recovery administrators it has, and how many of them have an attempt counter of their own. */
  administrators: number;
  withOwnCounter: number;
}

const recoveryAccess = (store: Store, organization: Organization): RecoveryAccess[] =>
  store.all<RecoveryAccess>`
    SELECT profiles.name AS profile, count(able.address) AS administrators,
      count(CASE WHEN able.address IN (SELECT address FROM known_browsers UNION SELECT address FROM recovery_keys)
        THEN 1 END) AS withOwnCounter
    FROM profiles
      LEFT JOIN recovery_administrators AS named ON named.profile = profiles.id
      LEFT JOIN users AS able ON able.address = named.address AND able.organization = profiles.organization
        AND administrator = 1 AND deactivated = 0
    WHERE profiles.organization = ${organization.slug} AND enforced_revision IS NOT NULL
    GROUP BY profiles.id`;

/** True with a known browser or a recovery key, whose attempt counter no stranger's wrong passwords can use up. */
const hasOwnCounter = (store: Store, address: string): boolean =>
  hasKnownBrowser(store, address) || recoveryKeyMadeAt(store, address) !== undefined;

/** Replaces the profile's recovery administrators. */
export function nameRecoveryAdministrators(store: Store, profile: number, addresses: readonly string[]): void {
  store.run`DELETE FROM recovery_administrators WHERE profile = ${profile}`;
  for (const address of new Set(addresses))
    store.run`INSERT INTO recovery_administrators (profile, address) VALUES (${profile}, ${address})`;
}
