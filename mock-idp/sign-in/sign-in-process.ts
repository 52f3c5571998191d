/** Signs a user in without pages and returns the form for the app. Server faults do not apply. */

import type { Answer, SignInOptions } from '../api.ts';
import type { Delivery } from '../response/delivery.ts';
import { addressesOf } from '../tenants/addresses.ts';
import { type KeyPair, unneededKeys } from '../tenants/keys.ts';
import { Refused } from '../tenants/read-input.ts';
import { note, type Session, type Tenant, type Transaction, type User } from '../tenants/state.ts';
import { chosenApp } from '../tenants/tenant-apps.ts';
import { needsUntrustedKeys } from '../tenants/tenant-faults.ts';
import { userOf } from '../tenants/tenant-users.ts';
import { arrivalFrom, authnRequestAt } from '../visit/request-from.ts';
import { authenticate } from './authenticate.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import { issueResponse } from './issue-response.ts';
import { openSession, sessionsOf } from './sessions.ts';
import { decide } from './sign-in.ts';
import { takeRequest } from './take-request.ts';
import { beginUnsolicited } from './transactions.ts';

export type SignInProcess = SignInOptions & {
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
};

/**
 * Throws RequestRefused if the request is rejected, and Refused if the user would be stuck at the IdP:
 * locked or not assigned.
 */
export async function signInProcess(
  tenant: Tenant,
  username: string,
  { url, takeUntrustedKeys, ...options }: SignInProcess,
): Promise<Answer> {
  const arrival = isUnsolicited(options)
    ? undefined
    : await arrivalFrom(options.request, authnRequestAt(addressesOf(url, tenant).ssoUrl));
  const untrustedKeys = needsUntrustedKeys(tenant) ? await takeUntrustedKeys() : unneededKeys;
  // Nothing is awaited from here until the request is used up.
  if (tenant.disabled) throw new Refused(403, 'sign-in is disabled for this tenant');
  const transaction = isUnsolicited(options)
    ? beginUnsolicited(tenant, chosenApp(tenant, options), options.relayState)
    : takeOrLog(tenant, arrival!, url);
  const user = userOf(tenant, username);
  const isPassive = transaction.request?.isPassive ?? false;
  const session = isPassive ? sessionsOf(tenant, user).at(-1) : logIn(tenant, user);
  const outcome = decide(tenant, transaction, session, { fresh: !isPassive });
  const shared = { issuer: addressesOf(url, tenant).entityId, untrustedKeys, isDeliveredLater: true };
  if (outcome.kind === 'sign-in')
    return responseFrom(await issueResponse(tenant, transaction, { ...shared, signIn: outcome }));
  if (outcome.kind === 'error')
    return responseFrom(await issueResponse(tenant, transaction, { ...shared, status: outcome.status }));
  if (outcome.kind === 'page') throw new Refused(403, `the sign-in ends at the page “${outcome.page.heading}”`);
  throw new Refused(403, `${transaction.app.name} is not assigned to ${user.username}`);
}

/** Each sign-in is in a new session, as in a browser of its own. Only a passive request continues the latest one. */
function logIn(tenant: Tenant, user: User): Session {
  const attempt = authenticate(tenant, user.username, user.password);
  if ('failed' in attempt) throw new Refused(403, `the account of ${user.username} is locked`);
  return openSession(tenant, attempt.user, undefined).session;
}

type Unsolicited = Extract<SignInOptions, { unsolicited: true }>;
const isUnsolicited = (options: SignInOptions): options is Unsolicited =>
  'unsolicited' in options && options.unsolicited;

/** A copy that the caller may modify. */
export const responseFrom = ({
  action,
  method,
  contentType,
  fields,
  copies,
  xml,
  struck,
  struckForm,
}: Delivery): Answer => ({
  action,
  method,
  contentType,
  fields: fields.map(([name, value]) => [name, value]),
  copies,
  xml,
  struck: [...struck],
  undelivered: [...struckForm],
});

/** The latest response to a browser or to a sign-in without pages. */
export const lastResponse = ({ previous }: Tenant): Answer | undefined =>
  previous && { ...responseFrom(previous), undelivered: [] };

/** Logs a rejected request, as the pages do. */
function takeOrLog(tenant: Tenant, arrival: Arrival, url: string): Transaction {
  try {
    return takeRequest(tenant, arrival, addressesOf(url, tenant));
  } catch (error) {
    if (error instanceof RequestRefused) note(tenant, 'request-refused', { code: error.code, sentence: error.message });
    throw error;
  }
}
