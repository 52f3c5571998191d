/** The control routes set up tenants and report what happened. Without a control token they do not exist. */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { UnknownFault } from '../faults.ts';
import { holdNext, holdView, NoHeldResponse, release } from '../sign-in/held-response.ts';
import { holdSchema, releaseSchema } from '../tenants/control-schemas.ts';
import { Refused, readInput } from '../tenants/read-input.ts';
import { recordError, type State, type Tenant } from '../tenants/state.ts';
import type { Tenants } from '../tenants/tenant.ts';
import { faultView } from '../tenants/tenant-faults.ts';
import type { RouteEntry } from './routes.ts';

export interface ControlOptions {
  state: State;
  tenants: Tenants;
  controlToken?: string | undefined;
  /** All routes of the app. */
  routes: () => readonly RouteEntry[];
}

export function controlRoutes({ state, tenants, controlToken, routes }: ControlOptions): Router {
  const router = express.Router();
  if (!controlToken) return router;
  router.use(authorized(controlToken));
  router.use(express.json({ limit: '4mb', type: () => true }));

  router.put('/tenants/:tenant', createTenant(tenants));
  const sends = (handle: Handler) => sending(tenants, handle);
  router.patch('/tenants/:tenant', sends(changeTenant));
  router.delete('/tenants/:tenant', sends(removeTenant));
  router.put('/tenants/:tenant/users/:username', sends(putUser));
  router.patch('/tenants/:tenant/users/:username', sends(changeUser));
  router.delete('/tenants/:tenant/users/:username', sends(removeUser));
  router.put('/tenants/:tenant/apps', sends(putApp));
  router.delete('/tenants/:tenant/apps/:number', sends(removeApp));
  router.put('/tenants/:tenant/assignments', sends(assign));
  router.put('/tenants/:tenant/faults', sends(arrangeFaults));
  router.get('/tenants/:tenant/faults', sends(showFaults));
  router.put('/tenants/:tenant/hold', sends(holdResponse));
  router.get('/tenants/:tenant/held', sends(showHeldResponse));
  router.put('/tenants/:tenant/held', sends(releaseHeldResponse));
  router.get('/tenants/:tenant', sends(showTenant));
  router.get('/errors', (_request, response) => void response.json(state.errors));
  router.get('/routes', (_request, response) => void response.json(routes()));

  router.use(unknownRoute);
  router.use(sendError(state));
  return router;
}

/** A call for an existing tenant. */
interface Call {
  tenants: Tenants;
  tenant: Tenant;
  /** From the path, or empty. */
  username: string;
  number: string;
  body: unknown;
}

/** Returns the JSON to send; undefined sends status 204. */
type Handler = (call: Call) => unknown;

const sending =
  (tenants: Tenants, handle: Handler): RequestHandler<Record<string, string>> =>
  async ({ params: { tenant: name = '', username = '', number = '' }, body }, response) => {
    const result = await handle({ tenants, tenant: tenants.find(name), username, number, body });
    if (result === undefined) response.status(204).end();
    else response.json(result);
  };

const createTenant =
  (tenants: Tenants): RequestHandler<{ tenant: string }> =>
  async ({ params, body }, response) => {
    const { tenant, isNew } = await tenants.put(params.tenant, body);
    response.status(isNew ? 201 : 200).json(tenants.summary(tenant));
  };

async function changeTenant({ tenants, tenant, body }: Call) {
  await tenants.change(tenant, body);
  return tenants.summary(tenant);
}

const removeTenant = ({ tenants, tenant }: Call) => tenants.remove(tenant);

const putUser = async ({ tenants, tenant, username, body }: Call) => ({
  username: await tenants.putUser(tenant, username, body),
});

async function changeUser({ tenants, tenant, username, body }: Call) {
  await tenants.changeUser(tenant, username, body);
  return { username };
}

const removeUser = ({ tenants, tenant, username }: Call) => tenants.removeUser(tenant, username);

async function putApp({ tenants, tenant, body }: Call) {
  const { number, entityId, acs } = await tenants.putApp(tenant, body);
  return { number, entityId, acs };
}

const removeApp = ({ tenants, tenant, number }: Call) => tenants.removeApp(tenant, number);

async function assign({ tenants, tenant, body }: Call) {
  const { entityId, assigned } = await tenants.assign(tenant, body);
  return { app: entityId, users: assigned };
}

function arrangeFaults({ tenants, tenant, body }: Call) {
  tenants.arrangeFaults(tenant, body);
  return tenant.faults.map(faultView);
}

const showFaults = ({ tenant }: Call) => tenant.faults.map(faultView);

function holdResponse({ tenant, body }: Call) {
  holdNext(tenant, readInput(holdSchema, body).hold);
  return holdView(tenant);
}

const showHeldResponse = ({ tenant }: Call) => holdView(tenant);

function releaseHeldResponse({ tenant, body }: Call) {
  release(tenant, readInput(releaseSchema, body));
  return holdView(tenant);
}

/** Everything about a tenant except keys and passwords. */
function showTenant({ tenants, tenant }: Call) {
  const { name, displayName, clockOffsetMs, wantAuthnRequestsSigned, disabled, validUntil, algorithm } = tenant;
  return {
    name,
    displayName,
    clockOffsetMs,
    wantAuthnRequestsSigned,
    disabled,
    validUntil,
    signingAlgorithm: algorithm,
    ...tenants.summary(tenant),
    users: [...tenant.users.values()].map(({ password: _, ...user }) => user),
    apps: tenant.apps,
    sessions: tenant.sessions.size,
    signInsUnderWay: tenant.transactions.size,
    logoutsUnderWay: tenant.logouts.size,
    requestsTaken: tenant.requests.size,
    pendingRequests: [...tenant.transactions.values()].flatMap(({ request, app, since }) =>
      request ? [{ id: request.id, app: app.entityId, since: new Date(since).toISOString() }] : [],
    ),
    faults: tenant.faults.map(faultView),
    log: tenant.log,
  };
}

/** Compares digests in constant time: they have equal length. */
function authorized(token: string): RequestHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    if (!timingSafeEqual(digest(request.get('authorization') ?? ''), expected))
      throw new Refused(401, 'missing or wrong header Authorization: Bearer <control token>');
    next();
  };
}

const unknownRoute: RequestHandler = ({ method, originalUrl }) => {
  throw new Refused(404, `unknown control route ${method} ${originalUrl}`);
};

const sendError =
  (state: State): ErrorRequestHandler =>
  (error: unknown, { method, originalUrl }, response, _next) => {
    const { status, message, allowed } = describeError(error);
    if (status >= 500) recordError(state, { method, path: originalUrl, error });
    response.status(status).json({ error: message, ...(allowed ? { allowed } : {}) });
  };

function describeError(error: unknown): { status: number; message: string; allowed?: readonly string[] | undefined } {
  if (error instanceof Refused) return error;
  if (error instanceof UnknownFault) return { status: 400, message: error.message, allowed: error.allowed };
  if (error instanceof NoHeldResponse) return { status: 409, message: error.message };
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500)
    return { status: error.status, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
