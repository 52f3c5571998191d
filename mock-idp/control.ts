/** The control routes: how a rehearsal prepares tenants and reads back what happened. Without a token they do not exist; what they do is done in tenant.ts. */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { systemTime } from './clock.ts';
import { faultPhrases, UnknownFault } from './faults.ts';
import { holdView, keepNext, NothingHeld, release } from './held-response.ts';
import { faultView } from './in-process.ts';
import { XmlRefused } from './parse.ts';
import { Refused, read } from './refused.ts';
import type { RouteEntry } from './routes.ts';
import type { State, Tenant } from './state.ts';
import type { Tenants } from './tenant.ts';

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

  const tenantOf = (request: Request): Tenant => tenants.find(String(request.params.tenant));

  router.put('/tenants/:tenant', async (request, response) => {
    const { tenant, isNew } = await tenants.put(request.params.tenant, request.body);
    response.status(isNew ? 201 : 200).json(tenants.summary(tenant));
  });

  router.patch('/tenants/:tenant', async (request, response) => {
    const tenant = tenantOf(request);
    await tenants.change(tenant, request.body);
    response.json(tenants.summary(tenant));
  });

  router.delete('/tenants/:tenant', async (request, response) => {
    await tenants.remove(tenantOf(request));
    response.status(204).end();
  });

  router.put('/tenants/:tenant/users/:username', async (request, response) => {
    response.json({ username: await tenants.putUser(tenantOf(request), request.params.username, request.body) });
  });

  router.patch('/tenants/:tenant/users/:username', async (request, response) => {
    await tenants.changeUser(tenantOf(request), request.params.username, request.body);
    response.json({ username: request.params.username });
  });

  router.delete('/tenants/:tenant/users/:username', async (request, response) => {
    await tenants.removeUser(tenantOf(request), request.params.username);
    response.status(204).end();
  });

  router.put('/tenants/:tenant/apps', async (request, response) => {
    const { number, entityId, acs } = await tenants.putApp(tenantOf(request), request.body);
    response.json({ number, entityId, acs });
  });

  router.delete('/tenants/:tenant/apps/:number', async (request, response) => {
    await tenants.removeApp(tenantOf(request), request.params.number);
    response.status(204).end();
  });

  router.put('/tenants/:tenant/assignments', async (request, response) => {
    const { entityId, assigned } = await tenants.assign(tenantOf(request), request.body);
    response.json({ app: entityId, users: assigned });
  });

  router.put('/tenants/:tenant/faults', (request, response) => {
    const tenant = tenantOf(request);
    tenants.arrangeFaults(tenant, request.body);
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
    release(
      tenant,
      read(z.strictObject({ xml: z.string().max(2_000_000).optional(), resign: z.boolean().optional() }), request.body),
    );
    response.json(holdView(tenant));
  });

  router.get('/tenants/:tenant', (request, response) => {
    const tenant = tenantOf(request);
    const { name, displayName, clockOffsetMs, wantAuthnRequestsSigned, disabled, validUntil, algorithm } = tenant;
    response.json({
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
      pendingRequests: [...tenant.transactions.values()].flatMap(({ request: pending, app, since }) =>
        pending ? [{ id: pending.id, app: app.entityId, since: new Date(since).toISOString() }] : [],
      ),
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
    if (status >= 500)
      state.errors.push({
        at: new Date(systemTime()).toISOString(),
        method: request.method,
        path: request.originalUrl,
        message,
        stack: error instanceof Error ? error.stack : undefined,
      });
    response.status(status).json({ error: message, ...(allowed ? { allowed } : {}) });
  };
  router.use(onError);
  return router;
}

/** Compares digests, which are of equal length, in constant time. */
function authorized(token: string): RequestHandler {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (request, _response, next) => {
    if (!timingSafeEqual(digest(request.get('authorization') ?? ''), expected))
      throw new Refused(401, 'the control routes need the header Authorization: Bearer <control token>');
    next();
  };
}

function refusal(error: unknown): { status: number; message: string; allowed?: readonly string[] | undefined } {
  if (error instanceof Refused) return error;
  if (error instanceof UnknownFault) return { status: 400, message: error.message, allowed: faultPhrases };
  if (error instanceof NothingHeld) return { status: 409, message: error.message };
  if (error instanceof XmlRefused) return { status: 400, message: error.message };
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500)
    return { status: error.status, message: error.message };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
