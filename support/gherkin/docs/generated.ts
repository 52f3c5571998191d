/** Generated files: pages of docs/ and the editor's settings. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recipeSchema } from '../../product/recipe.ts';
import { configJsonSchema } from '../../stack/servers.ts';
import { anyLanguagePage, openApiPage } from './control-routes.ts';
import { ownEditorSettings } from './editor.ts';
import { identityProvidersPage } from './identity-providers.ts';
import { productFixesPage } from './product-fixes.ts';
import { stepsPage } from './steps.ts';
import { troubleshootingPage } from './troubleshooting.ts';

const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/steps.md': stepsPage,
  'docs/troubleshooting.md': troubleshootingPage,
  'docs/identity-providers.md': identityProvidersPage,
  'docs/product-fixes.md': productFixesPage,
  '.vscode/settings.json': ownEditorSettings,
  'docs/product-recipe.schema.json': () => `${JSON.stringify(recipeSchema(), null, 2)}\n`,
  'docs/idp-config.schema.json': () => `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'docs/openapi.json': openApiPage,
  'docs/any-language.md': anyLanguagePage,
};

const place = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Paths of the pages that are out of date. */
export async function stalePages(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, make] of Object.entries(pages)) if (read(path) !== (await make())) stale.push(path);
  return stale;
}

export async function writePages(): Promise<string[]> {
  const stale = await stalePages();
  for (const path of stale) {
    mkdirSync(dirname(place(path)), { recursive: true });
    writeFileSync(place(path), await pages[path]!());
  }
  return stale;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(place(path), 'utf8');
  } catch {
    return undefined;
  }
}
