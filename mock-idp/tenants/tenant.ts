/** Operations on tenants, used by the control routes and the in-process API. */

import { systemTime } from '../clock.ts';
import { addressesOf, publishedCertificates } from './addresses.ts';
import { type Settings, tenantChangeSchema, tenantSchema } from './control-schemas.ts';
import type { KeyAlgorithm, KeyPair, KeyPool } from './keys.ts';
import { writeMetadata } from './metadata.ts';
import { Refused, readInput } from './read-input.ts';
import { newTenant, type State, type Tenant } from './state.ts';
import { assign, describeApp, putApp, removeApp, setApp } from './tenant-apps.ts';
import { arrangeFaults } from './tenant-faults.ts';
import { changeUser, putUser, removeUser, setUser } from './tenant-users.ts';

export interface TenantsOptions {
  state: State;
  pool: KeyPool;
  url: string;
}

export type Tenants = ReturnType<typeof openTenants>;

/**
 * Validates all input.
 * Methods throw Refused, and InvalidXml if metadata or a certificate is malformed.
 */
export function openTenants({ state, pool, url }: TenantsOptions) {
  /** Saves the state after the change. */
  const saving =
    <Arguments extends unknown[], Result>(change: (...parameters: Arguments) => Result | Promise<Result>) =>
    async (...parameters: Arguments): Promise<Result> => {
      const result = await change(...parameters);
      await state.save();
      return result;
    };

  return {
    names: (): string[] => [...state.tenants.keys()],
    find: (name: string): Tenant => findTenant(state, name),
    create: saving((name: string, input: unknown) => putTenant({ state, pool, name, input, mustBeNew: true })),
    put: saving((name: string, input: unknown) => putTenant({ state, pool, name, input })),
    change: saving((tenant: Tenant, input: unknown) => changeTenant({ pool, tenant, input })),
    remove: saving((tenant: Tenant) => void state.tenants.delete(tenant.name)),
    putUser: saving(putUser),
    changeUser: saving(changeUser),
    removeUser: saving(removeUser),
    putApp: saving(putApp),
    removeApp: saving(removeApp),
    assign: saving(assign),
    arrangeFaults,
    summary: (tenant: Tenant) => ({ ...addressesOf(url, tenant), certificates: publishedCertificates(tenant) }),
    metadata: (tenant: Tenant): string => metadataOf(tenant, url),
    errors: () => state.errors,
  };
}

function findTenant({ tenants }: State, name: string): Tenant {
  const tenant = tenants.get(name);
  if (!tenant) throw new Refused(404, `unknown tenant “${name}”`);
  return tenant;
}

const reserved = ['control', 'assets', 'healthz'];

interface PutTenant {
  state: State;
  pool: KeyPool;
  name: string;
  input: unknown;
  /** Throws Refused if the name is taken. */
  mustBeNew?: boolean;
}

/** Creates or replaces a tenant. A replaced tenant keeps its keys and thus its certificate. */
async function putTenant({
  state,
  pool,
  name,
  input,
  mustBeNew = false,
}: PutTenant): Promise<{ tenant: Tenant; isNew: boolean }> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) || reserved.includes(name))
    throw new Refused(
      400,
      `invalid tenant name “${name}”: use letters, digits, - and _, but not ${reserved.slice(0, -1).join(', ')} or ${reserved.at(-1)}`,
    );
  const { users = [], apps = [], signingAlgorithm, ...settings } = readInput(tenantSchema, input);
  const descriptions = apps.map((app) => describeApp(app, systemTime() + (settings.clockOffsetMs ?? 0)));
  const before = state.tenants.get(name);
  const algorithm = signingAlgorithm ?? before?.algorithm ?? 'rsa-2048';
  const keys = before?.algorithm === algorithm ? before.keys : await newKeys(pool, name, algorithm);
  // Another call may have created it meanwhile.
  const former = state.tenants.get(name);
  if (former && mustBeNew)
    throw new Refused(409, `the tenant “${name}” already exists; remove it, or choose another name`);
  const kept = former?.algorithm === algorithm ? former : undefined;
  const tenant = newTenant({ name, algorithm, keys: kept?.keys ?? keys });
  if (kept) Object.assign(tenant, { nextKeys: kept.nextKeys, secret: kept.secret });
  applySettings(tenant, settings);
  for (const user of users) setUser(tenant, user);
  for (const [index, app] of apps.entries()) setApp(tenant, app, descriptions[index]!);
  state.tenants.set(name, tenant);
  return { tenant, isNew: !former };
}

interface ChangeTenant {
  pool: KeyPool;
  tenant: Tenant;
  input: unknown;
}

async function changeTenant({ pool, tenant, input }: ChangeTenant): Promise<void> {
  const { publishNextKey, rollKey, disabled, ...settings } = readInput(tenantChangeSchema, input);
  if (publishNextKey === false) tenant.nextKeys = undefined;
  if (publishNextKey || rollKey) {
    const next = tenant.nextKeys ?? (await newKeys(pool, tenant.name, tenant.algorithm));
    // Another call may have published one meanwhile.
    tenant.nextKeys ??= next;
    if (rollKey) Object.assign(tenant, { keys: tenant.nextKeys, nextKeys: undefined });
  }
  if (disabled !== undefined) tenant.disabled = disabled;
  applySettings(tenant, settings);
}

/** Omitted settings stay unchanged. */
function applySettings(
  tenant: Tenant,
  { displayName, clockOffsetMs, wantAuthnRequestsSigned, validUntil }: Settings,
): void {
  if (displayName !== undefined) tenant.displayName = displayName;
  if (clockOffsetMs !== undefined) tenant.clockOffsetMs = clockOffsetMs;
  if (wantAuthnRequestsSigned !== undefined) tenant.wantAuthnRequestsSigned = wantAuthnRequestsSigned;
  if (validUntil !== undefined) tenant.validUntil = validUntil ?? undefined;
}

const dayMs = 24 * 60 * 60_000;

function newKeys(pool: KeyPool, commonName: string, algorithm: KeyAlgorithm): Promise<KeyPair> {
  const now = systemTime();
  return pool.take({
    commonName,
    algorithm,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + 3 * 365 * dayMs),
  });
}

function metadataOf(tenant: Tenant, url: string): string {
  const { validUntil, wantAuthnRequestsSigned } = tenant;
  return writeMetadata({
    ...addressesOf(url, tenant),
    certificates: publishedCertificates(tenant),
    wantAuthnRequestsSigned,
    validUntil: validUntil === undefined ? undefined : new Date(validUntil),
  });
}
