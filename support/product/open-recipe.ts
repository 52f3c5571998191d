/** Opens a recipe: JSON, or a module with functions for what labels cannot express. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Verbs, verbNames } from './product.ts';
import { InvalidRecipe, type Recipe, readRecipe } from './recipe.ts';

export interface OpenedRecipe {
  recipe: Recipe;
  verbs?: Verbs;
}

/** Reads JSON, or a module whose default export has the fields and possibly verbs. */
export async function openRecipe(file: string): Promise<OpenedRecipe> {
  return /\.[cm]?[jt]s$/.test(file) ? openModule(file) : openJson(file);
}

async function openModule(file: string): Promise<OpenedRecipe> {
  const module = (await import(pathToFileURL(resolve(file)).href).catch((error: Error) => {
    throw new InvalidRecipe(`Cannot load the recipe ${file}: ${error.message}`, { cause: error });
  })) as { default?: object };
  const { verbs = {}, ...fields } = (module.default ?? {}) as { verbs?: Record<string, unknown> };
  const unknown = Object.entries(verbs).filter(
    ([name, verb]) => !(verbNames as readonly string[]).includes(name) || typeof verb !== 'function',
  );
  if (unknown.length > 0)
    throw new InvalidRecipe(
      `${file} has unknown verbs: ${unknown.map(([name]) => name).join(', ')}. ` +
        `Functions may be: ${verbNames.join(', ')}.`,
    );
  return { recipe: readRecipe(fields, file), verbs };
}

async function openJson(file: string): Promise<OpenedRecipe> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new InvalidRecipe(`Cannot read the recipe ${file}`, { cause: error });
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InvalidRecipe(`${file} is not JSON`, { cause: error });
  }
  return { recipe: readRecipe(content, file) };
}
