/** Decides how a pending sign-in continues: ask for the password, send an error response, or sign the user in. */

import type { ResponseInput } from '../response/claims.ts';
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { offeredNameIdFormats } from '../tenants/metadata.ts';
import {
  findUser,
  note,
  type PendingRequest,
  type Session,
  type Tenant,
  type Transaction,
  type User,
} from '../tenants/state.ts';
import { isAssigned } from './assignment.ts';
import { isLocked } from './authenticate.ts';
import { hasEmail } from './name-id.ts';
import { causeOf, type ProductPage, pageOf, statusOf } from './rejection.ts';

export type Status = NonNullable<ResponseInput['status']>;

export const cancelled: Status = { code: 'Responder', second: 'AuthnFailed', message: 'User cancelled' };

export type Outcome =
  | { kind: 'ask' }
  | { kind: 'error'; status: Status }
  | { kind: 'not-assigned'; user: User }
  /** The product ends the sign-in at a page of its own, where others send a status. */
  | { kind: 'page'; page: ProductPage; because: string | undefined }
  | { kind: 'sign-in'; user: User; session: Session };

/** `fresh`: the user has just entered the password for this sign-in. */
interface Freshness {
  fresh?: boolean;
}

/** Decides, and logs the outcome if no sign-in follows. */
export function decide(
  tenant: Tenant,
  transaction: Transaction,
  session: Session | undefined,
  { fresh = false }: Freshness = {},
): Outcome {
  const outcome = inPersona(tenant, outcomeOf(tenant, transaction, session, { fresh }));
  const app = transaction.app.entityId;
  if (outcome.kind === 'error') note(tenant, 'refusal', { app, because: outcome.status.second });
  if (outcome.kind === 'page') note(tenant, 'refusal', { app, because: outcome.because });
  if (outcome.kind === 'not-assigned')
    note(tenant, 'refusal', { app, username: outcome.user.username, because: 'not-assigned' });
  return outcome;
}

function inPersona(tenant: Tenant, outcome: Outcome): Outcome {
  if (tenant.persona === undefined) return outcome;
  if (outcome.kind === 'not-assigned') return notAssigned(tenant, outcome);
  if (outcome.kind !== 'error') return outcome;
  const cause = causeOf(outcome.status);
  const page = pageOf(tenant, cause);
  if (page) return { kind: 'page', page, because: outcome.status.second };
  return { kind: 'error', status: statusOf(tenant, cause, outcome.status) };
}

/** The product's own status reaches the app; a page does not. */
function notAssigned(tenant: Tenant, outcome: Outcome): Outcome {
  const status = statusOf(tenant, 'not-assigned', undefined);
  return status === undefined ? outcome : { kind: 'error', status };
}

function outcomeOf(
  tenant: Tenant,
  { app, request }: Transaction,
  session: Session | undefined,
  { fresh }: Required<Freshness>,
): Outcome {
  const status = unmetRequirement(request);
  if (status) return { kind: 'error', status };
  const user = session && findUser(tenant, session.username);
  const usable = user !== undefined && !isLocked(tenant, user) && (fresh || !request?.forceAuthn);
  if (!session || !usable) return request?.isPassive ? { kind: 'error', status: noPassive } : { kind: 'ask' };
  if (!isAssigned(app, user)) return { kind: 'not-assigned', user };
  const isUnmet = request?.nameIdFormat === nameIdFormats.emailAddress && !hasEmail(user);
  return isUnmet ? { kind: 'error', status: noEmail } : { kind: 'sign-in', user, session };
}

const noEmail: Status = {
  code: 'Requester',
  second: 'InvalidNameIDPolicy',
  message: 'The request asks for an email as NameID, and the user has none',
};

const noPassive: Status = {
  code: 'Responder',
  second: 'NoPassive',
  message: 'The user would have to interact with the login page',
};

/** The error status if the request requires something that this identity provider does not support. */
function unmetRequirement(request: PendingRequest | undefined): Status | undefined {
  if (request?.nameIdFormat !== undefined && !offeredNameIdFormats.includes(request.nameIdFormat))
    return {
      code: 'Requester',
      second: 'InvalidNameIDPolicy',
      message: `The NameID format ${request.nameIdFormat} is not supported`,
    };
  if (authnContextFor(request) === undefined)
    return {
      code: 'Responder',
      second: 'NoAuthnContext',
      message: 'None of the requested authentication contexts is supported',
    };
  return undefined;
}

/** The AuthnContextClassRef of the response; undefined if no requested one can be met (SAML core 3.3.2.2.1). */
export function authnContextFor(request: PendingRequest | undefined): string | undefined {
  const byStrength: string[] = [
    authnContexts.unspecified,
    authnContexts.password,
    authnContexts.passwordProtectedTransport,
  ];
  const requested = request?.authnContext;
  if (!requested) return authnContexts.passwordProtectedTransport;
  if (requested.declarations) return undefined;
  const known = requested.classes.filter((one) => byStrength.includes(one));
  if (known.length === 0) return undefined;
  if (requested.comparison === 'exact') return known[0];
  const ranks = known.map((one) => byStrength.indexOf(one));
  const best = byStrength.length - 1;
  if (requested.comparison === 'minimum') return byStrength[best];
  if (requested.comparison === 'maximum') return byStrength[Math.max(...ranks)];
  if (requested.comparison === 'better') return Math.max(...ranks) < best ? byStrength[best] : undefined;
  return undefined;
}
