/** The editor knows the same steps as a run. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import { editorSettings, parameterTypes } from '../editor-settings.ts';
import { readFeature } from '../read-features.ts';
import { ownEditorSettings } from './editor.ts';
import { stepEntries } from './steps.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const settings = JSON.parse(ownEditorSettings().replace(/^\/\/.*\n/, '')) as {
  'cucumber.features': string[];
  'cucumber.glue': string[];
  'cucumber.parameterTypes': { name: string; regexp: string }[];
};

/** As the extension's language service does it: each type from its name and one regular expression. */
async function expressions(): Promise<CucumberExpression[]> {
  const registry = new ParameterTypeRegistry();
  for (const { name, regexp } of settings['cucumber.parameterTypes'])
    registry.defineParameterType(new ParameterType(name, new RegExp(regexp), Object, () => undefined, true, false));
  return (await stepEntries()).map(({ expression }) => new CucumberExpression(expression, registry));
}

test('the editor matches every step in the features with exactly one expression', async () => {
  const all = await expressions();
  const steps = globSync(settings['cucumber.features'], { cwd: root }).flatMap((file) =>
    readFeature(`${root}/${file}`).pickles.flatMap((pickle) => pickle.steps.map(({ text }) => text)),
  );
  assert.ok(steps.length > 300, `only ${steps.length} steps were found`);
  assert.deepEqual(
    steps.filter((text) => all.filter((expression) => expression.match(text) !== null).length !== 1),
    [],
  );
});

test('the package gives the editor the same parameter types as literals', () => {
  const types = [...parameterTypes().matchAll(/^defineParameterType\(\{ name: '(.*)', regexp: \/(.*)\/ \}\);$/gm)];
  assert.deepEqual(
    types.map(([, name, source]) => ({ name, regexp: new RegExp(source!).source })),
    settings['cucumber.parameterTypes'].map(({ name, regexp }) => ({ name, regexp: new RegExp(regexp).source })),
  );
});

test("the manual shows the settings for a team's editor", () => {
  const page = readFileSync(`${root}/docs/in-your-repository.md`, 'utf8');
  const [, shown] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  assert.deepEqual(JSON.parse(shown ?? 'null'), editorSettings());
});

test('the editor does not match a misspelt word', async () => {
  const all = await expressions();
  for (const text of [
    'the IdP sends an assertion meant for everyone else',
    'the SP rejects the response as audience-mismatched',
    'Sammy takes the SSO test',
  ]) {
    assert.ok(
      all.every((expression) => expression.match(text) === null),
      text,
    );
  }
});

test('the editor reads every file with step definitions', () => {
  const defining = globSync('{steps,support}/**/*.ts', { cwd: root }).filter(
    (file) =>
      !/\.(test|long|peer|fixture)\.ts$/.test(file) &&
      /^(?:Given|When|Then)\(/m.test(readFileSync(`${root}/${file}`, 'utf8')),
  );
  assert.deepEqual(defining.toSorted(), globSync(settings['cucumber.glue'], { cwd: root }).toSorted());
});
