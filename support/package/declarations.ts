/** The type declarations in the archive: those that its exports need, with those of the packages that they name. */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importPath, type Places } from './bundle.ts';
import { packageOf } from './module-names.ts';

/** `from './api.js'`, `import('zod')`; not `import 'reflect-metadata'`, which declares nothing that is exported. */
const typeImport = /(?<before>\bfrom\s*|\bimport\(\s*)(?<quote>['"])(?<module>[^'"\n]+)\k<quote>/g;
const effectImport = /^import\s*['"][^'"\n]+['"];?\n/gm;

/** Removes all that `entries` do not need. A package in `external` is the user's to install. */
export function keepDeclarations(
  { root, dist }: Places,
  { entries, external }: { entries: readonly string[]; external: readonly string[] },
): void {
  const all = globSync('**/*.d.ts', { cwd: dist }).map((file) => join(dist, file));
  const modules = join(root, 'node_modules');
  /** The packages' declarations keep their folders. */
  const placeOf = (file: string): string =>
    file.startsWith(modules) ? join(dist, 'vendor/types', relative(modules, file)) : file;
  const kept = new Map<string, string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (kept.has(file)) continue;
    const target = (module: string): string | undefined => {
      const name = packageOf(module);
      if (name !== undefined && !external.includes(name)) return declarationsOf(module, { of: file! });
      return /^\.\.?\//.test(module) ? declarationFor(join(dirname(file!), module)) : undefined;
    };
    const text = readFileSync(file, 'utf8').replace(effectImport, '');
    const place = placeOf(file);
    kept.set(
      file,
      text.replace(typeImport, (whole, before: string, quote: string, module: string) => {
        const found = target(module);
        if (found === undefined) return whole;
        waiting.push(found);
        return `${before}${quote}${importPath(place, placeOf(found)).replace(/\.d\.([cm]?)ts$/, '.$1js')}${quote}`;
      }),
    );
  }
  for (const file of all) if (!kept.has(file)) rmSync(file);
  for (const [file, text] of kept) {
    mkdirSync(dirname(placeOf(file)), { recursive: true });
    writeFileSync(placeOf(file), text);
  }
}

/** The declarations of a package are next to the file that Node loads, unless they are another package. */
function declarationsOf(module: string, { of }: { of: string }): string {
  const declared = declarationFor(fileURLToPath(import.meta.resolve(module)));
  if (existsSync(declared)) return declared;
  throw new Error(
    `The public types need ${of}, which needs types of ${module}. They would come from @types/${module}, ` +
      'which the archive does not contain: move what is public to a file without them.',
  );
}

const declarationFor = (file: string): string => file.replace(/(?:\.d)?\.([cm]?)[jt]s$/, '.d.$1ts');
