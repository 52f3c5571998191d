/** Lists every route of an Express app from its routers, so that tests cover routes added later. */

export interface RouteEntry {
  method: string;
  /** With its parameters, as `/cases/:code`. */
  path: string;
}

interface Layer {
  rawPath?: string;
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

/** A route for all methods is listed as GET, POST and PUT. */
export function routesOf(app: { router: unknown }): RouteEntry[] {
  const walk = (layers: readonly Layer[], prefix: string): RouteEntry[] =>
    layers.flatMap(({ route, rawPath = '', handle }) => {
      if (route) return methodsOf(route.methods).map((method) => ({ method, path: prefix + route.path }));
      return walk(handle?.stack ?? [], prefix + (rawPath === '/' ? '' : rawPath));
    });
  return walk((app.router as { stack: Layer[] }).stack, '');
}

function methodsOf(methods: Record<string, boolean>): string[] {
  const names = Object.keys(methods);
  return methods._all || names.length > 8 ? ['GET', 'POST', 'PUT'] : names.map((name) => name.toUpperCase());
}
