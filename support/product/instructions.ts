/** Instructions for the administrator of a product, before the first run with the mock IdP. */
import { dirname, relative } from 'node:path';
import type { ForProduct } from './idp-state.ts';
import type { Recipe } from './recipe.ts';
import { isSetUpByRun } from './recipe-people.ts';

/** Undefined if the run tells the product. */
export function instructionsFor(
  { name, idp }: Pick<Recipe, 'name'> & { idp: Pick<Recipe['idp'], 'by'> },
  { side, metadataFile, certificateFile }: ForProduct,
): string | undefined {
  if (isSetUpByRun(idp)) return undefined;
  const here = (file: string): string => {
    const path = relative(process.cwd(), file);
    return path.startsWith('..') ? file : path;
  };
  return `${name} must know this identity provider before the first run:
  Metadata file    ${here(metadataFile)}
  Metadata URL     ${side.metadataUrl} (during a run)
  Entity ID        ${side.entityId}
  Sign-on URL      ${side.ssoUrl}
  Certificate      ${here(certificateFile)}
They stay valid: the key is kept in ${here(dirname(metadataFile))}.`;
}
