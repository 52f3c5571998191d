/** The typed API for the same process. It changes tenants exactly as the control routes do. */
import { randomBytes } from 'node:crypto';
import type { Answer, Assigned, Duration, IdpTenant, OfApp, TenantsInProcess } from '../api.ts';
import { responseFrom, signInProcess } from '../sign-in/sign-in-process.ts';
import { deliver } from '../visit/deliver.ts';
import { signInAt } from '../visit/sign-in-at.ts';
import { openVisitor } from '../visit/visitor.ts';
import { addressesOf, publishedCertificates } from './addresses.ts';
import { type KeyPair, type KeyPool, untrustedKeysFrom } from './keys.ts';
import type { LogEntry, LogKind } from './log.ts';
import { Refused } from './read-input.ts';
import { type App, type Tenant, tenantTime, userKey } from './state.ts';
import type { Tenants } from './tenant.ts';
import { appOf, chosenApp } from './tenant-apps.ts';
import { faultView } from './tenant-faults.ts';
import { userOf } from './tenant-users.ts';

export interface InProcessOptions {
  tenants: Tenants;
  pool: KeyPool;
  url: string;
}

export function tenantsInProcess({ tenants, pool, url }: InProcessOptions): TenantsInProcess {
  const takeUntrustedKeys = untrustedKeysFrom(pool);
  const handle = (name: string): IdpTenant => handleOf({ tenants, url, takeUntrustedKeys, name });
  let unnamed = 0;
  return {
    async createTenant({ name, ...settings } = {}) {
      // Numbered, so that a keys file has the same keys for them at each start.
      const { tenant } =
        name === undefined
          ? await tenants.create(`idp-${randomBytes(5).toString('hex')}`, settings, { keptAs: `(${++unnamed})` })
          : await tenants.create(name, settings);
      return handle(tenant.name);
    },
    tenant: (name) => handle(tenants.find(name).name),
    tenants: () => tenants.names(),
    errors: () => tenants.errors(),
  };
}

/** Shared by the parts of a tenant's API. `tenant` looks the tenant up at each call: it may have been replaced. */
interface Handle {
  tenants: Tenants;
  tenant: () => Tenant;
}

interface HandleOptions {
  tenants: Tenants;
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
  name: string;
}

function handleOf({ tenants, url, takeUntrustedKeys, name }: HandleOptions): IdpTenant {
  const tenant = (): Tenant => tenants.find(name);
  const handle: Handle = { tenants, tenant };
  return {
    name,
    ...addressesOf(url, { name }),
    ...settingsOf(handle),
    ...usersOf(handle),
    ...appsOf(handle),
    ...assignmentsOf(handle),
    ...faultsOf(handle),
    ...clockOf(handle),
    log: logOf(handle),
    ...visitsOf({ tenant, url, takeUntrustedKeys }),
    lastAnswer() {
      const { previous } = tenant();
      return previous && { ...responseFrom(previous), undelivered: [] };
    },
  };
}

interface Visits extends Pick<Handle, 'tenant'> {
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
}

function visitsOf({ tenant, url, takeUntrustedKeys }: Visits): Pick<IdpTenant, 'signIn' | 'deliver' | 'signInAt'> {
  const signIn: IdpTenant['signIn'] = async (username, options) =>
    signInProcess(tenant(), username, { ...options, url, takeUntrustedKeys });
  return {
    signIn,
    async deliver(answer, options) {
      const responses = await deliver(answer, await openVisitor(options));
      countDelivered(tenant(), answer);
      return responses;
    },
    async signInAt(loginUrl, username, options) {
      const { ssoUrl } = addressesOf(url, tenant());
      const trip = await signInAt(loginUrl, {
        visitor: await openVisitor(options),
        ssoUrl,
        signIn: (request) => signIn(username, request),
      });
      countDelivered(tenant(), trip.answer);
      return trip;
    },
  };
}

/** Each counts once for each form, however often that is sent. */
function countDelivered({ faults }: Tenant, { undelivered }: Answer): void {
  for (const phrase of undelivered.splice(0)) {
    const fault = faults.find((one) => one.phrase === phrase);
    if (fault !== undefined) fault.struck++;
  }
}

const settingsOf = ({
  tenants,
  tenant,
}: Handle): Pick<IdpTenant, 'certificates' | 'metadata' | 'change' | 'remove'> => ({
  certificates: () => publishedCertificates(tenant()),
  metadata: () => tenants.metadata(tenant()),
  async change(change) {
    await tenants.change(tenant(), change);
  },
  async remove() {
    await tenants.remove(tenant());
  },
});

const usersOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'users' | 'putUser' | 'changeUser' | 'removeUser'> => ({
  users: () =>
    [...tenant().users.values()].map(({ username, email, nameId, attributes, locked }) =>
      structuredClone({
        username,
        attributes,
        locked,
        ...(email === undefined ? {} : { email }),
        ...(nameId === undefined ? {} : { nameId }),
      }),
    ),
  async putUser(user) {
    await tenants.putUser(tenant(), user.username, user);
  },
  async changeUser(username, change) {
    await tenants.changeUser(tenant(), username, change);
  },
  async removeUser(username) {
    await tenants.removeUser(tenant(), username);
  },
});

const appsOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'apps' | 'putApp' | 'removeApp'> => ({
  apps: () =>
    tenant().apps.map(({ number, name, entityId, acs, assigned }) =>
      structuredClone({ number, name, entityId, acs, assigned }),
    ),
  async putApp(app) {
    await tenants.putApp(tenant(), app);
  },
  async removeApp(entityId) {
    await tenants.removeApp(tenant(), String(appOf(tenant(), entityId).number));
  },
});

function assignmentsOf({ tenants, tenant }: Handle): Pick<IdpTenant, 'assign' | 'unassign'> {
  const setAssigned = async (of: OfApp | undefined, choose: (app: App) => Assigned): Promise<void> => {
    const app = chosenApp(tenant(), of);
    await tenants.assign(tenant(), { app: app.entityId, users: choose(app) });
  };
  return {
    async assign(users, of) {
      const added = knownUsernames(tenant(), users);
      await setAssigned(of, ({ assigned }) =>
        added === 'everyone' || assigned === 'everyone'
          ? 'everyone'
          : [...assigned, ...added.filter((one) => !includes(assigned, one))],
      );
    },
    async unassign(users, of) {
      const removed = knownUsernames(tenant(), users);
      await setAssigned(of, ({ assigned }) =>
        removed === 'everyone' ? [] : usernames(tenant(), assigned).filter((one) => !includes(removed, one)),
      );
    },
  };
}

const faultsOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'arrangeFaults' | 'faults' | 'struckFaults'> => ({
  async arrangeFaults(...faults) {
    tenants.arrangeFaults(tenant(), faults);
  },
  faults: () => tenant().faults.map(faultView),
  struckFaults: () =>
    tenant()
      .faults.map(faultView)
      .filter(({ struck }) => struck > 0),
});

const clockOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'moveClock' | 'now'> => ({
  async moveClock(by) {
    await tenants.change(tenant(), { clockOffsetMs: tenant().clockOffsetMs + milliseconds(by) });
  },
  now: () => new Date(tenantTime(tenant())),
});

function logOf({ tenant }: Handle): IdpTenant['log'] {
  function log(): LogEntry[];
  function log<Kind extends LogKind>(kind: Kind): LogEntry<Kind>[];
  function log(kind?: LogKind): LogEntry[] {
    return tenant()
      .log.filter((entry) => kind === undefined || entry.kind === kind)
      .map((entry) => structuredClone(entry));
  }
  return log;
}

const includes = (users: readonly string[], username: string): boolean =>
  users.some((one) => userKey(one) === userKey(username));

const usernames = (tenant: Tenant, assigned: Assigned): string[] =>
  assigned === 'everyone' ? [...tenant.users.values()].map(({ username }) => username) : assigned;

/** The usernames in the tenant's spelling, or everyone. Throws Refused if one is unknown. */
function knownUsernames(tenant: Tenant, users: string | Assigned): Assigned {
  if (users === 'everyone') return users;
  return [users].flat().map((one) => userOf(tenant, one).username);
}

function milliseconds({ days = 0, hours = 0, minutes = 0, seconds = 0, ...unknown }: Duration): number {
  const keys = Object.keys(unknown);
  if (keys.length > 0)
    throw new Refused(400, `the duration has the unknown ${keys.map((one) => `“${one}”`).join(', ')}`, [
      'days',
      'hours',
      'minutes',
      'seconds',
    ]);
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}
