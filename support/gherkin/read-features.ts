/** Reads feature files as Gherkin. It says where one cannot be read, and judges nothing else. */
import { readFileSync } from 'node:fs';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import type { ReadFeature } from './feature-style.ts';

/** Throws an error that names the file and the line when it is not Gherkin. */
export function readFeature(uri: string, text: string = readFileSync(uri, 'utf8')): ReadFeature {
  const newId = IdGenerator.uuid();
  try {
    const document = { ...new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text), uri };
    return { uri, document, pickles: compile(document, uri, newId) };
  } catch (error) {
    throw new Error(`${uri} is not Gherkin: ${(error as Error).message.replace(/^Parser errors:\n/, '')}`, {
      cause: error,
    });
  }
}
