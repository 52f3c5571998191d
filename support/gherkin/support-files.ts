/** The files with steps and hooks that Cucumber loads: ours, and those next to the features of a user's project. */
import { globSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const extensions = '{js,mjs,cjs,ts,mts,cts}';

export interface SupportFiles {
  /** Every path is relative to it. */
  cwd: string;
  ours: readonly string[];
  theirs: readonly string[];
}

export interface SupportOptions {
  /** Folder of a user's project, whose features have steps of their own next to them. Default: this repository. */
  project?: string | undefined;
  /** Feature files or folders of the project; `features` if empty. */
  paths?: readonly string[];
  /** More files. */
  imports?: readonly string[];
}

/** In the order in which they are loaded. */
export function supportFiles({ project, paths = [], imports = [] }: SupportOptions = {}): SupportFiles {
  const cwd = project ?? root;
  const inCwd = (file: string): string => relative(cwd, file).replaceAll(sep, '/');
  const ours = ourFiles().map((file) => inCwd(join(root, file)));
  const besideFeatures =
    project === undefined ? [] : foldersOf(cwd, paths).flatMap((folder) => codeIn(resolve(cwd, folder)));
  return { cwd, ours, theirs: [...besideFeatures, ...imports.map((file) => resolve(file))].map(inCwd) };
}

/** Relative to our root. */
function ourFiles(): string[] {
  const configuration = JSON.parse(readFileSync(join(root, 'support/cucumber.json'), 'utf8')) as {
    default: { import: string[] };
  };
  return configuration.default.import.flatMap((pattern) => globSync(pattern, { cwd: root }).toSorted());
}

/** The folders that contain these features and their steps: the folder called features, if there is one. */
function foldersOf(cwd: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return ['features'];
  return [...new Set(paths.map((path) => folderOf(cwd, path)))];
}

function folderOf(cwd: string, path: string): string {
  const file = withoutLines(path);
  const parts = file.split(/[\\/]/);
  const inner = parts.lastIndexOf('features');
  if (inner >= 0) return parts.slice(0, inner + 1).join('/');
  return statSync(resolve(cwd, file), { throwIfNoEntry: false })?.isDirectory() ? file : dirname(file);
}

const codeIn = (folder: string): string[] =>
  globSync(`**/*.${extensions}`, { cwd: folder, exclude: (name) => name.includes('node_modules') })
    .filter((file) => !/\.d\.[cm]?ts$/.test(file))
    .toSorted()
    .map((file) => join(folder, file));

/** A user's file that cannot be loaded, or breaks the others. The message says which one, why, and what to do. */
export class Unloadable extends Error {}

/** Steps and hooks as loaded by Cucumber, with fields that the published type hides. */
export interface SupportLibrary {
  stepDefinitions: readonly StepDefinition[];
  undefinedParameterTypes: readonly { name: string; expression: string }[];
  World: { name: string };
}

export interface StepDefinition {
  keyword: string;
  pattern: string | RegExp;
  unwrappedCode: unknown;
  uri: string;
  line: number;
  matchesStepName(text: string): boolean;
}

const loaded = new Map<string, Promise<SupportLibrary>>();

/** Steps register only once per process, so the same files are loaded once. Throws Unloadable. */
export function loadSteps(files: SupportFiles): Promise<SupportLibrary> {
  const key = JSON.stringify(files);
  const library = loaded.get(key) ?? load(files);
  loaded.set(key, library);
  return library;
}

async function load(files: SupportFiles): Promise<SupportLibrary> {
  const { loadConfiguration, loadSupport } = await import('@cucumber/cucumber/api');
  const { cwd, ours, theirs } = files;
  const provided = { import: [...ours, ...theirs] };
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, { cwd });
  const found: unknown = await loadSupport(runConfiguration, { cwd }).catch(async (error: unknown) => {
    throw await explained(error, files);
  });
  const library = found as SupportLibrary;
  check(library);
  return library;
}

function check({ undefinedParameterTypes: [unknown], World }: SupportLibrary): void {
  if (unknown !== undefined)
    throw new Unloadable(
      `The step “${unknown.expression}” has the unknown parameter {${unknown.name}}. ` +
        'Define it with defineParameterType next to your features, or correct its name.',
    );
  if (World.name !== 'RehearsalWorld')
    throw new Unloadable(
      'Your own World replaces ours, which our steps need. ' +
        'Remove setWorldConstructor, and keep your values on “this” in your steps.',
    );
}

/** If loading one of the user's files led to this error, an error that says so; otherwise the same error. */
async function explained(error: unknown, { cwd, theirs }: SupportFiles): Promise<unknown> {
  for (const file of theirs) {
    const again: unknown = await import(pathToFileURL(join(cwd, file)).href).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (again === undefined) continue;
    // Each import creates some errors once more.
    if (again === error || (again as Error).message === (error as Error).message)
      return new Unloadable(sentence(file, again as Error, cwd), { cause: error });
  }
  return error;
}

function sentence(loaded: string, error: Error & { code?: string }, cwd: string): string {
  const file = fileWithError(error, cwd) ?? loaded;
  const reason = firstLine(error.message).replace(/\.$/, '');
  return [`Cannot load ${file}: ${reason}.`, remedy(file, error)].join(' ').trimEnd();
}

/** A syntax error may be in a file that the loaded one imports. Its stack starts with the file and the line. */
function fileWithError({ stack = '' }: Error, cwd: string): string | undefined {
  const place = /^((?:file:\/\/)?\/.+?):\d+\n/.exec(stack)?.[1];
  if (place === undefined) return undefined;
  const path = place.startsWith('file:') ? fileURLToPath(place) : place;
  return relative(realpathSync(cwd), path).replaceAll(sep, '/');
}

function remedy(file: string, { code, message }: Error & { code?: string }): string {
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return (
      'Node runs TypeScript by leaving out the types, ' +
      'so use no enum, namespace or parameter property, or compile the file to JavaScript.'
    );
  if (code === 'ERR_MODULE_NOT_FOUND') return 'Write the file extension in imports of your own files.';
  if (!/^Cannot use import statement|^Unexpected token 'export'/.test(message)) return '';
  const extension = extname(file);
  const name = `${basename(file, extension)}.m${extension.slice(-2)}`;
  return `Name it ${name}${extension.startsWith('.c') ? '' : ', or set "type": "module" in package.json'}.`;
}

const firstLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? 'unknown reason';

/** `features/a.feature:12:30` without its line numbers. */
export function withoutLines(path: string): string {
  const [file = '', ...rest] = path.split(':');
  const lines = rest.length - 1 - rest.findLastIndex((part) => !/^\d+$/.test(part));
  return [file, ...rest.slice(0, rest.length - lines)].join(':');
}
