/** The control routes: how a rehearsal prepares tenants and reads back what happened. Without a token they do not exist. */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { addressesOf, publishedCertificates } from './app.ts';
import { systemTime } from './clock.ts';
import { arrange, faultPhrases, UnknownFault } from './faults.ts';
import { holdView, keepNext, NothingHeld, release } from './held.ts';
import { keyAlgorithms, type KeyAlgorithm, type KeyPair, type KeyPool } from './keys.ts';
import { offeredNameIdFormats, readCertificate, readSpMetadata, webAddress, type SpDescription } from './metadata.ts';
import { XmlRefused } from './parse.ts';
import type { RouteEntry } from './routes.ts';
import { findApp, newTenant, userKey, type App, type Arrangement, type State, type Tenant, type User } from './state.ts';

export interface ControlOptions {
  state: State;
  pool: KeyPool;
  url: string;
  controlToken?: string | undefined;
  /** All routes of the app. */
  routes: () => readonly RouteEntry[];
}

/** Refused, with what is wrong and what would be right. */
class Refused extends Error {
  readonly status: number;
  readonly allowed: readonly string[] | undefined;
  constructor(status: number, message: string, allowed?: readonly string[]) {
    super(message);
    this.status = status;
    this.allowed = allowed;
  }
}

const attributes = z.record(z.string().min(1), z.array(z.string()));
const userFields = { password: z.string().min(1), email: z.string().optional(), nameId: z.string().optional(), attributes: attributes.optional(), locked: z.boolean().optional() };
const userSchema = z.strictObject({ username: z.string().trim().min(1), ...userFields });
const assigned = z.union([z.literal('everyone'), z.array(z.string())]);
const appSchema = z.strictObject({
  name: z.string().min(1).optional(),
  metadata: z.string().optional(),
  entityId: z.string().min(1).max(1024).optional(),
  acs: z.array(z.string()).min(1).optional(),
  slo: z.string().optional(),
  signingCertificates: z.array(z.string()).optional(),
  encryptionCertificate: z.string().optional(),
  encrypt: z.boolean().optional(),
  nameIdFormat: z.enum(offeredNameIdFormats as [string, ...string[]]).optional(),
  assigned: assigned.optional(),
});
const settings = {
  displayName: z.string().min(1).optional(),
  clockOffsetMs: z.number().int().optional(),
  wantAuthnRequestsSigned: z.boolean().optional(),
  validUntil: z.iso.datetime().nullable().optional(),
};
const tenantSchema = z.strictObject({ ...settings, users: z.array(userSchema).optional(), apps: z.array(appSchema).optional(), signingAlgorithm: z.enum(keyAlgorithms).optional() });
const patchSchema = z.strictObject({ ...settings, disabled: z.boolean().optional(), publishNextKey: z.boolean().optional(), rollKey: z.literal(true).optional() });
const assignmentSchema = z.strictObject({ app: z.string(), users: assigned });
const faultsSchema = z.array(z.strictObject({ phrase: z.string(), amount: z.number().nonnegative().optional(), times: z.number().int().positive().optional() }));

const reserved = ['control', 'assets'];

export function controlRoutes({ state, pool, url, controlToken, routes }: ControlOptions): Router {
  const router = express.Router();
  if (!controlToken) return router;
  router.use(authorized(controlToken));
  router.use(express.json({ limit: '4mb', type: () => true }));

  const tenantOf = (request: Request): Tenant => {
    const name = String(request.params['tenant']);
    const tenant = state.tenants.get(name);
    if (!tenant) throw new Refused(404, `there is no tenant “${name}”`);
    return tenant;
  };
  const newKeys = (name: string, algorithm: KeyAlgorithm): Promise<KeyPair> => {
    const now = systemTime();
    return pool.take({ commonName: name, algorithm, notBefore: new Date(now - dayMs), notAfter: new Date(now + 3 * 365 * dayMs) });
  };
  const summary = (tenant: Tenant) => ({ ...addressesOf(url, tenant), certificates: publishedCertificates(tenant) });

  router.put('/tenants/:tenant', async (request, response) => {
    const name = request.params.tenant;
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) || reserved.includes(name)) throw new Refused(400, `“${name}” cannot name a tenant: letters, digits, - and _ are allowed, and not ${reserved.join(' or ')}`);
    const { users = [], apps = [], signingAlgorithm, ...rest } = read(tenantSchema, request.body);
    const former = state.tenants.get(name);
    const algorithm = signingAlgorithm ?? former?.algorithm ?? 'rsa-2048';
    const descriptions = apps.map(describe);
    const keep = former?.algorithm === algorithm ? former : undefined;
    const tenant = newTenant({ name, algorithm, keys: keep?.keys ?? (await newKeys(name, algorithm)) });
    // Replaced tenants keep their keys, so that whoever knows their certificate still does.
    if (keep) Object.assign(tenant, { nextKeys: keep.nextKeys, secret: keep.secret });
    set(tenant, rest);
    for (const user of users) putUser(tenant, user);
    for (const [index, one] of apps.entries()) putApp(tenant, one, descriptions[index]!);
    state.tenants.set(name, tenant);
    await state.save();
    response.status(former ? 200 : 201).json(summary(tenant));
  });

  router.patch('/tenants/:tenant', async (request, response) => {
    const tenant = tenantOf(request);
    const { publishNextKey, rollKey, disabled, ...rest } = read(patchSchema, request.body);
    if (publishNextKey === true) tenant.nextKeys ??= await newKeys(tenant.name, tenant.algorithm);
    if (publishNextKey === false) tenant.nextKeys = undefined;
    if (rollKey) {
      tenant.keys = tenant.nextKeys ?? (await newKeys(tenant.name, tenant.algorithm));
      tenant.nextKeys = undefined;
    }
    if (disabled !== undefined) tenant.disabled = disabled;
    set(tenant, rest);
    await state.save();
    response.json(summary(tenant));
  });

  router.delete('/tenants/:tenant', async (request, response) => {
    state.tenants.delete(tenantOf(request).name);
    await state.save();
    response.status(204).end();
  });

  router.put('/tenants/:tenant/users/:username', async (request, response) => {
    const tenant = tenantOf(request);
    const { username = request.params.username, ...fields } = read(z.strictObject({ username: userSchema.shape.username.optional(), ...userFields }), request.body);
    if (userKey(username) !== userKey(request.params.username)) throw new Refused(400, `the address says “${request.params.username}” and the body “${username}”`);
    putUser(tenant, { username, ...fields });
    await state.save();
    response.json({ username });
  });

  router.put('/tenants/:tenant/apps', async (request, response) => {
    const tenant = tenantOf(request);
    const wanted = read(appSchema, request.body);
    const app = putApp(tenant, wanted, describe(wanted));
    await state.save();
    response.json({ number: app.number, entityId: app.entityId, acs: app.acs });
  });

  router.delete('/tenants/:tenant/apps/:number', async (request, response) => {
    const tenant = tenantOf(request);
    const app = tenant.apps.find(({ number }) => String(number) === request.params.number);
    if (!app) throw new Refused(404, `there is no app number ${request.params.number}`, tenant.apps.map(({ number, name }) => `${number} (${name})`));
    tenant.apps = tenant.apps.filter((one) => one !== app);
    await state.save();
    response.status(204).end();
  });

  router.put('/tenants/:tenant/assignments', async (request, response) => {
    const tenant = tenantOf(request);
    const { app: entityId, users } = read(assignmentSchema, request.body);
    const app = findApp(tenant, entityId);
    if (!app) throw new Refused(400, `no app with the entity ID “${entityId}” is registered`, tenant.apps.map((one) => one.entityId));
    app.assigned = knownUsers(tenant, users);
    await state.save();
    response.json({ app: entityId, users: app.assigned });
  });

  router.put('/tenants/:tenant/faults', (request, response) => {
    const tenant = tenantOf(request);
    tenant.faults = read(faultsSchema, request.body).map(({ phrase, amount, times }): Arrangement => {
      const arranged = arrange(phrase);
      return { ...arranged, amount: amount ?? arranged.amount, times, struck: 0 };
    });
    response.json(tenant.faults.map(faultView));
  });

  router.get('/tenants/:tenant/faults', (request, response) => {
    response.json(tenantOf(request).faults.map(faultView));
  });

  router.put('/tenants/:tenant/hold', (request, response) => {
    const tenant = tenantOf(request);
    keepNext(tenant, read(z.strictObject({ hold: z.boolean() }), request.body).hold);
    response.json(holdView(tenant));
  });

  router.get('/tenants/:tenant/held', (request, response) => void response.json(holdView(tenantOf(request))));

  router.put('/tenants/:tenant/held', (request, response) => {
    const tenant = tenantOf(request);
    release(tenant, read(z.strictObject({ xml: z.string().max(2_000_000).optional(), resign: z.boolean().optional() }), request.body));
    response.json(holdView(tenant));
  });

  router.get('/tenants/:tenant', (request, response) => {
    const tenant = tenantOf(request);
    const { name, displayName, clockOffsetMs, wantAuthnRequestsSigned, disabled, validUntil, algorithm } = tenant;
    response.json({
      name, displayName, clockOffsetMs, wantAuthnRequestsSigned, disabled, validUntil, signingAlgorithm: algorithm,
      ...summary(tenant),
      users: [...tenant.users.values()].map(({ password: _, ...user }) => user),
      apps: tenant.apps,
      sessions: tenant.sessions.size,
      pendingRequests: [...tenant.transactions.values()].flatMap(({ request: pending, app, since }) => (pending ? [{ id: pending.id, app: app.entityId, since: new Date(since).toISOString() }] : [])),
      faults: tenant.faults.map(faultView),
      log: tenant.log,
    });
  });

  router.get('/errors', (_request, response) => void response.json(state.errors));

  router.get('/routes', (_request, response) => void response.json(routes()));

  router.use((request) => {
    throw new Refused(404, `there is no control route ${request.method} ${request.originalUrl}`);
  });

  const onError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    const { status, message, allowed } = refusal(error);
    if (status >= 500) state.errors.push({ at: new Date(systemTime()).toISOString(), method: request.method, path: request.originalUrl, message, stack: error instanceof Error ? error.stack : undefined });
    response.status(status).json({ error: message, ...(allowed ? { allowed } : {}) });
  };
  router.use(onError);
  return router;
}

const dayMs = 24 * 60 * 60_000;

/** Compares digests, which are of equal length, in constant time. */
function authorized(token: string): RequestHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    if (!timingSafeEqual(digest(request.get('authorization') ?? ''), expected)) throw new Refused(401, 'the control routes need the header Authorization: Bearer <control token>');
    next();
  };
}

function refusal(error: unknown): { status: number; message: string; allowed?: readonly string[] | undefined } {
  if (error instanceof Refused) return error;
  if (error instanceof UnknownFault) return { status: 400, message: error.message, allowed: faultPhrases };
  if (error instanceof NothingHeld) return { status: 409, message: error.message };
  if (error instanceof XmlRefused) return { status: 400, message: error.message };
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500) return { status: error.status, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}

/** The body in the schema's shape, or a refusal that names the first thing wrong and what is allowed in its place. */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const where = issue.path.length === 0 ? 'the body' : `“${issue.path.join('.')}”`;
  if (issue.code === 'unrecognized_keys') throw new Refused(400, `${where} has the unknown ${issue.keys.map((key) => `“${key}”`).join(', ')}`, keysAt(schema, issue.path));
  throw new Refused(400, `${where}: ${issue.message}`, issue.code === 'invalid_value' ? issue.values.map(String) : undefined);
}

/** The keys that an object may have at this place of a schema. */
function keysAt(schema: z.ZodType, [step, ...rest]: readonly PropertyKey[]): string[] | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return keysAt(schema.unwrap() as z.ZodType, step === undefined ? [] : [step, ...rest]);
  if (step === undefined) return schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined;
  if (schema instanceof z.ZodArray) return keysAt(schema.element as z.ZodType, rest);
  const inner = schema instanceof z.ZodObject ? (schema.shape as Record<PropertyKey, z.ZodType>)[step] : undefined;
  return inner && keysAt(inner, rest);
}

function set(tenant: Tenant, { displayName, clockOffsetMs, wantAuthnRequestsSigned, validUntil }: Pick<z.infer<typeof patchSchema>, keyof typeof settings>): void {
  if (displayName !== undefined) tenant.displayName = displayName;
  if (clockOffsetMs !== undefined) tenant.clockOffsetMs = clockOffsetMs;
  if (wantAuthnRequestsSigned !== undefined) tenant.wantAuthnRequestsSigned = wantAuthnRequestsSigned;
  if (validUntil !== undefined) tenant.validUntil = validUntil ?? undefined;
}

function putUser(tenant: Tenant, { username, password, email, nameId, attributes: given = {}, locked = false }: z.infer<typeof userSchema>): void {
  const user: User = { username, password, email, nameId, attributes: given, locked, wrong: 0, lockedUntil: 0 };
  tenant.users.set(userKey(username), user);
}

/** What an app says of itself, by metadata or by hand. */
function describe({ metadata, entityId, acs, slo, signingCertificates = [], encryptionCertificate }: z.infer<typeof appSchema>): SpDescription {
  if (metadata !== undefined) {
    if (entityId !== undefined || acs !== undefined) throw new Refused(400, 'an app is given either by metadata or by entityId and acs');
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
function putApp(tenant: Tenant, wanted: z.infer<typeof appSchema>, described: SpDescription): App {
  const former = findApp(tenant, described.entityId);
  const app: App = {
    ...described,
    number: former?.number ?? tenant.nextAppNumber++,
    name: wanted.name ?? described.name ?? former?.name ?? URL.parse(described.entityId)?.host ?? described.entityId,
    encrypt: wanted.encrypt ?? described.encryptionCertificate !== undefined,
    nameIdFormat: wanted.nameIdFormat ?? described.nameIdFormat,
    assigned: wanted.assigned === undefined ? (former?.assigned ?? 'everyone') : knownUsers(tenant, wanted.assigned),
  };
  if (app.encrypt && app.encryptionCertificate === undefined) throw new Refused(400, 'the app has no certificate for encryption, so encrypt cannot be true');
  // In place, so that sign-ins under way see the change.
  if (former) return Object.assign(former, app);
  tenant.apps.push(app);
  return app;
}

function knownUsers(tenant: Tenant, users: string[] | 'everyone'): string[] | 'everyone' {
  if (users === 'everyone') return users;
  const unknown = users.find((one) => !tenant.users.has(userKey(one)));
  if (unknown !== undefined) throw new Refused(400, `there is no user “${unknown}”`, [...tenant.users.values()].map(({ username }) => username));
  return users;
}

/** `times` counts down to 0; a fault without it never ends. */
const faultView = ({ phrase, amount, times, struck }: Arrangement) => ({ phrase, amount, times: times ?? null, struck });
