/** The control routes set up tenants and report what happened. Without a control token they do not exist. */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { UnknownFault } from '../faults.ts';
import { NoHeldResponse } from '../sign-in/held-response.ts';
import { RequestRefused } from '../sign-in/incoming.ts';
import { Refused } from '../tenants/read-input.ts';
import { recordError, type State } from '../tenants/state.ts';
import { type Call, type ControlRoute, type ControlSite, Created } from './control-route.ts';
import { controlTable } from './control-routes.ts';

export interface ControlOptions extends ControlSite {
  controlToken?: string | undefined;
}

export function controlRoutes({ controlToken, ...site }: ControlOptions): Router {
  // Strict: fetch and others send a path that ends in /users/.. as that of the tenant with a slash.
  const router = express.Router({ strict: true });
  if (!controlToken) return router;
  const add = (row: ControlRoute): unknown =>
    router[row.method](row.path.replace(/\{(\w+)\}/g, ':$1'), serving(site, row));
  for (const row of controlTable.filter(({ isOpen }) => isOpen)) add(row);
  router.use(authorized(controlToken));
  router.use(express.json({ limit: '4mb', type: () => true }));
  for (const row of controlTable.filter(({ isOpen }) => !isOpen)) add(row);
  router.use(unknownRoute);
  router.use(sendError(site.state));
  return router;
}

const serving =
  (site: ControlSite, row: ControlRoute): RequestHandler<Record<string, string>> =>
  async ({ params, body, query }, response) => {
    const { tenant = '', username = '', number = '' } = params;
    const call: Call = { ...site, params: { tenant, username, number }, body, query };
    const result = await row.handle(call);
    if (row.reply === undefined) response.status(204).end();
    else if (result instanceof Created) response.status(201).json(result.json);
    else response.json(result);
  };

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
    const { status, message, code, allowed } = describeError(error);
    if (status >= 500) recordError(state, { method, path: originalUrl, error });
    response.status(status).json({ error: message, code, allowed });
  };

/** For what Express rejects before a route is reached. */
function ownWords(error: Error & { type?: unknown }): string {
  if (error instanceof URIError) return 'the path has a malformed % code';
  if (error.type === 'entity.parse.failed') return 'the body is not JSON, or neither an object nor a list';
  return error.type === 'entity.too.large' ? 'the body is larger than 4 MB' : error.message;
}

interface Rejection {
  status: number;
  message: string;
  code?: string;
  allowed?: readonly string[] | undefined;
}

function describeError(error: unknown): Rejection {
  if (error instanceof Refused) return error;
  if (error instanceof UnknownFault) return { status: 400, message: error.message, allowed: error.allowed };
  if (error instanceof RequestRefused) return { status: 400, message: error.message, code: error.code };
  if (error instanceof NoHeldResponse) return { status: 409, message: error.message };
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500)
    return { status: error.status, message: ownWords(error) };
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}
