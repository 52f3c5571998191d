/** `npm run steps -- <words>`: finds steps and their parameters' values. It runs none. */
import { searchInWords, searchSteps } from '../gherkin/search-steps.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run steps -- [WORDS] [--json]

  WORDS    only steps and parameter values that contain all of these words or their synonyms: phone, certificate,
           rollover, portal, MFA, clock, logged in and more; everything by default
  --json   an object with steps and words, nothing else (npm run -s steps -- --json)
  --help   this text

docs/steps.md has the same list.`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { json: { type: 'boolean' } } });

const query = positionals.join(' ');
if (values.json) {
  const { steps, words } = await searchSteps(query);
  console.log(JSON.stringify({ steps, words }, null, 2));
} else console.log(await searchInWords(query));
