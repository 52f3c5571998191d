/** Sessions at the service provider without a browser: opened by password, found in cookies, told apart by hash. */
import { createHash } from 'node:crypto';
import type { Visit } from '../../stack/visit.ts';
import type { Visitor } from '../../stack/visitor.ts';

export const sessionCookie = 'sp_session';

/** Posts the password; the page on which that ends is the Console only if the password was taken. */
export function signInByPassword(
  visitor: Visitor,
  spUrl: string,
  { address, password, path = '/login/password' }: { address: string; password: string; path?: string },
): Promise<Visit> {
  const door = new URL(path, spUrl);
  return visitor.visit(door, {
    method: 'POST',
    fields: [
      ['address', address],
      ['password', password],
    ],
    from: door,
  });
}

/** The session cookie that the visitor holds. */
export const sessionOf = async ({ jar }: Pick<Visitor, 'jar'>, spUrl: string): Promise<string | undefined> =>
  (await jar.getCookies(spUrl)).find(({ key }) => key === sessionCookie)?.value;

/** What the server keeps of a session cookie. */
export const sessionHash = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');
