/** Whether a sign-in under way still has a point: it ends with the change that made it pointless. */
import type { AuthnRequestRecord } from './authn-request.ts';
import { coverageOf } from './enforcement.ts';
import { findUser } from './organization.ts';
import type { Store } from './store.ts';

/** Why this user would not be sent to this profile's identity provider today; undefined if that is still so. */
export function whyPointless(
  store: Store,
  { profile, test, address }: Pick<AuthnRequestRecord, 'profile' | 'test' | 'address'>,
): string | undefined {
  const user = findUser(store, address);
  const asked = test === undefined ? user && coverageOf(store, user)?.profile : (user?.profile ?? profile);
  if (asked === profile) return undefined;
  return asked === undefined
    ? 'enforcement was turned off, or the user is no longer covered'
    : 'another SSO profile covers the user';
}
