/** Every route of the lab, from its router: it has no control routes that would list them. */
import { createLab } from '../lab/app.ts';
import type { StartedLab } from '../lab/lab.ts';

export interface Route {
  method: string;
  /** With its parameters, such as `/mailbox/:address/:number`. */
  path: string;
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

export function routesOfLab({ rehearsal }: Pick<StartedLab, 'rehearsal'>): Route[] {
  const { router } = createLab({
    rehearsal,
    staged: undefined,
    lastReset: undefined,
    earlierLog: [],
    setStaged: () => Promise.resolve(),
  });
  return routesIn((router as unknown as { stack: Layer[] }).stack);
}

const routesIn = (layers: readonly Layer[]): Route[] =>
  layers.flatMap(({ route, handle }) =>
    route
      ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
      : routesIn(handle?.stack ?? []),
  );
