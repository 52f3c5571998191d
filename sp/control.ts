/** Control routes for tests and tools: set up organizations and read their records. Off without a token. */
import { type ErrorRequestHandler, json, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { ControlError } from './control/control-error.ts';
import {
  addDomain,
  changeOrganization,
  createOrganization,
  deleteOrganization,
  removeDomain,
} from './control/organizations.ts';
import { addProfile, editProfile, endEnforcement, enforceUnproven } from './control/profiles.ts';
import { sendResponses, sendSnapshot } from './control/records.ts';
import { addUser, changeUser } from './control/users.ts';
import { NoRecoveryLeft } from './enforcement.ts';
import { explain, recordError } from './error-page.ts';
import type { RouteEntry } from './routes.ts';
import { isSameSecret } from './secret.ts';
import type { ServiceProvider } from './service-provider.ts';

type Handler = (sp: ServiceProvider, request: Request, response: Response) => Promise<void> | void;

export function control(sp: ServiceProvider, token: string | undefined, routes: () => readonly RouteEntry[]): Router {
  const router = Router();
  if (token === undefined) return router;
  router.use('/control', withToken(token), json({ limit: 1024 * 1024, strict: true }));
  router.get('/control/errors', (_request, response) => response.json(sp.errors));
  router.get('/control/routes', (_request, response) => response.json(routes()));

  const call =
    (handler: Handler): RequestHandler =>
    (request, response) =>
      handler(sp, request, response);
  const organization = '/control/organizations/:organization';
  router.put(organization, call(createOrganization));
  router.patch(organization, call(changeOrganization));
  router.delete(organization, call(deleteOrganization));
  router.put(`${organization}/domains/:domain`, call(addDomain));
  router.delete(`${organization}/domains/:domain`, call(removeDomain));
  router.put(`${organization}/users/:address`, call(addUser));
  router.patch(`${organization}/users/:address`, call(changeUser));
  router.put(`${organization}/profiles/:profile`, call(addProfile));
  router.patch(`${organization}/profiles/:profile`, call(editProfile));
  router.put(`${organization}/profiles/:profile/enforce-unproven`, call(enforceUnproven));
  router.delete(`${organization}/profiles/:profile/enforcement`, call(endEnforcement));
  router.get(`${organization}/responses`, call(sendResponses));
  router.get(organization, call(sendSnapshot));

  router.use('/control', routeNotFound);
  router.use('/control', sendError(sp));
  return router;
}

const withToken =
  (token: string): RequestHandler =>
  (request, response, next) => {
    const sentToken = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (sentToken !== undefined && isSameSecret(sentToken, token)) return next();
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer')
      .json({ error: 'missing or wrong token; send Authorization: Bearer …', code: 'token-missing' });
  };

function routeNotFound(request: Request): never {
  const path = request.originalUrl.split('?')[0];
  throw new ControlError(
    'route-not-found',
    `unknown control route ${request.method} ${path}; the routes are ` +
      'organizations/:organization with users, domains, profiles and responses, errors, and routes',
  );
}

/** Every error has a code for programs and a sentence for people. */
const sendError =
  (sp: ServiceProvider): ErrorRequestHandler =>
  (thrown: unknown, request, response, _next) => {
    const error =
      thrown instanceof NoRecoveryLeft ? new ControlError('last-recovery-administrator', thrown.message) : thrown;
    if (error instanceof z.ZodError)
      return void response.status(400).json({ error: explain(error), code: 'input-invalid', issues: error.issues });
    if (error instanceof ControlError)
      return void response.status(error.status).json({ error: error.message, code: error.code });
    const { status, message } = error as { status?: number; message?: string };
    if (status !== undefined && status < 500)
      return void response
        .status(status)
        .json({ error: `the body cannot be read: ${message}`, code: 'body-unreadable' });
    recordError(sp, { error, request, reference: '' });
    response.status(500).json({ error: 'unexpected error; see /control/errors', code: 'unexpected' });
  };
