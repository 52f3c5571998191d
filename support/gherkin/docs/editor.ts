/** What an editor must know to complete the steps and to underline those that do not exist: the settings of the official Cucumber extension. It reads no source text. */
import { patternOfAll, vocabularies } from '../../catalogue/vocabularies.ts';

/** The extension reads the step definitions from their source, but cannot run the code that makes the vocabularies, so these stand here. */
export function editorSettings(): string {
  const parameterTypes = Object.entries(vocabularies).map(([name, words]) => ({ name, regexp: patternOfAll(words) }));
  return `// Made by npm run docs from support/catalogue/vocabularies.ts; a setting of your own belongs into your user settings.
${JSON.stringify({ 'cucumber.features': ['features/**/*.feature'], 'cucumber.glue': ['steps/**/*.ts'], 'cucumber.parameterTypes': parameterTypes }, null, 2)}
`;
}
