/** Finds steps and vocabulary words by a query. */
import { vocabularies } from '../catalogue/vocabularies.ts';
import { meaningOf } from './docs/meanings.ts';
import { type StepEntry, stepEntries } from './docs/steps.ts';
import { type SoughtWord, soughtWords } from './synonyms.ts';
import { adviseOn } from './undefined-steps.ts';

export interface FoundWord {
  parameter: string;
  word: string;
  meaning: string | undefined;
}

export interface Found {
  steps: readonly StepEntry[];
  words: readonly FoundWord[];
  /** Query words that were searched with their synonyms. */
  widened: readonly SoughtWord[];
}

/**
 * Matches contain all words of the query, or synonyms of them. An empty query matches everything. With the folder of a
 * user's project, its own steps are searched, too.
 */
export async function searchSteps(query: string, project?: string): Promise<Found> {
  const sought = soughtWords(query);
  const matches = (text: string): boolean => {
    const lower = text.toLowerCase();
    return sought.every(({ any }) => any.some((word) => lower.includes(word)));
  };
  const steps = (await stepEntries(project)).filter(({ expression, example, part }) =>
    matches(`${expression} ${example} ${part}`),
  );
  const words = Object.entries(vocabularies).flatMap(([parameter, all]) =>
    all
      .map((word) => ({ parameter, word, meaning: meaningOf(parameter, word) }))
      .filter(({ word }) => matches(`${word} ${parameter}`)),
  );
  return { steps, words, widened: sought.filter(({ any }) => any.length > 1) };
}

/** The search results as text. If there are none, the nearest steps. */
export async function searchInWords(query: string, project?: string): Promise<string> {
  const { steps, words, widened } = await searchSteps(query, project);
  const found = [
    ...steps.map(
      ({ keyword, expression, example, definedAt }) =>
        `${keyword} ${expression}\n    ${definedAt}${example === expression ? '' : ` · e.g. ${example}`}`,
    ),
    ...(steps.length > 0 && words.length > 0 ? [''] : []),
    ...words.map(
      ({ parameter, word, meaning }) => `{${parameter}} ${word}${meaning === undefined ? '' : `\n    ${meaning}`}`,
    ),
  ];
  return [
    ...widened.map(
      ({ typed, any }) =>
        `${typed}: also ${any.flatMap((word) => (word === typed ? [] : `“${word.trim()}”`)).join(', ')}\n`,
    ),
    ...(found.length > 0 ? found : [await nearestSteps(query, project)]),
  ].join('\n');
}

async function nearestSteps(query: string, project?: string): Promise<string> {
  const all = (await stepEntries(project)).map(({ expression }) => expression);
  return `Nothing contains all of these words. Similar steps:\n  ${adviseOn(query, all).steps.join('\n  ')}`;
}
