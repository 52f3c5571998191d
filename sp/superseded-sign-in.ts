/** Detects that a change has superseded a sign-in in progress. */
import type { AuthnRequestRecord } from './authn-request.ts';
import { coverageOf } from './enforcement.ts';
import { findUser } from './organization.ts';
import type { Store } from './store.ts';

/** Why this user would no longer be sent to this profile's IdP; undefined if the user still would. */
export function whySuperseded(
  store: Store,
  { profile, test, address }: Pick<AuthnRequestRecord, 'profile' | 'test' | 'address'>,
): string | undefined {
  const user = findUser(store, address);
  const current = test === undefined ? user && coverageOf(store, user)?.profile : (user?.profile ?? profile);
  if (current === profile) return undefined;
  return current === undefined
    ? 'enforcement was turned off, or the user is no longer covered'
    : 'another SSO profile covers the user';
}
