/** A seed makes responses the same at each run: their IDs, and the time in them if it names an instant. */
import { createHmac } from 'node:crypto';
import { randomId } from '../response/saml-values.ts';
import { type Seed, type State, seedOf, type Tenant } from './state.ts';

const derived = (ids: string, ...of: readonly (string | number)[]): string =>
  createHmac('sha256', ids).update(JSON.stringify(of)).digest('hex');

type Purpose = 'session' | 'name-id';

/** The next ID for this purpose: random without a seed. */
export function newId(tenant: Tenant, purpose: Purpose): string {
  const { ids } = seedOf(tenant);
  return ids === undefined ? randomId() : idFrom(ids, tenant.name, purpose, next(tenant, purpose));
}

/**
 * Makes the IDs of one message, in the order in which it needs them. A fault that needs another ID does not change
 * those of the next message.
 */
export function idsOfMessage(tenant: Tenant): () => string {
  const { ids } = seedOf(tenant);
  if (ids === undefined) return randomId;
  const message = next(tenant, 'message');
  let count = 0;
  return () => idFrom(ids, tenant.name, 'message', message, ++count);
}

const idFrom = (...of: Parameters<typeof derived>): string => `_${derived(...of).slice(0, 40)}`;

function next({ counts }: Tenant, purpose: string): number {
  const count = (counts.get(purpose) ?? 0) + 1;
  counts.set(purpose, count);
  return count;
}

/** The secret from which persistent NameIDs are derived. */
export function secretOf(tenant: Tenant): string {
  const { ids } = seedOf(tenant);
  return ids === undefined ? tenant.secret : derived(ids, tenant.name, 'secret');
}

/** Tenants without a name, by seed. */
const unnamed = new WeakMap<State, Map<string, number>>();

/** A name for a tenant without one: by its number among those of the same seed. */
export function seededName(state: State, { ids }: Pick<Seed, 'ids'>): string | undefined {
  if (ids === undefined) return undefined;
  const counts = unnamed.get(state) ?? new Map<string, number>();
  unnamed.set(state, counts);
  const count = (counts.get(ids) ?? 0) + 1;
  counts.set(ids, count);
  const name = `idp-${derived(ids, 'tenant', count).slice(0, 10)}`;
  return state.tenants.has(name) ? seededName(state, { ids }) : name;
}
