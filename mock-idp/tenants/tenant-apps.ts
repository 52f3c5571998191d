/** The apps of a tenant: how they are registered, assigned and removed. */
import type { z } from 'zod';
import { appSchema, assignmentSchema } from './control-schemas.ts';
import { readCertificate, readSpMetadata, type SpDescription, webAddress } from './metadata.ts';
import { Refused, read } from './refused.ts';
import { type App, findApp, type Tenant } from './state.ts';
import { knownUsers } from './tenant-users.ts';

type AppInput = z.infer<typeof appSchema>;

/** Throws Refused, which lists the apps, if none has this entity ID. */
export function appOf(tenant: Tenant, entityId: string): App {
  const app = findApp(tenant, entityId);
  if (!app) throw new Refused(400, `no app with the entity ID “${entityId}” is registered`, entityIdsOf(tenant));
  return app;
}

/** The app with this entity ID; without one, the only app there is. Throws Refused. */
export function chosenApp(tenant: Tenant, { app: entityId }: { app?: string | undefined } = {}): App {
  if (entityId !== undefined) return appOf(tenant, entityId);
  const [only, ...more] = tenant.apps;
  if (only === undefined) throw new Refused(400, 'no app is registered');
  if (more.length > 0) throw new Refused(400, 'several apps are registered: say which', entityIdsOf(tenant));
  return only;
}

const entityIdsOf = (tenant: Tenant): string[] => tenant.apps.map(({ entityId }) => entityId);

/** Registers the app, or changes the one with this entity ID. */
export function putApp(tenant: Tenant, input: unknown): App {
  const app = read(appSchema, input);
  return setApp(tenant, app, describeApp(app));
}

/** Assignments that are left out stay. A new app is assigned to everyone by default. */
export function setApp(tenant: Tenant, input: AppInput, description: SpDescription): App {
  const former = findApp(tenant, description.entityId);
  const encrypt = input.encrypt ?? description.encryptionCertificate !== undefined;
  if (encrypt && description.encryptionCertificate === undefined)
    throw new Refused(400, 'the app has no certificate for encryption, so encrypt cannot be true');
  const app = {
    ...description,
    name: input.name ?? description.name ?? former?.name ?? hostOf(description.entityId),
    encrypt,
    nameIdFormat: input.nameIdFormat ?? description.nameIdFormat,
    assigned: input.assigned === undefined ? (former?.assigned ?? 'everyone') : knownUsers(tenant, input.assigned),
  };
  // In place, so that sign-ins under way see the change.
  if (former) return Object.assign(former, app);
  const added = { ...app, number: tenant.nextAppNumber++ };
  tenant.apps.push(added);
  return added;
}

/** The entity ID itself where it is no address. */
const hostOf = (entityId: string): string => URL.parse(entityId)?.host || entityId;

/** The app as its metadata describes it, or as the input does. Throws Refused, or XmlRefused from the metadata. */
export function describeApp({
  metadata,
  entityId,
  acs,
  slo,
  signingCertificates = [],
  encryptionCertificate,
}: AppInput): SpDescription {
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

/** Sign-ins that wait for it are over. */
export function removeApp(tenant: Tenant, number: string): void {
  const app = tenant.apps.find((one) => String(one.number) === number);
  if (!app)
    throw new Refused(
      404,
      `there is no app number ${number}`,
      tenant.apps.map((one) => `${one.number} (${one.name})`),
    );
  tenant.apps = tenant.apps.filter((one) => one !== app);
  for (const [id, transaction] of tenant.transactions) if (transaction.app === app) tenant.transactions.delete(id);
}

/** Replaces the users to whom the app is assigned. */
export function assign(tenant: Tenant, input: unknown): App {
  const { app: entityId, users } = read(assignmentSchema, input);
  const app = appOf(tenant, entityId);
  app.assigned = knownUsers(tenant, users);
  return app;
}
