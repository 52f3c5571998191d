/** Our own SP as a product. Its recipe is the only place with the labels of its pages. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Product } from './product.ts';
import { readRecipe } from './recipe.ts';

const file = fileURLToPath(new URL('own-recipe.json', import.meta.url));

export const ownRecipe = readRecipe(JSON.parse(readFileSync(file, 'utf8')), file);

/** `connection`: the number of the SSO profile to work on. */
export const ownProduct = (
  url: string,
  { organization, connection }: { organization?: string; connection?: number | undefined } = {},
): Product => ({
  recipe: ownRecipe,
  url,
  values: {
    ...(organization === undefined ? {} : { organization }),
    ...(connection === undefined ? {} : { connection: String(connection) }),
  },
});
