/** Takes an AuthnRequest as it arrived, once, and writes it down; whether it is well said is decided in request.ts. */
import type { addressesOf } from './addresses.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import { readAuthnRequest } from './request.ts';
import { beginTransaction, findTransaction, requestKey } from './sign-in.ts';
import { findApp, note, remember, type Tenant, type Transaction, tenantTime } from './state.ts';

/** The same request again, while it still waits, is a reload and goes on where it was. Throws RequestRefused. */
export function takeRequest(
  tenant: Tenant,
  arrival: Arrival,
  { ssoUrl }: Pick<ReturnType<typeof addressesOf>, 'ssoUrl'>,
): Transaction {
  const taken = readAuthnRequest(arrival, {
    findApp: (entityId) => findApp(tenant, entityId),
    ssoUrl,
    now: tenantTime(tenant),
    wantSigned: tenant.wantAuthnRequestsSigned,
  });
  const {
    id,
    xml,
    app,
    acsUrl,
    binding,
    signed,
    relayState,
    forceAuthn,
    isPassive,
    nameIdFormat,
    authnContext,
    warnings,
  } = taken;
  const key = requestKey(app, id);
  if (tenant.requests.has(key)) {
    const waiting = findTransaction(tenant, tenant.requests.get(key));
    if (waiting && waiting.acsUrl === acsUrl && waiting.relayState === relayState) return waiting;
    throw new RequestRefused(
      'request-id-reused',
      `A request with the ID “${id}” was here before. Please begin again at ${app.name}.`,
    );
  }
  const waiting = beginTransaction(tenant, {
    app,
    acsUrl,
    relayState,
    request: { id, forceAuthn, isPassive, nameIdFormat, authnContext },
  });
  remember(tenant.requests, key, waiting.id);
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
  return waiting;
}
