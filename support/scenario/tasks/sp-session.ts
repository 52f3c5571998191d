/** Sessions at the SP without a browser: opened by password, found in cookies, identified by hash. */
import { createHash } from 'node:crypto';
import type { Visit } from '../../stack/visit.ts';
import type { Visitor } from '../../stack/visitor.ts';

export const sessionCookie = 'sp_session';

/** Posts the password. Ends at the Console only if the password was accepted. */
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

/** The visitor's session cookie. */
export const sessionOf = async ({ jar }: Pick<Visitor, 'jar'>, spUrl: string): Promise<string | undefined> =>
  (await jar.getCookies(spUrl)).find(({ key }) => key === sessionCookie)?.value;

/** The hash of a session cookie, as the server stores it. */
export const sessionHash = (cookie: string): string => createHash('sha256').update(cookie).digest('hex');
