/** Finds and replaces the names of the modules that a built JavaScript file imports. */
import { isBuiltin } from 'node:module';
import { parseSync } from 'oxc-parser';

export interface Mention {
  /** As the file writes it: `zod`, `hono/html`, `./api.js`. */
  module: string;
  /** The imported names; `*` for all. */
  names: readonly string[];
  /** Where the name stands in the file, with its quotes. */
  start: number;
  end: number;
}

/** The modules that `text` imports or exports from, at the start or on demand. */
export function modulesIn(file: string, text: string): Mention[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const imported = staticImports.map(({ moduleRequest, entries }) => ({
    ...moduleRequest,
    names: entries.map(({ importName }) =>
      importName.kind === 'Name' ? importName.name! : importName.kind === 'Default' ? 'default' : '*',
    ),
  }));
  const exported = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName }) =>
      moduleRequest ? [{ ...moduleRequest, names: [importName.kind === 'Name' ? importName.name! : '*'] }] : [],
    ),
  );
  const onDemand = dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const [, value] = /^(?:'([^']+)'|"([^"]+)")$/.exec(text.slice(start, end)) ?? [];
    return value === undefined ? [] : [{ value, start, end, names: ['*'] }];
  });
  return [...imported, ...exported, ...onDemand].map(({ value, ...rest }) => ({ module: value, ...rest }));
}

/** `text` with another module wherever `by` names one. */
export function replaceModules(
  file: string,
  { text, by }: { text: string; by: (module: string) => string | undefined },
): string {
  let replaced = text;
  const done = new Set<number>();
  for (const { module, start, end } of modulesIn(file, text).toSorted((one, other) => other.start - one.start)) {
    const other = by(module);
    if (other === undefined || done.has(start)) continue;
    done.add(start);
    replaced = replaced.slice(0, start) + JSON.stringify(other) + replaced.slice(end);
  }
  return replaced;
}

/** The package of a module that is neither a file nor part of Node: `hono` for `hono/html`. */
export function packageOf(module: string): string | undefined {
  if (!/^[@a-z]/i.test(module) || isBuiltin(module)) return undefined;
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}
