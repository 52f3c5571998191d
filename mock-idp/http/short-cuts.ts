/** Serves the routes of a sign-in without Express, which tries one layer after the other. Express has them, too. */
import type { RequestListener } from 'node:http';
import type { ErrorRequestHandler, Express, NextFunction, Request, RequestHandler, Response } from 'express';

export interface ShortCutOptions {
  /** Serves all other requests. */
  app: Express;
  /** Handlers that come first, for each request. They are not asynchronous, and give no error. */
  first: readonly RequestHandler[];
  /** Comes before the handler of a POST. */
  readForm: RequestHandler;
  showError: ErrorRequestHandler;
}

export interface ShortCuts {
  /** A path such as `/:tenant/sso` or `/:tenant/sso/continue/:id`. */
  add(method: 'GET' | 'POST', path: string, handle: RequestHandler): void;
  listener: RequestListener;
}

/** Paths in another case, with escapes or a slash at the end are left to Express. */
const plainPath = /^\/([\w.~-]+)\/([a-z]+(?:\/[a-z]+)?)(?:\/([\w.~-]+))?(?:\?|$)/;
/** First parts of the paths that belong to other routes. */
const others = /^(?:control|assets|healthz)$/i;

export function shortCuts({ app, first, readForm, showError }: ShortCutOptions): ShortCuts {
  const routes = new Map<string, { handle: RequestHandler; parameter: string | undefined }>();
  return {
    add(method, path, handle) {
      const [, fixed, parameter] = /^\/:tenant\/([a-z]+(?:\/[a-z]+)?)(?:\/:([a-z]+))?$/.exec(path) ?? [];
      if (fixed !== undefined) routes.set(keyOf(method, fixed, parameter !== undefined), { handle, parameter });
    },
    listener(incoming, outgoing) {
      const { method = '', url = '' } = incoming;
      const [, tenant = '', fixed = '', value] = plainPath.exec(url) ?? [];
      const route = routes.get(keyOf(method, fixed, value !== undefined));
      if (route === undefined || others.test(tenant)) return app(incoming, outgoing);
      const [request, response] = ofExpress(app, incoming as Request, outgoing as Response);
      request.params = route.parameter === undefined ? { tenant } : { tenant, [route.parameter]: value! };
      if (!first.every((handle) => passes(handle, request, response))) return;
      const fail = (error: unknown): unknown => showError(error, request, response, () => response.destroy());
      const go: NextFunction = (error?: unknown) =>
        error === undefined ? void Promise.resolve(route.handle(request, response, go)).catch(fail) : void fail(error);
      if (method === 'POST') readForm(request, response, go);
      else go();
    },
  };
}

const keyOf = (method: string, fixed: string, hasParameter: boolean): string =>
  `${method} ${fixed}${hasParameter ? '/:' : ''}`;

/** Gives them what Express gives them. */
function ofExpress(app: Express, request: Request, response: Response): [Request, Response] {
  Object.setPrototypeOf(request, app.request as object);
  Object.setPrototypeOf(response, app.response as object);
  request.res = response;
  request.originalUrl = request.url;
  response.locals = {};
  return [request, response];
}

function passes(handle: RequestHandler, request: Request, response: Response): boolean {
  let passed = false;
  handle(request, response, () => {
    passed = true;
  });
  return passed;
}
