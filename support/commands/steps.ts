/** `npm run steps -- <words>`: finds steps and their parameters' values. It runs none. */
import { stepEntries } from '../gherkin/docs/steps.ts';
import { searchSteps } from '../gherkin/search-steps.ts';
import { adviseOn } from '../gherkin/undefined-steps.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run steps -- [WORDS] [--json]

  WORDS    only steps and parameter values that contain all of these words or their synonyms: phone, certificate,
           rollover, portal, MFA, clock, logged in and more; everything by default
  --json   an object with steps and words, nothing else (npm run -s steps -- --json)
  --help   this text

docs/steps.md has the same list.`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { json: { type: 'boolean' } } });

await search(positionals.join(' '));

async function search(query: string): Promise<void> {
  const { steps, words, widened } = await searchSteps(query);
  if (values.json) return console.log(JSON.stringify({ steps, words }, null, 2));
  for (const { typed, any } of widened)
    console.log(`${typed}: also ${any.flatMap((word) => (word === typed ? [] : `“${word.trim()}”`)).join(', ')}\n`);
  for (const { keyword, expression, example, definedAt } of steps)
    console.log(`${keyword} ${expression}\n    ${definedAt}${example === expression ? '' : ` · e.g. ${example}`}`);
  if (steps.length > 0 && words.length > 0) console.log();
  for (const { parameter, word, meaning } of words)
    console.log(`{${parameter}} ${word}${meaning === undefined ? '' : `\n    ${meaning}`}`);
  if (steps.length + words.length === 0) await suggest(query);
}

async function suggest(query: string): Promise<void> {
  const { steps } = adviseOn(
    query,
    (await stepEntries()).map(({ expression }) => expression),
  );
  console.log(`Nothing contains all of these words. Similar steps:\n  ${steps.join('\n  ')}`);
}
