/** A sign-in without pages: what the browser would be given to carry to the app. The decisions and the answer are those of sign-in.ts; no HTTP is spoken, so faults of the server do not strike. */
import { addressesOf } from './addresses.ts';
import type { Answer, SignInOptions } from './api.ts';
import type { Delivery } from './delivery.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import type { KeyPair } from './keys.ts';
import { Refused } from './refused.ts';
import { answerTransaction, authenticate, beginTransaction, decide, openSession } from './sign-in.ts';
import { defaultAcs, note, type Tenant, type Transaction } from './state.ts';
import { takeRequest } from './take-request.ts';
import { chosenApp } from './tenant-apps.ts';
import { userOf } from './tenant-users.ts';

export interface SignInProcess extends SignInOptions {
  url: string;
  takeStranger: () => Promise<KeyPair>;
}

/** Throws RequestRefused where the request is not taken, and Refused where the user would be stuck here: locked or not assigned. */
export async function signInProcess(
  tenant: Tenant,
  username: string,
  { request, relayState, app, url, takeStranger }: SignInProcess,
): Promise<Answer> {
  const stranger = await takeStranger();
  if (tenant.disabled) throw new Refused(403, 'sign-in for this tenant is switched off');
  const waiting = request === undefined ? unasked(tenant, { app, relayState }) : taken(tenant, arrivalOf(request), url);
  const known = userOf(tenant, username);
  const attempt = authenticate(tenant, known.username, known.password);
  if ('failed' in attempt) throw new Refused(403, `the account of ${known.username} is locked`);
  const { session } = openSession(tenant, attempt.user, undefined);
  const outcome = decide(tenant, waiting, session, { fresh: true });
  const issuer = addressesOf(url, tenant).entityId;
  if (outcome.kind === 'sign-in')
    return answerOf(answerTransaction(tenant, waiting, { issuer, stranger, signIn: outcome }));
  if (outcome.kind === 'refuse') {
    note(tenant, 'refusal', { app: waiting.app.entityId, because: outcome.status.second });
    return answerOf(answerTransaction(tenant, waiting, { issuer, stranger, status: outcome.status }));
  }
  note(tenant, 'refusal', { app: waiting.app.entityId, username: known.username, because: 'not-assigned' });
  throw new Refused(403, `${waiting.app.name} is not assigned to ${known.username}`);
}

/** A copy, which nobody minds being changed. */
export const answerOf = ({ action, method, contentType, fields, copies, xml, struck }: Delivery): Answer => ({
  action,
  method,
  contentType,
  fields: fields.map(([name, value]) => [name, value]),
  copies,
  xml,
  struck: [...struck],
});

const unasked = (tenant: Tenant, { app, relayState }: SignInOptions): Transaction => {
  const chosen = chosenApp(tenant, { app });
  return beginTransaction(tenant, { app: chosen, acsUrl: defaultAcs(chosen).url, request: undefined, relayState });
};

/** The same as the pages do: what is not taken is written down. */
function taken(tenant: Tenant, arrival: Arrival, url: string): Transaction {
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
