/** Settings of the official Cucumber extension for VS Code, which completes steps and underlines unknown ones. */
import { patternOfAll, vocabularies } from '../catalogue/vocabularies.ts';

export interface EditorSettings {
  'cucumber.features': readonly string[];
  'cucumber.glue': readonly string[];
}

/**
 * The steps and parameter types of the package, as the extension finds them from the folder of a user's project, and
 * the project's own next to its features.
 */
export const editorSettings = (): EditorSettings => ({
  'cucumber.features': ['features/**/*.feature'],
  'cucumber.glue': [
    'node_modules/sso-rehearsal/dist/steps/*.js',
    `node_modules/sso-rehearsal/dist/${parameterTypesFile}`,
    'features/**/*.{js,mjs,cjs,ts,mts,cts}',
  ],
});

/** Where the package has `parameterTypes()`. */
export const parameterTypesFile = 'editor/parameter-types.js';

/** Each parameter of our steps with a pattern for its words, from the catalogues. */
export const vocabularyPatterns = (): { name: string; regexp: string }[] =>
  Object.entries(vocabularies).map(([name, words]) => ({ name, regexp: patternOfAll(words) }));

/** JavaScript that defines the parameter types with literal patterns: the extension reads it, but cannot run code. */
export const parameterTypes = (): string =>
  [
    '// For the editor only: the parameter types of the steps, as literals. A run does not load this file.',
    "import { defineParameterType } from '@cucumber/cucumber';",
    ...vocabularyPatterns().map(
      ({ name, regexp }) => `defineParameterType({ name: '${name}', regexp: ${String(new RegExp(regexp))} });`,
    ),
    '',
  ].join('\n');
