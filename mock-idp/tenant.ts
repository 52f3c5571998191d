/** What can be done to the tenants of this identity provider, each once: the control routes and the API in the process both do it here. It speaks no HTTP. */
import type { z } from 'zod';
import { addressesOf, publishedCertificates } from './addresses.ts';
import { systemTime } from './clock.ts';
import {
  appWish,
  assignmentWish,
  faultWishes,
  namedUserWish,
  type Settings,
  tenantChange,
  tenantWish,
  userChange,
  type userWish,
} from './control-schemas.ts';
import type { Fault } from './fault.ts';
import { arrange, faults as catalogue, type FaultPhrase } from './faults.ts';
import type { KeyAlgorithm, KeyPair, KeyPool } from './keys.ts';
import { readCertificate, readSpMetadata, type SpDescription, webAddress, writeMetadata } from './metadata.ts';
import { Refused, read } from './refused.ts';
import {
  type App,
  type Arrangement,
  findApp,
  findUser,
  newTenant,
  type State,
  type Tenant,
  type User,
  userKey,
} from './state.ts';

export interface TenantsOptions {
  state: State;
  pool: KeyPool;
  url: string;
}

export type Tenants = ReturnType<typeof openTenants>;

const reserved = ['control', 'assets'];
const dayMs = 24 * 60 * 60_000;

/** Wishes come as anything at all and are read here. Everything throws Refused, and XmlRefused where metadata or a certificate cannot be read. */
export function openTenants({ state, pool, url }: TenantsOptions) {
  const newKeys = (name: string, algorithm: KeyAlgorithm): Promise<KeyPair> => {
    const now = systemTime();
    return pool.take({
      commonName: name,
      algorithm,
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + 3 * 365 * dayMs),
    });
  };

  return {
    names: (): string[] => [...state.tenants.keys()],

    find(name: string): Tenant {
      const tenant = state.tenants.get(name);
      if (!tenant) throw new Refused(404, `there is no tenant “${name}”`);
      return tenant;
    },

    /** Creates the tenant, or replaces the one of this name. */
    async put(name: string, wish: unknown): Promise<{ tenant: Tenant; isNew: boolean }> {
      if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) || reserved.includes(name))
        throw new Refused(
          400,
          `“${name}” cannot name a tenant: letters, digits, - and _ are allowed, and not ${reserved.join(' or ')}`,
        );
      const { users = [], apps = [], signingAlgorithm, ...rest } = read(tenantWish, wish);
      const former = state.tenants.get(name);
      const algorithm = signingAlgorithm ?? former?.algorithm ?? 'rsa-2048';
      const descriptions = apps.map(describe);
      const keep = former?.algorithm === algorithm ? former : undefined;
      const tenant = newTenant({ name, algorithm, keys: keep?.keys ?? (await newKeys(name, algorithm)) });
      // Replaced tenants keep their keys, so that whoever knows their certificate still does.
      if (keep) Object.assign(tenant, { nextKeys: keep.nextKeys, secret: keep.secret });
      set(tenant, rest);
      for (const user of users) setUser(tenant, user);
      for (const [index, one] of apps.entries()) setApp(tenant, one, descriptions[index]!);
      state.tenants.set(name, tenant);
      await state.save();
      return { tenant, isNew: !former };
    },

    async change(tenant: Tenant, wish: unknown): Promise<void> {
      const { publishNextKey, rollKey, disabled, ...rest } = read(tenantChange, wish);
      if (publishNextKey === true) tenant.nextKeys ??= await newKeys(tenant.name, tenant.algorithm);
      if (publishNextKey === false) tenant.nextKeys = undefined;
      if (rollKey) {
        tenant.keys = tenant.nextKeys ?? (await newKeys(tenant.name, tenant.algorithm));
        tenant.nextKeys = undefined;
      }
      if (disabled !== undefined) tenant.disabled = disabled;
      set(tenant, rest);
      await state.save();
    },

    async remove(tenant: Tenant): Promise<void> {
      state.tenants.delete(tenant.name);
      await state.save();
    },

    /** Creates the user, or replaces the one of this name. */
    async putUser(tenant: Tenant, named: string, wish: unknown): Promise<string> {
      const { username = named, ...fields } = read(namedUserWish, wish);
      if (userKey(username) !== userKey(named))
        throw new Refused(400, `the address says “${named}” and the body “${username}”`);
      setUser(tenant, { username, ...fields });
      await state.save();
      return username;
    },

    /** Changes what is said and leaves the rest; unlocking and a new password let the user in again at once. */
    async changeUser(tenant: Tenant, username: string, wish: unknown): Promise<void> {
      const { attributes, ...fields } = read(userChange, wish);
      const user = userOf(tenant, username);
      Object.assign(user, fields, attributes && { attributes });
      if (fields.locked === false || fields.password !== undefined) Object.assign(user, { wrong: 0, lockedUntil: 0 });
      await state.save();
    },

    async removeUser(tenant: Tenant, username: string): Promise<void> {
      const user = userOf(tenant, username);
      tenant.users.delete(userKey(username));
      for (const app of tenant.apps)
        if (app.assigned !== 'everyone')
          app.assigned = app.assigned.filter((one) => userKey(one) !== userKey(user.username));
      await state.save();
    },

    /** Registers the app or changes the one with this entity ID. */
    async putApp(tenant: Tenant, wish: unknown): Promise<App> {
      const wanted = read(appWish, wish);
      const app = setApp(tenant, wanted, describe(wanted));
      await state.save();
      return app;
    },

    async removeApp(tenant: Tenant, number: string): Promise<void> {
      const app = tenant.apps.find((one) => String(one.number) === number);
      if (!app)
        throw new Refused(
          404,
          `there is no app number ${number}`,
          tenant.apps.map((one) => `${one.number} (${one.name})`),
        );
      tenant.apps = tenant.apps.filter((one) => one !== app);
      await state.save();
    },

    async assign(tenant: Tenant, wish: unknown): Promise<App> {
      const { app: entityId, users } = read(assignmentWish, wish);
      const app = appOf(tenant, entityId);
      app.assigned = knownUsers(tenant, users);
      await state.save();
      return app;
    },

    /** All of them strike together, in place of those arranged before. Throws UnknownFault, too. */
    arrangeFaults(tenant: Tenant, wish: unknown): void {
      tenant.faults = read(faultWishes, wish).map(({ phrase, amount, times }): Arrangement => {
        const arranged = arrange(inNumbers(phrase, amount));
        return { ...arranged, amount: amount ?? arranged.amount, times, struck: 0 };
      });
    },

    summary: (tenant: Tenant) => ({ ...addressesOf(url, tenant), certificates: publishedCertificates(tenant) }),

    metadata(tenant: Tenant): string {
      const { validUntil, wantAuthnRequestsSigned } = tenant;
      return writeMetadata({
        ...addressesOf(url, tenant),
        certificates: publishedCertificates(tenant),
        wantAuthnRequestsSigned,
        validUntil: validUntil === undefined ? undefined : new Date(validUntil),
      });
    },

    errors: () => state.errors,
  };
}

/** A phrase as it stands in the catalogue, `{minutes}` and all, with its amount; any other as it is. */
function inNumbers(phrase: string, amount: number | undefined): string {
  if (!Object.hasOwn(catalogue, phrase)) return phrase;
  const fault: Fault = catalogue[phrase as FaultPhrase];
  if (fault.amount === undefined) return phrase;
  if (amount === undefined || !Number.isInteger(amount))
    throw new Refused(400, `“${phrase}” needs an amount, a whole number of ${fault.amount.unit}`);
  return phrase.replace(/\{\w+\}/, String(amount));
}

export function appOf(tenant: Tenant, entityId: string): App {
  const app = findApp(tenant, entityId);
  if (!app)
    throw new Refused(
      400,
      `no app with the entity ID “${entityId}” is registered`,
      tenant.apps.map((one) => one.entityId),
    );
  return app;
}

/** The app named, or the only one there is. */
export function chosenApp(tenant: Tenant, { app: entityId }: { app?: string | undefined } = {}): App {
  if (entityId !== undefined) return appOf(tenant, entityId);
  const [only, ...more] = tenant.apps;
  if (only === undefined) throw new Refused(400, 'no app is registered');
  if (more.length > 0)
    throw new Refused(
      400,
      'several apps are registered: say which',
      tenant.apps.map((one) => one.entityId),
    );
  return only;
}

export function userOf(tenant: Tenant, username: string): User {
  const user = findUser(tenant, username);
  if (!user)
    throw new Refused(
      400,
      `there is no user “${username}”`,
      [...tenant.users.values()].map((one) => one.username),
    );
  return user;
}

function knownUsers(tenant: Tenant, users: string[] | 'everyone'): string[] | 'everyone' {
  return users === 'everyone' ? users : users.map((one) => (userOf(tenant, one), one));
}

function set(tenant: Tenant, { displayName, clockOffsetMs, wantAuthnRequestsSigned, validUntil }: Settings): void {
  if (displayName !== undefined) tenant.displayName = displayName;
  if (clockOffsetMs !== undefined) tenant.clockOffsetMs = clockOffsetMs;
  if (wantAuthnRequestsSigned !== undefined) tenant.wantAuthnRequestsSigned = wantAuthnRequestsSigned;
  if (validUntil !== undefined) tenant.validUntil = validUntil ?? undefined;
}

function setUser(
  tenant: Tenant,
  { username, password, email, nameId, attributes = {}, locked = false }: z.infer<typeof userWish>,
): void {
  tenant.users.set(userKey(username), {
    username,
    password,
    email,
    nameId,
    attributes,
    locked,
    wrong: 0,
    lockedUntil: 0,
  });
}

/** What an app says of itself, by metadata or by hand. */
function describe({
  metadata,
  entityId,
  acs,
  slo,
  signingCertificates = [],
  encryptionCertificate,
}: z.infer<typeof appWish>): SpDescription {
  if (metadata !== undefined) {
    if (entityId !== undefined || acs !== undefined)
      throw new Refused(400, 'an app is given either by metadata or by entityId and acs');
    return readSpMetadata(metadata);
  }
  if (entityId === undefined || acs === undefined) throw new Refused(400, 'an app needs metadata, or entityId and acs');
  return {
    entityId,
    name: undefined,
    acs: acs.map((address, index) => ({ url: webAddress(address, 'acs'), index, isDefault: index === 0 })),
    slo: slo === undefined ? undefined : { url: webAddress(slo, 'slo'), binding: 'redirect' },
    signingCertificates: signingCertificates.map(readCertificate),
    encryptionCertificate: encryptionCertificate === undefined ? undefined : readCertificate(encryptionCertificate),
    nameIdFormat: undefined,
  };
}

/** Registers the app or changes the one with this entity ID; what is not said again about its assignments stays. New apps are everyone's. */
function setApp(tenant: Tenant, wanted: z.infer<typeof appWish>, described: SpDescription): App {
  const former = findApp(tenant, described.entityId);
  const app: App = {
    ...described,
    number: former?.number ?? tenant.nextAppNumber++,
    name: wanted.name ?? described.name ?? former?.name ?? URL.parse(described.entityId)?.host ?? described.entityId,
    encrypt: wanted.encrypt ?? described.encryptionCertificate !== undefined,
    nameIdFormat: wanted.nameIdFormat ?? described.nameIdFormat,
    assigned: wanted.assigned === undefined ? (former?.assigned ?? 'everyone') : knownUsers(tenant, wanted.assigned),
  };
  if (app.encrypt && app.encryptionCertificate === undefined)
    throw new Refused(400, 'the app has no certificate for encryption, so encrypt cannot be true');
  // In place, so that sign-ins under way see the change.
  if (former) return Object.assign(former, app);
  tenant.apps.push(app);
  return app;
}
