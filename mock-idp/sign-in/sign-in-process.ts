/** Signs a user in without pages and returns the form for the app. Server faults do not apply. */

import type { Answer, SignInOptions } from '../api.ts';
import type { Delivery } from '../response/delivery.ts';
import { addressesOf } from '../tenants/addresses.ts';
import type { KeyPair } from '../tenants/keys.ts';
import { Refused } from '../tenants/read-input.ts';
import { note, type Tenant, type Transaction } from '../tenants/state.ts';
import { chosenApp } from '../tenants/tenant-apps.ts';
import { userOf } from '../tenants/tenant-users.ts';
import { authenticate } from './authenticate.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import { issueResponse } from './issue-response.ts';
import { openSession } from './sessions.ts';
import { decide } from './sign-in.ts';
import { takeRequest } from './take-request.ts';
import { beginUnsolicited } from './transactions.ts';

export interface SignInProcess extends SignInOptions {
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
}

/**
 * Throws RequestRefused if the request is rejected, and Refused if the user would be stuck at the IdP:
 * locked or not assigned.
 */
export async function signInProcess(
  tenant: Tenant,
  username: string,
  { request, relayState, app, url, takeUntrustedKeys }: SignInProcess,
): Promise<Answer> {
  const untrustedKeys = await takeUntrustedKeys();
  if (tenant.disabled) throw new Refused(403, 'sign-in is disabled for this tenant');
  const transaction =
    request === undefined
      ? beginUnsolicited(tenant, chosenApp(tenant, { app }), relayState)
      : takeOrLog(tenant, arrivalOf(request), url);
  const user = userOf(tenant, username);
  const attempt = authenticate(tenant, user.username, user.password);
  if ('failed' in attempt) throw new Refused(403, `the account of ${user.username} is locked`);
  const { session } = openSession(tenant, attempt.user, undefined);
  const outcome = decide(tenant, transaction, session, { fresh: true });
  const issuer = addressesOf(url, tenant).entityId;
  if (outcome.kind === 'sign-in')
    return responseFrom(issueResponse(tenant, transaction, { issuer, untrustedKeys, signIn: outcome }));
  if (outcome.kind === 'error')
    return responseFrom(issueResponse(tenant, transaction, { issuer, untrustedKeys, status: outcome.status }));
  throw new Refused(403, `${transaction.app.name} is not assigned to ${user.username}`);
}

/** A copy that the caller may modify. */
export const responseFrom = ({ action, method, contentType, fields, copies, xml, struck }: Delivery): Answer => ({
  action,
  method,
  contentType,
  fields: fields.map(([name, value]) => [name, value]),
  copies,
  xml,
  struck: [...struck],
});

/** Logs a rejected request, as the pages do. */
function takeOrLog(tenant: Tenant, arrival: Arrival, url: string): Transaction {
  try {
    return takeRequest(tenant, arrival, addressesOf(url, tenant));
  } catch (error) {
    if (error instanceof RequestRefused) note(tenant, 'request-refused', { code: error.code, sentence: error.message });
    throw error;
  }
}

const arrivalOf = (request: string | URL | Record<string, string>): Arrival =>
  typeof request === 'string' || request instanceof URL
    ? { binding: 'redirect', query: new URL(request).search.slice(1) }
    : { binding: 'post', fields: request };
