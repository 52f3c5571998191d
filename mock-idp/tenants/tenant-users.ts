/** Creates, changes and removes users of a tenant. */
import type { z } from 'zod';
import { namedUserSchema, userChangeSchema, type userSchema } from './control-schemas.ts';
import { Refused, readInput, usernameIn } from './read-input.ts';
import { findUser, listedUsers, type Tenant, type User, userKey } from './state.ts';
import { findByPattern } from './user-patterns.ts';

/** Throws Refused, which lists the users, if the user is unknown. */
export function userOf(tenant: Tenant, username: string): User {
  const user = findUser(tenant, usernameIn(username));
  if (!user) throw new Refused(400, `unknown user “${username}”`, knownNames(tenant));
  return user;
}

const knownNames = ({ users, userPatterns }: Tenant): string[] => [
  ...[...users.values()].map(({ username }) => username),
  ...userPatterns.map(({ template: { pattern, count } }) => `${pattern} (n from 1 to ${count})`),
];

/** Returns the users. Throws Refused if one is unknown. */
export function knownUsers(tenant: Tenant, users: string[] | 'everyone'): string[] | 'everyone' {
  if (users !== 'everyone') for (const one of users) userOf(tenant, one);
  return users;
}

/** The usernames in the tenant's spelling, or everyone. Throws Refused if one is unknown. */
export function knownUsernames(tenant: Tenant, users: string | string[]): string[] | 'everyone' {
  if (users === 'everyone') return users;
  return [users].flat().map((one) => userOf(tenant, one).username);
}

/** The usernames of everyone. Throws Refused if they are too many. */
export function usernames({ users, userPatterns }: Tenant, assigned: string[] | 'everyone'): string[] {
  if (assigned !== 'everyone') return assigned;
  if (userPatterns.length > 0)
    throw new Refused(
      400,
      'the app is assigned to everyone, and users by a pattern are too many to list: assign it to chosen users first',
    );
  return [...users.values()].map(({ username }) => username);
}

/** The users as the API shows them: without passwords. */
export const userViews = (tenant: Tenant) =>
  listedUsers(tenant).map(({ username, email, nameId, attributes, locked }) =>
    structuredClone({
      username,
      attributes,
      locked,
      ...(email === undefined ? {} : { email }),
      ...(nameId === undefined ? {} : { nameId }),
    }),
  );

/** Creates or replaces the user and returns the username. */
export function putUser(tenant: Tenant, named: string, input: unknown): string {
  const { username = named, ...fields } = readInput(namedUserSchema, input);
  if (userKey(username) !== userKey(named))
    throw new Refused(400, `the path has the username “${named}” and the body “${username}”`);
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

/** Omitted fields stay unchanged. Unlocking or a new password ends a lock at once. */
export function changeUser(tenant: Tenant, username: string, input: unknown): void {
  const fields = readInput(userChangeSchema, input);
  const user = userOf(tenant, username);
  tenant.users.set(userKey(user.username), user);
  Object.assign(user, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
  if (fields.locked === false || fields.password !== undefined) Object.assign(user, { wrong: 0, lockedUntil: 0 });
}

/** Removes the user from the tenant and from all apps, and ends the user's sessions. */
export function removeUser(tenant: Tenant, username: string): void {
  const key = userKey(userOf(tenant, username).username);
  tenant.users.delete(key);
  for (const pattern of tenant.userPatterns) if (findByPattern(pattern, key)) pattern.removed.add(key);
  for (const [hash, session] of tenant.sessions) if (userKey(session.username) === key) tenant.sessions.delete(hash);
  for (const app of tenant.apps)
    if (app.assigned !== 'everyone') app.assigned = app.assigned.filter((one) => userKey(one) !== key);
}
