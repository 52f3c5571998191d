/** The choice of a recipe in a user's project. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { chosenRecipe, productRecipe } from './chosen-recipe.ts';

const [empty, project] = [mkdtempSync(join(tmpdir(), 'recipe-')), mkdtempSync(join(tmpdir(), 'recipe-'))];
writeFileSync(join(project, productRecipe), '{}');
after(() => {
  for (const folder of [empty, project]) rmSync(folder, { recursive: true });
});

const cases: readonly [string, string, NodeJS.ProcessEnv, string | undefined][] = [
  ['none where there is none', empty, {}, undefined],
  ['the one in the folder', project, {}, 'sso-rehearsal.json'],
  ['the one in PRODUCT, before that of the folder', project, { PRODUCT: 'board.json' }, 'board.json'],
  ['none if PRODUCT is empty', project, { PRODUCT: '' }, undefined],
  ['none beside a real IdP', project, { IDP: 'keycloak' }, undefined],
  ['the one in PRODUCT beside a real IdP, which is then an error', empty, { IDP: 'keycloak', PRODUCT: 'a' }, 'a'],
];

for (const [name, folder, environment, chosen] of cases)
  test(name, () => assert.equal(chosenRecipe(folder, environment), chosen));
