/** Accepts an AuthnRequest once, logs it and starts its transaction. Its content is checked in request.ts. */
import type { addressesOf } from '../tenants/addresses.ts';
import { ownText, ownTextIfAny } from '../tenants/own-text.ts';
import { findApp, note, remember, type Tenant, type Transaction, tenantTime } from '../tenants/state.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import { type AuthnRequest, readAuthnRequest } from './request.ts';
import { beginTransaction, findTransaction, requestKey } from './transactions.ts';

/** The same request again continues its pending transaction, as after a reload. Throws RequestRefused. */
export function takeRequest(
  tenant: Tenant,
  arrival: Arrival,
  { ssoUrl }: Pick<ReturnType<typeof addressesOf>, 'ssoUrl'>,
): Transaction {
  const request = readAuthnRequest(arrival, {
    findApp: (entityId) => findApp(tenant, entityId),
    ssoUrl,
    now: tenantTime(tenant),
    wantSigned: tenant.wantAuthnRequestsSigned,
    plan: tenant.persona?.plan.request,
  });
  const key = requestKey(request.app, request.id);
  if (tenant.requests.has(key)) return reloaded(request, findTransaction(tenant, tenant.requests.get(key)));
  const transaction = begin(tenant, request);
  remember(tenant.requests, key, transaction.id);
  log(tenant, request);
  return transaction;
}

function reloaded({ id, app, acsUrl, relayState }: AuthnRequest, waiting: Transaction | undefined): Transaction {
  if (waiting && waiting.acsUrl === acsUrl && waiting.relayState === relayState) return waiting;
  throw new RequestRefused(
    'request-id-reused',
    `${app.name} has already sent a request with the ID “${id}”. Start again from ${app.name}.`,
  );
}

function begin(
  tenant: Tenant,
  { app, acsUrl, relayState, id, forceAuthn, isPassive, nameIdFormat, authnContext }: AuthnRequest,
): Transaction {
  return beginTransaction(tenant, {
    app,
    acsUrl,
    relayState: ownTextIfAny(relayState),
    request: {
      id: ownText(id),
      forceAuthn,
      isPassive,
      nameIdFormat: ownTextIfAny(nameIdFormat),
      authnContext: authnContext && {
        ...authnContext,
        comparison: ownText(authnContext.comparison),
        classes: authnContext.classes.map(ownText),
      },
    },
  });
}

function log(tenant: Tenant, { app, xml, warnings, ...request }: AuthnRequest): void {
  const { id, acsUrl, binding, signed, relayState, forceAuthn, isPassive, nameIdFormat } = request;
  note(tenant, 'authn-request', {
    id,
    app: app.entityId,
    acsUrl,
    binding,
    signed,
    relayState,
    forceAuthn,
    isPassive,
    nameIdFormat,
    xml: xml.slice(0, 20_000),
  });
  for (const warning of warnings) note(tenant, 'warning', warning);
}
