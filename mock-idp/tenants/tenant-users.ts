/** The users of a tenant: how they are created, changed and removed. */
import type { z } from 'zod';
import { namedUserSchema, userChangeSchema, type userSchema } from './control-schemas.ts';
import { Refused, read } from './refused.ts';
import { findUser, type Tenant, type User, userKey } from './state.ts';

/** Throws Refused, which lists the users, if there is none of this name. */
export function userOf(tenant: Tenant, username: string): User {
  const user = findUser(tenant, username);
  if (!user)
    throw new Refused(
      400,
      `there is no user “${username}”`,
      [...tenant.users.values()].map((one) => one.username),
    );
  return user;
}

/** The same users. Throws Refused if one is unknown. */
export function knownUsers(tenant: Tenant, users: string[] | 'everyone'): string[] | 'everyone' {
  if (users !== 'everyone') for (const one of users) userOf(tenant, one);
  return users;
}

/** Creates the user, or replaces the one of this name, and returns the name. */
export function putUser(tenant: Tenant, named: string, input: unknown): string {
  const { username = named, ...fields } = read(namedUserSchema, input);
  if (userKey(username) !== userKey(named))
    throw new Refused(400, `the address says “${named}” and the body “${username}”`);
  setUser(tenant, { username, ...fields });
  return username;
}

export function setUser(
  tenant: Tenant,
  { username, password, email, nameId, attributes = {}, locked = false }: z.infer<typeof userSchema>,
): void {
  tenant.users.set(userKey(username), {
    username,
    password,
    email,
    nameId,
    attributes,
    locked,
    wrong: 0,
    lockedUntil: 0,
  });
}

/** Fields that are left out stay. Unlocking and a new password let the user in again at once. */
export function changeUser(tenant: Tenant, username: string, input: unknown): void {
  const fields = read(userChangeSchema, input);
  const user = userOf(tenant, username);
  Object.assign(user, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
  if (fields.locked === false || fields.password !== undefined) Object.assign(user, { wrong: 0, lockedUntil: 0 });
}

/** Removes the user from the tenant and from all apps, and ends the user's sessions. */
export function removeUser(tenant: Tenant, username: string): void {
  const key = userKey(userOf(tenant, username).username);
  tenant.users.delete(key);
  for (const [hash, session] of tenant.sessions) if (userKey(session.username) === key) tenant.sessions.delete(hash);
  for (const app of tenant.apps)
    if (app.assigned !== 'everyone') app.assigned = app.assigned.filter((one) => userKey(one) !== key);
}
