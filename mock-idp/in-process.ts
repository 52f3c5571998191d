/** The typed API over the tenants of this process; every operation is that of tenant.ts, which reads and refuses. */
import { randomBytes } from 'node:crypto';
import { addressesOf, publishedCertificates } from './addresses.ts';
import type { Assigned, Duration, IdpTenant, OfApp, TenantsInProcess } from './api.ts';
import { type KeyPair, type KeyPool, strangerFrom } from './keys.ts';
import type { LogEntry, LogKind } from './log.ts';
import { Refused } from './refused.ts';
import { answerOf, signInProcess } from './sign-in-process.ts';
import { type App, type Arrangement, type Tenant, tenantTime, userKey } from './state.ts';
import { appOf, chosenApp, type Tenants, userOf } from './tenant.ts';

export interface InProcessOptions {
  tenants: Tenants;
  pool: KeyPool;
  url: string;
}

/** `times` counts down to 0; a fault without it never ends. */
export const faultView = ({ phrase, amount, times, struck }: Arrangement) => ({
  phrase,
  amount,
  times: times ?? null,
  struck,
});

export function tenantsInProcess({ tenants, pool, url }: InProcessOptions): TenantsInProcess {
  const own = { tenants, url, takeStranger: strangerFrom(pool) };
  return {
    async createTenant({ name = `idp-${randomBytes(5).toString('hex')}`, ...wish } = {}) {
      if (tenants.names().includes(name))
        throw new Refused(409, `there is a tenant “${name}” already; remove it, or choose another name`);
      const { tenant } = await tenants.put(name, wish);
      return handle(own, tenant.name);
    },
    tenant: (name) => handle(own, tenants.find(name).name),
    tenants: () => tenants.names(),
    errors: () => tenants.errors(),
  };
}

function handle(
  { tenants, url, takeStranger }: { tenants: Tenants; url: string; takeStranger: () => Promise<KeyPair> },
  name: string,
): IdpTenant {
  const tenant = (): Tenant => tenants.find(name);
  const setAssigned = async (of: OfApp | undefined, choose: (app: App) => Assigned): Promise<void> => {
    const app = chosenApp(tenant(), of);
    await tenants.assign(tenant(), { app: app.entityId, users: choose(app) });
  };
  function log(): LogEntry[];
  function log<Kind extends LogKind>(kind: Kind): LogEntry<Kind>[];
  function log(kind?: LogKind): LogEntry[] {
    return tenant()
      .log.filter((entry) => kind === undefined || entry.kind === kind)
      .map((entry) => structuredClone(entry));
  }

  return {
    name,
    ...addressesOf(url, { name }),
    certificates: () => publishedCertificates(tenant()),
    metadata: () => tenants.metadata(tenant()),
    async change(change) {
      await tenants.change(tenant(), change);
    },
    async remove() {
      await tenants.remove(tenant());
    },

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

    apps: () =>
      tenant().apps.map(({ number, name: appName, entityId, acs, assigned }) =>
        structuredClone({ number, name: appName, entityId, acs, assigned }),
      ),
    async putApp(app) {
      await tenants.putApp(tenant(), app);
    },
    async removeApp(entityId) {
      await tenants.removeApp(tenant(), String(appOf(tenant(), entityId).number));
    },
    async assign(users, of) {
      const known = named(tenant(), users);
      await setAssigned(of, ({ assigned }) =>
        known === 'everyone' || assigned === 'everyone'
          ? 'everyone'
          : [...assigned, ...known.filter((one) => !includes(assigned, one))],
      );
    },
    async unassign(users, of) {
      const known = named(tenant(), users);
      await setAssigned(of, ({ assigned }) =>
        known === 'everyone' ? [] : all(tenant(), assigned).filter((one) => !includes(known, one)),
      );
    },

    async arrangeFaults(...faults) {
      tenants.arrangeFaults(
        tenant(),
        faults.map((one) => (typeof one === 'string' ? { phrase: one } : one)),
      );
    },
    faults: () => tenant().faults.map(faultView),
    struckFaults: () =>
      tenant()
        .faults.map(faultView)
        .filter(({ struck }) => struck > 0),

    async moveClock(by) {
      await tenants.change(tenant(), { clockOffsetMs: tenant().clockOffsetMs + milliseconds(by) });
    },
    now: () => new Date(tenantTime(tenant())),

    log,
    signIn: async (username, options) => signInProcess(tenant(), username, { ...options, url, takeStranger }),
    lastAnswer() {
      const { previous } = tenant();
      return previous && answerOf(previous);
    },
  };
}

const includes = (users: readonly string[], username: string): boolean =>
  users.some((one) => userKey(one) === userKey(username));

const all = (tenant: Tenant, assigned: Assigned): string[] =>
  assigned === 'everyone' ? [...tenant.users.values()].map(({ username }) => username) : assigned;

/** Those people as the tenant knows them, or everyone. */
function named(tenant: Tenant, users: string | Assigned): Assigned {
  if (users === 'everyone') return users;
  return [users].flat().map((one) => userOf(tenant, one).username);
}

function milliseconds({ days = 0, hours = 0, minutes = 0, seconds = 0, ...unknown }: Duration): number {
  const odd = Object.keys(unknown);
  if (odd.length > 0)
    throw new Refused(400, `the clock has the unknown ${odd.map((one) => `“${one}”`).join(', ')}`, [
      'days',
      'hours',
      'minutes',
      'seconds',
    ]);
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}
