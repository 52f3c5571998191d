/** The typed API for the same process. It changes tenants exactly as the control routes do. */
import type { IdpTenant, TenantsInProcess } from '../api.ts';
import { logQuerySchema } from '../http/control-replies.ts';
import { respondToLogout, startSignOut, takeLogoutResponse } from '../sign-in/logout-process.ts';
import { lastResponse, signInProcess } from '../sign-in/sign-in-process.ts';
import { deliver } from '../visit/deliver.ts';
import { checkForm, readSignInOptions, withSettings } from '../visit/read-options.ts';
import { authnRequestAt, logoutRequestAt } from '../visit/request-from.ts';
import { signOutOf } from '../visit/sign-out.ts';
import { travel } from '../visit/trip.ts';
import { openVisitor } from '../visit/visitor.ts';
import { addressesOf, publishedCertificates } from './addresses.ts';
import { type KeyPair, type KeyPool, untrustedKeysFrom } from './keys.ts';
import type { LogEntry, LogKind } from './log.ts';
import { readInput, usernameIn } from './read-input.ts';
import { entriesOf, type Tenant, tenantTime } from './state.ts';
import type { Tenants } from './tenant.ts';
import { appViews } from './tenant-apps.ts';
import { countDelivered, faultView, struckViews } from './tenant-faults.ts';
import { userViews } from './tenant-users.ts';

export interface InProcessOptions {
  tenants: Tenants;
  pool: KeyPool;
  url: string;
}

export function tenantsInProcess({ tenants, pool, url }: InProcessOptions): TenantsInProcess {
  const takeUntrustedKeys = untrustedKeysFrom(pool);
  const handle = (name: string): IdpTenant => handleOf({ tenants, url, takeUntrustedKeys, name });
  return {
    async createTenant(given = {}) {
      const { name, ...settings } = withSettings(given, 'createTenant');
      const { tenant } = await tenants.create(name, settings);
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
    ...addressesOf(url, tenant()),
    ...settingsOf(handle),
    ...usersOf(handle),
    ...appsOf(handle),
    ...assignmentsOf(handle),
    ...faultsOf(handle),
    ...clockOf(handle),
    log: logOf(handle),
    ...visitsOf({ tenant, url, takeUntrustedKeys }),
    lastAnswer: () => lastResponse(tenant()),
  };
}

interface Visits extends Pick<Handle, 'tenant'> {
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
}

type VisitMethods = Pick<IdpTenant, 'signIn' | 'deliver' | 'signInAt' | 'signOut' | 'respondToLogout' | 'signOutAt'>;

function visitsOf({ tenant, url, takeUntrustedKeys }: Visits): VisitMethods {
  const here = { url, takeUntrustedKeys };
  const signIn: IdpTenant['signIn'] = async (username, options) =>
    signInProcess(tenant(), username, { ...readSignInOptions(options), ...here });
  return {
    signIn,
    async deliver(answer, options) {
      checkForm(answer);
      const responses = await deliver(answer, await openVisitor(options));
      countDelivered(tenant(), answer.undelivered.splice(0));
      return responses;
    },
    async signInAt(loginUrl, username, options) {
      const trip = await travel(loginUrl, {
        visitor: await openVisitor(options),
        expected: authnRequestAt(addressesOf(url, tenant()).ssoUrl),
        respond: (request) => signIn(username, { request }),
      });
      countDelivered(tenant(), trip.answer.undelivered.splice(0));
      return trip;
    },
    async signOut(username, options) {
      const started = await startSignOut(tenant(), username, here);
      return signOutOf(started, {
        visitor: await openVisitor(options),
        sloUrl: addressesOf(url, tenant()).sloUrl,
        take: (response) => takeLogoutResponse(tenant(), response, here),
      });
    },
    respondToLogout: async (source) => respondToLogout(tenant(), source?.request, here),
    signOutAt: async (logoutUrl, options) =>
      travel(logoutUrl, {
        visitor: await openVisitor(options),
        expected: logoutRequestAt(addressesOf(url, tenant()).sloUrl),
        respond: (request) => respondToLogout(tenant(), request, here),
      }),
  };
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
  users: () => userViews(tenant()),
  async putUser(user) {
    await tenants.putUser(tenant(), usernameIn(withSettings(user, 'putUser').username), user);
  },
  async changeUser(username, change) {
    await tenants.changeUser(tenant(), username, change);
  },
  async removeUser(username) {
    await tenants.removeUser(tenant(), username);
  },
});

const appsOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'apps' | 'putApp' | 'removeApp'> => ({
  apps: () => appViews(tenant()),
  async putApp(app) {
    await tenants.putApp(tenant(), app);
  },
  async removeApp(entityId) {
    await tenants.removeAppOf(tenant(), entityId);
  },
});

const assignmentsOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'assign' | 'unassign'> => ({
  async assign(users, of) {
    await tenants.changeAssignment(tenant(), { ...of, add: users });
  },
  async unassign(users, of) {
    await tenants.changeAssignment(tenant(), { ...of, remove: users });
  },
});

const faultsOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'arrangeFaults' | 'faults' | 'struckFaults'> => ({
  async arrangeFaults(...faults) {
    tenants.arrangeFaults(tenant(), faults);
  },
  faults: () => tenant().faults.map(faultView),
  struckFaults: () => struckViews(tenant()),
});

const clockOf = ({ tenants, tenant }: Handle): Pick<IdpTenant, 'moveClock' | 'now'> => ({
  async moveClock(by) {
    await tenants.moveClock(tenant(), by);
  },
  now: () => new Date(tenantTime(tenant())),
});

function logOf({ tenant }: Handle): IdpTenant['log'] {
  function log(): LogEntry[];
  function log<Kind extends LogKind>(kind: Kind): LogEntry<Kind>[];
  function log(kind?: LogKind): LogEntry[] {
    return entriesOf(tenant(), readInput(logQuerySchema, { kind }).kind);
  }
  return log;
}
