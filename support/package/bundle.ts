/**
 * Puts the packages that our code needs into the archive, so that users install this package and nothing else: 170
 * packages take 120 MB, of which our code loads 5.
 */
import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { modulesIn, packageOf, replaceModules } from './module-names.ts';

export interface Places {
  /** The repository, with node_modules. */
  root: string;
  /** The built JavaScript. */
  dist: string;
}

/** Packages that find files next to their code, so they are copied: the files that we use, and their entry. */
const copied: Readonly<Record<string, { files: readonly string[]; entry?: string }>> = {
  '@picocss/pico': { files: ['css/pico.min.css'] },
  '@cucumber/html-formatter': {
    files: [
      'package.json',
      'dist/main.*{css,js,txt}',
      'dist/src/{index.js,CucumberHtmlStream.js,index.mustache,icon.url}',
    ],
    entry: 'dist/src/index.js',
  },
};

/** The file of a copied package that a module's name stands for: `css/pico.min.css`. */
function copiedFile(module: string): string | undefined {
  const name = packageOf(module);
  const own = name === undefined ? undefined : copied[name];
  if (own === undefined) return undefined;
  return join(name!, module === name ? own.entry! : module.slice(name!.length + 1));
}

/**
 * Bundles or copies to dist/vendor what the files in dist import, except the packages in `external`, and makes them
 * import it from there. Returns the files of the packages, below `root`.
 */
export async function bundlePackages(
  { root, dist }: Places,
  { external }: { external: readonly string[] },
): Promise<string[]> {
  const vendor = join(dist, 'vendor');
  const files = globSync('**/*.js', { cwd: dist }).map((file) => join(dist, file));
  const wanted = wantedModules(files, (name) => !external.includes(name));
  for (const [name, { files: own }] of Object.entries(copied))
    for (const file of globSync([...own], { cwd: join(root, 'node_modules', name) }))
      cpSync(join(root, 'node_modules', name, file), join(vendor, name, file));
  const used = await bundle({ root, vendor, external }, new Map([...wanted].filter(([module]) => !copiedFile(module))));
  for (const file of files) {
    const to = (path: string): string => importPath(file, join(vendor, path));
    const text = replaceModules(file, {
      text: readFileSync(file, 'utf8'),
      by: (module) => (wanted.has(module) ? to(copiedFile(module) ?? `${fileName(module)}.js`) : undefined),
    });
    writeFileSync(file, resolveCopies(text, to));
  }
  return [...used, ...Object.keys(copied).map((name) => join('node_modules', name, 'package.json'))];
}

/** `./api.js`, `../vendor/zod.js` */
export function importPath(from: string, to: string): string {
  const path = relative(dirname(from), to).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Every module of a package, and the names that our files import from it. */
function wantedModules(
  files: readonly string[],
  isWanted: (packageName: string) => boolean,
): ReadonlyMap<string, Set<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const { module, names } of files.flatMap((file) => modulesIn(file, readFileSync(file, 'utf8')))) {
    const name = packageOf(module);
    if (name === undefined || !isWanted(name)) continue;
    const all = wanted.get(module) ?? new Set();
    for (const one of names) all.add(one);
    wanted.set(module, all);
  }
  return wanted;
}

/** One file for each module, and what several of them share in files of its own. */
async function bundle(
  { root, vendor, external }: { root: string; vendor: string; external: readonly string[] },
  modules: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<string[]> {
  // Inside the repository, where the packages are found.
  const entries = join(root, 'node_modules', '.cache', 'bundle');
  rmSync(entries, { recursive: true, force: true });
  mkdirSync(entries, { recursive: true });
  try {
    // First those that are imported for their effect: others fail without it.
    for (const [module, names] of [...modules].toSorted(([, one], [, other]) => one.size - other.size))
      writeFileSync(join(entries, `${fileName(module)}.mjs`), await entry(module, names));
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: globSync('*.mjs', { cwd: entries }).map((file) => join(entries, file)),
      outdir: vendor,
      ...settings,
      format: 'esm',
      splitting: true,
      external: [...external],
      // Packages in CommonJS require Node's own modules.
      banner: {
        js:
          "import { createRequire as __requireFrom } from 'node:module';\n" +
          'const require = __requireFrom(import.meta.url);',
      },
    });
    return Object.keys(metafile.inputs).filter((file) => !file.includes('/.cache/'));
  } finally {
    rmSync(entries, { recursive: true, force: true });
  }
}

const settings = {
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  legalComments: 'none', // their licences are in a file of their own
  logLevel: 'error',
  metafile: true,
} as const;

/** Exports by name, which a bundle of CommonJS does not do by itself. */
async function entry(module: string, names: ReadonlySet<string>): Promise<string> {
  const from = JSON.stringify(module);
  const all = Object.keys(await import(module)).filter((name) => name !== 'module.exports');
  const used = names.has('*') ? all : [...names];
  return `import ${from};\nexport { ${used.join(', ')} } from ${from};\n`;
}

const fileName = (module: string): string => module.replace('@', '').replaceAll('/', '-');

/** A copied file lies elsewhere in the archive. */
const resolveCopies = (text: string, to: (path: string) => string): string =>
  text.replace(/import\.meta\.resolve\('([^']+)'\)/g, (call, module: string) => {
    const file = copiedFile(module);
    return file === undefined ? call : `new URL(${JSON.stringify(to(file))}, import.meta.url).href`;
  });

/** The first lines of a file in CommonJS. */
const start = `const __node = require('node:vm').runInThisContext('globalThis');
const __urlOf = (file) => require('node:url').pathToFileURL(require('node:path').join(__dirname, file)).href;
`;

/**
 * What Node adds to the language, and binary data, always as Node has them: in the sandbox of a test runner they are
 * missing (jsdom has no setImmediate, fetch or TextEncoder) or others. The console stays the runner's.
 */
async function nodeGlobals(): Promise<Record<string, string>> {
  const binary = ['ArrayBuffer', 'DataView', 'Uint8Array'];
  const names = [...(await addedGlobals()), ...binary].filter((name) => name !== 'console');
  return Object.fromEntries(names.map((name) => [name, `__node.${name}`]));
}

/** In a new thread, since code that ran in this one may have added more. */
async function addedGlobals(): Promise<string[]> {
  const code = `import { parentPort } from 'node:worker_threads';
import { runInNewContext } from 'node:vm';
const language = runInNewContext('Object.getOwnPropertyNames(globalThis)');
parentPort.postMessage(Object.getOwnPropertyNames(globalThis).filter((name) => !language.includes(name)));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  const [names] = (await once(worker, 'message')) as [string[]];
  return names;
}

/**
 * Writes `file`, such as start.cjs, from start.js next to it: the same in CommonJS, with all that it imports, for test
 * runners that cannot require an ES module.
 */
export async function bundleForRequire({ root }: Pick<Places, 'root'>, file: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [file.replace(/\.cjs$/, '.js')],
    outfile: file,
    ...settings,
    format: 'cjs',
    banner: { js: start },
    define: await nodeGlobals(),
    plugins: [
      {
        name: 'places of files',
        setup({ onLoad }) {
          onLoad({ filter: /\.js$/ }, ({ path }) => {
            const contents = readFileSync(path, 'utf8');
            const place = JSON.stringify(relative(dirname(file), path));
            return { contents: contents.replaceAll('import.meta.url', `__urlOf(${place})`) };
          });
        },
      },
    ],
  });
}
