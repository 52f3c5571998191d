/** The settings with which the official Cucumber extension completes steps, and underlines undefined ones. */
import { patternOfAll, vocabularies } from '../../catalogue/vocabularies.ts';

const header =
  '// Made by npm run docs from support/catalogue/vocabularies.ts; ' +
  'a setting of your own belongs into your user settings.';

/** The extension reads the step definitions, but cannot run the code that makes the vocabularies: they are here. */
export function editorSettings(): string {
  const settings = {
    'cucumber.features': ['features/**/*.feature'],
    'cucumber.glue': ['steps/**/*.ts'],
    'cucumber.parameterTypes': Object.entries(vocabularies).map(([name, words]) => ({
      name,
      regexp: patternOfAll(words),
    })),
  };
  return `${header}\n${JSON.stringify(settings, null, 2)}\n`;
}
