/**
 * Checks passwords. Too many wrong ones in a row lock the username for a while, whether it exists or not, so that the
 * login page does not reveal which users exist. An account that an administrator locked is reported as locked only
 * after the right password.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { findUser, note, type Tenant, tenantTime, type User, userKey } from '../tenants/state.ts';

const attemptsAllowed = 10;
const lockMs = 15 * 60_000;

export type Attempt = { user: User } | { failed: 'wrong' | 'locked' };

/** Wrong passwords in a row, and the end of the lock on the tenant's clock. */
type Lock = Pick<User, 'wrong' | 'lockedUntil'>;

export function authenticate(tenant: Tenant, username: string, password: string): Attempt {
  const user = findUser(tenant, username);
  const lock = lockOf(tenant, user, username);
  const fail = (failed: 'wrong' | 'locked'): Attempt => {
    const because = failed === 'locked' ? 'locked' : 'wrong password';
    note(tenant, 'login', {
      username: user?.username ?? username,
      ok: false,
      because: user ? because : 'unknown user',
    });
    return { failed };
  };
  if (isLockedOut(tenant, lock)) return fail('locked');
  const isRight = isSame(password, user?.password ?? randomBytes(16).toString('hex'));
  if (!user || !isRight) {
    countWrongPassword(tenant, lock);
    if (lock !== user) keepLock(tenant, lock, username);
    return fail('wrong');
  }
  if (user.locked) return fail('locked');
  lock.wrong = 0;
  note(tenant, 'login', { username: user.username, ok: true });
  return { user };
}

/** Limit per tenant, so that made-up usernames do not fill the memory; the oldest is dropped. */
const maxNames = 10_000;
/** Of usernames that do not exist, and of users by a pattern, who are not stored. */
const locksByName = new WeakMap<Tenant, Map<string, Lock>>();

const nameKey = (username: string): string => digest(userKey(username)).toString('base64');

function lockOf(tenant: Tenant, user: User | undefined, username: string): Lock {
  if (user !== undefined && isStored(tenant, user)) return user;
  return locksByName.get(tenant)?.get(nameKey(username)) ?? { wrong: 0, lockedUntil: 0 };
}

const isStored = ({ users }: Tenant, user: User): boolean => users.get(userKey(user.username)) === user;

function keepLock(tenant: Tenant, lock: Lock, username: string): void {
  const locks = locksByName.get(tenant) ?? new Map<string, Lock>();
  locksByName.set(tenant, locks);
  locks.set(nameKey(username), lock);
  if (locks.size > maxNames) locks.delete(locks.keys().next().value!);
}

function countWrongPassword(tenant: Tenant, lock: Lock): void {
  lock.wrong++;
  if (lock.wrong < attemptsAllowed) return;
  lock.wrong = 0;
  lock.lockedUntil = tenantTime(tenant) + lockMs;
}

const isLockedOut = (tenant: Tenant, { lockedUntil }: Lock): boolean => lockedUntil > tenantTime(tenant);

export const isLocked = (tenant: Tenant, user: User): boolean =>
  user.locked || isLockedOut(tenant, lockOf(tenant, user, user.username));

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
