/**
 * Checks passwords. Too many wrong ones in a row lock the name out for a while, whether a user has it or not, so that
 * the login page does not tell which users there are. That an administrator locked an account is told with its right
 * password only.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { findUser, note, type Tenant, tenantTime, type User, userKey } from '../tenants/state.ts';

const attemptsAllowed = 10;
const lockMs = 15 * 60_000;

export type Attempt = { user: User } | { failed: 'wrong' | 'locked' };

/** Wrong passwords in a row, and until when (tenant time) that keeps the name out. */
type Lock = Pick<User, 'wrong' | 'lockedUntil'>;

export function authenticate(tenant: Tenant, username: string, password: string): Attempt {
  const user = findUser(tenant, username);
  const lock = user ?? lockOfUnknown(tenant, username);
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
    return fail('wrong');
  }
  if (user.locked) return fail('locked');
  user.wrong = 0;
  note(tenant, 'login', { username: user.username, ok: true });
  return { user };
}

/** Names to a tenant, so that made-up ones do not fill the memory; the one that was typed first makes room. */
const mostUnknown = 10_000;
const unknownNames = new WeakMap<Tenant, Map<string, Lock>>();

function lockOfUnknown(tenant: Tenant, username: string): Lock {
  const locks = unknownNames.get(tenant) ?? new Map<string, Lock>();
  unknownNames.set(tenant, locks);
  const key = digest(userKey(username)).toString('base64');
  const lock = locks.get(key) ?? { wrong: 0, lockedUntil: 0 };
  locks.set(key, lock);
  if (locks.size > mostUnknown) locks.delete(locks.keys().next().value!);
  return lock;
}

function countWrongPassword(tenant: Tenant, lock: Lock): void {
  lock.wrong++;
  if (lock.wrong < attemptsAllowed) return;
  lock.wrong = 0;
  lock.lockedUntil = tenantTime(tenant) + lockMs;
}

const isLockedOut = (tenant: Tenant, { lockedUntil }: Lock): boolean => lockedUntil > tenantTime(tenant);

export const isLocked = (tenant: Tenant, user: User): boolean => user.locked || isLockedOut(tenant, user);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
