/** Writes the recipe, the first feature, the CI job and the settings. Leaves existing files as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, parse, relative, sep } from 'node:path';
import { editorSettings } from '../gherkin/editor-settings.ts';
import { makeFolder } from '../stack/make-folder.ts';
import type { RecipeInput } from './examine.ts';
import {
  type CiName,
  firstFeature,
  forCi,
  githubJob,
  gitlabJob,
  withEditorSettings,
  withLines,
} from './first-files.ts';

export const recipeFile = 'sso-rehearsal.json';

export interface WriteOptions {
  folder: string;
  recipe: RecipeInput;
  ci: CiName | 'none';
  /** Replaces existing files. */
  force: boolean;
}

/** Returns one line for each file. */
export function writeFiles({ folder, recipe, ci, force }: WriteOptions): string[] {
  const own: [file: string, text: string][] = [
    [recipeFile, `${JSON.stringify({ $schema: schemaFrom(folder), ...recipe }, null, 2)}\n`],
    [join('features', 'sign-in.feature'), firstFeature(recipe.name)],
  ];
  if (ci === 'github') own.push([join('.github', 'workflows', 'sso-rehearsal.yml'), githubJob(forCi(recipe))]);
  if (ci === 'gitlab') own.push(['.gitlab-ci.yml', gitlabJob(forCi(recipe))]);
  return [
    ...own.map(([file, text]) => {
      if (existsSync(join(folder, file)) && !force)
        return `Kept     ${file}: it exists. --force replaces it.${aside(folder, file, text)}`;
      write(folder, file, text);
      return `Written  ${file}`;
    }),
    mergeSettings(folder),
    change(folder, '.gitignore', (text) => withLines(text, ['.sso-rehearsal/', 'reports/'])),
  ];
}

/** GitLab reads one file only, which most projects have: the job goes beside it. */
function aside(folder: string, file: string, text: string): string {
  if (file !== '.gitlab-ci.yml') return '';
  const beside = 'sso-rehearsal.gitlab-ci.yml';
  if (!existsSync(join(folder, beside))) write(folder, beside, text);
  return ` Add to it: include: ${beside}`;
}

function mergeSettings(folder: string): string {
  const file = join('.vscode', 'settings.json');
  const path = join(folder, file);
  if (withEditorSettings(existsSync(path) ? readFileSync(path, 'utf8') : '{}') !== undefined)
    return change(folder, file, (text) => withEditorSettings(text === '' ? '{}' : text)!);
  return `Kept     ${file}: it is not plain JSON. Add to it:\n${JSON.stringify(editorSettings(), null, 2)}`;
}

function change(folder: string, file: string, changed: (text: string) => string): string {
  const path = join(folder, file);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const after = changed(before ?? '');
  if (after === before) return `Kept     ${file}: it has everything.`;
  write(folder, file, after);
  return before === undefined ? `Written  ${file}` : `Changed  ${file}`;
}

function write(folder: string, file: string, text: string): void {
  makeFolder(dirname(join(folder, file)));
  writeFileSync(join(folder, file), text);
}

/** The name in package.json; without one, that of the folder. */
export function nameOf(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // no package.json
  }
  return basename(folder);
}

/** The schema in the nearest installed package. */
function schemaFrom(folder: string): string {
  const schema = join('node_modules', 'sso-rehearsal', 'docs', 'product-recipe.schema.json');
  for (let at = folder; at !== parse(at).root; at = dirname(at)) {
    const path = relative(folder, join(at, schema)).replaceAll(sep, '/');
    if (existsSync(join(at, schema))) return path.startsWith('.') ? path : `./${path}`;
  }
  return `./${schema.replaceAll(sep, '/')}`;
}
