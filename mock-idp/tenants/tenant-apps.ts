/** Registers, assigns and removes apps of a tenant. */
import { X509Certificate } from 'node:crypto';
import type { z } from 'zod';
import { appSchema, assignmentChangeSchema, assignmentSchema } from './control-schemas.ts';
import { readCertificate, readSpMetadata, type SpDescription, webAddress } from './metadata.ts';
import { Refused, readInput } from './read-input.ts';
import { type App, findApp, type Tenant, tenantTime, userKey } from './state.ts';
import { knownUsernames, knownUsers, usernames } from './tenant-users.ts';

type AppInput = z.infer<typeof appSchema>;

/** Throws Refused, which lists the apps, if the entity ID is unknown. */
export function appOf(tenant: Tenant, entityId: string): App {
  const app = findApp(tenant, entityId);
  if (!app) throw new Refused(400, `unknown app “${entityId}”`, entityIdsOf(tenant));
  return app;
}

/** The app with this entity ID; by default the only app. Throws Refused. */
export function chosenApp(tenant: Tenant, { app: entityId }: { app?: string | undefined } = {}): App {
  if (entityId !== undefined) return appOf(tenant, entityId);
  const [only, ...more] = tenant.apps;
  if (only === undefined) throw new Refused(400, 'no app is registered');
  if (more.length > 0)
    throw new Refused(400, 'several apps are registered: choose one by its entity ID', entityIdsOf(tenant));
  return only;
}

const entityIdsOf = (tenant: Tenant): string[] => tenant.apps.map(({ entityId }) => entityId);

/** Registers or changes the app with this entity ID. */
export function putApp(tenant: Tenant, input: unknown): App {
  const app = readInput(appSchema, input);
  return setApp(tenant, app, describeApp(app, tenantTime(tenant)));
}

/** Omitted assignments and encryption stay unchanged. A new app is assigned to everyone by default. */
export function setApp(tenant: Tenant, input: AppInput, description: SpDescription): App {
  const former = findApp(tenant, description.entityId);
  const encrypt = input.encrypt ?? former?.encrypt ?? false;
  if (encrypt && description.encryptionCertificate === undefined)
    throw new Refused(400, 'encrypt needs an encryption certificate: add one, or set encrypt to false');
  const app = {
    ...description,
    name: input.name ?? description.name ?? former?.name ?? hostOf(description.entityId),
    encrypt,
    nameIdFormat: input.nameIdFormat ?? description.nameIdFormat,
    assigned: input.assigned === undefined ? (former?.assigned ?? 'everyone') : knownUsers(tenant, input.assigned),
    knownBy: input.knownBy,
    forgedUser: input.forgedUser,
    forgedIssuer: input.forgedIssuer,
  };
  // In place, so that pending sign-ins use the new settings.
  if (former) return Object.assign(former, app);
  const added = { ...app, number: tenant.nextAppNumber++ };
  tenant.apps.push(added);
  return added;
}

/** The entity ID itself if it is not a URL. */
const hostOf = (entityId: string): string => URL.parse(entityId)?.host || entityId;

/** Describes the app from its metadata or from the input, by the tenant's clock. Throws Refused or InvalidXml. */
export function describeApp(
  { metadata, entityId, acs, slo, signingCertificates = [], encryptionCertificate }: AppInput,
  now: number,
): SpDescription {
  if (metadata !== undefined) {
    if (entityId !== undefined || acs !== undefined)
      throw new Refused(400, 'an app needs either metadata, or entityId and acs, not both');
    return readSpMetadata(metadata, now);
  }
  if (entityId === undefined || acs === undefined) throw new Refused(400, 'an app needs metadata, or entityId and acs');
  return {
    entityId,
    name: undefined,
    acs: acs.map((address, index) => ({ url: webAddress(address, 'acs'), index, isDefault: index === 0 })),
    slo: slo === undefined ? undefined : { url: webAddress(slo, 'slo'), binding: 'redirect' },
    signingCertificates: signingCertificates.map(readCertificate),
    encryptionCertificate: encryptionCertificate === undefined ? undefined : readRsaCertificate(encryptionCertificate),
    nameIdFormat: undefined,
  };
}

/** Content keys are encrypted with RSA only. */
function readRsaCertificate(text: string): string {
  const certificate = readCertificate(text);
  const { asymmetricKeyType } = new X509Certificate(certificate).publicKey;
  if (asymmetricKeyType === 'rsa') return certificate;
  throw new Refused(400, `encryptionCertificate: its key must be an RSA key, not ${asymmetricKeyType}`);
}

/** Removes the app and ends its pending sign-ins. */
export function removeApp(tenant: Tenant, number: string): void {
  const app = tenant.apps.find((one) => String(one.number) === number);
  if (!app)
    throw new Refused(
      404,
      `unknown app number ${number}`,
      tenant.apps.map((one) => `${one.number} (${one.name})`),
    );
  tenant.apps = tenant.apps.filter((one) => one !== app);
  for (const [id, transaction] of tenant.transactions) if (transaction.app === app) tenant.transactions.delete(id);
}

/** Removes the app with this entity ID, as `removeApp` does. */
export const removeAppOf = (tenant: Tenant, entityId: string): void =>
  removeApp(tenant, String(appOf(tenant, entityId).number));

/** Sets the users to whom the app is assigned. */
export function assign(tenant: Tenant, input: unknown): App {
  const { app: entityId, users } = readInput(assignmentSchema, input);
  const app = appOf(tenant, entityId);
  app.assigned = knownUsers(tenant, users);
  return app;
}

/** Assigns the app to more users, or to fewer. */
export function changeAssignment(tenant: Tenant, input: unknown): App {
  const { app: entityId, add = [], remove = [] } = readInput(assignmentChangeSchema, input);
  const [added, removed] = [knownUsernames(tenant, add), knownUsernames(tenant, remove)];
  const app = chosenApp(tenant, { app: entityId });
  if (added === 'everyone') app.assigned = 'everyone';
  else if (app.assigned !== 'everyone') app.assigned = union(app.assigned, added);
  if (removed === 'everyone') app.assigned = [];
  else if (removed.length > 0) app.assigned = usernames(tenant, app.assigned).filter((one) => !includes(removed, one));
  return app;
}

const union = (users: readonly string[], more: readonly string[]): string[] => [
  ...users,
  ...more.filter((one) => !includes(users, one)),
];

const includes = (users: readonly string[], username: string): boolean =>
  users.some((one) => userKey(one) === userKey(username));

/** The apps as the API shows them. */
export const appViews = ({ apps }: Tenant) =>
  apps.map(({ number, name, entityId, acs, encrypt, assigned }) =>
    structuredClone({ number, name, entityId, acs, encrypt, assigned }),
  );
