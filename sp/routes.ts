/** Lists every route of an app from its routers, so that tests find new routes by themselves. */
import type { Express } from 'express';

export interface RouteEntry {
  method: string;
  /** With parameters, like `/cases/:code`. */
  path: string;
}

interface Layer {
  rawPath?: string;
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

/** A route for all methods is listed as GET, POST and PUT. */
export function routesOf(app: Express): RouteEntry[] {
  const walk = (layers: readonly Layer[], prefix: string): RouteEntry[] =>
    layers.flatMap(({ route, rawPath = '', handle }) => {
      if (route) return methodsOf(route.methods).map((method) => ({ method, path: prefix + route.path }));
      return walk(handle?.stack ?? [], prefix + (rawPath === '/' ? '' : rawPath));
    });
  return walk((app.router as unknown as { stack: Layer[] }).stack, '');
}

const methodsOf = (methods: Record<string, boolean>): string[] =>
  methods._all ? ['GET', 'POST', 'PUT'] : Object.keys(methods).map((name) => name.toUpperCase());
