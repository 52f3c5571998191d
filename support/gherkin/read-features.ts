/** Reads feature files as Gherkin. */
import { readFileSync } from 'node:fs';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { type GherkinDocument, IdGenerator, type Pickle } from '@cucumber/messages';

export interface ReadFeature {
  uri: string;
  document: GherkinDocument;
  pickles: readonly Pickle[];
}

/** Throws if the text is not Gherkin, with the file and the line. */
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
