/** `npm run steps -- <words>`: finds steps and their parameters' values. It runs none. */

import { searchInWords, searchSteps } from '../gherkin/search-steps.ts';
import { Unloadable } from '../gherkin/support-files.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('steps', { args: '[WORDS] [--json]' })}

  WORDS    only steps and parameter values that contain all of these words or their synonyms: phone, certificate,
           rollover, portal, MFA, clock, logged in and more; everything by default
  --json   an object with steps and words, nothing else${isPacked ? '' : ' (npm run -s steps -- --json)'}
  --help   this text

${isPacked ? 'Your own steps next to your features are listed, too.' : 'docs/steps.md has the same list.'}`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { json: { type: 'boolean' } } });

const project = isPacked ? process.cwd() : undefined;
const query = positionals.join(' ');
try {
  if (values.json) {
    const { steps, words } = await searchSteps(query, project);
    console.log(JSON.stringify({ steps, words }, null, 2));
  } else console.log(await searchInWords(query, project));
} catch (error) {
  if (error instanceof Unloadable) stop(error.message);
  throw error;
}
