/** Checks passwords. Too many wrong ones in a row lock the user out for a while. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { findUser, note, type Tenant, tenantTime, type User } from '../tenants/state.ts';

const attemptsAllowed = 10;
const lockMs = 15 * 60_000;

export type Attempt = { user: User } | { failed: 'wrong' | 'locked' };

export function authenticate(tenant: Tenant, username: string, password: string): Attempt {
  const user = findUser(tenant, username);
  if (user && isLocked(tenant, user)) {
    note(tenant, 'login', { username: user.username, ok: false, because: 'locked' });
    return { failed: 'locked' };
  }
  if (!user || !isSame(password, user.password)) {
    note(tenant, 'login', { username, ok: false, because: user ? 'wrong password' : 'unknown user' });
    if (user) countWrongPassword(tenant, user);
    return { failed: 'wrong' };
  }
  user.wrong = 0;
  note(tenant, 'login', { username: user.username, ok: true });
  return { user };
}

function countWrongPassword(tenant: Tenant, user: User): void {
  user.wrong++;
  if (user.wrong < attemptsAllowed) return;
  user.wrong = 0;
  user.lockedUntil = tenantTime(tenant) + lockMs;
}

export const isLocked = (tenant: Tenant, user: User): boolean => user.locked || user.lockedUntil > tenantTime(tenant);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
