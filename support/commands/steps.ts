/** `npm run steps -- <words>`: finds steps and the words that may stand in them. */
import { stepEntries } from '../docs/steps.ts';
import { vocabularies } from '../vocabularies.ts';
import { nearest } from './nearest.ts';

const help = `npm run steps -- [WORDS] [--json]

  WORDS    only steps and vocabulary that hold all of these words
  --json   an array of objects, and nothing else
  --help   this text`;

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg.startsWith('--') && !['--json', '--help'].includes(arg));
if (unknown !== undefined) {
  console.error(`unknown option ${unknown}\n\n${help}`);
  process.exit(2);
}
if (args.includes('--help')) console.log(help);
else await search(args.filter((arg) => !arg.startsWith('--')).flatMap((arg) => arg.toLowerCase().split(/\s+/)), args.includes('--json'));

async function search(words: readonly string[], json: boolean): Promise<void> {
  const holds = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const entries = await stepEntries();
  const steps = entries.filter(({ expression, example, part }) => holds(`${expression} ${example ?? ''} ${part}`));
  if (json) return console.log(JSON.stringify(steps, null, 2));
  for (const { keyword, expression, example, part } of steps) console.log(`${keyword} ${expression}\n    ${part}${example === undefined || example === expression ? '' : ` · e.g. ${example}`}`);
  const found = words.length === 0 ? [] : Object.entries(vocabularies).flatMap(([name, all]) => all.filter(holds).map((word) => `{${name}}  ${word}`));
  if (found.length > 0) console.log(`\n${found.join('\n')}`);
  if (steps.length + found.length === 0) console.log(`Nothing holds these words. Nearest: \n  ${nearest(words.join(' '), entries.map(({ expression }) => expression)).join('\n  ')}`);
}
