/** Users by a pattern such as `user{n}@acme.example`: made when they are looked up, so that they need no memory. */
import { userKey } from './user-key.ts';

/** `{n}` in its texts, except names of attributes, is the number of the user. */
export interface UserTemplate {
  /** The username, with `{n}` once. */
  pattern: string;
  /** The numbers are from 1 to this. */
  count: number;
  password: string;
  email?: string | undefined;
  nameId?: string | undefined;
  attributes?: Record<string, string[]> | undefined;
  locked?: boolean | undefined;
}

export interface UserPattern {
  template: UserTemplate;
  /** Keys of the users that were removed. */
  removed: Set<string>;
}

/** The n-th user, without regard to removal. */
export function userAt({ template }: UserPattern, n: number) {
  const { pattern, password, email, nameId, attributes = {}, locked = false } = template;
  const filled = (text: string): string => text.replaceAll('{n}', String(n));
  return {
    username: filled(pattern),
    password: filled(password),
    email: email === undefined ? undefined : filled(email),
    nameId: nameId === undefined ? undefined : filled(nameId),
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, values]) => [name, values.map(filled)])),
    locked,
    wrong: 0,
    lockedUntil: 0,
  };
}

/** The user with this key, unless it was removed. */
export function findByPattern(pattern: UserPattern, key: string): ReturnType<typeof userAt> | undefined {
  const n = numberIn(pattern.template, key);
  return n === undefined || pattern.removed.has(key) ? undefined : userAt(pattern, n);
}

/** The number is in the part before the at sign, so that everything around it has a key of its own. */
function numberIn({ pattern, count }: UserTemplate, key: string): number | undefined {
  const [before = '', after = ''] = pattern.split('{n}');
  const [start, end] = [userKey(before), userKey(`x${after}`).slice(1)];
  if (!key.startsWith(start) || !key.endsWith(end)) return undefined;
  const digits = key.slice(start.length, key.length - end.length);
  return /^[1-9]\d{0,8}$/.test(digits) && Number(digits) <= count ? Number(digits) : undefined;
}
