/** Sign-ins that wait for the user. */
import { randomBytes } from 'node:crypto';
import { type App, defaultAcs, remember, type Tenant, type Transaction, tenantTime } from '../tenants/state.ts';

const transactionMs = 60 * 60_000;

/** Starts to wait for the user. The oldest transaction is forgotten when there are too many. */
export function beginTransaction(tenant: Tenant, transaction: Omit<Transaction, 'id' | 'since'>): Transaction {
  const begun = { ...transaction, id: randomBytes(24).toString('base64url'), since: tenantTime(tenant) };
  remember(tenant.transactions, begun.id, begun, 2_000);
  return begun;
}

/** A sign-in that starts here: its response will be unsolicited. */
export const beginUnsolicited = (tenant: Tenant, app: App, relayState: string | undefined): Transaction =>
  beginTransaction(tenant, { app, acsUrl: defaultAcs(app).url, request: undefined, relayState });

export function findTransaction(tenant: Tenant, id: unknown): Transaction | undefined {
  const found = typeof id === 'string' ? tenant.transactions.get(id) : undefined;
  return found && tenantTime(tenant) - found.since < transactionMs ? found : undefined;
}

/** Under this key a tenant remembers the IDs of the requests that it took. */
export const requestKey = (app: App, id: string): string => `${app.entityId} ${id}`;
