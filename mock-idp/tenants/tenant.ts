/** Operations on tenants, used by the control routes and the in-process API. */
import { createHmac, randomBytes } from 'node:crypto';
import type { GivenKeys } from '../api.ts';
import { systemTime } from '../clock.ts';
import { addressesOf, certificatesInMetadata, publishedCertificates } from './addresses.ts';
import { durationSchema, newTenantSchema, type Settings, tenantChangeSchema, tenantSchema } from './control-schemas.ts';
import { algorithmOf, readKeyPair } from './given-keys.ts';
import type { KeyAlgorithm, KeyPair, KeyPool, TakeOptions } from './keys.ts';
import { writeMetadata } from './metadata.ts';
import { Refused, readInput } from './read-input.ts';
import { seededName } from './seed.ts';
import { baseTime, hashOf, newTenant, type State, seedOf, type Tenant, tenantTime } from './state.ts';
import { assign, changeAssignment, describeApp, putApp, removeApp, removeAppOf, setApp } from './tenant-apps.ts';
import { arrangeFaults } from './tenant-faults.ts';
import { listsOtherCertificate, readPersona } from './tenant-persona.ts';
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
  let unnamed = 0;
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
    /**
     * With a unique name if there is none: numbered, so that a keys file has the same keys for it at each start.
     * Throws Refused if the name is taken.
     */
    create: saving((named: string | undefined, input: object) => {
      const { name: given, ...settings } = readInput(newTenantSchema, { ...input, name: named });
      const name = given ?? seededName(state, settings.seed ?? state.seed ?? {}) ?? newName();
      const keptAs = named ?? `(${++unnamed})`;
      return putTenant({ state, pool, name, input: settings, keptAs, mustBeNew: true });
    }),
    put: saving((name: string, input: unknown) => putTenant({ state, pool, name, input })),
    change: saving((tenant: Tenant, input: unknown) => changeTenant({ pool, tenant, input })),
    moveClock: saving(moveClock),
    remove: saving((tenant: Tenant) => void state.tenants.delete(tenant.name)),
    putUser: saving(putUser),
    changeUser: saving(changeUser),
    removeUser: saving(removeUser),
    putApp: saving(putApp),
    removeApp: saving(removeApp),
    removeAppOf: saving(removeAppOf),
    assign: saving(assign),
    changeAssignment: saving(changeAssignment),
    arrangeFaults,
    summary: (tenant: Tenant) => ({ ...addressesOf(url, tenant), certificates: publishedCertificates(tenant) }),
    metadata: (tenant: Tenant): string => metadataOf(tenant, url),
    errors: () => state.errors,
  };
}

const newName = (): string => `idp-${randomBytes(5).toString('hex')}`;

function findTenant({ tenants }: State, name: string): Tenant {
  const tenant = tenants.get(name);
  if (!tenant) throw new Refused(404, `unknown tenant “${name}”`);
  return tenant;
}

const reserved = ['control', 'assets', 'healthz'];
const allReserved = `${reserved.slice(0, -1).join(', ')} or ${reserved.at(-1)}`;

interface PutTenant {
  state: State;
  pool: KeyPool;
  name: string;
  input: unknown;
  /** Name of its keys in a keys file. */
  keptAs?: string;
  /** Throws Refused if the name is taken. */
  mustBeNew?: boolean;
}

/** Creates or replaces a tenant. A replaced tenant keeps its keys and thus its certificate, unless others are given. */
async function putTenant({
  state,
  pool,
  name,
  input,
  keptAs = name,
  mustBeNew = false,
}: PutTenant): Promise<{ tenant: Tenant; isNew: boolean }> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) || reserved.includes(name))
    throw new Refused(400, `invalid tenant name “${name}”: use letters, digits, - and _, but not ${allReserved}`);
  const { users = [], apps = [], signingAlgorithm, keys: wanted, seed, ...settings } = readInput(tenantSchema, input);
  const time = baseTime(seedOf({ seed, defaultSeed: state.seed })) + (settings.clockOffsetMs ?? 0);
  const descriptions = apps.map((app) => describeApp(app, time));
  const before = state.tenants.get(name);
  const chosen = await chooseKeys({ state, pool, name, keptAs, before, wanted, signingAlgorithm });
  // Another call may have created it meanwhile.
  const former = state.tenants.get(name);
  if (former && mustBeNew)
    throw new Refused(409, `the tenant “${name}” already exists; remove it, or choose another name`);
  const kept = wanted === undefined && former?.algorithm === chosen.algorithm ? former : undefined;
  const { algorithm, keys, sharesKeys } = kept ?? chosen;
  const tenant = newTenant({ name, algorithm, keys, sharesKeys });
  tenant.secret = secretFrom(keys, name);
  if (former?.algorithm === algorithm) tenant.secret = former.secret;
  if (kept) Object.assign(tenant, { nextKeys: kept.nextKeys, otherCertificate: kept.otherCertificate });
  Object.assign(tenant, { seed, defaultSeed: state.seed });
  applySettings(tenant, settings);
  for (const user of users) {
    if ('pattern' in user) tenant.userPatterns.push({ template: user, removed: new Set() });
    else setUser(tenant, user);
  }
  for (const [index, app] of apps.entries()) setApp(tenant, app, descriptions[index]!);
  state.tenants.set(name, tenant);
  await certifyOtherKey(pool, tenant);
  return { tenant, isNew: !former };
}

interface ChooseKeys extends Required<Pick<PutTenant, 'state' | 'pool' | 'name' | 'keptAs'>> {
  before: Tenant | undefined;
  wanted: GivenKeys | undefined;
  signingAlgorithm: KeyAlgorithm | undefined;
}

/** Given keys, shared ones, those that it has already, or new ones. Throws Refused if given ones cannot be used. */
async function chooseKeys({
  state,
  pool,
  name,
  keptAs,
  before,
  wanted,
  signingAlgorithm,
}: ChooseKeys): Promise<Pick<Tenant, 'algorithm' | 'keys' | 'sharesKeys'>> {
  if (wanted !== undefined && wanted !== 'shared') {
    const keys = readKeyPair(wanted);
    const algorithm = algorithmOf(keys);
    if ((signingAlgorithm ?? algorithm) !== algorithm)
      throw new Refused(400, `signingAlgorithm is ${signingAlgorithm}, but keys are for ${algorithm}: leave one out`);
    return { algorithm, keys, sharesKeys: false };
  }
  const algorithm = signingAlgorithm ?? before?.algorithm ?? 'rsa-2048';
  if (wanted === 'shared') return { algorithm, keys: await sharedKeys(state, pool, algorithm), sharesKeys: true };
  if (before?.algorithm === algorithm) return before;
  return { algorithm, keys: await pool.take({ ...certificateFor(name, algorithm), keptAs }), sharesKeys: false };
}

function sharedKeys({ sharedKeys }: State, pool: KeyPool, algorithm: KeyAlgorithm): Promise<KeyPair> {
  // No tenant has this name.
  const keys = sharedKeys.get(algorithm) ?? pool.take({ ...certificateFor('Mock IdP', algorithm), keptAs: '(shared)' });
  sharedKeys.set(algorithm, keys);
  keys.catch(() => sharedKeys.delete(algorithm));
  return keys;
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
    const next = tenant.nextKeys ?? (await pool.take(nextKeysFor(tenant)));
    // Another call may have published one meanwhile.
    tenant.nextKeys ??= next;
    if (rollKey) Object.assign(tenant, { keys: tenant.nextKeys, nextKeys: undefined, sharesKeys: false });
  }
  if (disabled !== undefined) tenant.disabled = disabled;
  applySettings(tenant, settings);
  await certifyOtherKey(pool, tenant);
}

/** For a persona that publishes another certificate, unless there is one. */
async function certifyOtherKey(pool: KeyPool, tenant: Tenant): Promise<void> {
  if (!listsOtherCertificate(tenant) || tenant.otherCertificate !== undefined) return;
  const subject = certificateFor(`${tenant.name}, another key`, tenant.algorithm, tenantTime(tenant));
  const { certificate } = await pool.take({ ...subject, nextAs: `${tenant.name} beside ${hashOfKeys(tenant)}` });
  tenant.otherCertificate ??= certificate;
}

const hashOfKeys = ({ keys }: Tenant): string => hashOf(keys.certificate).slice(0, 16);

/** By the current ones, so that those with the same keys file roll over to the same keys. */
const nextKeysFor = (tenant: Tenant): TakeOptions => ({
  ...certificateFor(tenant.name, tenant.algorithm, tenantTime(tenant)),
  nextAs: `${tenant.name} after ${hashOfKeys(tenant)}`,
});

/** By the keys, so that replicas with the same keys know a user by the same persistent NameID. */
const secretFrom = ({ privateKey }: KeyPair, name: string): string =>
  createHmac('sha256', privateKey.export({ type: 'pkcs8', format: 'der' }))
    .update(name)
    .digest('hex');

function moveClock(tenant: Tenant, by: unknown): void {
  const { days = 0, hours = 0, minutes = 0, seconds = 0 } = readInput(durationSchema, by);
  const milliseconds = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
  const { clockOffsetMs } = readInput(tenantChangeSchema, { clockOffsetMs: tenant.clockOffsetMs + milliseconds });
  applySettings(tenant, { clockOffsetMs });
}

/** Omitted settings stay unchanged. */
function applySettings(
  tenant: Tenant,
  { displayName, clockOffsetMs, wantAuthnRequestsSigned, validUntil, persona }: Settings,
): void {
  if (displayName !== undefined) tenant.displayName = displayName;
  if (clockOffsetMs !== undefined) tenant.clockOffsetMs = clockOffsetMs;
  if (wantAuthnRequestsSigned !== undefined) tenant.wantAuthnRequestsSigned = wantAuthnRequestsSigned;
  if (persona !== undefined) tenant.persona = persona === null ? undefined : readPersona(persona);
  if (validUntil !== undefined) tenant.validUntil = validUntil ?? undefined;
}

const dayMs = 24 * 60 * 60_000;

function certificateFor(commonName: string, algorithm: KeyAlgorithm, now = systemTime()): TakeOptions {
  return {
    commonName,
    algorithm,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + 3 * 365 * dayMs),
  };
}

function metadataOf(tenant: Tenant, url: string): string {
  const { validUntil, wantAuthnRequestsSigned } = tenant;
  return writeMetadata({
    ...addressesOf(url, tenant),
    certificates: certificatesInMetadata(tenant),
    wantAuthnRequestsSigned,
    validUntil: validUntil === undefined ? undefined : new Date(validUntil),
    persona: tenant.persona && { plan: tenant.persona.plan, keys: tenant.keys },
  });
}
