/** A tenant as the control routes show it: everything except keys and passwords. */
import { listedUsers, type Tenant } from '../tenants/state.ts';
import type { Tenants } from '../tenants/tenant.ts';
import { faultView } from '../tenants/tenant-faults.ts';

export function tenantView(tenants: Tenants, tenant: Tenant) {
  const { name, displayName, clockOffsetMs, wantAuthnRequestsSigned, disabled, validUntil, algorithm, persona } =
    tenant;
  return {
    name,
    displayName,
    clockOffsetMs,
    wantAuthnRequestsSigned,
    disabled,
    validUntil,
    signingAlgorithm: algorithm,
    persona: persona?.code,
    ...tenants.summary(tenant),
    users: listedUsers(tenant).map(({ password: _, ...user }) => user),
    userPatterns: tenant.userPatterns.map(({ template: { pattern, count } }) => ({ pattern, count })),
    apps: tenant.apps,
    sessions: tenant.sessions.size,
    signInsUnderWay: tenant.transactions.size,
    logoutsUnderWay: tenant.logouts.size,
    requestsTaken: tenant.requests.size,
    pendingRequests: [...tenant.transactions.values()].flatMap(({ request, app, since }) =>
      request ? [{ id: request.id, app: app.entityId, since: new Date(since).toISOString() }] : [],
    ),
    faults: tenant.faults.map(faultView),
    seed: tenant.seed ?? tenant.defaultSeed,
    log: tenant.log,
  };
}
