/** Every route of an app, found from its routers, so that nothing that is added later can be overlooked. */
import type { Express } from 'express';

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

/** A route for all methods is listed with those that browsers use. */
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
