/** The recipe of a run in a user's project: PRODUCT, or the file that is there without being named. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const productRecipe = 'sso-rehearsal.json';

/** Undefined for our own service provider, also if PRODUCT is empty. */
export const chosenRecipe = (folder: string, { IDP, PRODUCT }: NodeJS.ProcessEnv = process.env): string | undefined =>
  (PRODUCT ?? (!IDP && existsSync(join(folder, productRecipe)) ? productRecipe : undefined)) || undefined;
