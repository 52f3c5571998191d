/** Finds the routes of a sign-in at once, where Express tries one route after the other. */
import type { Request, RequestHandler } from 'express';

export interface ShortCuts {
  /** A path such as `/:tenant/sso` or `/:tenant/sso/continue/:id`. */
  add(method: 'GET' | 'POST', path: string, handle: RequestHandler): void;
  handler: RequestHandler;
}

/** Paths in another case, with escapes or a slash at the end are left to Express. */
const plainPath = /^\/([\w.~-]+)\/([a-z]+(?:\/[a-z]+)?)(?:\/([\w.~-]+))?(?:\?|$)/;
/** First parts of the paths that belong to other routes. */
const others = /^(?:control|assets|healthz)$/i;

/** `readForm` comes before each handler of a POST. */
export function shortCuts(readForm: RequestHandler): ShortCuts {
  const routes = new Map<string, { handle: RequestHandler; parameter: string | undefined }>();
  return {
    add(method, path, handle) {
      const [, fixed, parameter] = /^\/:tenant\/([a-z]+(?:\/[a-z]+)?)(?:\/:([a-z]+))?$/.exec(path) ?? [];
      if (fixed !== undefined) routes.set(keyOf(method, fixed, parameter !== undefined), { handle, parameter });
    },
    handler(request, response, next) {
      const { method, url } = request as Request;
      const [, tenant = '', fixed = '', value] = plainPath.exec(url) ?? [];
      const route = routes.get(keyOf(method, fixed, value !== undefined));
      if (route === undefined || others.test(tenant)) return next();
      request.params = route.parameter === undefined ? { tenant } : { tenant, [route.parameter]: value! };
      const go = (error?: unknown): unknown =>
        error === undefined ? Promise.resolve(route.handle(request, response, next)).catch(next) : next(error);
      if (method === 'POST') readForm(request, response, go);
      else go();
    },
  };
}

const keyOf = (method: string, fixed: string, hasParameter: boolean): string =>
  `${method} ${fixed}${hasParameter ? '/:' : ''}`;
